/** Tensors that share another's memory, as PyTorch's views do: which they are, and how writing to one changes its base. */

import { itemAt, sizeAt } from '../../graph/access';
import { stridesOf } from '../../graph/evaluate/elements';
import type { Op, TensorType } from '../../graph/types';
import type { Context } from '../../python/natives/context';
import { type Contents, type Look, Memory, type ViewPlace } from '../../python/values/memory';
import type { PyTensor } from '../../python/values/values';
import {
  apply,
  compute,
  elements,
  isFloating,
  knownTensor,
  numbers,
  type Operand,
  operandOf,
  sizeOf,
  wrapMemory,
} from './tensor';

type ViewOp = Extract<Op, { kind: 'reshape' | 'permute' | 'slice' | 'expand' }>;

/** Steps between neighbours in each dimension, in elements of the memory that the tensor looks into. */
export function memoryStrides({ type, memory }: PyTensor): readonly number[] {
  return memory.place?.strides ?? stridesOf(type.shape);
}

export function isContiguous(tensor: PyTensor): boolean {
  const strides = memoryStrides(tensor);
  const plain = stridesOf(tensor.type.shape);
  return tensor.type.shape.every((size, dim) => size === 1 || strides[dim] === plain[dim]);
}

/** Another tensor over the same memory. */
export function alias(ctx: Context, tensor: PyTensor): PyTensor {
  return wrapMemory(ctx, tensor.memory);
}

/** The same memory seen through an operator that leaves elements as they are: `read` gives them, writing goes through. */
export function aliasThrough(ctx: Context, { memory }: PyTensor, read: (held: Operand) => Contents): PyTensor {
  const { type, place } = memory;
  const see = (held: Contents): Contents => read(operandOf(type, held));
  // What autograd doesn't see being written to goes on having its gradient.
  const write = (held: Contents, own: Contents): Contents => keepGradient(ctx, type, held, own);
  return wrapMemory(ctx, new Memory(type, see(memory.contents), { base: memory, read: see, write }, place));
}

/** The values of `own` with the gradient of `held`: own + (held − held), of which one is held to be a constant. */
export function keepGradient(ctx: Context, type: TensorType, held: Contents, own: Contents): Contents {
  const { graph } = ctx;
  if (held.data || !isFloating(type.dtype)) return own;
  const before = graph.stops;
  graph.stops = true;
  const still = compute(ctx, { kind: 'reshape', shape: type.shape }, [operandOf(type, held)]);
  const values = compute(ctx, { kind: 'reshape', shape: type.shape }, [operandOf(type, own)]);
  graph.stops = false;
  const nothing = compute(ctx, { kind: 'binary', function: 'sub' }, [operandOf(type, held), still]);
  const { value } = compute(ctx, { kind: 'binary', function: 'add' }, [values, nothing]);
  graph.stops = before;
  return { value };
}

function view(ctx: Context, tensor: PyTensor, op: ViewOp, strides: readonly number[], offset = 0): PyTensor {
  const base = tensor.memory;
  const read = (held: Contents): Operand => compute(ctx, op, [operandOf(base.type, held)]);
  const first = read(base.contents);
  const { type } = first;
  const look: Look = {
    base,
    read,
    write: (held, own) => writeBack(ctx, op, operandOf(base.type, held), operandOf(type, own)),
  };
  const place: ViewPlace = { offset: (base.place?.offset ?? 0) + offset, strides };
  return wrapMemory(ctx, new Memory(type, first, look, place));
}

/**
 * A view of scattered elements: a diagonal, windows.
 * @param read how the graph reads them from the tensor
 * @param places where they lie among the tensor's elements, row-major; asked for when the view is written to
 * @param place where they lie in the tensor's memory
 */
export function scatteredView(
  ctx: Context,
  tensor: PyTensor,
  read: (held: Operand) => Operand,
  places: () => Int32Array,
  { offset, strides }: ViewPlace,
): PyTensor {
  const base = tensor.memory;
  const see = (held: Contents): Operand => read(operandOf(base.type, held));
  const first = see(base.contents);
  const { type } = first;
  const write = (held: Contents, own: Contents): Contents => {
    const flat = (operand: Operand) =>
      compute(ctx, { kind: 'reshape', shape: [elements(operand.type.shape)] }, [operand]);
    const at = places();
    const index = knownTensor(ctx, { dtype: 'int64', shape: [at.length] }, at);
    const whole = flat(operandOf(base.type, held));
    const written = compute(ctx, { kind: 'scatter_elements', dim: 0, reduction: 'none' }, [
      whole,
      index,
      flat(operandOf(type, own)),
    ]);
    return compute(ctx, { kind: 'reshape', shape: base.type.shape }, [written]);
  };
  const place = { offset: (base.place?.offset ?? 0) + offset, strides };
  return wrapMemory(ctx, new Memory(type, first, { base, read: see, write }, place));
}

