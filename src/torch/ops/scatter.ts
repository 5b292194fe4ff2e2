/** Values written to, or taken together at, places that an index names along a dimension. */
import { sizeAt } from '../../graph/access';
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import type { PyTensor, PyValue } from '../../python/values/values';
import { apply, cast, elements, full, isFloating, knownTensor, numbers, operand, sizeOf } from '../tensor/tensor';
import { atLeast1d, broadcastTo, reshape, slice, unsqueeze } from '../tensor/views';
import { arithmetic, choose, comparison, reduce } from './operations';

/** The first part of `x` that the indices speak about: `gather` lets them be shorter in the other dimensions. */
export function scatter(
  ctx: Context,
  x: PyTensor,
  dim: number,
  index: PyTensor,
  src: PyValue,
  reduction: 'none' | 'add',
): PyTensor {
  const { shape } = index.type;
  const given = cast(ctx, operand(ctx, src, x), x.type.dtype);
  const updates =
    given.type.shape.length === 0
      ? broadcastTo(ctx, given, shape)
      : given.type.shape.reduce(
          (part, size, i) =>
            size > sizeAt(shape, i)
              ? apply(ctx, { kind: 'slice', dim: i, start: 0, end: sizeAt(shape, i), step: 1 }, part)
              : part,
          given,
        );
  const vectors = [x, index, updates].map((each) => atLeast1d(ctx, each));
  return reshape(ctx, apply(ctx, { kind: 'scatter_elements', dim, reduction }, ...vectors), x.type.shape);
}

/** Comparisons of places with indices that one reduction may make. */
const MOST_PAIRS = 1 << 24;

/** What changes nothing in a reduction. */
const NEUTRAL = { prod: 1, amax: Number.NEGATIVE_INFINITY, amin: Number.POSITIVE_INFINITY } as const;

/**
 * `scatter_reduce`: sums and means by adding up; products and extremes by comparing each place with each index, which
 * has a gradient and takes as many elements as places times indices.
 */
export function scatterReduce(
  ctx: Context,
  x: PyTensor,
  dim: number,
  index: PyTensor,
  src: PyValue,
  reduction: string,
  includesSelf: boolean,
): PyTensor {
  const { dtype, shape } = x.type;
  if (
    reduction !== 'sum' &&
    reduction !== 'mean' &&
    reduction !== 'prod' &&
    reduction !== 'amax' &&
    reduction !== 'amin'
  ) {
    return ctx.raise('RuntimeError', `reduce argument must be either sum, prod, mean, amax or amin, got ${reduction}`);
  }
  const zeros = full(ctx, x.type, 0);
  const ones = full(ctx, { dtype, shape: index.type.shape }, 1);
  const count = scatter(ctx, zeros, dim, index, ones, 'add');
  const untouched = comparison(ctx, 'eq', count, 0n);
  if (reduction === 'sum' || reduction === 'mean') {
    const sum = scatter(ctx, includesSelf ? x : zeros, dim, index, src, 'add');
    const total = includesSelf ? arithmetic(ctx, 'add', count, 1n) : choose(ctx, untouched, 1n, count);
    const divided = isFloating(dtype) ? 'div' : 'floordiv';
    const result = reduction === 'mean' ? arithmetic(ctx, divided, sum, total) : sum;
    return includesSelf && reduction === 'sum' ? result : choose(ctx, untouched, x, cast(ctx, result, dtype));
  }
  const places = sizeOf(x, dim);
  if (places * elements(index.type.shape) > MOST_PAIRS) {
    return ctx.error(
      'unsupported',
      say(
        "scatter_reduce(reduce='{0}') of tensors as large as these is not read; give the model a smaller input",
        reduction,
      ),
    );
  }
  // Places stand in front: each looks at every index along the dimension.
  const given = cast(ctx, operand(ctx, src, x), dtype);
  const cut = index.type.shape.reduce((part, size, i) => slice(ctx, part, i, 0, size), given);
  const rank = shape.length;
  const names = knownTensor(
    ctx,
    { dtype: index.type.dtype, shape: [places, ...new Array<number>(rank).fill(1)] },
    numbers(ctx, places, (i) => i),
  );
  const meets = comparison(ctx, 'eq', unsqueeze(ctx, index, 0), names);
  const neutral =
    isFloating(dtype) || reduction === 'prod' ? NEUTRAL[reduction] : reduction === 'amax' ? -(2 ** 31) : 2 ** 31 - 1;
  const chosen = choose(ctx, meets, unsqueeze(ctx, cut, 0), full(ctx, { dtype, shape: [] }, neutral));
  const kind = reduction === 'amax' ? 'max' : reduction === 'amin' ? 'min' : 'prod';
  const reduced = reduce(ctx, kind, chosen, [dim + 1], true);
  // The places go back to their dimension; where the index is shorter than the tensor, the rest is as it was.
  const order = Array.from({ length: rank + 1 }, (_, i) => i).filter((i) => i !== 0 && i !== dim + 1);
  order.splice(dim, 0, 0);
  const moved = reshape(
    ctx,
    apply(ctx, { kind: 'permute', dims: [...order, dim + 1] }, reduced),
    index.type.shape.map((size, i) => (i === dim ? places : size)),
  );
  const surplus = shape.map((size, i) => size - sizeAt(moved.type.shape, i));
  const padding = [...shape.map(() => 0), ...surplus];
  const padded = surplus.every((each) => each === 0)
    ? moved
    : apply(ctx, { kind: 'pad', padding, mode: 'constant', value: 0 }, moved);
  const fn = reduction === 'amax' ? 'max' : reduction === 'amin' ? 'min' : 'mul';
  const both = includesSelf ? arithmetic(ctx, fn, x, padded) : padded;
  return choose(ctx, untouched, x, both);
}
