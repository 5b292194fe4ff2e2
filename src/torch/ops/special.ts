/** Special functions: in compositions whose error is that of single precision, for any tensor. */
import { itemAt } from '../../graph/access';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import type { PyTensor, PyValue } from '../../python/values/values';
import { apply, bothOf, knownTensor } from '../tensor/tensor';
import { arithmetic, choose, comparison, toFloating, unary } from './operations';
import { log1p } from './pointwise';

const add = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'add', a, b);
const sub = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'sub', a, b);
const mul = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'mul', a, b);
const div = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'div', a, b);

/** Σ coefficients[i]·xⁱ */
function polynomial(ctx: Context, x: PyTensor, coefficients: readonly number[]): PyTensor {
  const [first, ...rest] = [...coefficients].reverse();
  const zero = mul(ctx, x, 0);
  return rest.reduce((sum, each) => add(ctx, mul(ctx, sum, x), each), add(ctx, zero, first ?? 0));
}

/** Stirling's series, good to single precision from 8 on: smaller numbers are raised by as much. */
const RAISE = 8;

/** log Γ(x) for x > 0. */
function logGammaPositive(ctx: Context, x: PyTensor): PyTensor {
  const z = add(ctx, x, RAISE);
  const inverse = unary(ctx, 'reciprocal', z);
  const series = mul(
    ctx,
    inverse,
    polynomial(ctx, mul(ctx, inverse, inverse), [1 / 12, -1 / 360, 1 / 1260, -1 / 1680]),
  );
  const main = sub(ctx, mul(ctx, sub(ctx, z, 0.5), unary(ctx, 'log', z)), z);
  const raised = add(ctx, add(ctx, main, 0.5 * Math.log(2 * Math.PI)), series);
  let product = x;
  for (let k = 1; k < RAISE; k++) product = mul(ctx, product, add(ctx, x, k));
  return sub(ctx, raised, unary(ctx, 'log', product));
}

/** log |Γ(x)|; below ½ by Γ(x)·Γ(1 − x) = π / sin πx. */
function logGamma(ctx: Context, value: PyValue): PyTensor {
  const x = toFloating(ctx, value);
  const small = comparison(ctx, 'lt', x, 0.5);
  const mirrored = choose(ctx, small, sub(ctx, 1, x), x);
  const large = comparison(ctx, 'gt', mirrored, 1e4);
  // Far out the series alone is exact, and the product would overflow.
  const safe = choose(ctx, large, 1e4, mirrored);
  const far = sub(ctx, mul(ctx, sub(ctx, mirrored, 0.5), unary(ctx, 'log', mirrored)), mirrored);
  const own = choose(ctx, large, add(ctx, far, 0.5 * Math.log(2 * Math.PI)), logGammaPositive(ctx, safe));
  const sine = unary(ctx, 'abs', unary(ctx, 'sin', mul(ctx, sub(ctx, x, unary(ctx, 'round', x)), Math.PI)));
  const reflected = sub(ctx, sub(ctx, Math.log(Math.PI), unary(ctx, 'log', choose(ctx, small, sine, 1))), own);
  return choose(ctx, small, reflected, own);
}

/** ψ(x) = Γ'(x) / Γ(x); below ½ by ψ(1 − x) − ψ(x) = π cot πx. */
function digamma(ctx: Context, value: PyValue): PyTensor {
  const x = toFloating(ctx, value);
  const small = comparison(ctx, 'lt', x, 0.5);
  const mirrored = choose(ctx, small, sub(ctx, 1, x), x);
  const z = add(ctx, mirrored, RAISE);
  const inverse = unary(ctx, 'reciprocal', z);
  const square = mul(ctx, inverse, inverse);
  const series = mul(ctx, square, polynomial(ctx, square, [1 / 12, -1 / 120, 1 / 252, -1 / 240]));
  let own = sub(ctx, sub(ctx, unary(ctx, 'log', z), mul(ctx, inverse, 0.5)), series);
  for (let k = 0; k < RAISE; k++) own = sub(ctx, own, unary(ctx, 'reciprocal', add(ctx, mirrored, k)));
  const turn = mul(ctx, choose(ctx, small, sub(ctx, x, unary(ctx, 'round', x)), 0.25), Math.PI);
  const cotangent = div(ctx, Math.PI, unary(ctx, 'tan', turn));
  const result = choose(ctx, small, sub(ctx, own, cotangent), own);
  // At 0 and below the whole numbers have no value; ±0 has −∞ and ∞.
  const pole = apply(
    ctx,
    { kind: 'binary', function: 'and' },
    comparison(ctx, 'lt', x, 0),
    comparison(ctx, 'eq', unary(ctx, 'floor', x), x),
  );
  const origin = comparison(ctx, 'eq', x, 0);
  return choose(ctx, pole, Number.NaN, choose(ctx, origin, unary(ctx, 'neg', unary(ctx, 'reciprocal', x)), result));
}

