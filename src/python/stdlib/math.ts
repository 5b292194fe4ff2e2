import { erf, erfc } from '../../activations/erf';
import { numberOf, sequence } from '../arguments';
import { type NativeFunction, native } from '../native';
import { PyTuple, PythonError, type PyValue, Unknown } from '../values';

function real(body: (x: number) => number): NativeFunction {
  return native('x', (_, args) => {
    if (args.get('x') instanceof Unknown) return args.get('x');
    const x = args.float('x');
    const result = body(x);
    if (Number.isNaN(result) && !Number.isNaN(x)) throw new PythonError('ValueError', 'math domain error');
    return result;
  });
}

function whole(body: (x: number) => number): NativeFunction {
  return native('x', (_, args) => {
    const value = args.get('x');
    if (typeof value === 'bigint' || value instanceof Unknown) return value;
    return BigInt(body(args.float('x')));
  });
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}

function integer(value: PyValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  throw new PythonError('TypeError', 'an integer is required');
}

/** The largest integer whose square is not above `n`, by Newton's steps. */
function root(n: bigint): bigint {
  if (n < 0n) throw new PythonError('ValueError', 'isqrt() argument must be nonnegative');
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
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
    partials.push(x);
  }
  return partials.reduceRight((total, part) => total + part, 0);
}

/** `math`. */
export function mathModule(): Record<string, PyValue> {
  return {
    pi: Math.PI,
    e: Math.E,
    tau: 2 * Math.PI,
    inf: Infinity,
    nan: Number.NaN,
    sqrt: real(Math.sqrt),
    exp: real(Math.exp),
    expm1: real(Math.expm1),
    log2: real(Math.log2),
    log10: real(Math.log10),
    log1p: real(Math.log1p),
    sin: real(Math.sin),
    cos: real(Math.cos),
    tan: real(Math.tan),
    asin: real(Math.asin),
    acos: real(Math.acos),
    atan: real(Math.atan),
    sinh: real(Math.sinh),
    cosh: real(Math.cosh),
    tanh: real(Math.tanh),
    asinh: real(Math.asinh),
    acosh: real(Math.acosh),
    atanh: real(Math.atanh),
    cbrt: real(Math.cbrt),
    exp2: real((x) => 2 ** x),
    erf: real(erf),
    erfc: real(erfc),
    gamma: real(gamma),
    lgamma: real((x) => Math.log(Math.abs(gamma(x)))),
    fabs: real(Math.abs),
    degrees: real((x) => (x * 180) / Math.PI),
    radians: real((x) => (x * Math.PI) / 180),
    log: native('x, base=None', (_, args) => {
      const x = args.float('x');
      if (x <= 0) throw new PythonError('ValueError', 'math domain error');
      return args.isNone('base') ? Math.log(x) : Math.log(x) / Math.log(args.float('base'));
    }),
    pow: native('x, y', (_, args) => args.float('x') ** args.float('y')),
    atan2: native('y, x', (_, args) => Math.atan2(args.float('y'), args.float('x'))),
    hypot: native('*args', (_, args) => Math.hypot(...args.rest('args').map((value) => numberOf(value) ?? Number.NaN))),
    copysign: native('x, y', (_, args) => {
      const negative = args.float('y') < 0 || Object.is(args.float('y'), -0);
      return negative ? -Math.abs(args.float('x')) : Math.abs(args.float('x'));
    }),
    fmod: native('x, y', (_, args) => args.float('x') % args.float('y')),
    modf: native('x', (_, args) => {
      const x = args.float('x');
      return new PyTuple([x - Math.trunc(x), Math.trunc(x)]);
    }),
    frexp: native('x', (_, args) => new PyTuple(mantissa(args.float('x')))),
    ldexp: native('x, i', (_, args) => args.float('x') * 2 ** args.int('i')),
    dist: native('p, q', (_, args) => {
      const [p, q] = [sequence(args.get('p')) ?? [], sequence(args.get('q')) ?? []];
      return Math.hypot(
        ...p.map((value, i) => (numberOf(value) ?? Number.NaN) - (numberOf(q[i] ?? null) ?? Number.NaN)),
      );
    }),
    fsum: native('seq', (ctx, args) =>
      exactSum(ctx.list(args.get('seq')).map((value) => numberOf(value) ?? Number.NaN)),
    ),
    floor: whole(Math.floor),
    ceil: whole(Math.ceil),
    trunc: whole(Math.trunc),
    isnan: native('x', (_, args) => Number.isNaN(args.float('x'))),
    isinf: native('x', (_, args) => Math.abs(args.float('x')) === Infinity),
    isfinite: native('x', (_, args) => Number.isFinite(args.float('x'))),
    isclose: native('a, b, *, rel_tol=1e-09, abs_tol=0.0', (_, args) => {
      const [a, b] = [args.float('a'), args.float('b')];
      const limit = Math.max(args.float('rel_tol') * Math.max(Math.abs(a), Math.abs(b)), args.float('abs_tol'));
      return a === b || Math.abs(a - b) <= limit;
    }),
    gcd: native('*integers', (_, args) => args.rest('integers').reduce<bigint>((a, b) => gcd(a, integer(b)), 0n)),
    lcm: native('*integers', (_, args) =>
      args.rest('integers').reduce<bigint>((a, b) => (a * integer(b)) / (gcd(a, integer(b)) || 1n), 1n),
    ),
    prod: native('iterable, *, start=1', (ctx, args) => {
      let result: bigint | number = integer(args.get('start'));
      for (const item of ctx.list(args.get('iterable'))) {
        if (typeof item === 'bigint' && typeof result === 'bigint') result *= item;
        else result = Number(result) * (numberOf(item) ?? Number.NaN);
      }
      return result;
    }),
    factorial: native('n', (_, args) => {
      const n = args.int('n');
      if (n < 0 || n > 5000) throw new PythonError('ValueError', 'factorial() of this number is not read');
      let result = 1n;
      for (let i = 2n; i <= BigInt(n); i++) result *= i;
      return result;
    }),
    comb: native('n, k', (_, args) => {
      let result = 1n;
      const [n, k] = [BigInt(args.int('n')), args.int('k')];
      for (let i = 1n; i <= BigInt(Math.min(k, 5000)); i++) result = (result * (n - i + 1n)) / i;
      return result;
    }),
    perm: native('n, k=None', (_, args) => {
      const n = args.int('n');
      const k = args.optionalInt('k') ?? n;
      let result = 1n;
      for (let i = 0; i < Math.min(k, 5000); i++) result *= BigInt(n - i);
      return result;
    }),
    isqrt: native('n', (_, args) => root(integer(args.get('n')))),
  };
}
