/** First values of weights: what the steps that made them draw, fill and compute, as the graph's initialisers. */
import { itemAt } from '../graph/access';
import { GraphBuilder } from '../graph/builder';
import { Emit } from '../graph/emit';
import { isFoldable } from '../graph/evaluate/index';
import type { Initialiser, InitialStep, TensorData, TensorType, ValueId } from '../graph/types';
import { say } from '../language/say';
import { drawOf } from './draws';
import { TapeLayout } from './layout';
import type { Tape, TapeConstant, TapeStep, TensorId } from './outcome';
import { refuseStep, TapeRefusal } from './refusal';
import { translate } from './translate';
import { dtypeOf, type TapeTranslation } from './translation';

/** Streams of draws while the model is built: beyond those of any storage, mask or other drawing. */
const FIRST_STREAM = 2 ** 26;
const streamOf = (tensor: TensorId): number => FIRST_STREAM + tensor;

/** The values of a constant as the graph holds them. */
export function dataOf(constant: TapeConstant, { dtype }: TensorType): TensorData {
  const values = constant.values.map(Number);
  return dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
}

/** What the steps before the run made. */
export class Setup {
  private readonly makers = new Map<TensorId, TapeStep>();
  private readonly constants: ReadonlyMap<TensorId, TapeConstant>;
  /** How many weights begin with a tensor, or are made of it. */
  private readonly uses = new Map<TensorId, number>();

  constructor(private readonly tape: Tape) {
    for (const step of tape.setup) for (const output of step.outputs) this.makers.set(output, step);
    const used = [
      ...tape.weights.map(({ initial }) => initial),
      ...tape.setup.flatMap(({ inputs }) => inputs.map(([, id]) => id)),
    ];
    for (const tensor of used) this.uses.set(tensor, (this.uses.get(tensor) ?? 0) + 1);
    this.constants = new Map(tape.constants.map((constant) => [constant.tensor, constant]));
  }

  typeOf(tensor: TensorId): TensorType {
    const { shape, dtype } = itemAt(this.tape.tensors, tensor);
    const own = dtypeOf(dtype);
    if (!own) throw new TapeRefusal(say("The model holds a tensor of {0}, which a graph can't hold.", dtype));
    return { dtype: own, shape };
  }

  constantOf(tensor: TensorId): TapeConstant | undefined {
    const found = this.constants.get(tensor);
    const { shape } = itemAt(this.tape.tensors, tensor);
    const count = shape.reduce((product, size) => product * size, 1);
    if (found && found.values.length !== count) {
      throw new TapeRefusal(
        say('A constant of the model has {0} values where its shape wants {1}.', found.values.length, count),
      );
    }
    return found;
  }

  makerOf(tensor: TensorId): TapeStep | undefined {
    return this.makers.get(tensor);
  }

  /** The steps behind a tensor, in their order. */
  stepsBehind(tensor: TensorId): TapeStep[] {
    const wanted = new Set([tensor]);
    const steps: TapeStep[] = [];
    for (const step of this.tape.setup.toReversed()) {
      if (!step.outputs.some((output) => wanted.has(output))) continue;
      steps.push(step);
      for (const [, input] of step.inputs) wanted.add(input);
    }
    return steps.reverse();
  }

  /** Whether a tensor was drawn, or made of one that was. */
  isDrawn(tensor: TensorId): boolean {
    return this.stepsBehind(tensor).some((step) => drawOf(step, []) !== undefined);
  }

  /** How a tensor got its values. @throws TapeRefusal */
  initialiserOf(tensor: TensorId): Initialiser {
    const constant = this.constantOf(tensor);
    const type = this.typeOf(tensor);
    if (constant) return { kind: 'data', data: dataOf(constant, type) };
    const maker = this.makers.get(tensor);
    if (!maker) throw new TapeRefusal(say('Nothing says how a weight of the model begins.'));
    if (maker.name === 'Fill') return { kind: 'constant', value: Number(new Map(maker.attributes).get('value')) };
    const drawn = drawOf(maker, type.shape);
    if (!drawn) return this.initialiserBySteps(tensor);
    // A weight that was copied begins as the other one: both are of one draw.
    const isShared = (this.uses.get(tensor) ?? 0) > 1;
    return isShared ? { kind: 'computed', steps: [{ type, initialiser: drawn, stream: streamOf(tensor) }] } : drawn;
  }

  /** By steps of the graph's own operators. */
  private initialiserBySteps(tensor: TensorId): Initialiser {
    const builder = new GraphBuilder();
    const e = new Emit(builder);
    const drawn = new Map<ValueId, { initialiser: Initialiser; stream: number }>();
    const steps = this.stepsBehind(tensor);
    let current = steps[0];
    const translation: TapeTranslation = {
      e,
      layout: new TapeLayout(
        e,
        (id) => itemAt(this.tape.tensors, id).shape,
        (id) => {
          const constant = this.constantOf(id);
          if (!constant) throw new TapeRefusal(say('Nothing says how a weight of the model begins.'));
          const type = this.typeOf(id);
          return e.constant(dataOf(constant, type), type.shape, type.dtype);
        },
      ),
      tensor: (id) => itemAt(this.tape.tensors, id),
      readersOf: () => 1,
      isWeight: () => false,
      draw: (type, initialiser) => {
        const value = builder.input(type);
        drawn.set(value, { initialiser, stream: streamOf(itemAt(current?.outputs ?? [], 0)) });
        return value;
      },
      note: () => {},
      write: () => {},
    };
    for (const step of steps) {
      current = step;
      translate(step, translation);
    }
    return {
      kind: 'computed',
      steps: initialSteps(builder, translation.layout.read(tensor), drawn, itemAt(steps, 0)),
    };
  }
}

/** The nodes behind a value as steps of an initialiser; the value's own is the last. */
function initialSteps(
  builder: GraphBuilder,
  end: ValueId,
  drawn: ReadonlyMap<ValueId, { initialiser: Initialiser; stream: number }>,
  first: TapeStep,
): InitialStep[] {
  const steps: InitialStep[] = [];
  const places = new Map<ValueId, number>();
  const place = (value: ValueId): number => {
    const known = places.get(value);
    if (known !== undefined) return known;
    const type = builder.type(value);
    const source = drawn.get(value);
    const node = builder.producerOf(value);
    let step: InitialStep;
    if (source) step = { type, ...source };
    else if (node?.op.kind === 'constant') {
      step = { type, initialiser: { kind: 'data', data: node.op.data }, stream: 0 };
    } else if (node && isFoldable(node.op)) {
      const inputs = node.inputs.map((input) => place(input ?? end));
      step = { type, op: node.op, inputs };
    } else throw refuseStep(first, say('a weight begins with values that are not computed here'));
    places.set(value, steps.length);
    return steps.push(step) - 1;
  };
  place(end);
  return steps;
}
