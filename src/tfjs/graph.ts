/** A tape as the project's graph. */
import { findWritten } from '../activations/written/find';
import { itemAt } from '../graph/access';
import { GraphBuilder, type Origin } from '../graph/builder';
import { Emit } from '../graph/emit';
import type {
  Graph,
  NamedValue,
  Node,
  PlacedModule,
  SourceRange,
  StateEntry,
  StorageId,
  TensorType,
  ValueId,
  WrittenActivation,
} from '../graph/types';
import { say } from '../language/say';
import { dataOf, Setup } from './initialise';
import { naturalOrder, TapeLayout } from './layout';
import { mergedSteps, readersOf } from './merge';
import type { Tape, TapeStep, TensorId } from './outcome';
import { TapeRefusal } from './refusal';
import { translate } from './translate';
import type { TapeTranslation } from './translation';

export interface GraphOptions {
  /** Instead of the model's own. */
  readonly name?: string;
  /** Where a place that the guest put stands in the source. */
  readonly place?: (at: string) => SourceRange | undefined;
}

/**
 * The graph of a model that was run once. Storages keep TensorFlow.js's shapes and names.
 * @throws TapeRefusal naming what a graph can't hold
 */
export function graphOf(tape: Tape, options: GraphOptions = {}): Graph {
  return new Assembly(tape, options).build();
}

/** Steps that read numbers of things: what they read is an index, whatever type the model's input has. */
const isIndex = (step: TapeStep, tensor: TensorId): boolean => {
  const name = step.inputs.find(([, each]) => each === tensor)?.[0];
  if (step.kind === 'layer') return step.name === 'Embedding' && name === 'x';
  if (step.kind !== 'kernel') return false;
  if (step.name === 'Cast') return step.attributes.some(([key, value]) => key === 'dtype' && value === 'int32');
  return ['NotEqual', 'ZerosLike'].includes(step.name) || (step.name === 'GatherV2' && name === 'indices');
};

/** Statistics that training moves without a gradient. */
const statistics = new Set(['movingMean', 'movingVariance']);

class Assembly {
  private readonly builder = new GraphBuilder();
  private readonly e = new Emit(this.builder);
  private readonly setup: Setup;
  private readonly steps: readonly TapeStep[];
  private readonly readers: ReadonlyMap<TensorId, number>;
  private readonly storages = new Map<TensorId, StorageId>();
  private readonly written: WrittenActivation[] = [];
  private readonly sites: ReadonlyMap<string, SourceRange>;
  private readonly translation: TapeTranslation;

  constructor(
    private readonly tape: Tape,
    private readonly options: GraphOptions,
  ) {
    this.setup = new Setup(tape);
    this.steps = mergedSteps(tape);
    this.readers = readersOf(tape, this.steps);
    const sites = tape.layers.flatMap(({ path, at }) => {
      const site = this.placeOf(at);
      return site ? [[path, site] as const] : [];
    });
    // A model that is the first layer of another runs as that one's own layers.
    const own = sites.map(([path, site]) => [path.slice(path.lastIndexOf('/') + 1), site] as const);
    this.sites = new Map([...own, ...sites]);
    const { e, builder } = this;
    this.translation = {
      e,
      layout: new TapeLayout(
        e,
        (tensor) => itemAt(tape.tensors, tensor).shape,
        (tensor) => this.make(tensor),
      ),
      tensor: (tensor) => itemAt(tape.tensors, tensor),
      readersOf: (tensor) => this.readers.get(tensor) ?? 0,
      isWeight: (tensor) => this.storages.has(tensor),
      draw: (type, initialiser) => {
        const storage = builder.storage(type, false, initialiser);
        builder.redraw(storage);
        return builder.storageAt(storage).value;
      },
      note: (message) => {
        const { source } = builder.origin;
        builder.note({ message, ...(source && { source }) });
      },
      write: (activation) => {
        const { source, site } = builder.origin;
        this.written.push({ ...activation, ...(source && { source }), ...(site && { site }) });
      },
    };
  }

  build(): Graph {
    const { tape, builder, translation } = this;
    const inputs = this.inputs();
    for (const weight of tape.weights) {
      const type = this.setup.typeOf(weight.tensor);
      const initialiser = this.setup.initialiserOf(weight.initial);
      const storage = builder.storage(type, weight.trainable && type.dtype === 'float32', initialiser);
      this.storages.set(weight.tensor, storage);
      translation.layout.put(weight.tensor, builder.storageAt(storage).value, naturalOrder(type.shape.length));
    }
    for (const step of this.steps) {
      builder.origin = this.originOf(step);
      translate(step, translation);
    }
    builder.origin = { path: '', call: 0 };
    const names = new Set(inputs.map(({ name }) => name));
    const outputs = tape.outputs.map(({ name, tensor }): NamedValue => {
      return { name: freeName(name, names), value: translation.layout.read(tensor) };
    });
    if (outputs.length === 0) throw new TapeRefusal(say('The model returns no tensor.'));
    for (const at of tape.customGradients) {
      const source = this.placeOf(at);
      builder.note({
        message: say(
          'tf.customGrad has a gradient of its own, which is not read: training uses the derivative of what it computes.',
        ),
        ...(source && { source }),
      });
    }
    const graph = builder.finish({
      name: this.options.name ?? tape.name,
      inputs,
      outputs,
      state: this.state(),
    });
    const modules = this.modules();
    const needed = { ...graph, nodes: neededNodes(graph) };
    const written = this.writtenActivations(needed, modules);
    return {
      ...needed,
      ...(written.length > 0 && { written }),
      ...(modules.length > 0 && { modules }),
    };
  }

