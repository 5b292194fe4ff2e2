/**
 * Statistics over dimensions that PyTorch composes of others, and so do we.
 * `torch.trapz`, `torch.isposinf`, `torch.isneginf`
 */
import { itemAt } from '../../graph/access';
import { broadcast } from '../../graph/ops/rule';
import { say } from '../../language/say';
import { type NativeArguments, numberOf, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import { PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { apply, cast, elements, full, isFloating, knownTensor, numbers, sizeOf } from '../tensor/tensor';
import { permute, reshape, select, slice, transpose, unsqueeze } from '../tensor/views';
import { requireData } from '../unknownValues';
import { matmul } from './blas';
import { diagonal, pick } from './layout';
import { arithmetic, choose, comparison, reduce, returnTuple, toFloating, unary } from './operations';
import { argExtreme, logSumExp, topk, vectorNorm } from './reduction';

/** The sum without what is no number, and how many numbers there are. */
function nanSum(ctx: Context, args: NativeArguments): readonly [sum: PyTensor, count: PyTensor] {
  const dtype = args.optionalDtype('dtype');
  const given = args.tensor('input');
  const x = dtype ? cast(ctx, given, dtype) : given;
  const dims = args.isNone('dim') ? [] : args.dims('dim', x.type.shape.length);
  const keepdim = args.bool('keepdim');
  const sum = reduce(ctx, 'sum', choose(ctx, comparison(ctx, 'ne', x, x), 0n, x), dims, keepdim);
  const there = cast(ctx, comparison(ctx, 'eq', x, x), sum.type.dtype);
  return [sum, reduce(ctx, 'sum', there, dims, keepdim)];
}

/** Values at a share `q` of the order along the last dimension, between two of them where it falls there. */
function quantile(ctx: Context, sorted: PyTensor, q: number, interpolation: string): PyTensor {
  const last = sizeOf(sorted, -1) - 1;
  const rank = q * last;
  const [low, high] = [Math.floor(rank), Math.ceil(rank)];
  const at = (index: number) => select(ctx, sorted, sorted.type.shape.length - 1, index);
  switch (interpolation) {
    case 'lower':
      return at(low);
    case 'higher':
      return at(high);
    case 'nearest':
      // Halves go to the even one.
      return at(rank - low === 0.5 ? low + (low % 2) : Math.round(rank));
    case 'midpoint':
      return arithmetic(ctx, 'mul', arithmetic(ctx, 'add', at(low), at(high)), 0.5);
    case 'linear': {
      const step = arithmetic(ctx, 'mul', arithmetic(ctx, 'sub', at(high), at(low)), rank - low);
      return arithmetic(ctx, 'add', at(low), step);
    }
    default:
      return ctx.raise(
        'RuntimeError',
        `quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ${interpolation}`,
      );
  }
}

/** Rows are variables, columns observations. */
function covariance(ctx: Context, given: PyTensor, correction: number): PyTensor {
  const vector = given.type.shape.length < 2;
  const x = toFloating(ctx, vector ? reshape(ctx, given, [1, -1]) : given);
  const centred = arithmetic(ctx, 'sub', x, reduce(ctx, 'mean', x, [1], true));
  const product = matmul(ctx, centred, transpose(ctx, centred, 0, 1));
  const result = arithmetic(ctx, 'div', product, Math.max(sizeOf(x, 1) - correction, 0));
  return vector ? reshape(ctx, result, []) : result;
}

/** Areas of the trapezoids between neighbours along `dim`. */
function trapezoids(ctx: Context, args: NativeArguments): readonly [areas: PyTensor, dim: number] {
  const y = toFloating(ctx, args.tensor('y'));
  const dim = args.dim('dim', y.type.shape.length);
  const size = sizeOf(y, dim);
  const beside = (x: PyTensor, along: number): readonly [PyTensor, PyTensor] => [
    slice(ctx, x, along, 1, sizeOf(x, along)),
    slice(ctx, x, along, 0, sizeOf(x, along) - 1),
  ];
  const x = args.get('x');
  let width: PyValue = args.isNone('dx') ? 1 : args.get('dx');
  if (x instanceof PyTensor) {
    const along = x.type.shape.length === 1 ? 0 : dim;
    const step = arithmetic(ctx, 'sub', ...beside(x, along));
    const shape = y.type.shape.map((_, i) => (i === dim ? size - 1 : 1));
    width = x.type.shape.length === 1 ? reshape(ctx, step, shape) : step;
  } else if (numberOf(x) !== undefined) width = x;
  const mean = arithmetic(ctx, 'mul', arithmetic(ctx, 'add', ...beside(y, dim)), 0.5);
  return [arithmetic(ctx, 'mul', mean, width), dim];
}

/** log Σ exp of all elements up to each, along `dim`: a masked square, so that nothing is lost far from the maximum. */
function logCumulativeSumExp(ctx: Context, given: PyTensor, dim: number): PyTensor {
  if (given.type.shape.length === 0) return given;
  const x = transpose(ctx, toFloating(ctx, given), dim, given.type.shape.length - 1);
  const size = sizeOf(x, -1);
  ctx.meter.elements(elements(x.type.shape) * size);
  const keep = knownTensor(
    ctx,
    { dtype: 'bool', shape: [size, size] },
    numbers(ctx, size * size, (i) => Number(i % size <= Math.floor(i / size))),
  );
  const rank = x.type.shape.length;
  const rows = choose(ctx, keep, unsqueeze(ctx, x, rank - 1), Number.NEGATIVE_INFINITY);
  return transpose(ctx, logSumExp(ctx, rows, [rank], false), dim, rank - 1);
}

/** log(exp(a) + exp(b)), without overflow: max + log1p(exp(−|a − b|)). */
function logAddExp(ctx: Context, a: PyValue, b: PyValue, base: number): PyTensor {
  const largest = arithmetic(ctx, 'max', a, b);
  const apart = unary(ctx, 'abs', arithmetic(ctx, 'sub', a, b));
  const less = unary(ctx, 'exp', arithmetic(ctx, 'mul', apart, -base));
  const more = arithmetic(ctx, 'div', unary(ctx, 'log', arithmetic(ctx, 'add', less, 1)), base);
  // Two infinities of one sign have no difference.
  return choose(
    ctx,
    comparison(ctx, 'eq', a, b),
    arithmetic(ctx, 'add', a, Math.LN2 / base),
    arithmetic(ctx, 'add', largest, more),
  );
}

/** Differences of neighbours along a dimension, central ones inside. */
function gradient(ctx: Context, x: PyTensor, dim: number, spacing: number, order: number): PyTensor {
  const size = sizeOf(x, dim);
  if (size < order + 1) {
    ctx.raise('RuntimeError', 'torch.gradient expected each dimension size to be at least edge_order+1');
  }
  const part = (from: number, to: number) => slice(ctx, x, dim, from, to);
  const scaled = (value: PyTensor, by: number) => arithmetic(ctx, 'div', value, by * spacing);
  const difference = (a: PyTensor, b: PyTensor) => arithmetic(ctx, 'sub', a, b);
  const edge = (at: number, direction: 1 | -1): PyTensor => {
    const point = (i: number) => part(at + direction * i, at + direction * i + 1);
    if (order === 1) return scaled(difference(point(1), point(0)), direction);
    const outer = arithmetic(ctx, 'add', arithmetic(ctx, 'mul', point(0), 3), point(2));
    return scaled(difference(arithmetic(ctx, 'mul', point(1), 4), outer), 2 * direction);
  };
  const inside = scaled(difference(part(2, size), part(0, size - 2)), 2);
  return apply(ctx, { kind: 'cat', dim }, edge(0, 1), inside, edge(size - 1, -1));
}

/** How many elements fall into each of `bins` of equal width; those outside are left out. */
function histogram(ctx: Context, given: PyTensor, bins: number, low: number, high: number): PyTensor {
  const x = reshape(ctx, toFloating(ctx, given), [-1]);
  const whole = low === 0 && high === 0;
  const [from, to] = whole ? [reduce(ctx, 'min', x), reduce(ctx, 'max', x)] : [low, high];
  const width = arithmetic(ctx, 'div', arithmetic(ctx, 'sub', to, from), bins);
  const place = unary(ctx, 'floor', arithmetic(ctx, 'div', arithmetic(ctx, 'sub', x, from), width));
  const last = choose(ctx, comparison(ctx, 'eq', x, to), bins - 1, place);
  ctx.meter.elements(elements(x.type.shape) * bins);
  const names = knownTensor(
    ctx,
    { dtype: x.type.dtype, shape: [bins, 1] },
    numbers(ctx, bins, (i) => i),
  );
  return reduce(ctx, 'sum', cast(ctx, comparison(ctx, 'eq', last, names), x.type.dtype), [1]);
}

export const statistics = table((define) => {
  define('nansum', 'input, dim=None, keepdim=False, *, dtype=None', (ctx, args) => nanSum(ctx, args)[0]);
  define('nanmean', 'input, dim=None, keepdim=False, *, dtype=None', (ctx, args) =>
    arithmetic(ctx, 'div', ...nanSum(ctx, args)),
  );
  define('quantile', "input, q, dim=None, keepdim=False, *, interpolation='linear', out=None", (ctx, args) => {
    const given = args.tensor('input');
    const flat = args.isNone('dim');
    const x = flat ? reshape(ctx, given, [-1]) : given;
    const dim = flat ? 0 : args.dim('dim', x.type.shape.length);
    const q = args.get('q');
    const shares = q instanceof PyTensor ? Array.from(requireData(ctx, q, 'torch.quantile')) : [args.float('q')];
    const last = x.type.shape.length - 1;
    const order = [...x.type.shape.keys()].filter((i) => i !== dim);
    const moved = permute(ctx, x, [...order, dim]);
    const [sorted] = topk(ctx, moved, last, sizeOf(x, dim), false);
    const kept = given.type.shape.map((size, i) => (flat || i === dim ? 1 : size));
    const parts = shares.map((share) => {
      const one = quantile(ctx, sorted, share, args.string('interpolation'));
      return args.bool('keepdim') ? reshape(ctx, one, kept) : one;
    });
    const [only] = parts;
    if (only && (!(q instanceof PyTensor) || q.type.shape.length === 0)) return only;
    return apply(ctx, { kind: 'cat', dim: 0 }, ...parts.map((part) => unsqueeze(ctx, part, 0)));
  });
  define('mode', 'input, dim=-1, keepdim=False', (ctx, args) => {
    const given = args.tensor('input');
    const rank = given.type.shape.length;
    const dim = args.dim('dim', rank);
    const x = transpose(ctx, given, dim, rank - 1);
    const size = sizeOf(x, -1);
    const [sorted] = topk(ctx, x, rank - 1, size, false);
    const alike = comparison(ctx, 'eq', unsqueeze(ctx, sorted, rank), unsqueeze(ctx, sorted, rank - 1));
    const counts = reduce(ctx, 'sum', cast(ctx, alike, 'int64'), [rank]);
    const first = argExtreme(ctx, 'max', counts, rank - 1, true);
    const value = apply(ctx, { kind: 'gather_elements', dim: rank - 1 }, sorted, first);
    const places = knownTensor(
      ctx,
      { dtype: 'int64', shape: [size] },
      numbers(ctx, size, (i) => i),
    );
    const met = choose(ctx, comparison(ctx, 'eq', x, value), places, -1n);
    const index = reduce(ctx, 'max', met, [rank - 1], true);
    const result = [value, index].map((each) => {
      const back = transpose(ctx, each, dim, rank - 1);
      return args.bool('keepdim')
        ? back
        : reshape(
            ctx,
            back,
            back.type.shape.filter((_, i) => i !== dim),
          );
    });
    return returnTuple(ctx, 'mode', ['values', 'indices'], result);
  });
  define('histc', 'input, bins=100, min=0, max=0', (ctx, args) =>
    histogram(ctx, args.tensor('input'), args.int('bins'), args.float('min'), args.float('max')),
  );
  define('bincount', 'input, weights=None, minlength=0', (ctx, args) => {
    const data = Array.from(requireData(ctx, args.tensor('input'), 'torch.bincount'));
    const weights = args.optionalTensor('weights');
    const amounts = weights && Array.from(requireData(ctx, weights, 'torch.bincount'));
    const size = Math.max(args.int('minlength'), data.length > 0 ? maximum(data) + 1 : 0);
    const counts = numbers(ctx, size, () => 0);
    data.forEach((value, i) => {
      counts[value] = itemAt(counts, value) + (amounts ? itemAt(amounts, i) : 1);
    });
    return knownTensor(ctx, { dtype: weights?.type.dtype ?? 'int64', shape: [size] }, counts);
  });
  define('cov', 'input, *, correction=1, fweights=None, aweights=None', (ctx, args) => {
    if (!args.isNone('fweights') || !args.isNone('aweights')) {
      return ctx.error('unsupported', say('torch.cov with weights is not read; weight the samples before it'));
    }
    return covariance(ctx, args.tensor('input'), args.int('correction'));
  });
  define('corrcoef', 'input', (ctx, args) => {
    const c = covariance(ctx, args.tensor('input'), 1);
    if (c.type.shape.length === 0) return arithmetic(ctx, 'div', c, c);
    const spread = unary(ctx, 'sqrt', diagonal(ctx, c, 0, 0, 1));
    const rows = arithmetic(ctx, 'div', c, reshape(ctx, spread, [-1, 1]));
    const result = arithmetic(ctx, 'div', rows, reshape(ctx, spread, [1, -1]));
    return arithmetic(ctx, 'min', arithmetic(ctx, 'max', result, -1), 1);
  });
  define('renorm', 'input, p, dim, maxnorm', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    const others = [...x.type.shape.keys()].filter((i) => i !== dim);
    const norm = vectorNorm(ctx, x, args.float('p'), others, true);
    const most = args.float('maxnorm');
    const factor = arithmetic(ctx, 'div', most, arithmetic(ctx, 'add', norm, 1e-7));
    return arithmetic(ctx, 'mul', x, choose(ctx, comparison(ctx, 'gt', norm, most), factor, 1));
  });
  define('trapz trapezoid', 'y, x=None, *, dx=None, dim=-1', (ctx, args) => {
    const [areas, dim] = trapezoids(ctx, args);
    return reduce(ctx, 'sum', areas, [dim]);
  });
  define('cumulative_trapezoid', 'y, x=None, *, dx=None, dim=-1', (ctx, args) => {
    const [areas, dim] = trapezoids(ctx, args);
    return apply(ctx, { kind: 'cumsum', dim }, areas);
  });
  define('logcumsumexp', 'input, dim', (ctx, args) =>
    logCumulativeSumExp(ctx, args.tensor('input'), args.dim('dim', args.tensor('input').type.shape.length)),
  );
  define('logaddexp', 'input, other', (ctx, args) => logAddExp(ctx, args.get('input'), args.get('other'), 1));
  define('logaddexp2', 'input, other', (ctx, args) => logAddExp(ctx, args.get('input'), args.get('other'), Math.LN2));
  define('gradient', 'input, *, spacing=1, dim=None, edge_order=1', (ctx, args) => {
    const x = toFloating(ctx, args.tensor('input'));
    const dims = args.isNone('dim') ? [...x.type.shape.keys()] : args.dims('dim', x.type.shape.length);
    const spacing = sequence(args.get('spacing')) ?? dims.map(() => args.get('spacing'));
    return new PyTuple(
      dims.map((dim, i) => {
        const step = numberOf(spacing[i] ?? null);
        if (step === undefined)
          return ctx.error(
            'unsupported',
            say('torch.gradient between given points is not read; give the spacing as a number'),
          );
        return gradient(ctx, x, dim, step, args.int('edge_order'));
      }),
    );
  });
  define('isin', 'elements, test_elements, *, assume_unique=False, invert=False', (ctx, args) => {
    const [x, tests] = [args.get('elements'), args.get('test_elements')];
    const flat = tests instanceof PyTensor ? reshape(ctx, tests, [-1]) : tests;
    const wide = x instanceof PyTensor ? unsqueeze(ctx, x, x.type.shape.length) : x;
    const same = comparison(ctx, args.bool('invert') ? 'ne' : 'eq', wide, flat);
    if (!(flat instanceof PyTensor)) return reshape(ctx, same, same.type.shape.slice(0, -1));
    return reduce(ctx, args.bool('invert') ? 'min' : 'max', same, [same.type.shape.length - 1]);
  });
  for (const [name, infinity] of [
    ['isposinf', Number.POSITIVE_INFINITY],
    ['isneginf', Number.NEGATIVE_INFINITY],
  ] as const) {
    define(name, 'input', (ctx, args) => comparison(ctx, 'eq', args.tensor('input'), infinity));
  }
  define('isreal', 'input', (ctx, args) => full(ctx, { dtype: 'bool', shape: args.tensor('input').type.shape }, 1));
  define('signbit', 'input', (ctx, args) => {
    const x = args.tensor('input');
    const negative = comparison(ctx, 'lt', x, 0n);
    if (!isFloating(x.type.dtype)) return negative;
    // 1/−0 is −∞.
    const zero = comparison(ctx, 'lt', unary(ctx, 'reciprocal', x), 0n);
    return apply(ctx, { kind: 'binary', function: 'or' }, negative, zero);
  });
  define('pdist', 'input, p=2.0', (ctx, args) => {
    const x = args.tensor('input');
    const count = sizeOf(x, 0);
    const pairs = numbers(ctx, count * count, (i) => i).filter((i) => Math.floor(i / count) < i % count);
    const [first, second] = [pairs.map((i) => Math.floor(i / count)), pairs.map((i) => i % count)];
    const apart = arithmetic(ctx, 'sub', pick(ctx, x, 0, first), pick(ctx, x, 0, second));
    return vectorNorm(ctx, apart, args.float('p'), [1], false);
  });
  define('sum_to_size', 'input, *size', (ctx, args) => {
    const x = args.tensor('input');
    const size = args.variadicInts('size');
    const front = x.type.shape.length - size.length;
    const summed = x.type.shape.flatMap((each, i) => (i < front || (size[i - front] === 1 && each !== 1) ? [i] : []));
    if (summed.length === 0 || broadcast(size, x.type.shape).join() !== x.type.shape.join()) {
      return summed.length === 0 && size.join() === x.type.shape.join()
        ? x
        : ctx.raise(
            'RuntimeError',
            `size {[${size.join(', ')}]} is not expandable to size {[${x.type.shape.join(', ')}]}.`,
          );
    }
    return reshape(ctx, reduce(ctx, 'sum', x, summed, true), size);
  });
});

function maximum(data: readonly number[]): number {
  return data.reduce((most, each) => Math.max(most, each), 0);
}
