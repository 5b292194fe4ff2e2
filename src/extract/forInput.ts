/** Reading a model for one input: what its code goes by is computed for that. */
import { defaultParameters, findActivation } from '../activations/catalogue';
import { itemAt } from '../graph/access';
import { count } from '../graph/evaluate/elements';
import { ModelValues } from '../graph/evaluate/model';
import { initialValues } from '../graph/initialise';
import { rowsFor } from '../graph/rows';
import type {
  Graph,
  InputValues,
  NamedValue,
  SourceRange,
  StorageId,
  TensorData,
  TensorType,
  ValueId,
} from '../graph/types';
import { say } from '../language/say';
import type { ValueSource } from '../python/natives/context';
import type { Interpreter } from '../python/run/interpreter';
import type { Contents } from '../python/values/memory';
import type { Leaf } from './feed';

/** Inputs are drawn from streams beyond those of storages and masks. */
const INPUT_STREAMS = 2 ** 27;
/** Products that may be added up for all questions together: some ten seconds. */
const MOST_WORK = 8e9;
/** Different values that a note lists for a line. */
const MOST_LISTED = 4;

/** Milliseconds between two signs of life. */
const HEARTBEAT = 100;

interface LineAnswers {
  readonly source: SourceRange | undefined;
  readonly texts: string[];
}

/** The input that a model is read for, and what was asked of it. */
export class InputRun implements ValueSource {
  private readonly data = new Map<ValueId, TensorData>();
  private readonly values: ModelValues;
  private readonly answers = new Map<string, LineAnswers>();
  private work = 0;
  private told = 0;

  /**
   * @param inputs the model's
   * @param weights in place of the first ones
   * @param alive told while one question takes long
   */
  constructor(
    private readonly ctx: Interpreter,
    private readonly inputs: readonly Leaf[],
    private readonly alive: (() => void) | undefined,
    private readonly weights: ReadonlyMap<StorageId, TensorData>,
  ) {
    for (const { value, data } of inputs) if (data) this.data.set(value, data);
    this.values = new ModelValues(ctx.graph, {
      training: ctx.training,
      elements: (value) => this.elements(value),
      activation: (builder, op, [x, ...weights]) => {
        const entry = findActivation(op.activation);
        if (!entry || x === undefined) throw new RangeError(`${op.activation} is not in the catalogue`);
        return entry.forward(builder, x, { ...defaultParameters(entry), ...op.parameters }, weights);
      },
      valueOf: ({ activation, parameters }) => {
        const entry = findActivation(activation);
        const { value } = entry?.learned ? {} : (entry ?? {});
        const all = entry && { ...defaultParameters(entry), ...parameters };
        return value && all && ((x) => value(x, all));
      },
      spend: (work) => this.spend(work),
    });
  }

  valuesOf({ value }: Contents): TensorData {
    const data = this.values.of(value);
    this.remember(this.ctx.graph.type(value), data);
    return data;
  }

  /** The graph with the input that it was read for, and notes on where that was asked for. */
  finish(graph: Graph): Graph {
    if (this.answers.size === 0) return graph;
    const notes = [...this.answers.values()].map(({ source, texts }) => {
      const more = texts.length > MOST_LISTED ? [...texts.slice(0, MOST_LISTED), '…'] : texts;
      const message = say('Read for this input: what this line goes by is {0}', more.join(', '));
      return source ? { message, source } : { message };
    });
    const message =
      this.weights.size > 0
        ? say(
            'The model is read for one input, with the weights that were given. Another input, other weights or training may take another way; all that is measured is of this one',
          )
        : say(
            'The model is read for one input, with its first weights. Another input, a checkpoint or training may take another way; all that is measured is of this one',
          );
    const whole = { message };
    const example = this.inputs.map(({ value }): InputValues => ({ value, data: this.elements(value) }));
    for (const { value, data } of example) this.checkRows(graph, value, data);
    return { ...graph, example, notes: [...graph.notes, whole, ...notes] };
  }

  private spend(work: number): void {
    this.work += work;
    if (performance.now() - this.told > HEARTBEAT) {
      this.told = performance.now();
      this.alive?.();
    }
    // Looks at the clock.
    this.ctx.spend(512);
    if (this.work > MOST_WORK) {
      this.ctx.error(
        'budget',
        say('Computing what the model goes by takes too long for an input of this size; give a smaller one'),
      );
    }
  }

  private elements(value: ValueId): TensorData {
    const before = this.data.get(value);
    if (before) return before;
    const { graph } = this.ctx;
    const storage = graph.storageOf(value);
    let data: TensorData;
    if (storage !== undefined) {
      // The number of a storage may change, its values may not.
      graph.fixStream(storage);
      data = this.weights.get(storage) ?? initialValues(graph.storageAt(storage), storage, 0);
    } else data = this.draw(value);
    this.data.set(value, data);
    return data;
  }

