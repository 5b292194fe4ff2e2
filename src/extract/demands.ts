/** What layers ask of the tensors that they are given: how many dimensions, and which of them are how long. */

import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Interpreter } from '../python/run/interpreter';
import { PyInstance, PyList, PyTuple, type PyValue } from '../python/values/values';

/** Dimensions are counted from the front or, negative, from the back. */
export interface Demand {
  readonly rank?: number;
  readonly sizes: ReadonlyMap<number, number>;
  /** Along which the layer looks: an image's sides, a signal's length. */
  readonly space?: readonly number[];
  /** Where time is first, the batch is not. */
  readonly batch?: number;
  readonly integer?: boolean;
  /** Elements of an example, where the layer takes it flattened. */
  readonly flat?: number;
  /** Whether what comes out has the shape of what went in, but for the length of its sides. */
  readonly passes?: boolean;
  /** In words, where it tells what the model takes. */
  readonly detail?: string;
}

/** Features of a node that a layer of PyTorch Geometric takes, or of what a linear one does: any, where that is left open. */
export function featuresOf(ctx: Interpreter, layer: PyInstance): number | undefined {
  if (layerKind(layer) === 'Linear') return numberOf(ctx, layer, 'in_features');
  const isOwn = layer.cls.mro.some(({ name, module }) => name === 'MessagePassing' || module?.startsWith(GEOMETRIC));
  if (!isOwn) return undefined;
  const given = ctx.lookup(layer, 'in_channels');
  const [only] = given instanceof PyTuple || given instanceof PyList ? given.items : [given];
  if (typeof only !== 'bigint') return undefined;
  return only > 0n ? Number(only) : ANY_FEATURES;
}

const GEOMETRIC = 'torch_geometric.';
/** What a layer is fed with that takes features of any number. */
const ANY_FEATURES = 16;

/** The class of PyTorch's that a layer is or derives from. */
export const layerKind = (layer: PyInstance): string => layer.cls.mro.find((cls) => cls.native)?.name ?? '';

export function numberOf(ctx: Interpreter, object: PyValue, name: string): number | undefined {
  const value = ctx.lookup(object, name);
  return typeof value === 'bigint' ? Number(value) : undefined;
}

/** Layers that give back what they get, element by element. */
const ELEMENTWISE =
  /^(?:Identity|.*Dropout\d*d?|ReLU6?|LeakyReLU|PReLU|RReLU|ELU|CELU|SELU|GELU|SiLU|Mish|Sigmoid|Tanh|Hard(?:swish|sigmoid|tanh)|Softplus|Softsign|LogSigmoid|Softmax2?d?|LogSoftmax|Threshold)$/;
const SPATIAL = /^(?:(?:Adaptive)?(?:Max|Avg)Pool|(?:Zero|Constant|Reflection|Replication|Circular)Pad)([123])d$/;

const front = (size: number | undefined): ReadonlyMap<number, number> => new Map(size === undefined ? [] : [[1, size]]);
const back = (size: number | undefined): ReadonlyMap<number, number> => new Map(size === undefined ? [] : [[-1, size]]);
const sides = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 2);

/** What a layer of PyTorch's asks of its first argument, or undefined where it says nothing of it. */
export function demandOf(ctx: Interpreter, layer: PyInstance): Demand | undefined {
  const kind = layerKind(layer);
  const number = (name: string) => numberOf(ctx, layer, name);
  if (ELEMENTWISE.test(kind)) return { sizes: new Map(), passes: true };
  const convolution = /^(?:Lazy)?Conv(?:Transpose)?([123])d$/.exec(kind);
  if (convolution) {
    const space = Number(convolution[1]);
    const channels = number('in_channels') ?? 3;
    const detail = say('{0} with {1} input channels', kind, channels);
    return { rank: space + 2, sizes: front(channels), space: sides(space), detail };
  }
  const spatial = SPATIAL.exec(kind);
  if (spatial)
    return { rank: Number(spatial[1]) + 2, sizes: new Map(), space: sides(Number(spatial[1])), passes: true };
  if (kind === 'Module') {
    const features = featuresOf(ctx, layer);
    if (features !== undefined)
      return { rank: 2, sizes: back(features), detail: say('{0} with {1} input features', layer.cls.name, features) };
  }
  if (kind === 'Linear' || kind === 'Bilinear') {
    const features = number('in_features') ?? number('in1_features');
    return { sizes: back(features), detail: say('Linear with {0} input features', features ?? 1) };
  }
  if (kind === 'Embedding' || kind === 'EmbeddingBag') {
    const detail = say('Embedding, which takes indices');
    return { sizes: new Map(), integer: true, ...(kind === 'EmbeddingBag' && { rank: 2 }), detail };
  }
  const recurrent = /^(LSTM|GRU|RNN)(Cell)?$/.exec(kind);
  if (recurrent) {
    const features = number('input_size');
    const detail = say('{0} with {1} input features', kind, features ?? 1);
    if (recurrent[2]) return { rank: 2, sizes: back(features), detail };
    return { rank: 3, sizes: back(features), batch: batchAxis(ctx, layer), detail };
  }
  const norm = /^(?:Lazy)?(?:Batch|Instance)Norm([123])d$/.exec(kind);
  if (norm) {
    const channels = number('num_features');
    const dimensions = Number(norm[1]);
    const detail = say('{0} over {1} channels', kind, channels ?? 1);
    const shape = dimensions === 1 ? {} : { rank: dimensions + 2, space: sides(dimensions) };
    return { ...shape, sizes: front(channels), passes: true, detail };
  }
  if (kind === 'GroupNorm') {
    const channels = number('num_channels');
    return { sizes: front(channels), passes: true, detail: say('{0} over {1} channels', kind, channels ?? 1) };
  }
  if (kind === 'LayerNorm' || kind === 'RMSNorm') {
    const shape = ctx.lookup(layer, 'normalized_shape');
    const items = shape instanceof PyTuple || shape instanceof PyList ? shape.items : [];
    const sizes = items.map((item, index) => [index - items.length, Number(item)] as const);
    const detail = say('{0} over {1} features', kind, sizes.map(([, size]) => size).join('×'));
    return { sizes: new Map(sizes), passes: true, detail };
  }
  if (kind === 'MultiheadAttention') {
    const features = number('embed_dim');
    return { rank: 3, sizes: back(features), batch: batchAxis(ctx, layer), detail: attentionText(kind, features) };
  }
  if (/^Transformer/.test(kind)) {
    const attention = attentionIn(ctx, layer);
    const features = attention && numberOf(ctx, attention, 'embed_dim');
    if (!attention || features === undefined) return undefined;
    return { rank: 3, sizes: back(features), batch: batchAxis(ctx, attention), detail: attentionText(kind, features) };
  }
  if (kind === 'Flatten') return { sizes: new Map() };
  return undefined;
}

