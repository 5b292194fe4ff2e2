/** How tensors get their first values: initialisers instead of bytes, so that a large layer allocates nothing. */

import { doubleAt, itemAt } from '../../graph/access';
import { count, fillElements, storeElements, stridesOf } from '../../graph/evaluate/elements';
import { erfinv } from '../../graph/evaluate/erf';
import { isFoldable, MAX_KNOWN } from '../../graph/evaluate/index';
import { isRandom, placesOf } from '../../graph/initialise';
import type { DType, Initialiser, InitialStep, StorageId, TensorData, TensorType, ValueId } from '../../graph/types';
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { Memory } from '../../python/values/memory';
import { PyParameter, type PyTensor } from '../../python/values/values';
import { full, knownTensor, tensorOf, torchState } from './tensor';
import { memoryStrides } from './views';

/** A tensor that is made by an initialiser, without touching its bytes (`torch.zeros`, `torch.randn`). */
export function fromInitialiser(ctx: Context, type: TensorType, initialiser: Initialiser): PyTensor {
  if (initialiser.kind === 'constant' && count(type.shape) <= MAX_KNOWN) {
    return full(ctx, type, initialiser.value);
  }
  if (initialiser.kind === 'data') return knownTensor(ctx, type, initialiser.data);
  const storage = ctx.graph.storage(type, false, initialiser);
  if (torchState(ctx).running && isRandom(initialiser)) ctx.graph.redraw(storage);
  return tensorOf(ctx, ctx.graph.storageAt(storage).value, undefined, storage);
}

/** Whether all elements are drawn alike, so that any of them in any order have this initialiser. */
function isAlike(initialiser: Initialiser): boolean {
  return !(initialiser.kind === 'data' || initialiser.kind === 'patched' || initialiser.kind === 'computed');
}

/** How a tensor that nothing has computed with was made; undefined where it depends on others. */
export function initialiserOf(ctx: Context, tensor: PyTensor): Initialiser | undefined {
  const { data, memory } = tensor;
  if (data) return initialiserFor(data);
  const own = initialiserIn(ctx, memory) ?? (memory.look ? undefined : deriveInitialiser(ctx, memory.contents.value));
  if (own) return own;
  const root = memory.look && initialiserIn(ctx, memory.root);
  if (root && isAlike(root)) return root;
  const values = root && valuesOf(memory.root.type, root);
  if (!values) return computedInitialiser(ctx, memory.contents.value);
  const places = placesOf({
    offset: memory.place?.offset ?? 0,
    shape: tensor.type.shape,
    strides: memoryStrides(tensor),
  });
  return {
    kind: 'data',
    data: storeElements(tensor.type.dtype, places.length, (i) => itemAt(values, itemAt(places, i))),
  };
}

export function initialiserFor(data: TensorData): Initialiser {
  const first = data.length > 0 ? itemAt(data, 0) : 0;
  return data.every((value: number) => value === first) ? { kind: 'constant', value: first } : { kind: 'data', data };
}

function initialiserIn(ctx: Context, memory: Memory): Initialiser | undefined {
  const { data, storage, value } = memory.contents;
  if (data) return initialiserFor(data);
  const found = storage ?? ctx.graph.storageOf(value);
  return found === undefined ? undefined : ctx.graph.storageAt(found).initialiser;
}

/** Steps of arithmetic that are followed back to what was drawn. */
const MOST_STEPS = 16;

/** The initialiser of what scales, shifts or lays out anew what another gives: `0.02 * torch.randn(…)`. */
function deriveInitialiser(ctx: Context, value: ValueId, steps = 0): Initialiser | undefined {
  const { graph } = ctx;
  const storage = graph.storageOf(value);
  if (storage !== undefined) {
    const { initialiser } = graph.storageAt(storage);
    return isAlike(initialiser) ? initialiser : undefined;
  }
  const node = steps < MOST_STEPS ? graph.producerOf(value) : undefined;
  if (!node) return undefined;
  const size = count(graph.type(value).shape);
  const input = (index: number): Initialiser | undefined => {
    const id = node.inputs[index];
    if (typeof id !== 'number') return undefined;
    const found = deriveInitialiser(ctx, id, steps + 1);
    // What is drawn once and repeated is not drawn for each element.
    return found?.kind === 'constant' || count(graph.type(id).shape) === size ? found : undefined;
  };
  const { op } = node;
  const { dtype } = graph.type(value);
  const moved = (initialiser: Initialiser | undefined, factor: number, shift: number) =>
    initialiser && affine(initialiser, factor, shift, dtype);
  switch (op.kind) {
    case 'constant': {
      const found = initialiserFor(op.data);
      return found.kind === 'constant' ? found : undefined;
    }
    case 'reshape':
    case 'permute':
      return input(0);
    case 'cast':
      return op.dtype.includes('float') ? input(0) : undefined;
    case 'pad':
      return op.padding.every((each) => each === 0) ? input(0) : undefined;
    case 'unary':
      if (op.function === 'erfinv') return ofErfinv(input(0));
      return op.function === 'neg' ? moved(input(0), -1, 0) : undefined;
    case 'binary': {
      const [a, b] = [input(0), input(1)];
      if (b?.kind === 'constant') {
        if (op.function === 'max' || op.function === 'min') return ofClamp(a, b.value, op.function === 'max');
        if (op.function === 'mul') return moved(a, b.value, 0);
        if (op.function === 'div') return moved(a, 1 / b.value, 0);
        if (op.function === 'add') return moved(a, 1, b.value);
        return op.function === 'sub' ? moved(a, 1, -b.value) : undefined;
      }
      if (a?.kind !== 'constant') return undefined;
      if (op.function === 'mul') return moved(b, a.value, 0);
      if (op.function === 'add') return moved(b, 1, a.value);
      return op.function === 'sub' ? moved(b, -1, a.value) : undefined;
    }
    default:
      return undefined;
  }
}