/** ψ⁽ⁿ⁾(x) for n ≥ 1 and x > 0: (−1)ⁿ⁺¹·n!·ζ(n + 1, x), by the sum's first terms and Euler and Maclaurin's rest. */
function polygamma(ctx: Context, n: number, value: PyValue): PyTensor {
  const x = toFloating(ctx, value);
  const power = (base: PyTensor, exponent: number) => arithmetic(ctx, 'pow', base, exponent);
  const s = n + 1;
  let sum = power(x, -s);
  for (let k = 1; k < RAISE; k++) sum = add(ctx, sum, power(add(ctx, x, k), -s));
  const z = add(ctx, x, RAISE);
  sum = add(ctx, sum, mul(ctx, power(z, 1 - s), 1 / (s - 1)));
  sum = add(ctx, sum, mul(ctx, power(z, -s), 0.5));
  sum = add(ctx, sum, mul(ctx, power(z, -s - 1), s / 12));
  sum = sub(ctx, sum, mul(ctx, power(z, -s - 3), (s * (s + 1) * (s + 2)) / 720));
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return mul(ctx, sum, n % 2 === 1 ? factorial : -factorial);
}

/** Abramowitz and Stegun 9.8.1 and 9.8.2 (|error| < 2e-7): I₀(x), or e^−|x|·I₀(x). */
const BESSEL0 = {
  near: [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813],
  far: [0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377],
};
/** 9.8.3 and 9.8.4: I₁(x)/x, or e^−|x|·I₁(|x|). */
const BESSEL1 = {
  near: [0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411],
  far: [
    0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555, 0.02282967, -0.02895312, 0.01787654, -0.00420059,
  ],
};

/** Modified Bessel functions of the first kind, of order 0 and 1. */
function bessel(ctx: Context, value: PyValue, order: 0 | 1, scaled: boolean): PyTensor {
  const x = toFloating(ctx, value);
  const size = unary(ctx, 'abs', x);
  const table = order === 0 ? BESSEL0 : BESSEL1;
  const limit = 3.75;
  const inside = comparison(ctx, 'lt', size, limit);
  const small = choose(ctx, inside, size, limit);
  const t = mul(ctx, small, 1 / limit);
  const near = polynomial(ctx, mul(ctx, t, t), table.near);
  const large = choose(ctx, inside, limit, size);
  const far = div(ctx, polynomial(ctx, div(ctx, limit, large), table.far), unary(ctx, 'sqrt', large));
  const nearValue = order === 0 ? near : mul(ctx, near, small);
  const result = scaled
    ? choose(ctx, inside, mul(ctx, nearValue, unary(ctx, 'exp', unary(ctx, 'neg', small))), far)
    : choose(ctx, inside, nearValue, mul(ctx, far, unary(ctx, 'exp', large)));
  return order === 0 ? result : mul(ctx, result, unary(ctx, 'sign', x));
}

/** e^x²·erfc(x) for x ≥ 0 (Numerical approximation by Chebyshev, error below 1.2e-7 everywhere). */
const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

function scaledErfc(ctx: Context, x: PyTensor): PyTensor {
  const t = unary(ctx, 'reciprocal', add(ctx, mul(ctx, x, 0.5), 1));
  return mul(ctx, t, unary(ctx, 'exp', polynomial(ctx, t, ERFC)));
}

/** The normal distribution's cumulative share. */
function ndtr(ctx: Context, value: PyValue): PyTensor {
  const scaled = mul(ctx, toFloating(ctx, value), Math.SQRT1_2);
  return mul(ctx, add(ctx, unary(ctx, 'erf', scaled), 1n), 0.5);
}

/** Its logarithm: far to the left by e^x²·erfc(x), which does not vanish. */
function logNdtr(ctx: Context, value: PyValue): PyTensor {
  const x = toFloating(ctx, value);
  const left = comparison(ctx, 'lt', x, -1);
  const away = mul(ctx, choose(ctx, left, x, -1), -Math.SQRT1_2);
  const tail = sub(ctx, unary(ctx, 'log', mul(ctx, scaledErfc(ctx, away), 0.5)), mul(ctx, away, away));
  const near = mul(ctx, choose(ctx, left, -1, x), Math.SQRT1_2);
  const missing = mul(ctx, sub(ctx, 1, unary(ctx, 'erf', near)), -0.5);
  return choose(ctx, left, tail, log1p(ctx, missing));
}

