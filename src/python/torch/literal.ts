/** `torch.tensor(data)`. */
import { promote } from '../../graph/ops/rule';
import type { DType } from '../../graph/types';
import { numberOf, sequence } from '../arguments';
import type { Context } from '../native';
import { PyTensor, type PyValue, Unknown } from '../values';
import { stack } from './joining';
import { cast, clone, elements, known, operand, scalarType } from './tensor';

/** Nested lists of numbers and tensors, or a number. `fallback` is the dtype where the data says nothing. */
export function literal(ctx: Context, data: PyValue, dtype: DType | undefined, fallback?: DType): PyTensor {
  if (data instanceof PyTensor) return dtype && dtype !== data.type.dtype ? cast(ctx, data, dtype) : clone(ctx, data);
  const shape: number[] = [];
  for (let level: PyValue = data; ; ) {
    const items: readonly PyValue[] | undefined = sequence(level);
    if (!items) break;
    shape.push(items.length);
    level = items[0] ?? null;
    if (items.length === 0) break;
  }
  const flat: PyValue[] = [];
  const visit = (value: PyValue): void => {
    const items = sequence(value);
    if (items) items.forEach(visit);
    else flat.push(value);
  };
  visit(data);
  ctx.spend(flat.length);
  if (flat.length !== elements(shape)) {
    ctx.raise('ValueError', `expected sequence of length ${shape.at(-1) ?? 0} at dim ${shape.length - 1}`);
  }
  const inferred = flat.length === 0 ? 'float32' : flat.map(typeOf).reduce(promote);
  const type = { dtype: dtype ?? fallback ?? inferred, shape };
  const numbers = flat.map((each) => (each instanceof Unknown ? undefined : numberOf(each)));
  if (numbers.every((each) => each !== undefined)) return known(ctx, type, numbers);
  return computed(ctx, data, type.dtype);
}

function typeOf(value: PyValue): DType {
  return value instanceof PyTensor ? value.type.dtype : scalarType(value);
}

/** Numbers that only the run knows, stacked as the lists have them. */
function computed(ctx: Context, data: PyValue, dtype: DType): PyTensor {
  const items = sequence(data);
  if (items) {
    return stack(
      ctx,
      items.map((item) => computed(ctx, item, dtype)),
      0,
    );
  }
  return cast(ctx, operand(ctx, data), dtype);
}
