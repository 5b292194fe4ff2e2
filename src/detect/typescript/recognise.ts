import { catalogue, defaultParameters } from '../../activations/catalogue';
import { ALPHA, SCALE } from '../../activations/entries/selu';
import { erf } from '../../graph/evaluate/erf';
import type { ActivationParameters } from '../../graph/types';

/** A written-out formula of one input. */
export type Formula = (x: number) => number;

/** An activation that a formula computes, with the parameters that say which. */
export interface Recognised {
  readonly activation: string;
  readonly parameters: ActivationParameters;
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Elementwise operations by the names that TF.js and PyTorch share; a comparison is 0 or 1. */
export const operations: Readonly<Record<string, (...values: readonly number[]) => number>> = {
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
  abs: (a = 0) => Math.abs(a),
  erf: (a = 0) => erf(a),
  tanh: (a = 0) => Math.tanh(a),
  sigmoid: (a = 0) => logistic(a),
  softplus: (a = 0) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  relu: (a = 0) => Math.max(a, 0),
  relu6: (a = 0) => Math.min(Math.max(a, 0), 6),
  elu: (a = 0) => (a > 0 ? a : Math.expm1(a)),
  selu: (a = 0) => SCALE * (a > 0 ? a : ALPHA * Math.expm1(a)),
  clip: (a = 0, low = 0, high = 0) => Math.min(Math.max(a, low), high),
  greater: (a = 0, b = 0) => Number(a > b),
  greaterEqual: (a = 0, b = 0) => Number(a >= b),
  less: (a = 0, b = 0) => Number(a < b),
  lessEqual: (a = 0, b = 0) => Number(a <= b),
  where: (condition = 0, a = 0, b = 0) => (condition ? a : b),
};

/** Far enough apart, and near enough to where GELU's two forms differ most, to tell activations from one another. */
const points = [-9.1, -6.3, -4.4, -3.2, -2.2, -1.3, -0.6, -0.2, 0.3, 0.8, 1.4, 2.2, 3.1, 4.7, 6.4, 9.2];
/** Formulas are written with four to six digits. */
const TOLERANCE = 3e-4;

/** What is looked for, beyond a single operation of the framework. A clamp to [−1, 1] is more often something else. */
const candidates: readonly Recognised[] = [
  ...['silu', 'mish', 'hardswish', 'relu', 'relu6', 'sigmoid', 'softplus', 'softsign', 'elu', 'selu', 'hardsigmoid'],
  ...['logsigmoid', 'tanhshrink', 'gelu', 'quick_gelu', 'relu2', 'hard_mish', 'serf'],
]
  .map((activation): Recognised => ({ activation, parameters: {} }))
  .concat({ activation: 'gelu', parameters: { approximate: 'tanh' } });

/** The activation that a formula computes: decided by its values, so every way of writing it counts. */
export function recognise(formula: Formula): Recognised | undefined {
  const values = points.map(formula);
  if (values.some((value) => !Number.isFinite(value))) return undefined;
  let best: Recognised | undefined;
  let least = TOLERANCE;
  references ??= candidates.map((candidate) => ({ candidate, expected: valuesOf(candidate) }));
  const slope = leaky(formula);
  for (const { candidate, expected } of slope ? [...references, slope] : references) {
    const error = expected ? distance(values, expected) : Number.POSITIVE_INFINITY;
    if (error < least) [best, least] = [candidate, error];
  }
  return best;
}

interface Reference {
  readonly candidate: Recognised;
  /** At `points`; undefined where the catalogue has no such function. */
  readonly expected: readonly number[] | undefined;
}

let references: readonly Reference[] | undefined;

/** A leaky ReLU's slope is what its formula says. */
function leaky(formula: Formula): Reference | undefined {
  const slope = Number((-formula(-1)).toPrecision(6));
  if (!(slope > 0 && slope < 1)) return undefined;
  const candidate = { activation: 'leaky_relu', parameters: { negative_slope: slope } };
  return { candidate, expected: valuesOf(candidate) };
}

function valuesOf({ activation, parameters }: Recognised): readonly number[] | undefined {
  const entry = catalogue.get(activation);
  const all = entry && { ...defaultParameters(entry), ...parameters };
  return all && entry.value && points.map((x) => entry.value?.(x, all) ?? Number.NaN);
}

/** The largest relative difference. */
function distance(values: readonly number[], expected: readonly number[]): number {
  let largest = 0;
  for (const [index, value] of expected.entries())
    largest = Math.max(largest, Math.abs((values[index] ?? 0) - value) / (1 + Math.abs(value)));
  return largest;
}
