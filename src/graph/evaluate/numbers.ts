/** The graph's functions of numbers, as PyTorch computes them. */

import { type BinaryFunction, type Comparison, type Reduction, ShapeError, type UnaryFunction } from '../types';
import { erf, erfinv } from './erf';

export const unary: Readonly<Record<UnaryFunction, (x: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  // PyTorch rounds halves to even.
  round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  erf,
  erfinv,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  not: (x) => Number(!x),
};

/** The remainder with the divisor's sign. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

export const binary: Readonly<Record<BinaryFunction, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  // By the exact remainder: the rounded quotient may have reached the next integer.
  floordiv: (a, b) => (b === 0 || !Number.isFinite(a) ? a / b : Math.round((a - modulo(a, b)) / b)),
  mod: modulo,
  pow: (a, b) => a ** b,
  max: Math.max,
  min: Math.min,
  and: (a, b) => Number(a && b),
  or: (a, b) => Number(a || b),
};

/**
 * A function of integers: exact where doubles are not, and wrapped to 64 bits as PyTorch's are.
 * @throws ShapeError in PyTorch's words where it divides by zero or has a negative power
 */
export function integer(name: BinaryFunction): (a: number, b: number) => number {
  const plain = binary[name];
  return (a, b) => {
    if ((name === 'floordiv' || name === 'mod') && b === 0) throw new ShapeError('ZeroDivisionError');
    if (name === 'pow' && b < 0) throw new ShapeError('Integers to negative integer powers are not allowed.');
    const result = plain(a, b);
    if (Number.isSafeInteger(result) || !(Number.isInteger(a) && Number.isInteger(b))) return result;
    return wrapAround(name, BigInt(a), BigInt(b)) ?? result;
  };
}

function wrapAround(name: BinaryFunction, a: bigint, b: bigint): number | undefined {
  switch (name) {
    case 'add':
      return Number(BigInt.asIntN(64, a + b));
    case 'sub':
      return Number(BigInt.asIntN(64, a - b));
    case 'mul':
      return Number(BigInt.asIntN(64, a * b));
    case 'pow': {
      // By squaring, so that no number grows beyond what is kept.
      let [result, base] = [1n, a];
      for (let rest = b; rest > 0n; rest >>= 1n) {
        if (rest & 1n) result = BigInt.asIntN(64, result * base);
        base = BigInt.asIntN(64, base * base);
      }
      return Number(result);
    }
    default:
      return undefined;
  }
}

export const comparison: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

interface Running {
  readonly start: number;
  readonly step: (total: number, each: number) => number;
}

/** `mean` is a sum, divided at the end. */
export const reduction: Readonly<Record<Reduction, Running>> = {
  sum: { start: 0, step: (a, b) => a + b },
  mean: { start: 0, step: (a, b) => a + b },
  prod: { start: 1, step: (a, b) => a * b },
  max: { start: Number.NEGATIVE_INFINITY, step: Math.max },
  min: { start: Number.POSITIVE_INFINITY, step: Math.min },
};