/** Operators, and elements of all that they make, that one first value is computed from. */
const [MOST_COMPUTED, MOST_ELEMENTS] = [256, 2 ** 26];

/** What a value is computed from, step by step; undefined where that is an input of the model or an operator is not folded. */
function computedInitialiser({ graph }: Context, value: ValueId): Initialiser | undefined {
  const steps: InitialStep[] = [];
  const places = new Map<ValueId, number>();
  let size = 0;
  const stepOf = (id: ValueId): InitialStep | undefined => {
    const type = graph.type(id);
    const storage = graph.storageOf(id);
    if (storage !== undefined) {
      return { type, initialiser: graph.storageAt(storage).initialiser, stream: graph.fixStream(storage) };
    }
    const node = graph.producerOf(id);
    if (node?.op.kind === 'constant') return { type, initialiser: { kind: 'data', data: node.op.data }, stream: 0 };
    if (!node || !isFoldable(node.op)) return undefined;
    const inputs = node.inputs.map((input) => (typeof input === 'number' ? place(input) : undefined));
    return inputs.every((input) => input !== undefined) ? { type, op: node.op, inputs } : undefined;
  };
  const place = (id: ValueId): number | undefined => {
    const found = places.get(id);
    if (found !== undefined) return found;
    size += count(graph.type(id).shape);
    if (size > MOST_ELEMENTS || places.size >= MOST_COMPUTED) return undefined;
    const step = stepOf(id);
    if (!step) return undefined;
    const at = steps.push(step) - 1;
    places.set(id, at);
    return at;
  };
  return place(value) === undefined ? undefined : { kind: 'computed', steps };
}

/**
 * First values for a parameter that is computed while the model is built. What can't be followed is drawn: it changes no
 * shape, no name and no operator of the model.
 */
export function firstValuesOf(ctx: Context, tensor: PyTensor): Initialiser {
  const found = initialiserOf(ctx, tensor);
  if (found) return found;
  ctx.note(say('The first values that are computed here are not followed; others of the same shape are drawn instead'));
  const fan = Math.max(1, count(tensor.type.shape.slice(1)));
  return { kind: 'normal', mean: 0, deviation: 1 / Math.sqrt(fan) };
}

/** The first values of a tensor that stays beside the one that takes them: the same draws where they are random. */
export function sharedValuesOf(ctx: Context, tensor: PyTensor): Initialiser {
  const { storage, type } = tensor;
  const found = storage === undefined ? undefined : ctx.graph.storageAt(storage).initialiser;
  if (storage === undefined || !found || !isRandom(found)) return firstValuesOf(ctx, tensor);
  return { kind: 'computed', steps: [{ type, initialiser: found, stream: ctx.graph.fixStream(storage) }] };
}

/** `erfinv(x)`: of uniform values it is a bell between bounds, which is how truncated normals are drawn. */
function ofErfinv(x: Initialiser | undefined): Initialiser | undefined {
  if (x?.kind !== 'uniform' || x.low < -1 || x.high > 1) return undefined;
  return { kind: 'truncated_normal', mean: 0, deviation: Math.SQRT1_2, low: erfinv(x.low), high: erfinv(x.high) };
}

/** `max(x, bound)` or `min(x, bound)` where that is x itself but for a rounding: bounded draws that are clamped to be safe. */
function ofClamp(x: Initialiser | undefined, bound: number, isMaximum: boolean): Initialiser | undefined {
  if (x?.kind !== 'uniform' && x?.kind !== 'truncated_normal') return undefined;
  const over = isMaximum ? bound - x.low : x.high - bound;
  return over <= 1e-5 * (x.high - x.low) ? x : undefined;
}

