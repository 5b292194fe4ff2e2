/** Puts another activation in the place of those at chosen nodes. */

import { say } from '../language/say';
import { firstElements, isGiven, itemAt, itemOr } from './access';
import { activationsAt, type PlacedActivation } from './activations';
import { count } from './evaluate/elements';
import type { ActivationParameters, Graph, Node, StateEntry, Storage, StorageId, Value, ValueId } from './types';
import { makersOf, unitsOf } from './units';

/** A weight that an activation learns: nodes read it behind x. */
export interface LearnedWeight {
  /** What the state calls it, behind the module's path. */
  readonly name: string;
  /** What all of its elements start from; NaN where the parameters allow no start. */
  readonly initial: (parameters: ActivationParameters) => number;
  /**
   * One for the layer; or one for each channel, of a shape that broadcasts over what stands behind the channels; or as
   * many as a parameter says: 1, or the size of dimension 1.
   */
  readonly per: 'layer' | 'channel' | { readonly parameter: string };
}

/** What the swap must know of the new activation; the catalogue's entries have it. */
export interface SwapTarget {
  readonly id: string;
  readonly title: string;
  readonly shape: 'elementwise' | 'along-dimension' | 'gated';
  readonly parameters: readonly { readonly name: string }[];
  readonly learned?: readonly LearnedWeight[];
  readonly ranks?: readonly number[];
  readonly random?: true;
  /** Parameters that no call gives: the dimension of Softmax2d. */
  readonly fixed?: ActivationParameters;
}

/** A swap that makes no sense, with the reason and the way out. */
export class SwapError extends Error {
  override name = 'SwapError';
}

const takesDim = ({ parameters }: SwapTarget) => parameters.some(({ name }) => name === 'dim');

const place = (node: PlacedActivation) =>
  node.path || (node.source ? say('line {0}', node.source.line + 1) : say('the model'));

/** The dimension that a gated unit halves; undefined where input and output are of one shape. */
function halvedDim(input: readonly number[], output: readonly number[]): number | undefined {
  const dim = input.findIndex((size, i) => size !== output[i]);
  return dim < 0 ? undefined : dim;
}

const shapeIn = (graph: Graph, value: ValueId) => itemAt(graph.values, value).type.shape;

function refuse(graph: Graph, node: PlacedActivation, target: SwapTarget): void {
  const shape = shapeIn(graph, node.input);
  if (target.random) {
    throw new SwapError(
      say('{0} draws random numbers on every call, so nothing measured with it would repeat', target.title),
    );
  }
  const halved = halvedDim(shape, shapeIn(graph, node.output));
  if (halved !== undefined && target.shape === 'gated') {
    // GLU has a dimension of its own; the others go along the last one.
    if (takesDim(target) || halved === shape.length - 1) return;
    throw new SwapError(
      say(
        '{0} splits its input along the last dimension, and {1} at {2} along dimension {3}. Choose GLU.',
        target.title,
        node.op.activation,
        place(node),
        halved,
      ),
    );
  }
  if (halved !== undefined) {
    throw new SwapError(
      say(
        '{0} at {1} halves its input, and {2} keeps its width. Change the layer before it in the source and compare again.',
        node.op.activation,
        place(node),
        target.title,
      ),
    );
  }
  if (target.shape === 'gated') {
    throw new SwapError(
      say(
        '{0} splits its input into a value and a gate, so its output is half as wide as {1} is; the layer before it would have to be twice as wide. Change that in the source and compare again.',
        target.title,
        place(node),
      ),
    );
  }
  if (target.shape === 'along-dimension' && !('dim' in node.op.parameters)) {
    throw new SwapError(
      say(
        '{0} makes a distribution along a dimension, and {1} at {2} works on each element alone: it is no hidden activation. Choose an elementwise one.',
        target.title,
        node.op.activation,
        place(node),
      ),
    );
  }
  if (target.ranks && !target.ranks.includes(shape.length)) {
    throw new SwapError(
      say(
        '{0} takes {1} dimensions, and what reaches {2} has {3}. Choose Softmax.',
        target.title,
        target.ranks.join(' / '),
        place(node),
        shape.length,
      ),
    );
  }
  const axis = (dim: unknown) => (typeof dim === 'number' && dim < 0 ? dim + shape.length : dim);
  if (target.fixed && axis(target.fixed.dim) !== axis(node.op.parameters.dim)) {
    throw new SwapError(
      say(
        '{0} acts along dimension {1}, and {2} at {3} along {4}. Choose Softmax.',
        target.title,
        target.fixed.dim,
        node.op.activation,
        place(node),
        node.op.parameters.dim,
      ),
    );
  }
}

