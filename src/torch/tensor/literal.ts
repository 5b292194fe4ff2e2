/** `torch.tensor(data)`. */
import { sizeAt } from '../../graph/access';
import { promote } from '../../graph/ops/rule';
import type { DType } from '../../graph/types';
import { say } from '../../language/say';
import { numberOf, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { PyTensor, type PyValue, Unknown } from '../../python/values/values';
import { stack } from '../ops/joining';
import { cast, clone, elements, knownTensor, operand, scalarType } from './tensor';

/** Nested lists of numbers and tensors, or a number. `fallback` is the dtype where the data says nothing. */
export function literal(ctx: Context, data: PyValue, dtype: DType | undefined, fallback?: DType): PyTensor {
  if (data instanceof PyTensor) return dtype && dtype !== data.type.dtype ? cast(ctx, data, dtype) : clone(ctx, data);
  const { shape, flat } = flattenList(ctx, data);
  if (flat.length !== elements(shape)) {
    ctx.raise('ValueError', `expected sequence of length ${sizeAt(shape, -1)} at dim ${shape.length - 1}`);
  }
  const inferred = flat.length === 0 ? 'float32' : flat.map(typeOf).reduce(promote);
  const type = { dtype: dtype ?? fallback ?? inferred, shape };
  const numbers = flat.map((each) => (each instanceof Unknown ? undefined : numberOf(each)));
  if (numbers.every((each) => each !== undefined)) return knownTensor(ctx, type, numbers);
  return stackLiteral(ctx, data, type.dtype);
}

/** As many dimensions as PyTorch's tensors have. */
export const MOST_DIMENSIONS = 64;

/** The sizes of nested sequences, by the first of each, and what they hold; what is shared counts each time. */
export function flattenList(ctx: Context, data: PyValue): { readonly shape: number[]; readonly flat: PyValue[] } {
  const { meter } = ctx;
  const shape: number[] = [];
  const flat: PyValue[] = [];
  const visit = (value: PyValue, dim: number, first: boolean): void => {
    const items = sequence(value);
    if (!items) {
      flat.push(value);
      return;
    }
    if (dim >= MOST_DIMENSIONS) ctx.raise('ValueError', `too many dimensions: a tensor has up to ${MOST_DIMENSIONS}`);
    if (first) shape.push(items.length);
    ctx.spend(1 + (items.length >> 3));
    meter.requireSize(flat.length, say('This tensor'), meter.budget.elements);
    items.forEach((item, index) => {
      visit(item, dim + 1, first && index === 0);
    });
  };
  visit(data, 0, true);
  return { shape, flat };
}

function typeOf(value: PyValue): DType {
  return value instanceof PyTensor ? value.type.dtype : scalarType(value);
}

/** Numbers that only the run knows, stacked as the lists have them. */
function stackLiteral(ctx: Context, data: PyValue, dtype: DType): PyTensor {
  const items = sequence(data);
  if (items) {
    return stack(
      ctx,
      items.map((item) => stackLiteral(ctx, item, dtype)),
      0,
    );
  }
  return cast(ctx, operand(ctx, data), dtype);
}