  /** Activations that the library spells out by itself, and those that the model's own code writes. */
  private writtenActivations(graph: Graph, modules: readonly PlacedModule[]): WrittenActivation[] {
    const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
    const own = this.written.filter(({ output }) => made.has(output));
    const taken = new Set(own.flatMap(({ values }) => values));
    const places = new Map(modules.map(({ path, site, name }) => [path, { place: site, name }]));
    const found = findWritten(graph, { functions: [], modules: places });
    return [...own, ...found.filter(({ values }) => !values.some((value) => taken.has(value)))];
  }

  private placeOf(at: string | undefined): SourceRange | undefined {
    return at === undefined || at === '' ? undefined : this.options.place?.(at);
  }

  /** An operator that the user's own `call` runs is chosen there, whatever layer that is the call of. */
  private originOf({ kind, path, call, at }: TapeStep): Origin {
    const own = this.placeOf(at);
    const site = this.sites.get(path);
    if (kind === 'kernel' && own) return { path, call, source: own };
    const source = own ?? site;
    return { path, call, ...(source && { source }), ...(site && { site }) };
  }

  /** Inputs by name; numbers of words and their like are whole numbers. */
  private inputs(): NamedValue[] {
    const names = new Set<string>();
    return this.tape.inputs.map(({ name, tensor }) => {
      const type = this.setup.typeOf(tensor);
      const users = this.steps.filter((step) => step.inputs.some(([, each]) => each === tensor));
      const given = this.tape.outputs.some((output) => output.tensor === tensor);
      const counts = !given && users.length > 0 && users.every((step) => isIndex(step, tensor));
      const own: TensorType = counts && type.dtype !== 'bool' ? { ...type, dtype: 'int64' } : type;
      const named = freeName(name, names);
      const value = this.builder.input(own, named);
      this.translation.layout.put(tensor, value, naturalOrder(type.shape.length));
      return { name: named, value };
    });
  }

  /** A tensor that was there before the run: a constant, or a buffer that was drawn. */
  private make(tensor: TensorId): ValueId {
    const { builder, setup, translation } = this;
    const type = setup.typeOf(tensor);
    const constant = setup.constantOf(tensor);
    if (constant) return this.e.constant(dataOf(constant, type), type.shape, type.dtype);
    if (!setup.makerOf(tensor)) throw new TapeRefusal(say('A step of the model reads a tensor that nothing made.'));
    if (setup.isDrawn(tensor)) {
      return builder.storageAt(builder.storage(type, false, setup.initialiserOf(tensor))).value;
    }
    const before = builder.origin;
    builder.origin = { path: '', call: 0 };
    for (const step of setup.stepsBehind(tensor)) translate(step, translation);
    builder.origin = before;
    return translation.layout.read(tensor);
  }

  private state(): StateEntry[] {
    const moved = new Set(
      this.steps.flatMap(({ kind, inputs }) =>
        kind === 'layer' ? inputs.flatMap(([name, tensor]) => (statistics.has(name) ? [tensor] : [])) : [],
      ),
    );
    return this.tape.weights.map(({ name, tensor }) => {
      const storage = this.storages.get(tensor);
      if (storage === undefined) throw new RangeError(`weight ${name} has no storage`);
      return { name, storage, kind: moved.has(tensor) ? 'buffer' : 'parameter', persistent: true };
    });
  }

  private modules(): PlacedModule[] {
    return this.tape.layers.flatMap(({ path, className }) => {
      const site = this.sites.get(path);
      return site ? [{ path, name: className, site }] : [];
    });
  }
}

/** The nodes that the outputs depend on: a layout that was tried, or turned back, leaves others. */
function neededNodes({ nodes, outputs }: Graph): Node[] {
  const wanted = new Set<ValueId | null>(outputs.map(({ value }) => value));
  const needed: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => wanted.has(output))) continue;
    needed.push(node);
    for (const input of node.inputs) wanted.add(input);
  }
  return needed.reverse();
}

/** The name, or the first of `name_1`, `name_2`… that is free; taken from then on. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 1; taken.has(free); count++) free = `${name}_${count}`;
  taken.add(free);
  return free;
}
