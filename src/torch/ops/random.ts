/** What is drawn while the model runs, or once for its first values. */
import type { DType, TensorType } from '../../graph/types';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import type { PyTensor, PyValue } from '../../python/values/values';
import { fromInitialiser } from '../tensor/initialiser';
import { assign } from '../tensor/inplace';
import { cast, sizeOf } from '../tensor/tensor';
import { unsqueeze } from '../tensor/views';
import { arithmetic, comparison, toFloating, unary } from './operations';
import { argExtreme, topk } from './reduction';

/** Uniform between 0 and 1, without both, whose logarithms would be infinite. */
function uniform(ctx: Context, shape: readonly number[], dtype: DType = 'float32'): PyTensor {
  return fromInitialiser(ctx, { dtype, shape }, { kind: 'uniform', low: 2 ** -24, high: 1 - 2 ** -24 });
}

/** 1 with probability `p` (a number, or a tensor of this shape), else 0: a uniform number is below p. */
export function bernoulli(ctx: Context, { dtype, shape }: TensorType, p: PyValue): PyTensor {
  const drawn = fromInitialiser(ctx, { dtype: 'float32', shape }, { kind: 'uniform', low: 0, high: 1 });
  return cast(ctx, comparison(ctx, 'lt', drawn, p), dtype);
}

/** Exponentially distributed: −log U. */
export function exponential(ctx: Context, { shape }: TensorType): PyTensor {
  return unary(ctx, 'neg', unary(ctx, 'log', uniform(ctx, shape)));
}

/** Gumbel's distribution: the largest of log p + g is drawn with probability p. */
export function gumbel(ctx: Context, type: TensorType): PyTensor {
  return unary(ctx, 'neg', unary(ctx, 'log', exponential(ctx, type)));
}

/** Places drawn with these weights along the last dimension, each once unless they are put back. */
export function multinomial(ctx: Context, given: PyTensor, count: number, replaces: boolean): PyTensor {
  const weights = unary(ctx, 'log', toFloating(ctx, given));
  const rank = weights.type.shape.length;
  const keys = (x: PyTensor, shape: readonly number[]) =>
    arithmetic(ctx, 'add', x, gumbel(ctx, { dtype: 'float32', shape }));
  if (!replaces) return topk(ctx, keys(weights, weights.type.shape), rank - 1, count, true)[1];
  const size = sizeOf(weights, -1);
  const each = keys(unsqueeze(ctx, weights, rank - 1), [...weights.type.shape.slice(0, -1), count, size]);
  return argExtreme(ctx, 'max', each, rank, false);
}

export const draws = table((define) => {
  define('multinomial', 'input, num_samples, replacement=False, *, generator=None, out=None', (ctx, args) =>
    multinomial(ctx, args.tensor('input'), args.int('num_samples'), args.bool('replacement')),
  );
});

/** Methods that overwrite a tensor with what is drawn. */
export const drawingMethods = table((define) => {
  define('exponential_', 'self, lambd=1, *, generator=None', (ctx, args) => {
    const x = args.tensor('self');
    return assign(ctx, x, arithmetic(ctx, 'div', exponential(ctx, x.type), args.get('lambd')));
  });
  define('cauchy_', 'self, median=0, sigma=1, *, generator=None', (ctx, args) => {
    const x = args.tensor('self');
    const turn = arithmetic(ctx, 'mul', arithmetic(ctx, 'sub', uniform(ctx, x.type.shape), 0.5), Math.PI);
    const drawn = arithmetic(ctx, 'mul', unary(ctx, 'tan', turn), args.get('sigma'));
    return assign(ctx, x, arithmetic(ctx, 'add', drawn, args.get('median')));
  });
  define('log_normal_', 'self, mean=1, std=2, *, generator=None', (ctx, args) => {
    const x = args.tensor('self');
    const normal = { kind: 'normal', mean: args.float('mean'), deviation: args.float('std') } as const;
    return assign(ctx, x, unary(ctx, 'exp', fromInitialiser(ctx, { dtype: 'float32', shape: x.type.shape }, normal)));
  });
  define('geometric_', 'self, p, *, generator=None', (ctx, args) => {
    const x = args.tensor('self');
    const tries = arithmetic(ctx, 'div', exponential(ctx, x.type), -Math.log1p(-args.float('p')));
    return assign(ctx, x, unary(ctx, 'ceil', tries));
  });
});
