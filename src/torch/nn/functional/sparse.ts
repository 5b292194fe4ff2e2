/** Embeddings and one-hot codes as functions. */

import { itemAt } from '../../../graph/access';
import { say } from '../../../language/say';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor, PyValue } from '../../../python/values/values';
import { arithmetic, choose, comparison, reduce } from '../../ops/operations';
import { apply, cast, concatenate, full, knownTensor, numbers, sizeOf } from '../../tensor/tensor';
import { slice, unsqueeze } from '../../tensor/views';

function oneHot(ctx: Context, x: PyTensor, classes: number): PyTensor {
  const known = classes < 0 ? x.ask() : x.data;
  const largest = known && Array.from(known).reduce((most, value) => Math.max(most, value), -1);
  const count = classes >= 0 ? classes : largest === undefined ? undefined : largest + 1;
  if (count === undefined) {
    return ctx.refuseValues(say('one_hot needs num_classes where its input is known only when the model runs'));
  }
  if (largest !== undefined && largest >= count) {
    ctx.raise('RuntimeError', 'Class values must be smaller than num_classes.');
  }
  const table = knownTensor(
    ctx,
    { dtype: 'int64', shape: [count] },
    numbers(ctx, count, (i) => i),
  );
  return cast(ctx, comparison(ctx, 'eq', unsqueeze(ctx, x, x.type.shape.length), table), 'int64');
}

/** Sums, means or maxima of the rows that bags of indices name: bags are rows, or begin at known offsets. */
export function embeddingBag(
  ctx: Context,
  input: PyTensor,
  weight: PyTensor,
  options: {
    offsets: PyTensor | null;
    mode: string;
    weights: PyTensor | null;
    includeLast: boolean;
    padding: number | null;
  },
): PyTensor {
  const { offsets, mode } = options;
  if (options.padding !== null) return paddedBag(ctx, input, weight, { ...options, padding: options.padding });
  const rows = apply(ctx, { kind: 'embedding', paddingIndex: null }, input, weight);
  const { weights } = options;
  const scaled = weights ? arithmetic(ctx, 'mul', rows, unsqueeze(ctx, weights, weights.type.shape.length)) : rows;
  const bag = (found: PyTensor, dim: number, keepdim: boolean): PyTensor =>
    reduce(ctx, mode === 'max' ? 'max' : mode === 'sum' ? 'sum' : 'mean', found, [dim], keepdim);
  if (input.type.shape.length === 2) return bag(scaled, 1, false);
  const starts = offsets?.ask();
  if (!starts) {
    return ctx.refuseValues(say('EmbeddingBag needs offsets that are known; give it a matrix with a row for each bag'));
  }
  const ends = [...Array.from(starts), ...(options.includeLast ? [] : [sizeOf(input, 0)])];
  const bags = ends.slice(1).map((end, i): PyTensor => {
    const start = itemAt(ends, i);
    if (start < end) return bag(slice(ctx, scaled, 0, start, end), 0, true);
    return full(ctx, { dtype: 'float32', shape: [1, sizeOf(weight, 1)] }, 0);
  });
  return concatenate(ctx, bags, 0);
}

/** Bags from which the rows of the padding index are left out: they count for nothing, and not in a mean. */
function paddedBag(
  ctx: Context,
  input: PyTensor,
  weight: PyTensor,
  options: Parameters<typeof embeddingBag>[3] & { readonly padding: number },
): PyTensor {
  const { mode, padding } = options;
  if (input.type.shape.length !== 2) {
    return ctx.error(
      'unsupported',
      say('embedding_bag(padding_idx=…) with offsets is not read; give it a matrix with a row for each bag'),
    );
  }
  const counts = comparison(ctx, 'ne', input, BigInt(padding));
  const kept = cast(ctx, counts, weight.type.dtype);
  if (mode === 'max') {
    const rows = apply(ctx, { kind: 'embedding', paddingIndex: null }, input, weight);
    const largest = reduce(ctx, 'max', choose(ctx, unsqueeze(ctx, counts, 2), rows, -3.4028234663852886e38), [1]);
    return choose(ctx, comparison(ctx, 'gt', reduce(ctx, 'sum', kept, [1], true), 0n), largest, 0n);
  }
  const weights = options.weights ? arithmetic(ctx, 'mul', options.weights, kept) : kept;
  const sums = embeddingBag(ctx, input, weight, { ...options, mode: 'sum', weights, padding: null });
  if (mode === 'sum') return sums;
  const count = arithmetic(ctx, 'max', reduce(ctx, 'sum', kept, [1], true), 1);
  return arithmetic(ctx, 'div', sums, count);
}

export const embeddings: NativeTable = table((define) => {
  define(
    'embedding',
    'input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
    (ctx, args) => {
      if (!args.isNone('max_norm'))
        ctx.error(
          'unsupported',
          say('embedding(max_norm=…) is not read: it changes the weights while it looks them up; leave max_norm out'),
        );
      return apply(
        ctx,
        { kind: 'embedding', paddingIndex: args.optionalInt('padding_idx') ?? null },
        args.tensor('input'),
        args.tensor('weight'),
      );
    },
  );
  define(
    'embedding_bag',
    "input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None",
    (ctx, args): PyValue => {
      if (!args.isNone('max_norm'))
        ctx.error(
          'unsupported',
          say(
            'embedding_bag(max_norm=…) is not read: it changes the weights while it looks them up; leave max_norm out',
          ),
        );
      return embeddingBag(ctx, args.tensor('input'), args.tensor('weight'), {
        offsets: args.optionalTensor('offsets') ?? null,
        mode: args.string('mode'),
        weights: args.optionalTensor('per_sample_weights') ?? null,
        includeLast: args.bool('include_last_offset'),
        padding: args.optionalInt('padding_idx') ?? null,
      });
    },
  );
  define('one_hot', 'input, num_classes=-1', (ctx, args) => oneHot(ctx, args.tensor('input'), args.int('num_classes')));
});
