/** The functions of `math` that compute with integers; each step of a long way is asked of the budget. */
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { type NativeFunction, native } from '../python/natives/native';
import { bits } from '../python/run/arithmetic';
import { binaryOperation } from '../python/run/operators';
import { wholeNumber } from '../python/run/subscripts';
import { PythonError, type PyValue } from '../python/values/values';

const size = (x: bigint): bigint => (x < 0n ? -x : x);

function integer(ctx: Context, value: PyValue): bigint {
  return wholeNumber(ctx, value);
}

/** Spends for one operation on numbers of this size. */
function work(ctx: Context, x: bigint): void {
  ctx.spend(1 + (bits(x) >> 8));
}

function gcd(ctx: Context, a: bigint, b: bigint): bigint {
  let [x, y] = [size(a), size(b)];
  while (y > 0n) {
    work(ctx, x);
    [x, y] = [y, x % y];
  }
  return x;
}

/** The largest integer whose square is not above `n`, by Newton's steps. */
function root(ctx: Context, n: bigint): bigint {
  if (n < 0n) throw new PythonError('ValueError', 'isqrt() argument must be nonnegative');
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(16).length * 4 + 1) >> 1);
  for (;;) {
    work(ctx, x);
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The product of all integers from `low` to `high`, in halves: products of numbers of like size are cheap. */
function product(ctx: Context, low: bigint, high: bigint): bigint {
  if (low > high) return 1n;
  if (low === high) return low;
  const middle = (low + high) >> 1n;
  const [a, b] = [product(ctx, low, middle), product(ctx, middle + 1n, high)];
  ctx.meter.integer(bits(a) + bits(b));
  work(ctx, a);
  return a * b;
}

/** The product of `k` integers, the largest of which is `n`, as far as the budget goes. */
function fallingFactorial(ctx: Context, n: bigint, k: bigint): bigint {
  if (k > n) return 0n;
  // No number of the product has fewer bits than its smallest.
  ctx.meter.container(k * BigInt(Math.max(1, (n - k + 1n).toString(2).length - 1)), say('This number, in bits,'));
  return product(ctx, n - k + 1n, n);
}

function naturalNumber(ctx: Context, value: PyValue, name: string): bigint {
  const number = integer(ctx, value);
  return number < 0n ? ctx.raise('ValueError', `${name} must be a non-negative integer`) : number;
}

export function integerFunctions(): Record<string, NativeFunction> {
  return {
    gcd: native('*integers', (ctx, args) =>
      args.rest('integers').reduce<bigint>((a, b) => gcd(ctx, a, integer(ctx, b)), 0n),
    ),
    lcm: native('*integers', (ctx, args) =>
      args.rest('integers').reduce<bigint>((a, each) => {
        const b = integer(ctx, each);
        ctx.meter.integer(bits(a) + bits(b));
        return size(a * b) / (gcd(ctx, a, b) || 1n);
      }, 1n),
    ),
    prod: native('iterable, *, start=1', (ctx, args) => {
      let result = args.get('start');
      for (const item of ctx.list(args.get('iterable'))) {
        if (typeof result === 'bigint') work(ctx, result);
        result = binaryOperation(ctx, '*', result, item, false);
      }
      return result;
    }),
    factorial: native('n', (ctx, args) => {
      const n = integer(ctx, args.get('n'));
      if (n < 0n) return ctx.raise('ValueError', 'factorial() not defined for negative values');
      return fallingFactorial(ctx, n, n);
    }),
    comb: native('n, k', (ctx, args) => {
      const [n, k] = [naturalNumber(ctx, args.get('n'), 'n'), naturalNumber(ctx, args.get('k'), 'k')];
      if (k > n) return 0n;
      const fewer = k < n - k ? k : n - k;
      return fallingFactorial(ctx, n, fewer) / fallingFactorial(ctx, fewer, fewer);
    }),
    perm: native('n, k=None', (ctx, args) => {
      const n = naturalNumber(ctx, args.get('n'), 'n');
      return fallingFactorial(ctx, n, args.isNone('k') ? n : naturalNumber(ctx, args.get('k'), 'k'));
    }),
    isqrt: native('n', (ctx, args) => root(ctx, integer(ctx, args.get('n')))),
  };
}