/** What stands in `torch`, too, or is a method. */
export const specials = table((define) => {
  define('lgamma', 'input, *, out=None', (ctx, args) => logGamma(ctx, args.get('input')));
  define('digamma', 'input, *, out=None', (ctx, args) => digamma(ctx, args.get('input')));
  define('polygamma', 'n, input, *, out=None', (ctx, args) => {
    // `x.polygamma(n)` is a method of the second one.
    const [n, input] = typeof args.get('n') === 'bigint' ? ['n', 'input'] : ['input', 'n'];
    const order = args.int(n ?? 'n');
    const x = args.get(input ?? 'input');
    return order === 0 ? digamma(ctx, x) : polygamma(ctx, order, x);
  });
  define('mvlgamma', 'input, p', (ctx, args) => {
    const p = args.int('p');
    const x = toFloating(ctx, args.get('input'));
    let sum = add(ctx, mul(ctx, x, 0), (p * (p - 1) * Math.log(Math.PI)) / 4);
    for (let j = 0; j < p; j++) sum = add(ctx, sum, logGamma(ctx, sub(ctx, x, j / 2)));
    return sum;
  });
  define('i0', 'input, *, out=None', (ctx, args) => bessel(ctx, args.get('input'), 0, false));
  define('ldexp', 'input, other', (ctx, args) => {
    const two = knownTensor(ctx, { dtype: 'float32', shape: [] }, [2]);
    return mul(
      ctx,
      toFloating(ctx, args.get('input')),
      arithmetic(ctx, 'pow', two, toFloating(ctx, args.get('other'))),
    );
  });
});

/** What only `torch.special` has. */
export const specialFunctions = table((define) => {
  define('ndtr', 'input, *, out=None', (ctx, args) => ndtr(ctx, args.get('input')));
  define('log_ndtr', 'input, *, out=None', (ctx, args) => logNdtr(ctx, args.get('input')));
  define('ndtri', 'input, *, out=None', (ctx, args) => {
    const x = toFloating(ctx, args.get('input'));
    return mul(ctx, unary(ctx, 'erfinv', sub(ctx, mul(ctx, x, 2), 1)), Math.SQRT2);
  });
  define('entr', 'input, *, out=None', (ctx, args) => {
    const x = toFloating(ctx, args.get('input'));
    const inside = comparison(ctx, 'gt', x, 0n);
    const value = unary(ctx, 'neg', mul(ctx, x, unary(ctx, 'log', choose(ctx, inside, x, 1))));
    const outside = choose(ctx, comparison(ctx, 'lt', x, 0n), Number.NEGATIVE_INFINITY, mul(ctx, x, 0));
    return choose(ctx, inside, value, choose(ctx, comparison(ctx, 'eq', x, x), outside, x));
  });
  define('xlog1py', 'input, other, *, out=None', (ctx, args) => {
    const [x, y] = bothOf(ctx, args.get('input'), args.get('other'), true);
    const zero = comparison(ctx, 'eq', x, 0n);
    const product = mul(ctx, x, log1p(ctx, choose(ctx, zero, 0, y)));
    return choose(ctx, comparison(ctx, 'eq', y, y), choose(ctx, zero, 0, product), y);
  });
  define('gammaln', 'input, *, out=None', (ctx, args) => logGamma(ctx, args.get('input')));
  define('psi', 'input, *, out=None', (ctx, args) => digamma(ctx, args.get('input')));
  define('multigammaln', 'a, p', (ctx, args) =>
    ctx.call(itemAt([specials.get('mvlgamma') ?? null], 0), [args.get('a'), args.get('p')]),
  );
  define('i0e', 'input, *, out=None', (ctx, args) => bessel(ctx, args.get('input'), 0, true));
  define('i1', 'input, *, out=None', (ctx, args) => bessel(ctx, args.get('input'), 1, false));
  define('i1e', 'input, *, out=None', (ctx, args) => bessel(ctx, args.get('input'), 1, true));
  define('modified_bessel_i0', 'input, *, out=None', (ctx, args) => bessel(ctx, args.get('input'), 0, false));
  define('modified_bessel_i1', 'input, *, out=None', (ctx, args) => bessel(ctx, args.get('input'), 1, false));
  define('erfcx', 'input, *, out=None', (ctx, args) => {
    const x = toFloating(ctx, args.get('input'));
    const negative = comparison(ctx, 'lt', x, 0n);
    const right = scaledErfc(ctx, unary(ctx, 'abs', x));
    // erfc(−x) = 2 − erfc(x)
    const left = sub(ctx, mul(ctx, unary(ctx, 'exp', mul(ctx, x, x)), 2), right);
    return choose(ctx, negative, left, right);
  });
});
