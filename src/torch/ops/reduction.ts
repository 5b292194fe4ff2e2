/**
 * Functions that take dimensions together: sums, extremes, orders, norms.
 * `torch.amax`, `torch.amin`, `torch.argmax`, `torch.argmin`, `torch.var_mean`, `torch.std_mean`
 */
import type { BinaryFunction, DType } from '../../graph/types';
import { say } from '../../language/say';
import { type NativeArguments, numberOf } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import { PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import {
  apply,
  cast,
  clone,
  concatenate,
  dtypeTitle,
  elements,
  isFloating,
  knownTensor,
  numbers,
  operand,
  sizeOf,
} from '../tensor/tensor';
import { applyAlongDim, reshape, select, slice, unsqueeze } from '../tensor/views';
import { arithmetic, choose, comparison, reduce, returnTuple, toFloating, unary } from './operations';

/** `dim=None`, one or several; none given means all. */
function dimsOf(args: NativeArguments, x: PyTensor, name = 'dim'): number[] {
  return args.isNone(name) ? [] : args.dims(name, x.type.shape.length);
}

function allDims(x: PyTensor): number[] {
  return x.type.shape.map((_, i) => i);
}

/** Where the first extreme stands along a dimension, as int64. */
export function argExtreme(ctx: Context, fn: 'max' | 'min', x: PyTensor, dim: number, keepdim: boolean): PyTensor {
  if (x.type.shape.length === 0) return knownTensor(ctx, { dtype: 'int64', shape: [] }, [0]);
  const through = x.type.dtype === 'bool' ? cast(ctx, x, 'int32') : x;
  return apply(ctx, { kind: 'arg', function: fn, dim, keepdim }, through);
}

/** Values and their places, in order. */
export function topk(ctx: Context, x: PyTensor, dim: number, k: number, largest: boolean): [PyTensor, PyTensor] {
  if (x.type.shape.length === 0) return [x, knownTensor(ctx, { dtype: 'int64', shape: [] }, [0])];
  const indices = apply(ctx, { kind: 'topk', k, dim, largest }, x);
  return [apply(ctx, { kind: 'gather_elements', dim }, x, indices), indices];
}

export function variance(
  ctx: Context,
  x: PyTensor,
  dims: readonly number[],
  correction: number,
  keepdim: boolean,
): PyTensor {
  const over = dims.length === 0 ? allDims(x) : dims;
  const count = elements(over.map((dim) => sizeOf(x, dim)));
  const centred = arithmetic(ctx, 'sub', x, reduce(ctx, 'mean', x, over, true));
  const squares = reduce(ctx, 'sum', arithmetic(ctx, 'mul', centred, centred), over, keepdim);
  return arithmetic(ctx, 'div', squares, Math.max(count - correction, 0));
}

/** The root of a sum of squares. At zero its slope is 0, as that of a norm is in PyTorch: the root's own is infinite there. */
function rootOfSquares(ctx: Context, squares: PyTensor): PyTensor {
  if (squares.data) return unary(ctx, 'sqrt', squares);
  const isZero = comparison(ctx, 'eq', squares, 0n);
  return choose(ctx, isZero, 0n, unary(ctx, 'sqrt', choose(ctx, isZero, 1n, squares)));
}

/** The vector norm of order `p` over dimensions (none: all). */
export function vectorNorm(ctx: Context, x: PyTensor, p: number, dims: readonly number[], keepdim: boolean): PyTensor {
  if (p === 2) {
    return rootOfSquares(ctx, reduce(ctx, 'sum', arithmetic(ctx, 'mul', x, x), dims, keepdim));
  }
  const size = unary(ctx, 'abs', x);
  if (p === Number.POSITIVE_INFINITY) return reduce(ctx, 'max', size, dims, keepdim);
  if (p === Number.NEGATIVE_INFINITY) return reduce(ctx, 'min', size, dims, keepdim);
  if (p === 0) return reduce(ctx, 'sum', cast(ctx, comparison(ctx, 'ne', x, 0n), x.type.dtype), dims, keepdim);
  if (p === 1) return reduce(ctx, 'sum', size, dims, keepdim);
  const powers = reduce(ctx, 'sum', arithmetic(ctx, 'pow', size, p), dims, keepdim);
  return arithmetic(ctx, 'pow', powers, 1 / p);
}

/** log Σ exp(x), shifted by the maximum so that nothing overflows. */
export function logSumExp(ctx: Context, x: PyTensor, dims: readonly number[], keepdim: boolean): PyTensor {
  const largest = reduce(ctx, 'max', x, dims, true);
  const total = reduce(ctx, 'sum', unary(ctx, 'exp', arithmetic(ctx, 'sub', x, largest)), dims, true);
  const result = arithmetic(ctx, 'add', unary(ctx, 'log', total), largest);
  const { shape } = x.type;
  return keepdim
    ? result
    : reshape(
        ctx,
        result,
        shape.filter((_, i) => !dims.includes(i)),
      );
}

/** Results that build on each other along a dimension, one step at a time. */
function accumulate(ctx: Context, x: PyTensor, dim: number, fn: BinaryFunction): PyTensor {
  if (x.type.shape.length === 0) return clone(ctx, x);
  const size = sizeOf(x, dim);
  const parts: PyTensor[] = [];
  for (let i = 0; i < size; i++) {
    const part = slice(ctx, x, dim, i, i + 1);
    const before = parts.at(-1);
    parts.push(before ? arithmetic(ctx, fn, before, part) : part);
  }
  return concatenate(ctx, parts, dim);
}

/** The norm that `p` names; `nuc` and the spectral norms need a decomposition. */
function orderOf(ctx: Context, p: PyValue): number {
  if (p === null || p === 'fro') return 2;
  const order = numberOf(p);
  return order ?? ctx.error('unsupported', say('The norm {0} is not read; compute it of the elements', ctx.repr(p)));
}

export const reductions = table((define) => {
  for (const fn of ['sum', 'mean', 'prod'] as const) {
    define(fn, 'input, dim=None, keepdim=False, *, dtype=None, out=None', (ctx, args) => {
      const dtype = args.optionalDtype('dtype');
      const x = dtype ? cast(ctx, args.tensor('input'), dtype) : args.tensor('input');
      if (fn === 'mean' && !isFloating(x.type.dtype))
        ctx.raise(
          'RuntimeError',
          `mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ${dtypeTitle(x.type.dtype)}`,
        );
      return reduce(ctx, fn, x, dimsOf(args, x), args.bool('keepdim'));
    });
  }
  for (const fn of ['max', 'min'] as const) {
    define(`a${fn}`, 'input, dim=(), keepdim=False', (ctx, args) => {
      const x = args.tensor('input');
      return reduce(ctx, fn, x, dimsOf(args, x), args.bool('keepdim'));
    });
    define(fn, 'input, dim=None, keepdim=False, *, other=None, out=None', (ctx, args) => {
      const x = args.tensor('input');
      const given = args.isNone('other') ? args.get('dim') : args.get('other');
      if (given === null) return reduce(ctx, fn, x);
      if (given instanceof PyTensor) return arithmetic(ctx, fn, x, given);
      const dim = args.dim('dim', x.type.shape.length);
      const keepdim = args.bool('keepdim');
      const values = reduce(ctx, fn, x, x.type.shape.length === 0 ? [] : [dim], keepdim && x.type.shape.length > 0);
      return returnTuple(ctx, fn, ['values', 'indices'], [values, argExtreme(ctx, fn, x, dim, keepdim)]);
    });
    define(`arg${fn}`, 'input, dim=None, keepdim=False', (ctx, args) => {
      const x = args.tensor('input');
      if (args.isNone('dim')) return argExtreme(ctx, fn, reshape(ctx, x, [-1]), 0, false);
      return argExtreme(ctx, fn, x, args.dim('dim', x.type.shape.length), args.bool('keepdim'));
    });
  }
  define('aminmax', 'input, *, dim=None, keepdim=False', (ctx, args) => {
    const x = args.tensor('input');
    const [low, high] = (['min', 'max'] as const).map((fn) =>
      reduce(ctx, fn, x, dimsOf(args, x), args.bool('keepdim')),
    );
    return returnTuple(ctx, 'aminmax', ['min', 'max'], [low ?? null, high ?? null]);
  });
  define('topk', 'input, k, dim=-1, largest=True, sorted=True', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    return returnTuple(ctx, 'topk', ['values', 'indices'], topk(ctx, x, dim, args.int('k'), args.bool('largest')));
  });
  define('sort', 'input, dim=-1, descending=False, stable=False', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    const pair = topk(ctx, x, dim, sizeOf(x, dim), args.bool('descending'));
    return returnTuple(ctx, 'sort', ['values', 'indices'], pair);
  });
  define('argsort', 'input, dim=-1, descending=False, stable=False', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    return topk(ctx, x, dim, sizeOf(x, dim), args.bool('descending'))[1];
  });
  define('msort', 'input', (ctx, args) => {
    const x = args.tensor('input');
    return topk(ctx, x, 0, sizeOf(x, 0), false)[0];
  });
  define('kthvalue', 'input, k, dim=-1, keepdim=False', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    return returnTuple(
      ctx,
      'kthvalue',
      ['values', 'indices'],
      nth(ctx, x, dim, args.int('k') - 1, args.bool('keepdim')),
    );
  });
  define('median', 'input, dim=None, keepdim=False', (ctx, args) => {
    const x = args.tensor('input');
    const middle = (size: number) => Math.floor((size - 1) / 2);
    if (args.isNone('dim')) return nth(ctx, reshape(ctx, x, [-1]), 0, middle(elements(x.type.shape)), false)[0];
    const dim = args.dim('dim', x.type.shape.length);
    const pair = nth(ctx, x, dim, middle(sizeOf(x, dim)), args.bool('keepdim'));
    return returnTuple(ctx, 'median', ['values', 'indices'], pair);
  });

  for (const name of ['var', 'std'] as const) {
    const parameters = 'input, dim=None, unbiased=True, keepdim=False, *, correction=None';
    const both = (ctx: Context, args: NativeArguments): [PyTensor, PyTensor] => {
      const x = args.tensor('input');
      // `x.var(False)`: a bool in the place of `dim` says whether it is unbiased.
      const first = args.get('dim');
      const dims = typeof first === 'boolean' ? [] : dimsOf(args, x);
      const unbiased = typeof first === 'boolean' ? first : args.bool('unbiased');
      const result = variance(ctx, x, dims, args.optionalInt('correction') ?? Number(unbiased), args.bool('keepdim'));
      return [name === 'var' ? result : rootOfSquares(ctx, result), reduce(ctx, 'mean', x, dims, args.bool('keepdim'))];
    };
    define(name, parameters, (ctx, args) => both(ctx, args)[0]);
    define(`${name}_mean`, parameters, (ctx, args) => new PyTuple(both(ctx, args)));
  }

  define('norm', "input, p='fro', dim=None, keepdim=False, out=None, dtype=None", (ctx, args) => {
    const x = toFloating(ctx, args.tensor('input'));
    return vectorNorm(ctx, x, orderOf(ctx, args.get('p')), dimsOf(args, x), args.bool('keepdim'));
  });
  define('logsumexp', 'input, dim, keepdim=False', (ctx, args) => {
    const x = toFloating(ctx, args.tensor('input'));
    return logSumExp(ctx, x, args.dims('dim', x.type.shape.length), args.bool('keepdim'));
  });
  for (const [name, fn] of [
    ['any', 'max'],
    ['all', 'min'],
  ] as const) {
    define(name, 'input, dim=None, keepdim=False', (ctx, args) => {
      const x = cast(ctx, args.tensor('input'), 'bool');
      return reduce(ctx, fn, x, dimsOf(args, x), args.bool('keepdim'));
    });
  }
  define('count_nonzero', 'input, dim=None', (ctx, args) => {
    const x = cast(ctx, args.tensor('input'), 'bool');
    return reduce(ctx, 'sum', x, dimsOf(args, x));
  });

  define('cumsum', 'input, dim, *, dtype=None', (ctx, args) => {
    const dtype: DType | undefined = args.optionalDtype('dtype');
    const x = dtype ? cast(ctx, args.tensor('input'), dtype) : args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    return applyAlongDim(ctx, x, (given) => apply(ctx, { kind: 'cumsum', dim }, given));
  });
  define('cumprod', 'input, dim, *, dtype=None', (ctx, args) => {
    const x = args.tensor('input');
    return accumulate(ctx, x, args.dim('dim', x.type.shape.length), 'mul');
  });
  for (const [name, fn] of [
    ['cummax', 'max'],
    ['cummin', 'min'],
  ] as const) {
    define(name, 'input, dim', (ctx, args) => {
      const x = args.tensor('input');
      const dim = args.dim('dim', x.type.shape.length);
      const values = accumulate(ctx, x, dim, fn);
      // The last place at which the running extreme was met.
      const size = sizeOf(x, dim);
      const shape = x.type.shape.map((_, i) => (i === dim ? size : 1));
      const place = knownTensor(
        ctx,
        { dtype: 'int64', shape },
        numbers(ctx, size, (i) => i),
      );
      const met = choose(ctx, comparison(ctx, 'eq', x, values), place, 0n);
      return returnTuple(ctx, name, ['values', 'indices'], [values, accumulate(ctx, met, dim, 'max')]);
    });
  }
  define('diff', 'input, n=1, dim=-1, prepend=None, append=None', (ctx, args) => {
    const input = args.tensor('input');
    const dim = args.dim('dim', input.type.shape.length);
    const [before, after] = [args.optionalTensor('prepend'), args.optionalTensor('append')];
    const parts = [before, input, after].filter((each) => each !== undefined);
    let x = parts.length > 1 ? concatenate(ctx, parts, dim) : input;
    for (let i = 0; i < args.int('n'); i++) {
      const size = sizeOf(x, dim);
      x = arithmetic(ctx, 'sub', slice(ctx, x, dim, 1, size), slice(ctx, x, dim, 0, size - 1));
    }
    return x;
  });
  define('dist', 'input, other, p=2', (ctx, args) => {
    const difference = arithmetic(ctx, 'sub', args.get('input'), args.get('other'));
    return vectorNorm(ctx, difference, args.float('p'), [], false);
  });
  define('cdist', 'x1, x2, p=2.0, compute_mode=None', (ctx, args) => {
    const [a, b] = [args.tensor('x1'), args.tensor('x2')];
    const rank = a.type.shape.length;
    const difference = arithmetic(ctx, 'sub', unsqueeze(ctx, a, rank - 1), unsqueeze(ctx, b, b.type.shape.length - 2));
    return vectorNorm(ctx, difference, args.float('p'), [difference.type.shape.length - 1], false);
  });
  for (const name of ['bucketize', 'searchsorted'] as const) {
    const own = name === 'bucketize' ? 'input, boundaries' : 'boundaries, input';
    define(name, `${own}, *, out_int32=False, right=False, side=None`, (ctx, args) => {
      const edges = args.tensor('boundaries');
      const x = operand(ctx, args.get('input'), edges);
      const right = args.isNone('side') ? args.bool('right') : args.string('side') === 'right';
      const rank = x.type.shape.length;
      // Each row of boundaries has its own values, or one row has them all.
      const rows = edges.type.shape.length === 1 ? edges : unsqueeze(ctx, edges, edges.type.shape.length - 1);
      const passed = comparison(ctx, right ? 'ge' : 'gt', unsqueeze(ctx, x, rank), rows);
      const places = reduce(ctx, 'sum', passed, [rank]);
      return args.bool('out_int32') ? cast(ctx, places, 'int32') : places;
    });
  }
});

/** The value and place that comes `n`th in ascending order. */
function nth(ctx: Context, x: PyTensor, dim: number, n: number, keepdim: boolean): [PyTensor, PyTensor] {
  const [values, indices] = topk(ctx, x, dim, sizeOf(x, dim), false);
  if (x.type.shape.length === 0 && n === 0) return [values, indices];
  const pick = (from: PyTensor) => (keepdim ? slice(ctx, from, dim, n, n + 1) : select(ctx, from, dim, n));
  return [pick(values), pick(indices)];
}
