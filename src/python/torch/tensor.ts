import { promoteTypes } from '../../graph/ops/rule';
import type { DType, Initialiser, Op, StorageId, TensorData, TensorType, ValueId } from '../../graph/types';
import { ShapeError } from '../../graph/types';
import { type Context, nativeClass } from '../native';
import { PyClass, PyList, PyParameter, PyTensor, PyTuple, type PyValue, typeName, Unknown } from '../values';
import { fold, MAX_KNOWN } from './fold';

/** What the library keeps for one extraction. */
export interface TorchState {
  readonly tensor: PyClass;
  readonly parameter: PyClass;
}

const key = Symbol('torch');

export function torchState(ctx: Context): TorchState {
  return ctx.slot(key, () => {
    const tensor = new PyClass('Tensor', [], new Map(), true);
    tensor.module = 'torch';
    return { tensor, parameter: nativeClass('Parameter', [tensor], {}, 'torch.nn.parameter') };
  });
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function isFloating(dtype: DType): boolean {
  return dtype.includes('float');
}

/** A tensor for a value of the graph. */
export function tensorOf(ctx: Context, value: ValueId, data?: TensorData, storage?: StorageId): PyTensor {
  return new PyTensor(torchState(ctx).tensor, value, ctx.graph.type(value), {
    ...(data ? { data } : {}),
    ...(storage === undefined ? {} : { storage }),
  });
}

/** A tensor of known values, flat and row-major. */
export function known(ctx: Context, type: TensorType, data: TensorData): PyTensor {
  return tensorOf(ctx, ctx.emit1({ kind: 'constant', data, type }, []), data);
}

/** A tensor that is made by an initialiser, without touching its bytes (`torch.zeros`, `torch.randn`). */
export function initialised(ctx: Context, type: TensorType, initialiser: Initialiser): PyTensor {
  const count = elements(type.shape);
  if (initialiser.kind === 'constant' && count <= MAX_KNOWN) {
    return known(ctx, type, new Array<number>(count).fill(initialiser.value));
  }
  const storage = ctx.graph.storage(type, false, initialiser);
  return tensorOf(ctx, ctx.graph.storageAt(storage).value, undefined, storage);
}

/** How a tensor that nothing has computed with was made; undefined where it depends on others. */
export function initialiserOf(ctx: Context, tensor: PyTensor): Initialiser | undefined {
  if (tensor.data) {
    const first = tensor.data[0] ?? 0;
    return tensor.data.every((value: number) => value === first)
      ? { kind: 'constant', value: first }
      : { kind: 'data', data: tensor.data };
  }
  return tensor.storage === undefined ? undefined : ctx.graph.storageAt(tensor.storage).initialiser;
}

/** `nn.Parameter(tensor)`: a storage of its own with the tensor's first values. */
export function makeParameter(
  ctx: Context,
  type: TensorType,
  initialiser: Initialiser,
  requiresGrad = true,
): PyParameter {
  const storage = ctx.graph.storage(type, requiresGrad, initialiser);
  const { value } = ctx.graph.storageAt(storage);
  const parameter = new PyParameter(torchState(ctx).parameter, value, type, { storage });
  parameter.requiresGrad = requiresGrad;
  return parameter;
}

/**
 * Gives a persistent buffer a storage of its own, so that a checkpoint can fill it. Integers and bools stay known as
 * well: they are tables and masks, and indexing depends on them.
 */
export function store(ctx: Context, tensor: PyTensor): void {
  const initialiser = tensor.storage === undefined ? initialiserOf(ctx, tensor) : undefined;
  if (!initialiser) return;
  const storage = ctx.graph.storage(tensor.type, false, initialiser);
  tensor.storage = storage;
  tensor.value = ctx.graph.storageAt(storage).value;
  if (tensor.type.dtype.includes('float')) tensor.data = undefined;
}

/** Runs an operator; shape errors become Python's RuntimeError, known inputs give known outputs. */
export function apply(ctx: Context, op: Op, ...inputs: readonly (PyTensor | null)[]): PyTensor {
  const values = inputs.map((input) => input?.value ?? null);
  const value = guarded(ctx, () => ctx.emit1(op, values));
  const data = inputs.every((input) => input?.data)
    ? fold(
        op,
        inputs.flatMap((input) => (input?.data ? [{ type: input.type, data: input.data }] : [])),
        ctx.graph.type(value),
      )
    : undefined;
  // What is known is a constant: it needs none of the nodes that led to it.
  return data ? known(ctx, ctx.graph.type(value), data) : tensorOf(ctx, value);
}

function guarded<T>(ctx: Context, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof ShapeError) return ctx.error('shape', error.message);
    throw error;
  }
}

