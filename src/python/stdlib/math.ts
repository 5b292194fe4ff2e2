import { numberOf } from '../arguments';
import { type NativeFunction, native } from '../native';
import { PythonError, type PyValue, Unknown } from '../values';

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
    isqrt: native('n', (_, args) => BigInt(Math.floor(Math.sqrt(args.int('n'))))),
  };
}
