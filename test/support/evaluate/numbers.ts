/** The graph's functions of numbers by their definitions, written apart from those of `src/graph/evaluate`. */
import type { BinaryFunction, Comparison, Reduction, UnaryFunction } from '../../../src/graph/types';
import { total } from './dense';

/** Abramowitz and Stegun 7.1.6: the series of erf, in double precision up to 6, where it is 1. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  let [sum, term] = [a, a];
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(x) * 2 * sum * Math.exp(-a * a)) / Math.sqrt(Math.PI);
}

/** Half to even. */
function round(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** By halving, which knows no more than erf. */
function erfinv(x: number): number {
  if (Math.abs(x) >= 1) return Math.abs(x) === 1 ? x / 0 : Number.NaN;
  let [low, high] = [-6, 6];
  for (let step = 0; step < 64; step++) {
    const middle = (low + high) / 2;
    if (erf(middle) < x) low = middle;
    else high = middle;
  }
  return low;
}

/** What JavaScript has under the very name. */
const { abs, acos, asin, atan, ceil, cos, cosh, exp, floor, log, sign, sin, sinh, sqrt, tan, tanh } = Math;

export const unaries: Readonly<Record<UnaryFunction, (x: number) => number>> = {
  ...{ abs, acos, asin, atan, ceil, cos, cosh, exp, floor, log, sign, sin, sinh, sqrt, tan, tanh },
  erf,
  erfinv,
  round,
  neg: (x) => 0 - x,
  reciprocal: (x) => x ** -1,
  rsqrt: (x) => x ** -0.5,
  sigmoid: (x) => (1 + Math.tanh(x / 2)) / 2,
  not: (x) => (x === 0 ? 1 : 0),
};

const modulo = (a: number, b: number): number => ((a % b) + b) % b;
const truth = (is: boolean): number => (is ? 1 : 0);

export const binaries: Readonly<Record<BinaryFunction, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: modulo,
  floordiv: (a, b) => round((a - modulo(a, b)) / b),
  pow: (a, b) => a ** b,
  max: (a, b) => (a > b ? a : b),
  min: (a, b) => (a < b ? a : b),
  and: (a, b) => truth(a !== 0 && b !== 0),
  or: (a, b) => truth(a !== 0 || b !== 0),
};

export const comparisons: Readonly<Record<Comparison, (a: number, b: number) => number>> = {
  eq: (a, b) => truth(a === b),
  ne: (a, b) => truth(a !== b),
  lt: (a, b) => truth(a < b),
  gt: (a, b) => truth(a > b),
  le: (a, b) => truth(a < b || a === b),
  ge: (a, b) => truth(a > b || a === b),
};

export const reductions: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  sum: total,
  mean: (values) => total(values) / values.length,
  prod: (values) => values.reduce((all, value) => all * value, 1),
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
};
