import type { Context } from '../native';
import { Ellipsis, PyList, PySlice, PyTensor, PyTuple, type PyValue, typeName } from '../values';
import { apply, known, reshape, select, slice } from './tensor';

/** `tensor[index]` for ints, slices, None, Ellipsis, and one list or known integer tensor. */
export function getItem(ctx: Context, tensor: PyTensor, index: PyValue): PyTensor {
  const items = index instanceof PyTuple ? index.items : [index];
  const consumed = items.filter((item) => item !== null && item !== Ellipsis).length;
  const rank = tensor.type.shape.length;
  if (consumed > rank) {
    ctx.raise('IndexError', `too many indices for tensor of dimension ${rank}`);
  }
  const full = new PySlice(null, null, null);
  const ellipsis = items.indexOf(Ellipsis);
  const fill = new Array<PyValue>(rank - consumed).fill(full);
  const all = ellipsis < 0 ? [...items, ...fill] : [...items.slice(0, ellipsis), ...fill, ...items.slice(ellipsis + 1)];
  let result = tensor;
  let dim = 0;
  for (const item of all) {
    if (item === null) {
      result = reshape(ctx, result, [...result.type.shape.slice(0, dim), 1, ...result.type.shape.slice(dim)]);
      dim += 1;
    } else if (item instanceof PySlice) {
      result = range(ctx, result, dim, item);
      dim += 1;
    } else if (typeof item === 'bigint') {
      result = select(ctx, result, dim, Number(item));
    } else {
      const picks = indices(ctx, item);
      result = apply(ctx, { kind: 'gather', dim }, result, picks);
      dim += picks.type.shape.length;
    }
  }
  return result;
}

function range(ctx: Context, tensor: PyTensor, dim: number, item: PySlice): PyTensor {
  const size = tensor.type.shape[dim] ?? 0;
  const step = item.step === null ? 1 : number(ctx, item.step);
  if (step <= 0) ctx.raise('ValueError', 'step must be greater than zero');
  const clamp = (value: PyValue, missing: number): number => {
    if (value === null) return missing;
    const at = number(ctx, value);
    return Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  };
  const start = clamp(item.start, 0);
  return slice(ctx, tensor, dim, start, Math.max(clamp(item.stop, size), start), step);
}

function number(ctx: Context, value: PyValue): number {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PyTensor && value.data?.length === 1) return value.data[0] ?? 0;
  return ctx.raise(
    'TypeError',
    `slice indices must be integers or None or have an __index__ method, not ${typeName(value)}`,
  );
}

/** Positions to pick along a dimension: a list of ints, an integer tensor, or a known mask. */
function indices(ctx: Context, value: PyValue): PyTensor {
  if (value instanceof PyList && value.items.every((item) => typeof item === 'bigint')) {
    return known(ctx, { dtype: 'int64', shape: [value.items.length] }, value.items.map(Number));
  }
  if (value instanceof PyTensor && value.type.dtype !== 'bool' && !value.type.dtype.includes('float')) return value;
  if (value instanceof PyTensor && value.type.dtype === 'bool' && value.data && value.type.shape.length === 1) {
    const picked = Array.from(value.data).flatMap((set, i) => (set ? [i] : []));
    return known(ctx, { dtype: 'int64', shape: [picked.length] }, picked);
  }
  return ctx.error(
    'unsupported',
    `Indexing a tensor with ${typeName(value)} is not supported; export the model to ONNX and compare that file instead, or compare a submodule`,
  );
}