/** Adds what an activation learns to a graph: calls of one module, or of one place in the source, share theirs. */
class Weights {
  readonly values: Value[];
  readonly storages: Storage[];
  readonly state: StateEntry[];
  private readonly shared = new Map<string, ValueId>();
  private readonly names: Set<string>;
  private readonly makers: ReadonlyMap<ValueId, Node>;

  constructor(
    private readonly graph: Graph,
    private readonly target: SwapTarget,
    private readonly parameters: ActivationParameters,
  ) {
    this.values = [...graph.values];
    this.storages = [...graph.storages];
    this.state = [...graph.state];
    this.names = new Set(graph.state.map(({ name }) => name));
    this.makers = makersOf(graph);
  }

  weightsOf(node: PlacedActivation): ValueId[] {
    const { path, site, source } = node;
    const at = site ?? source;
    return (this.target.learned ?? []).map((weight) => {
      const shape = this.shape(weight, node);
      const key = JSON.stringify([weight.name, shape, path, at ? [at.file, at.line, at.column] : node.output]);
      const value = this.shared.get(key) ?? this.add(weight, node, shape);
      this.shared.set(key, value);
      return value;
    });
  }

  private shape({ per }: LearnedWeight, node: PlacedActivation): number[] {
    const { input } = node;
    const sizes = shapeIn(this.graph, input);
    if (per === 'layer') return sizes.length === 0 ? [] : [1];
    if (per === 'channel') {
      if (sizes.length === 0) return [];
      const [channels, ...behind] = firstElements(sizes.slice(unitsOf(this.graph, this.makers, input)), 1);
      return [channels, ...behind.map(() => 1)];
    }
    const count = this.parameters[per.parameter] ?? 1;
    const { title } = this.target;
    if (typeof count !== 'number') throw new SwapError(say('{0} needs numbers as parameters', title));
    if (count !== 1 && count !== sizes[1]) {
      throw new SwapError(
        say(
          '{0} with {1} weights does not fit {2}, which has {3} channels',
          title,
          count,
          place(node),
          itemOr(sizes, 1, 0),
        ),
      );
    }
    return [count];
  }

  private add(weight: LearnedWeight, node: PlacedActivation, shape: readonly number[]): ValueId {
    const start = weight.initial(this.parameters);
    if (!Number.isFinite(start)) {
      const given = Object.entries(this.parameters).map(([name, value]) => `${name} = ${value}`);
      throw new SwapError(
        say('{0} has no start for its weight {1} at {2}', this.target.title, weight.name, given.join(', ')),
      );
    }
    const type = { dtype: 'float32', shape } as const;
    const value = this.values.push({ type }) - 1;
    const storage =
      this.storages.push({ type, trainable: true, initialiser: { kind: 'constant', value: start }, value }) - 1;
    this.insert({ name: this.name(weight, node), storage, kind: 'parameter', persistent: true }, node.path);
    return value;
  }

  /** A module's own path; a function has none, so its weights stand beside the module's parameters. */
  private name(weight: LearnedWeight, node: PlacedActivation): string {
    const { id } = this.target;
    const base = node.site ? node.path : [node.path, id].filter(Boolean).join('.');
    let name = `${base || id}.${weight.name}`;
    for (let count = 1; this.names.has(name); count++) name = `${base || id}_${count}.${weight.name}`;
    this.names.add(name);
    return name;
  }

  /** Behind the last entry of the same parent module, so that the state stays in reading order. */
  private insert(entry: StateEntry, path: string): void {
    const parent = path.includes('.') ? path.slice(0, path.lastIndexOf('.') + 1) : '';
    const last = this.state.findLastIndex(({ name }) => parent !== '' && name.startsWith(parent));
    this.state.splice(last < 0 ? this.state.length : last + 1, 0, entry);
  }
}

/** State entries whose storage nothing reads any more, and something read before (a PReLU's that was replaced). */
function orphanStorages(before: readonly Node[], after: readonly Node[], storages: readonly Storage[]): Set<StorageId> {
  const read = (nodes: readonly Node[]) => new Set(nodes.flatMap(({ inputs }) => inputs));
  const [was, is] = [read(before), read(after)];
  const lost = storages.flatMap(({ value }, storage) => (was.has(value) && !is.has(value) ? [storage] : []));
  return new Set(lost);
}