/** What the base holds once its view holds `own`. */
function writeBack(ctx: Context, op: ViewOp, base: Operand, own: Operand): Contents {
  switch (op.kind) {
    case 'reshape':
      return compute(ctx, { kind: 'reshape', shape: base.type.shape }, [own]);
    case 'permute':
      return compute(ctx, { kind: 'permute', dims: op.dims.map((_, dim) => op.dims.indexOf(dim)) }, [own]);
    case 'slice':
      return putSlice(ctx, op, base, own);
    case 'expand':
      return ctx.raise(
        'RuntimeError',
        'unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.',
      );
  }
}

/** Joins what stands before the slice, its new values and what stands after. */
function putSlice(ctx: Context, op: Extract<Op, { kind: 'slice' }>, base: Operand, own: Operand): Contents {
  const { dim, start, end, step } = op;
  const size = sizeOf(base, dim);
  if (step === 1) {
    const part = (from: number, to: number) =>
      from < to ? [compute(ctx, { kind: 'slice', dim, start: from, end: to, step: 1 }, [base])] : [];
    return compute(ctx, { kind: 'cat', dim }, [...part(0, start), own, ...part(end, size)]);
  }
  // Each place reads from the base, or from the values behind it.
  const from = numbers(ctx, size, (i) =>
    i >= start && i < end && (i - start) % step === 0 ? size + (i - start) / step : i,
  );
  const both = compute(ctx, { kind: 'cat', dim }, [base, own]);
  return compute(ctx, { kind: 'gather', dim }, [both, knownTensor(ctx, { dtype: 'int64', shape: [size] }, from)]);
}

/** Fills in a −1. @throws RuntimeError in PyTorch's words where the elements don't fit. */
function sizesOf(ctx: Context, { shape }: TensorType, wanted: readonly number[]): number[] {
  const total = elements(shape);
  const hole = wanted.indexOf(-1);
  const filled = [...wanted];
  if (hole >= 0) filled[hole] = total / elements(wanted.filter((_, i) => i !== hole));
  if (elements(filled) === total && filled.every(Number.isInteger)) return filled;
  return ctx.error('shape', `shape '[${wanted.join(', ')}]' is invalid for input of size ${total}`);
}

const isSameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** Strides under which the same memory has another shape; undefined where it has none. */
function stridesFor(
  shape: readonly number[],
  strides: readonly number[],
  wanted: readonly number[],
): number[] | undefined {
  if (elements(wanted) === 0 || shape.length === 0) return stridesOf(wanted);
  const result = new Array<number>(wanted.length);
  let next = wanted.length - 1;
  let step = itemAt(strides, strides.length - 1);
  let size = 1;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    size *= sizeAt(shape, dim);
    const goesOn = dim > 0 && (shape[dim - 1] === 1 || strides[dim - 1] === size * step);
    if (goesOn) continue;
    // A run of dimensions that lie in one step: some of the wanted ones must cover it exactly.
    let covered = 1;
    for (; next >= 0 && (covered < size || wanted[next] === 1); next--) {
      result[next] = step * covered;
      covered *= itemAt(wanted, next);
    }
    if (covered !== size) return undefined;
    if (dim > 0) step = itemAt(strides, dim - 1);
    size = 1;
  }
  return result;
}

/** `reshape`: a view where the memory allows it, else a copy. */
export function reshape(ctx: Context, tensor: PyTensor, wanted: readonly number[]): PyTensor {
  const shape = sizesOf(ctx, tensor.type, wanted);
  if (isSameShape(shape, tensor.type.shape)) return alias(ctx, tensor);
  const strides = stridesFor(tensor.type.shape, memoryStrides(tensor), shape);
  const op = { kind: 'reshape', shape } as const;
  return strides ? view(ctx, tensor, op, strides) : apply(ctx, op, tensor);
}

/** `view`: an error where only a copy could have that shape. */
export function viewAs(ctx: Context, tensor: PyTensor, wanted: readonly number[]): PyTensor {
  const shape = sizesOf(ctx, tensor.type, wanted);
  if (!stridesFor(tensor.type.shape, memoryStrides(tensor), shape)) {
    ctx.raise(
      'RuntimeError',
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
    );
  }
  return reshape(ctx, tensor, shape);
}

