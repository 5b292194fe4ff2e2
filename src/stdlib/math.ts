import { erf, erfc } from '../graph/evaluate/erf';
import { say } from '../language/say';
import { askNumber } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { type NativeFunction, native } from '../python/natives/native';
import { bits, toFloat } from '../python/run/arithmetic';
import { PyInstance, PyTuple, PythonError, type PyValue, typeName, Unknown } from '../python/values/values';
import { integerFunctions } from './mathIntegers';

/** A number as a float. @throws PythonError TypeError in `math`'s words. */
function floatOf(ctx: Context, value: PyValue): number {
  if (typeof value === 'number' || typeof value === 'bigint') return toFloat(value);
  const known = askNumber(value);
  if (known !== undefined) return known;
  if (value instanceof Unknown) return ctx.refuseUnknown(value, say('this number'));
  const method = ctx.lookup(value, '__float__') ?? ctx.lookup(value, '__index__');
  if (method !== undefined) return floatOf(ctx, ctx.call(method));
  throw new PythonError('TypeError', `must be real number, not ${typeName(value)}`);
}

/** Checks a result as C does; `grows`: whether infinity says that it is too large, instead of undefined. */
function checkResult(result: number, args: readonly number[], grows: boolean): number {
  if (Number.isNaN(result) && !args.some(Number.isNaN)) throw new PythonError('ValueError', 'math domain error');
  if (Math.abs(result) === Infinity && args.every(Number.isFinite)) {
    if (grows) throw new PythonError('OverflowError', 'math range error');
    throw new PythonError('ValueError', 'math domain error');
  }
  return result;
}

function realFunction(body: (x: number) => number, grows = false): NativeFunction {
  const made = native('x, /', (ctx, args) => {
    if (args.get('x') instanceof Unknown) return args.get('x');
    const x = floatOf(ctx, args.get('x'));
    return checkResult(body(x), [x], grows);
  });
  made.ofNumbers = ([x, ...more]) => {
    const result = x === undefined || more.length > 0 ? undefined : body(Number(x));
    // What is not finite may be an error.
    return result !== undefined && Number.isFinite(result) ? result : undefined;
  };
  return made;
}

/** A logarithm, of integers beyond the floats, too. */
function logarithm(body: (x: number) => number): (ctx: Context, value: PyValue) => number {
  return (ctx, value) => {
    if (typeof value === 'bigint' && value > 0n && bits(value) > 1000) {
      const shift = bits(value) - 1000;
      return body(Number(value >> BigInt(shift))) + shift * body(2);
    }
    const x = floatOf(ctx, value);
    return checkResult(body(x), [x], false);
  };
}

