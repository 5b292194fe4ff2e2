/**
 * Bits of integers, by arithmetic: an and with a known number adds the bits that the number has, and the others follow.
 * `torch.bitwise_left_shift`, `torch.bitwise_right_shift`
 */
import { itemAt } from '../../graph/access';
import { broadcast } from '../../graph/ops/rule';
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import type { PyTensor, PyValue } from '../../python/values/values';
import { apply, bothOf, isFloating, knownTensor, operand } from '../tensor/tensor';
import { broadcastTo } from '../tensor/views';
import { arithmetic, choose, comparison, unary } from './operations';

type Bitwise = 'and' | 'or' | 'xor';

/** The only value that a known tensor has; undefined where it has several. */
function constantOf({ data }: PyTensor): number | undefined {
  const first = data?.[0];
  return data?.every((each: number) => each === first) ? first : undefined;
}

/** `x & mask`; `x` mod a power of two where the mask is all ones below it. */
function andWith(ctx: Context, x: PyTensor, mask: number): PyTensor {
  if (mask < 0) return arithmetic(ctx, 'sub', x, andWith(ctx, x, -mask - 1));
  if (mask === 0) return arithmetic(ctx, 'mul', x, 0n);
  const ones = BigInt(mask);
  if ((ones & (ones + 1n)) === 0n) return arithmetic(ctx, 'mod', x, ones + 1n);
  let result: PyTensor | undefined;
  for (let bit = 0n; ones >> bit > 0n; bit++) {
    if (((ones >> bit) & 1n) === 0n) continue;
    const own = arithmetic(
      ctx,
      'mul',
      arithmetic(ctx, 'mod', arithmetic(ctx, 'floordiv', x, 1n << bit), 2n),
      1n << bit,
    );
    result = result ? arithmetic(ctx, 'add', result, own) : own;
  }
  return result ?? x;
}

/** Logical functions of bools, bitwise ones of integers: one of them is known, or both are. */
export function bitwise(ctx: Context, fn: Bitwise, a: PyValue, b: PyValue): PyTensor {
  const [x, y] = bothOf(ctx, a, b, false);
  if (x.type.dtype === 'bool') {
    return fn === 'xor'
      ? apply(ctx, { kind: 'compare', function: 'ne' }, x, y)
      : apply(ctx, { kind: 'binary', function: fn }, x, y);
  }
  if (isFloating(x.type.dtype)) ctx.raise('RuntimeError', `"bitwise_${fn}_cpu" not implemented for '${x.type.dtype}'`);
  const common = commonBits(ctx, x, y);
  if (fn === 'and') return common;
  const sum = arithmetic(ctx, 'add', x, y);
  return arithmetic(ctx, 'sub', sum, fn === 'or' ? common : arithmetic(ctx, 'mul', common, 2n));
}

function commonBits(ctx: Context, x: PyTensor, y: PyTensor): PyTensor {
  if (x.data && y.data) {
    const shape = broadcast(x.type.shape, y.type.shape);
    const [p, q] = [broadcastTo(ctx, x, shape).data, broadcastTo(ctx, y, shape).data];
    if (p && q) {
      const all = Array.from(p, (each, i) => Number(BigInt(each) & BigInt(itemAt(q, i))));
      return knownTensor(ctx, { dtype: x.type.dtype, shape }, all);
    }
  }
  const mask = constantOf(y);
  if (mask !== undefined) return andWith(ctx, arithmetic(ctx, 'add', x, arithmetic(ctx, 'mul', y, 0n)), mask);
  const other = constantOf(x);
  if (other !== undefined) return andWith(ctx, arithmetic(ctx, 'add', y, arithmetic(ctx, 'mul', x, 0n)), other);
  const known = x.data ?? y.data;
  const largest = Array.from(known ?? []).reduce((most, each) => Math.max(most, each), 0);
  if (!known || known.some((each: number) => each < 0)) {
    return ctx.error(
      'unsupported',
      say(
        'Bitwise functions of integers are read where one of them is known while the model is built, and not negative; write them with // and %',
      ),
    );
  }
  const bit = (from: PyTensor, at: bigint) => arithmetic(ctx, 'mod', arithmetic(ctx, 'floordiv', from, 2n ** at), 2n);
  let result = arithmetic(ctx, 'mul', arithmetic(ctx, 'mul', x, y), 0n);
  for (let at = 0n; 2n ** at <= BigInt(largest); at++) {
    const own = arithmetic(ctx, 'mul', arithmetic(ctx, 'mul', bit(x, at), bit(y, at)), 2n ** at);
    result = arithmetic(ctx, 'add', result, own);
  }
  return result;
}

/** 2 to a known power, or to one that the run knows, in the integers' own dtype. */
function powerOfTwo(ctx: Context, value: PyValue, beside: PyTensor): PyTensor {
  const exponent = operand(ctx, value, beside);
  return arithmetic(ctx, 'pow', knownTensor(ctx, { dtype: exponent.type.dtype, shape: [] }, [2]), exponent);
}

export function shiftLeft(ctx: Context, a: PyValue, b: PyValue): PyTensor {
  const x = operand(ctx, a);
  return arithmetic(ctx, 'mul', x, powerOfTwo(ctx, b, x));
}

/** Rounds down, as shifting two's complement does; a floating one is divided. */
export function shiftRight(ctx: Context, a: PyValue, b: PyValue): PyTensor {
  const x = operand(ctx, a);
  return arithmetic(ctx, isFloating(x.type.dtype) ? 'div' : 'floordiv', x, powerOfTwo(ctx, b, x));
}

/** Euclid's algorithm, as often as the largest numbers below 2³¹ can need. */
function greatestDivisor(ctx: Context, a: PyValue, b: PyValue): PyTensor {
  const [x, y] = bothOf(ctx, a, b, false);
  let [p, q] = [unary(ctx, 'abs', x), unary(ctx, 'abs', y)];
  const known = p.data && q.data;
  for (let step = 0; step < 45; step++) {
    if (known && q.data?.every((each: number) => each === 0)) break;
    const zero = comparison(ctx, 'eq', q, 0n);
    const rest = arithmetic(ctx, 'mod', p, choose(ctx, zero, 1n, q));
    [p, q] = [choose(ctx, zero, p, q), choose(ctx, zero, 0n, rest)];
  }
  return p;
}

export const integers = table((define) => {
  define('bitwise_left_shift', 'input, other', (ctx, args) => shiftLeft(ctx, args.get('input'), args.get('other')));
  define('bitwise_right_shift', 'input, other', (ctx, args) => shiftRight(ctx, args.get('input'), args.get('other')));
  define('gcd', 'input, other', (ctx, args) => greatestDivisor(ctx, args.get('input'), args.get('other')));
  define('lcm', 'input, other', (ctx, args) => {
    const divisor = greatestDivisor(ctx, args.get('input'), args.get('other'));
    const product = unary(ctx, 'abs', arithmetic(ctx, 'mul', args.get('input'), args.get('other')));
    const zero = comparison(ctx, 'eq', divisor, 0n);
    return choose(ctx, zero, 0n, arithmetic(ctx, 'floordiv', product, choose(ctx, zero, 1n, divisor)));
  });
});