/** The values that an initialiser gives, where they are not random. */
function valuesOf({ dtype, shape }: TensorType, initialiser: Initialiser): TensorData | undefined {
  const length = count(shape);
  if (length > MAX_KNOWN) return undefined;
  switch (initialiser.kind) {
    case 'constant':
      return fillElements(dtype, length, initialiser.value);
    case 'data':
      return initialiser.data;
    case 'patched': {
      const values = valuesOf({ dtype, shape }, initialiser.base);
      if (!values) return undefined;
      const result = Float64Array.from(values);
      for (const patch of initialiser.patches) {
        const own = valuesOf({ dtype, shape: patch.shape }, patch.initialiser);
        if (!own) return undefined;
        placesOf(patch).forEach((place, i) => {
          result[place] = itemAt(own, i);
        });
      }
      return storeElements(dtype, length, (i) => doubleAt(result, i));
    }
    default:
      return undefined;
  }
}

/** The initialiser of `factor · x + shift`; undefined where it has no form of its own. */
export function affine(initialiser: Initialiser, factor: number, shift: number, dtype: DType): Initialiser | undefined {
  const moved = (x: number) => x * factor + shift;
  switch (initialiser.kind) {
    case 'constant':
      return { kind: 'constant', value: moved(initialiser.value) };
    case 'normal':
      return { kind: 'normal', mean: moved(initialiser.mean), deviation: Math.abs(initialiser.deviation * factor) };
    case 'uniform': {
      const [a, b] = [moved(initialiser.low), moved(initialiser.high)];
      return { kind: 'uniform', low: Math.min(a, b), high: Math.max(a, b) };
    }
    case 'truncated_normal': {
      const [a, b] = [moved(initialiser.low), moved(initialiser.high)];
      return {
        kind: 'truncated_normal',
        mean: moved(initialiser.mean),
        deviation: Math.abs(initialiser.deviation * factor),
        low: Math.min(a, b),
        high: Math.max(a, b),
      };
    }
    case 'data': {
      const { data } = initialiser;
      return { kind: 'data', data: storeElements(dtype, data.length, (i) => moved(itemAt(data, i))) };
    }
    case 'patched': {
      const base = affine(initialiser.base, factor, shift, dtype);
      const patches = initialiser.patches.map((patch) => ({
        ...patch,
        initialiser: affine(patch.initialiser, factor, shift, dtype) ?? patch.initialiser,
      }));
      return base && { kind: 'patched', base, patches };
    }
    case 'orthogonal':
    case 'computed':
      return undefined;
  }
}

/** `initialiser` for the elements of a view, the base's own for the others. */
export function patch(view: PyTensor, base: Initialiser, initialiser: Initialiser): Initialiser {
  const { shape } = view.type;
  const offset = view.memory.place?.offset ?? 0;
  const strides = memoryStrides(view);
  const plain = stridesOf(shape);
  const rootShape = view.memory.root.type.shape;
  const covers =
    offset === 0 && count(shape) === count(rootShape) && shape.every((n, i) => n === 1 || strides[i] === plain[i]);
  if (covers) return initialiser;
  const one = { offset, shape, strides, initialiser };
  return base.kind === 'patched'
    ? { ...base, patches: [...base.patches, one] }
    : { kind: 'patched', base, patches: [one] };
}

/** `nn.Parameter(tensor)`: a storage of its own with the tensor's first values. */
export function makeParameter(
  ctx: Context,
  type: TensorType,
  initialiser: Initialiser,
  requiresGrad = true,
): PyParameter {
  ctx.meter.tensor();
  const storage = ctx.graph.storage(type, requiresGrad, initialiser);
  const memory = new Memory(type, { value: ctx.graph.storageAt(storage).value, storage });
  memory.home = storage;
  return parameterOver(ctx, memory, requiresGrad);
}

/** A parameter that shares a tensor's memory. */
export function parameterOver(ctx: Context, memory: Memory, requiresGrad: boolean): PyParameter {
  memory.asks ??= ctx.askValues;
  const parameter = new PyParameter(torchState(ctx).parameter, memory);
  parameter.requiresGrad = requiresGrad;
  return parameter;
}

/**
 * Gives a buffer's memory a home. A persistent one is read from there, so that a checkpoint can fill it; integers and
 * bools stay known as well: they are tables and masks, and indexing depends on them.
 */
export function settle(ctx: Context, tensor: PyTensor, persistent: boolean): StorageId {
  const { memory, storage } = tensor;
  const initialiser = initialiserOf(ctx, tensor);
  const home = storage ?? ctx.graph.storage(tensor.type, false, initialiser ?? { kind: 'constant', value: 0 });
  memory.home = home;
  // What was computed from others is a constant of the graph: its storage only says that it is there.
  if (initialiser && persistent && storage === undefined) {
    const { value } = ctx.graph.storageAt(home);
    const data = tensor.type.dtype.includes('float') ? undefined : tensor.data;
    const { graph } = ctx;
    // A checkpoint may hold other values than those that code reads from here on.
    memory.restate(
      data
        ? {
            value,
            storage: home,
            get data() {
              graph.decide(home);
              return data;
            },
          }
        : { value, storage: home },
    );
  }
  return home;
}