function integerFunction(name: string, body: (x: number) => number): NativeFunction {
  return native('x, /', (ctx, args) => {
    const value = args.get('x');
    if (typeof value === 'bigint' || value instanceof Unknown) return value;
    const method = value instanceof PyInstance ? ctx.lookup(value, `__${name}__`) : undefined;
    if (method !== undefined) return ctx.call(method);
    const x = floatOf(ctx, value);
    if (Number.isNaN(x)) throw new PythonError('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(x)) throw new PythonError('OverflowError', 'cannot convert float infinity to integer');
    return BigInt(body(x));
  });
}

/** Lanczos's approximation (g = 7, nine terms), relative error about 1e-15. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function gamma(x: number): number {
  if (Number.isInteger(x) && x > 0 && x < 171) {
    let result = 1;
    for (let i = 2; i < x; i++) result *= i;
    return result;
  }
  if (Number.isInteger(x) && x <= 0) return Number.NaN;
  if (x === Infinity) return x;
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const t = x + 6.5;
  const sum = LANCZOS.reduce((total, term, i) => total + (i === 0 ? term : term / (x - 1 + i)), 0);
  return Math.sqrt(2 * Math.PI) * t ** (x - 0.5) * Math.exp(-t) * sum;
}

function mantissa(x: number): [number, bigint] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0n];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
  let fraction = x * 2 ** -exponent;
  for (; Math.abs(fraction) < 0.5; exponent--) fraction *= 2;
  for (; Math.abs(fraction) >= 1; exponent++) fraction /= 2;
  return [fraction, BigInt(exponent)];
}

/** A sum without rounding on the way (Shewchuk's partial sums). */
function exactSum(values: readonly number[]): number {
  const partials: number[] = [];
  for (let x of values) {
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    if (x !== 0) partials.push(x);
  }
  // The last bits decide where the sum lies halfway between two floats.
  let total = partials.pop() ?? 0;
  let lost = 0;
  while (partials.length > 0 && lost === 0) {
    const part = partials.pop() ?? 0;
    const next = total + part;
    lost = part - (next - total);
    total = next;
  }
  const below = partials.at(-1);
  if (lost !== 0 && below && lost < 0 === below < 0) {
    const twice = lost * 2;
    const next = total + twice;
    if (next - total === twice) total = next;
  }
  return total;
}

/** √Σx², scaled by a power of two so that no square overflows, the squares summed without rounding. */
function hypotenuse(values: readonly number[]): number {
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (values.some((x) => Math.abs(x) === Infinity)) return Infinity;
  if (largest === 0 || Number.isNaN(largest)) return largest;
  const scale = 2 ** -Math.max(Number(mantissa(largest)[1]), -1000);
  return Math.sqrt(exactSum(values.map((x) => (x * scale) ** 2))) / scale;
}

/** `math`. */
export function mathModule(): Record<string, PyValue> {
  return {
    pi: Math.PI,
    e: Math.E,
    tau: 2 * Math.PI,
    inf: Infinity,
    nan: Number.NaN,
    sqrt: realFunction(Math.sqrt),
    exp: realFunction(Math.exp, true),
    expm1: realFunction(Math.expm1, true),
    log2: native('x, /', (ctx, args) => logarithm(Math.log2)(ctx, args.get('x'))),
    log10: native('x, /', (ctx, args) => logarithm(Math.log10)(ctx, args.get('x'))),
    log1p: realFunction(Math.log1p),
    sin: realFunction(Math.sin),
    cos: realFunction(Math.cos),
    tan: realFunction(Math.tan),
    asin: realFunction(Math.asin),
    acos: realFunction(Math.acos),
    atan: realFunction(Math.atan),
    sinh: realFunction(Math.sinh, true),
    cosh: realFunction(Math.cosh, true),
    tanh: realFunction(Math.tanh),
    asinh: realFunction(Math.asinh),
    acosh: realFunction(Math.acosh),
    atanh: realFunction(Math.atanh),
    cbrt: realFunction(Math.cbrt),
    exp2: realFunction((x) => 2 ** x, true),
    erf: realFunction(erf),
    erfc: realFunction(erfc),
    gamma: realFunction(gamma, true),
    lgamma: realFunction((x) => Math.log(Math.abs(gamma(x)))),
    fabs: realFunction(Math.abs),
    degrees: realFunction((x) => x * (180 / Math.PI)),
    radians: realFunction((x) => x * (Math.PI / 180)),
    log: native('x, base=None', (ctx, args) => {
      const x = logarithm(Math.log)(ctx, args.get('x'));
      if (args.isNone('base')) return x;
      const base = logarithm(Math.log)(ctx, args.get('base'));
      if (base === 0) ctx.raise('ZeroDivisionError', 'float division by zero');
      return x / base;
    }),
    pow: native('x, y, /', (ctx, args) => {
      const [x, y] = [floatOf(ctx, args.get('x')), floatOf(ctx, args.get('y'))];
      if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
      return checkResult(x ** y, [x, y], x !== 0);
    }),
    atan2: native('y, x, /', (ctx, args) => Math.atan2(floatOf(ctx, args.get('y')), floatOf(ctx, args.get('x')))),
    hypot: native('*args', (ctx, args) => hypotenuse(args.rest('args').map((value) => floatOf(ctx, value)))),
    copysign: native('x, y, /', (ctx, args) => {
      const [x, y] = [floatOf(ctx, args.get('x')), floatOf(ctx, args.get('y'))];
      return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
    }),
    fmod: native('x, y, /', (ctx, args) => {
      const [x, y] = [floatOf(ctx, args.get('x')), floatOf(ctx, args.get('y'))];
      return checkResult(x % y, [x, y], false);
    }),
    modf: native('x, /', (ctx, args) => {
      const x = floatOf(ctx, args.get('x'));
      const fraction = Number.isFinite(x) ? x - Math.trunc(x) : Number.isNaN(x) ? x : 0;
      const negative = x < 0 || Object.is(x, -0);
      return new PyTuple([fraction === 0 && negative ? -0 : fraction, Math.trunc(x)]);
    }),
    frexp: native('x, /', (ctx, args) => new PyTuple(mantissa(floatOf(ctx, args.get('x'))))),
    ldexp: native('x, i, /', (ctx, args) => {
      const x = floatOf(ctx, args.get('x'));
      const [fraction, power] = mantissa(x);
      const exponent = Math.max(Number(power) + args.int('i'), -5000);
      const half = Math.min(Math.trunc(exponent / 2), 2000);
      return checkResult(
        exponent > 4000 && x !== 0 ? x * Infinity : fraction * 2 ** half * 2 ** (exponent - half),
        [x],
        true,
      );
    }),
    dist: native('p, q, /', (ctx, args) => {
      const [p, q] = [ctx.list(args.get('p')), ctx.list(args.get('q'))];
      if (p.length !== q.length) {
        ctx.raise('ValueError', 'both points must have the same number of dimensions');
      }
      return hypotenuse(p.map((value, i) => floatOf(ctx, value) - floatOf(ctx, q[i] ?? null)));
    }),
    fsum: native('seq, /', (ctx, args) => {
      const values = ctx.list(args.get('seq')).map((value) => floatOf(ctx, value));
      if (values.every(Number.isFinite)) return exactSum(values);
      if (values.includes(Infinity) && values.includes(-Infinity)) ctx.raise('ValueError', '-inf + inf in fsum');
      return values.reduce((sum, value) => sum + value, 0);
    }),
    floor: integerFunction('floor', Math.floor),
    ceil: integerFunction('ceil', Math.ceil),
    trunc: integerFunction('trunc', Math.trunc),
    isnan: native('x, /', (ctx, args) => Number.isNaN(floatOf(ctx, args.get('x')))),
    isinf: native('x, /', (ctx, args) => Math.abs(floatOf(ctx, args.get('x'))) === Infinity),
    isfinite: native('x, /', (ctx, args) => Number.isFinite(floatOf(ctx, args.get('x')))),
    isclose: native('a, b, *, rel_tol=1e-09, abs_tol=0.0', (ctx, args) => {
      const [a, b] = [floatOf(ctx, args.get('a')), floatOf(ctx, args.get('b'))];
      if (Math.abs(a) === Infinity || Math.abs(b) === Infinity) return a === b;
      const limit = Math.max(args.float('rel_tol') * Math.max(Math.abs(a), Math.abs(b)), args.float('abs_tol'));
      return a === b || Math.abs(a - b) <= limit;
    }),
    ...integerFunctions(),
  };
}