/** The tensor that Python passed, or a number as a scalar tensor of the dtype that PyTorch would compute in. */
export function operand(ctx: Context, value: PyValue, beside?: PyTensor): PyTensor {
  if (value instanceof PyTensor) return value;
  if (value instanceof Unknown) {
    return ctx.error('unsupported', `This value cannot be read, because ${value.reason}`);
  }
  const number = scalar(value);
  if (number === undefined) {
    return ctx.raise('TypeError', `expected Tensor or number, but got ${typeName(value)}`);
  }
  const own: DType = typeof value === 'number' ? 'float32' : typeof value === 'boolean' ? 'bool' : 'int64';
  const other = beside?.type.dtype;
  const keep = other !== undefined && (isFloating(other) || (own !== 'float32' && other !== 'bool'));
  return known(ctx, { dtype: keep ? other : own, shape: [] }, [number]);
}

/** Two operands in the dtype that PyTorch computes in; `floating` for division and the like. */
export function bothOf(ctx: Context, a: PyValue, b: PyValue, floating: boolean): [PyTensor, PyTensor] {
  const x = operand(ctx, a, b instanceof PyTensor ? b : undefined);
  const y = operand(ctx, b, x);
  const common = promoteTypes(x.type, y.type);
  const dtype = floating && !isFloating(common) ? 'float32' : common;
  return [cast(ctx, x, dtype), cast(ctx, y, dtype)];
}

function scalar(value: PyValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'boolean' ? Number(value) : undefined;
}

export function cast(ctx: Context, tensor: PyTensor, dtype: DType): PyTensor {
  return tensor.type.dtype === dtype ? tensor : apply(ctx, { kind: 'cast', dtype }, tensor);
}

export function reshape(ctx: Context, tensor: PyTensor, shape: readonly number[]): PyTensor {
  const hole = shape.indexOf(-1);
  const filled = [...shape];
  if (hole >= 0) {
    const rest = elements(shape.filter((_, i) => i !== hole));
    const size = elements(tensor.type.shape) / rest;
    if (!Number.isInteger(size)) {
      return ctx.error(
        'shape',
        `shape '[${shape.join(', ')}]' is invalid for input of size ${elements(tensor.type.shape)}`,
      );
    }
    filled[hole] = size;
  }
  const same = filled.length === tensor.type.shape.length && filled.every((size, i) => size === tensor.type.shape[i]);
  return same ? tensor : apply(ctx, { kind: 'reshape', shape: filled }, tensor);
}

export function permute(ctx: Context, tensor: PyTensor, dims: readonly number[]): PyTensor {
  return dims.every((dim, i) => dim === i) ? tensor : apply(ctx, { kind: 'permute', dims }, tensor);
}

export function slice(ctx: Context, tensor: PyTensor, dim: number, start: number, end: number, step = 1): PyTensor {
  if (start === 0 && end === tensor.type.shape[dim] && step === 1) return tensor;
  return apply(ctx, { kind: 'slice', dim, start, end, step }, tensor);
}

/** One index along a dimension, which goes away. */
export function select(ctx: Context, tensor: PyTensor, dim: number, index: number): PyTensor {
  const size = tensor.type.shape[dim] ?? 0;
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

/** `torch.Size`. */
export function sizeOf(tensor: PyTensor): PyTuple {
  return new PyTuple(tensor.type.shape.map(BigInt));
}

/** The tensors in a returned or passed structure, in order. */
export function* tensorsIn(value: PyValue): Generator<PyTensor> {
  if (value instanceof PyTensor) yield value;
  else if (value instanceof PyTuple || value instanceof PyList) for (const item of value.items) yield* tensorsIn(item);
}