/**
 * The nodes without those that wrote activations out, but for the last of each, and without what only they read: numbers
 * and what is made of parameters.
 * @param nodes with the new activations
 * @param parts indices of all nodes that wrote out the old ones
 */
function removeParts(graph: Graph, nodes: readonly Node[], parts: readonly number[]): readonly Node[] {
  if (parts.length === 0) return nodes;
  const gone = new Set(parts);
  const isLeft = (node: Node, index: number) => node !== graph.nodes[index] || !gone.has(index);
  const left = new Set(nodes.filter(isLeft));
  const readers = new Map<ValueId, number>();
  for (const { inputs } of left) {
    for (const input of inputs) if (isGiven(input)) readers.set(input, (readers.get(input) ?? 0) + 1);
  }
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const kept = new Set([...graph.outputs, ...graph.updates].map(({ value }) => value));
  const open = parts.flatMap((index) => itemAt(graph.nodes, index).inputs.filter(isGiven));
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const maker = makers.get(value);
    if (!maker || !left.has(maker) || maker.outputs.some((each) => readers.has(each) || kept.has(each))) continue;
    left.delete(maker);
    for (const input of maker.inputs.filter(isGiven)) {
      const count = (readers.get(input) ?? 0) - 1;
      if (count > 0) readers.set(input, count);
      else readers.delete(input);
      open.push(input);
    }
  }
  return nodes.filter((node) => left.has(node));
}

/**
 * A new graph with `activation` at the given nodes. Values and storages of the old graph keep their numbers, so that both
 * start from the same weights, and so do nodes, unless an activation was written out, of which one node is left. What the
 * activation learns becomes trainable storages, named `<path>.weight`; a node that has the same activation already keeps
 * its own.
 * @param nodes of activations, as `activationsOf` names them
 * @throws SwapError where the activation can't stand there.
 */
export function swap(
  graph: Graph,
  nodes: readonly number[],
  activation: SwapTarget,
  parameters: ActivationParameters,
): Graph {
  const weights = new Weights(graph, activation, parameters);
  const after = [...graph.nodes];
  const parts: number[] = [];
  const gone = new Set<ValueId>();
  for (const node of activationsAt(graph, nodes)) {
    refuse(graph, node, activation);
    const { input, output, weights: old, written = [] } = node;
    const kept = node.op.activation === activation.id && old.length > 0;
    const along = activation.shape === 'along-dimension' ? node.op.parameters.dim : undefined;
    const halved = takesDim(activation) ? halvedDim(shapeIn(graph, input), shapeIn(graph, output)) : undefined;
    const dim = along ?? halved;
    for (const part of written) parts.push(part);
    if (written.length > 0) gone.add(output);
    after[node.node] = {
      ...itemAt(graph.nodes, node.node),
      ...(node.source && { source: node.source }),
      ...(node.site && { site: node.site }),
      inputs: [input, ...(kept ? old : weights.weightsOf(node))],
      op: {
        kind: 'activation',
        activation: activation.id,
        parameters: dim === undefined ? parameters : { ...parameters, dim },
        ...(activation.shape === 'gated' && { halves: true }),
      },
    };
  }
  const { values, storages } = weights;
  const left = removeParts(graph, after, parts);
  const lost = orphanStorages(graph.nodes, left, storages);
  const state = weights.state.filter(({ storage }) => !lost.has(storage));
  const { written, ...rest } = graph;
  const others = written?.filter(({ output }) => !gone.has(output)) ?? [];
  return { ...rest, nodes: left, values, storages, state, ...(others.length > 0 && { written: others }) };
}

/** Elements of parameters, those that tied ones share once; `trainable` without the frozen ones. */
export interface ParameterCount {
  readonly all: number;
  readonly trainable: number;
}

/** As the model's library counts them: to TensorFlow.js statistics that training moves are weights that are not trained. */
export function countParameters({
  state,
  storages,
  conventions,
}: Pick<Graph, 'state' | 'storages' | 'conventions'>): ParameterCount {
  const isCounted = (kind: StateEntry['kind']) => kind === 'parameter' || conventions === 'tensorflow';
  const counted = new Set(state.flatMap(({ kind, storage }) => (isCounted(kind) ? [storage] : [])));
  const size = ({ type, pairs }: Storage) => count(type.shape) / (pairs ? 2 : 1);
  const sum = (ids: readonly StorageId[]) => ids.reduce((total, id) => total + size(itemAt(storages, id)), 0);
  return { all: sum([...counted]), trainable: sum([...counted].filter((id) => storages[id]?.trainable)) };
}
