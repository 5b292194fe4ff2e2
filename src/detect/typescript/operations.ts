import { catalogue, defaultParameters } from '../../activations/catalogue';
import { erf } from '../../graph/evaluate/erf';

/** A function of one input. */
export type RealFunction = (x: number) => number;

type Operate = (...values: readonly number[]) => number;

/** Elementwise operations by TF.js's names; a comparison is 0 or 1. */
const elementary: Readonly<Record<string, Operate>> = {
  add: (a = 0, b = 0) => a + b,
  sub: (a = 0, b = 0) => a - b,
  mul: (a = 0, b = 0) => a * b,
  div: (a = 0, b = 0) => a / b,
  pow: (a = 0, b = 0) => a ** b,
  maximum: Math.max,
  minimum: Math.min,
  neg: (a = 0) => -a,
  square: (a = 0) => a * a,
  sqrt: (a = 0) => Math.sqrt(a),
  rsqrt: (a = 0) => 1 / Math.sqrt(a),
  reciprocal: (a = 0) => 1 / a,
  exp: (a = 0) => Math.exp(a),
  expm1: (a = 0) => Math.expm1(a),
  log: (a = 0) => Math.log(a),
  log1p: (a = 0) => Math.log1p(a),
  sin: (a = 0) => Math.sin(a),
  cos: (a = 0) => Math.cos(a),
  sign: (a = 0) => Math.sign(a),
  abs: (a = 0) => Math.abs(a),
  erf: (a = 0) => erf(a),
  clip: (a = 0, low = 0, high = 0) => Math.min(Math.max(a, low), high),
  greater: (a = 0, b = 0) => Number(a > b),
  greaterEqual: (a = 0, b = 0) => Number(a >= b),
  less: (a = 0, b = 0) => Number(a < b),
  lessEqual: (a = 0, b = 0) => Number(a <= b),
  where: (condition = 0, a = 0, b = 0) => (condition ? a : b),
};

/** What an operation computes, and the activation that it is under its own name. */
export interface NumericOperation {
  readonly operate: Operate;
  readonly activation?: string;
}

let table: ReadonlyMap<string, NumericOperation> | undefined;

/** The operations of formulas, by TF.js's names: arithmetic, and the activations that take the input alone. */
export function operations(): ReadonlyMap<string, NumericOperation> {
  if (table) return table;
  const found = new Map<string, NumericOperation>(
    Object.entries(elementary).map(([name, operate]) => [name, { operate }]),
  );
  for (const entry of catalogue.values()) {
    const { id, value, learned, spellings } = entry;
    if (!value || learned || spellings.tfjs?.second !== undefined) continue;
    const parameters = defaultParameters(entry);
    const operate = (x = 0) => value(x, parameters);
    for (const name of spellings.tfjs?.ops ?? []) found.set(name, { operate, activation: id });
  }
  table = found;
  return found;
}