  /** Elements for an input: N(0, 1), integers below the rows of what they index, lengths that fill a sequence. */
  private draw(value: ValueId): TensorData {
    const type = this.ctx.graph.type(value);
    const index = this.inputs.findIndex((input) => input.value === value);
    const stream = INPUT_STREAMS + Math.max(index, 0);
    const floating = type.dtype.includes('float');
    const from = { ...type, dtype: 'float32' as const };
    const initialiser = floating
      ? ({ kind: 'normal', mean: 0, deviation: 1 } as const)
      : ({ kind: 'uniform', low: 0, high: 1 } as const);
    const drawn = initialValues({ type: from, trainable: false, initialiser, value }, stream, 0);
    if (floating) return drawn;
    const length = this.lengthFor(index);
    if (length !== undefined) return new Int32Array(drawn.length).fill(length);
    const rows = rowsFor(this.ctx.graph.finish({ name: '', inputs: [], outputs: [], state: [] }), value);
    const most = type.dtype === 'bool' || !Number.isFinite(rows) ? 2 : rows;
    return Int32Array.from({ length: drawn.length }, (_, i) => Math.floor(itemAt(drawn, i) * most));
  }

  /** How long the sequences are of which an input gives the lengths by its name. */
  private lengthFor(index: number): number | undefined {
    const { name, value } = itemAt(this.inputs, index);
    const type = this.ctx.graph.type(value);
    if (!/len(?:s|gth)?s?\b|len(?:gth)?s?$/i.test(name) || type.shape.length > 1 || type.dtype === 'bool')
      return undefined;
    const before = this.inputs.slice(0, index).map((input) => this.ctx.graph.type(input.value));
    const sequence = before.findLast(({ shape }) => shape.length > 1);
    return sequence?.shape.slice(1, 3).reduce((least, size) => Math.min(least, size));
  }

  /** Refuses integers that were drawn before it was seen how few rows they index. */
  private checkRows(graph: Graph, value: ValueId, data: TensorData): void {
    if (this.ctx.graph.type(value).dtype.includes('float')) return;
    const rows = rowsFor(graph, value);
    if (!Number.isFinite(rows) || Array.from(data).every((each) => each < rows)) return;
    const name = this.inputs.find((input) => input.value === value)?.name ?? '';
    this.ctx.error(
      'needs-input',
      say('{0} indexes a table of {1} rows; give values that fit, such as {0}=tensor([0])', name, rows),
    );
  }

  private remember(type: TensorType, data: TensorData): void {
    const { range } = this.ctx;
    const place = `${range?.file}:${range?.line}`;
    const found = this.answers.get(place) ?? { source: range, texts: [] };
    this.answers.set(place, found);
    const text = describe(type, data);
    if (found.texts.length <= MOST_LISTED && !found.texts.includes(text)) found.texts.push(text);
  }
}

/** `True`, `3`, `0.25`, `5 of 16 places`. */
function describe({ dtype, shape }: TensorType, data: TensorData): string {
  const all = count(shape);
  if (all === 1) {
    const only = itemAt(data, 0);
    return dtype === 'bool' ? (only ? 'True' : 'False') : String(Number(only.toPrecision(4)));
  }
  if (dtype === 'bool') return say('{0} of {1} places', Array.from(data).filter(Boolean).length, all);
  return all <= MOST_LISTED
    ? `[${Array.from(data, (each) => Number(each.toPrecision(4))).join(', ')}]`
    : say('{0} values', all);
}

/**
 * The graph with the elements of inputs that were given by value; those that it is made for are no inputs of it any more.
 * @param tells whether to note which they are
 */
export function withGiven(graph: Graph, inputs: readonly Leaf[], tells: boolean): Graph {
  const given = inputs.filter(({ data }) => data !== undefined);
  if (given.length === 0) return graph;
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  for (const { value } of graph.outputs) read.add(value);
  const isKept = ({ value }: NamedValue) => read.has(value) || !given.some((each) => each.value === value);
  const known = given.filter(({ value }) => tells && !graph.values[value]?.type.dtype.includes('float'));
  const notes = known.map(({ name }) => ({
    message: say(
      '{0} has the values that were given: the model is read for these, others may make another of it',
      name,
    ),
  }));
  const example = graph.example ?? given.flatMap(({ value, data }) => (data ? [{ value, data }] : []));
  return { ...graph, example, inputs: graph.inputs.filter(isKept), notes: [...graph.notes, ...notes] };
}