const attentionText = (kind: string, features: number | undefined) => say('{0} over {1} features', kind, features ?? 1);

const batchAxis = (ctx: Interpreter, layer: PyInstance) => (ctx.lookup(layer, 'batch_first') === true ? 0 : 1);

function attentionIn(ctx: Interpreter, layer: PyInstance): PyInstance | undefined {
  return modulesOf(ctx, layer).find((each) => layerKind(each) === 'MultiheadAttention');
}

/** A module and all below it, as `modules()` lists them. */
export function modulesOf(ctx: Interpreter, model: PyInstance): PyInstance[] {
  const method = ctx.lookup(model, 'modules');
  const modules = method === undefined ? [] : ctx.list(ctx.call(method));
  return modules.filter((each): each is PyInstance => each instanceof PyInstance);
}

/** A change of shape on the way from an input to a layer. */
export type Change =
  | { readonly kind: 'permute'; readonly dims: readonly number[] }
  | { readonly kind: 'transpose'; readonly a: number; readonly b: number }
  | { readonly kind: 'unsqueeze'; readonly dim: number }
  | { readonly kind: 'flatten' }
  /** All but the last dimension become one. */
  | { readonly kind: 'rows' }
  /** All but the first dimension, as many elements, become those of an image. */
  | { readonly kind: 'unflatten'; readonly elements: number }
  /** All dimensions become one. */
  | { readonly kind: 'ravel' };

/** What a demand on a changed tensor is of the tensor before the changes; undefined where it can't be told. */
export function demandBefore(demand: Demand, changes: readonly Change[]): Demand | undefined {
  let now: Demand | undefined = demand;
  for (const change of [...changes].reverse()) now = now && undo(now, change);
  return now;
}

function undo(demand: Demand, change: Change): Demand | undefined {
  const { rank } = demand;
  if (change.kind === 'flatten') {
    const flat = demand.sizes.get(-1) ?? demand.sizes.get(1);
    return flat === undefined ? undefined : { sizes: new Map(), flat, ...(demand.detail && { detail: demand.detail }) };
  }
  if (change.kind === 'ravel') return undefined;
  if (change.kind === 'rows') {
    const features = demand.sizes.get(-1) ?? (rank === 2 ? demand.sizes.get(1) : undefined);
    if (features === undefined) return undefined;
    return { sizes: new Map([[-1, features]]), ...(demand.detail && { detail: demand.detail }) };
  }
  if (change.kind === 'permute') {
    const count = change.dims.length;
    return moveAxes(demand, count, (axis) => itemAt(change.dims, axis < 0 ? axis + count : axis));
  }
  if (change.kind === 'transpose') {
    const count = rank ?? Math.max(3, change.a + 1, change.b + 1);
    const [a, b] = [change.a, change.b].map((axis) => (axis < 0 ? axis + count : axis)) as [number, number];
    return moveAxes(demand, count, (axis) => {
      const from = axis < 0 ? axis + count : axis;
      return from === a ? b : from === b ? a : from;
    });
  }
  if (change.kind === 'unflatten')
    return { sizes: new Map(), flat: change.elements, ...(demand.detail && { detail: demand.detail }) };
  // What is looked up by may have any number of dimensions.
  if (rank === undefined && demand.sizes.size === 0 && demand.integer) return demand;
  if (rank === undefined || rank < 2) return undefined;
  const added = change.dim < 0 ? change.dim + rank : change.dim;
  const kept = (axis: number) => (axis < 0 ? axis + rank : axis) !== added;
  const shift = (axis: number) => {
    const from = axis < 0 ? axis + rank : axis;
    return from > added ? from - 1 : from;
  };
  return {
    ...demand,
    rank: rank - 1,
    sizes: new Map([...demand.sizes].filter(([axis]) => kept(axis)).map(([axis, size]) => [shift(axis), size])),
    ...(demand.space && { space: demand.space.filter(kept).map(shift) }),
    ...(demand.batch !== undefined && { batch: shift(demand.batch) }),
  };
}

function moveAxes(demand: Demand, rank: number, from: (axis: number) => number): Demand | undefined {
  if (demand.rank !== undefined && demand.rank !== rank) return undefined;
  return {
    ...demand,
    rank,
    sizes: new Map([...demand.sizes].map(([axis, size]) => [from(axis), size])),
    ...(demand.space && { space: demand.space.map(from) }),
    batch: from(demand.batch ?? 0),
  };
}
