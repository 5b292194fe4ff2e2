/** Python's arithmetic on ints and floats, exact where CPython's is. */

import type { Context } from '../natives/context';
import type { BinaryOperator } from '../syntax/ast';
import { PythonError, type PyValue } from '../values/values';

/** An int as a float. @throws PythonError OverflowError where it is too large. */
export function toFloat(value: bigint | number): number {
  const result = Number(value);
  if (typeof value === 'bigint' && !Number.isFinite(result)) {
    throw new PythonError('OverflowError', 'int too large to convert to float');
  }
  return result;
}

/** `names`: the operands' types, for what is not defined. */
export function integers(ctx: Context, operator: BinaryOperator, x: bigint, y: bigint): PyValue | undefined {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      // Small numbers cost what any operation does.
      if (bits(x) + bits(y) > SMALL) ctx.meter.integer(bits(x) + bits(y));
      return x * y;
    case '/':
      if (y === 0n) throw new PythonError('ZeroDivisionError', 'division by zero');
      return trueDivide(x, y);
    case '//':
      return floorDivide(x, y, 'integer division or modulo by zero');
    case '%':
      return x - floorDivide(x, y, 'integer modulo by zero') * y;
    case '**': {
      if (y < 0n) return power(toFloat(x), toFloat(y));
      if (x > 1n || x < -1n) ctx.meter.integer(BigInt(bits(x)) * y);
      return x ** y;
    }
    case '&':
      return x & y;
    case '|':
      return x | y;
    case '^':
      return x ^ y;
    case '<<':
      if (y < 0n) throw new PythonError('ValueError', 'negative shift count');
      if (x !== 0n) ctx.meter.integer(BigInt(bits(x)) + y);
      return x === 0n ? 0n : x << y;
    case '>>':
      if (y < 0n) throw new PythonError('ValueError', 'negative shift count');
      return y > 1n << 32n ? (x < 0n ? -1n : 0n) : x >> y;
    case '@':
      return undefined;
  }
}

/** Bits of a product of small integers. */
const SMALL = 104;

/** An upper bound of the bits of an integer. */
export function bits(x: bigint): number {
  return x > -4503599627370496n && x < 4503599627370496n ? 52 : x.toString(16).length * 4;
}

function floorDivide(x: bigint, y: bigint, message: string): bigint {
  if (y === 0n) throw new PythonError('ZeroDivisionError', message);
  const quotient = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
}

const size = (x: bigint): bigint => (x < 0n ? -x : x);

/** x / y, rounded once. */
function trueDivide(x: bigint, y: bigint): number {
  const [a, b] = [size(x), size(y)];
  const sign = x < 0n === y < 0n ? 1 : -1;
  if (a <= Number.MAX_SAFE_INTEGER && b <= Number.MAX_SAFE_INTEGER) return sign * (Number(a) / Number(b));
  // A quotient of at least 64 bits, whose last bit stands for all that follow.
  const shift = Math.max(0, 66 + b.toString(2).length - a.toString(2).length);
  const scaled = a << BigInt(shift);
  const quotient = (scaled / b) | BigInt(scaled % b !== 0n);
  // Numbers below the normal ones have fewer bits: those are rounded here, not twice.
  const exponent = quotient.toString(2).length - shift;
  const lost = exponent < -1021 ? BigInt(Math.min(-1021 - exponent + quotient.toString(2).length - 53, 4000)) : 0n;
  if (lost > 0n) {
    const kept = quotient >> lost;
    const rest = quotient - (kept << lost);
    const half = 1n << (lost - 1n);
    const up = rest > half || (rest === half && kept % 2n === 1n);
    return sign * Number(kept + BigInt(up)) * 2 ** -1074;
  }
  const result = times(Number(quotient), -shift);
  if (!Number.isFinite(result)) throw new PythonError('OverflowError', 'integer division result too large for a float');
  return sign * result;
}

/** x · 2^exponent in steps that don't overflow on the way. */
function times(x: number, exponent: number): number {
  let [result, left] = [x, exponent];
  for (; left < -1000; left += 1000) result *= 2 ** -1000;
  return result * 2 ** left;
}

export function floats(operator: BinaryOperator, x: number, y: number): PyValue | undefined {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      if (y === 0) throw new PythonError('ZeroDivisionError', 'float division by zero');
      return x / y;
    case '//':
      if (y === 0) throw new PythonError('ZeroDivisionError', 'float floor division by zero');
      return floatDivmod(x, y)[0];
    case '%':
      if (y === 0) throw new PythonError('ZeroDivisionError', 'float modulo');
      return floatDivmod(x, y)[1];
    case '**':
      return power(x, y);
    default:
      return undefined;
  }
}

/** Floor quotient and remainder with the divisor's sign, by CPython's steps. */
function floatDivmod(x: number, y: number): readonly [quotient: number, rest: number] {
  let rest = x % y;
  let quotient = (x - rest) / y;
  if (rest === 0) rest = y < 0 || Object.is(y, -0) ? -0 : 0;
  else if (rest < 0 !== y < 0) {
    rest += y;
    quotient -= 1;
  }
  if (quotient === 0) return [x / y < 0 || Object.is(x / y, -0) ? -0 : 0, rest];
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, rest];
}

function power(x: number, y: number): number {
  if (x === 0 && y < 0) throw new PythonError('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  // IEEE's 1 ** nan and (−1) ** ±∞, which JavaScript has as NaN.
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  // Engines round a power of their own accord; the reciprocal of an exact one is rounded once, as C's is.
  const exact = y < 0 && Number.isInteger(x) && Number.isInteger(y) ? x ** -y : Number.NaN;
  const result = Number.isSafeInteger(exact) ? 1 / exact : x ** y;
  if (!Number.isFinite(result) && Number.isFinite(x) && Number.isFinite(y) && !Number.isNaN(result)) {
    throw new PythonError('OverflowError', "(34, 'Numerical result out of range')");
  }
  return result;
}

/** `pow(base, exponent, modulus)`. */
export function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (modulus === 0n) throw new PythonError('ValueError', 'pow() 3rd argument cannot be 0');
  const wrap = (x: bigint): bigint => x - floorDivide(x, modulus, '') * modulus;
  let [result, square, left] = [1n, wrap(base), exponent];
  if (left < 0n) {
    square = wrap(modularInverse(square, size(modulus)));
    left = -left;
  }
  for (; left > 0n; left >>= 1n) {
    if (left & 1n) result = wrap(result * square);
    square = wrap(square * square);
  }
  return wrap(result);
}

function modularInverse(x: bigint, modulus: bigint): bigint {
  let [a, b, p, q] = [((x % modulus) + modulus) % modulus, modulus, 1n, 0n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b, p, q] = [b, a - quotient * b, q, p - quotient * q];
  }
  if (a !== 1n) throw new PythonError('ValueError', 'base is not invertible for the given modulus');
  return p;
}