/** `torch.atleast_1d` of one tensor: what a scalar is where a dimension is named. */
export function atLeast1d(ctx: Context, x: PyTensor): PyTensor {
  return x.type.shape.length > 0 ? x : reshape(ctx, x, [1]);
}

/** What keeps or drops a dimension, on a scalar: the result is a scalar again. */
export function applyAlongDim(ctx: Context, x: PyTensor, body: (x: PyTensor) => PyTensor): PyTensor {
  return x.type.shape.length > 0 ? body(x) : reshape(ctx, body(atLeast1d(ctx, x)), []);
}

export function permute(ctx: Context, tensor: PyTensor, dims: readonly number[]): PyTensor {
  const strides = memoryStrides(tensor);
  if (dims.length === tensor.type.shape.length && dims.every((dim, i) => dim === i)) return alias(ctx, tensor);
  return view(
    ctx,
    tensor,
    { kind: 'permute', dims },
    dims.map((dim) => itemAt(strides, dim)),
  );
}

export function transpose(ctx: Context, x: PyTensor, a: number, b: number): PyTensor {
  const order = x.type.shape.map((_, dim) => (dim === a ? b : dim === b ? a : dim));
  return permute(ctx, x, order);
}

/** `x.mT` and `x.adjoint()`, by the name that a refusal gives. */
export function transposeMatrix(ctx: Context, x: PyTensor, name: string): PyTensor {
  const rank = x.type.shape.length;
  if (rank === 0) return alias(ctx, x);
  if (rank === 1)
    ctx.raise('RuntimeError', `tensor.${name} is only supported on matrices or batches of matrices. Got 1-D tensor.`);
  return transpose(ctx, x, rank - 2, rank - 1);
}

export function slice(ctx: Context, tensor: PyTensor, dim: number, start: number, end: number, step = 1): PyTensor {
  if (tensor.type.shape.length === 0) ctx.raise('RuntimeError', 'slice() cannot be applied to a 0-dim tensor.');
  if (start === 0 && end === tensor.type.shape[dim] && step === 1) return alias(ctx, tensor);
  const strides = memoryStrides(tensor);
  const own = sizeAt(strides, dim);
  const moved = strides.map((stride, i) => (i === dim ? stride * step : stride));
  return view(ctx, tensor, { kind: 'slice', dim, start, end, step }, moved, start * own);
}

/** One index along a dimension, which goes away. */
export function select(ctx: Context, tensor: PyTensor, dim: number, index: number): PyTensor {
  if (tensor.type.shape.length === 0) ctx.raise('IndexError', 'select() cannot be applied to a 0-dim tensor.');
  const size = sizeOf(tensor, dim);
  const at = index < 0 ? index + size : index;
  if (at < 0 || at >= size) {
    return ctx.raise('IndexError', `index ${index} is out of bounds for dimension ${dim} with size ${size}`);
  }
  const cut = slice(ctx, tensor, dim, at, at + 1);
  return reshape(
    ctx,
    cut,
    cut.type.shape.filter((_, i) => i !== dim),
  );
}

export function unsqueeze(ctx: Context, x: PyTensor, dim: number): PyTensor {
  return reshape(ctx, x, [...x.type.shape.slice(0, dim), 1, ...x.type.shape.slice(dim)]);
}

/** `expand`: −1 keeps a size. */
export function expand(ctx: Context, x: PyTensor, size: readonly number[]): PyTensor {
  const added = size.length - x.type.shape.length;
  const kept = (i: number): number =>
    i < added
      ? ctx.raise(
          'RuntimeError',
          `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${i}`,
        )
      : sizeAt(x.type.shape, i - added);
  const shape = size.map((each, i) => (each === -1 ? kept(i) : each));
  if (isSameShape(shape, x.type.shape)) return alias(ctx, x);
  const strides = memoryStrides(x);
  const spread = shape.map((each, i) => (x.type.shape[i - added] === each ? itemAt(strides, i - added) : 0));
  return view(ctx, x, { kind: 'expand', shape }, spread);
}

/** `broadcast_to` for reading only: no node where the shape is right already. */
export function broadcastTo(ctx: Context, x: PyTensor, shape: readonly number[]): PyTensor {
  return isSameShape(shape, x.type.shape) ? x : apply(ctx, { kind: 'expand', shape }, x);
}
