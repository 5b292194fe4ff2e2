import type { ActivationParameters } from '../graph/types';
import { normalDensity } from './erf';
import type { Activation } from './types';

/** What can be computed about an elementwise activation with given parameters. */
export interface Facts {
  /** Infinite where the function grows without bound. */
  readonly range: { readonly low: number; readonly high: number };
  /** The mean output for x ~ N(0, 1) is within 1 % of the deviation from zero. */
  readonly zeroCentred: boolean;
  readonly monotonic: boolean;
  /** The slope has no jump. */
  readonly smooth: boolean;
  readonly largestSlope: number;
  /** For x ~ N(0, 1): mean and deviation of the output, share of exact zeros, mean squared slope. */
  readonly mean: number;
  readonly deviation: number;
  readonly zeros: number;
  readonly meanSquaredSlope: number;
  /** 1/√E[f(x)²] for x ~ N(0, 1): the factor on the weights that keeps the signal's second moment. */
  readonly gain: number;
}

type Curve = (x: number) => number;

/** Expectations under N(0, 1): its mass outside ±BOUND is below 1e-32. */
const BOUND = 12;
/** The catalogue's corners lie at multiples of this, so that each cell sees a smooth function. */
const CELL = 0.25;
const NODES = gaussLegendre(8);

const cache = new Map<string, Facts>();

/** Undefined for activations that act on a whole row or on pairs. */
export function facts(activation: Activation, parameters: ActivationParameters): Facts | undefined {
  const { value, derivative } = activation;
  if (!value || !derivative) return undefined;
  const key = `${activation.id} ${JSON.stringify(parameters)}`;
  let found = cache.get(key);
  if (!found) {
    found = compute(
      (x) => value(x, parameters),
      (x) => derivative(x, parameters),
    );
    // A slider makes many keys: start afresh now and then.
    if (cache.size > 500) cache.clear();
    cache.set(key, found);
  }
  return found;
}

function compute(value: Curve, slope: Curve): Facts {
  const moments = { mean: 0, square: 0, zeros: 0, slope: 0 };
  for (const [x, weight] of normalNodes()) {
    const y = value(x);
    const dy = slope(x);
    moments.mean += weight * y;
    moments.square += weight * y * y;
    if (y === 0) moments.zeros += weight;
    moments.slope += weight * dy * dy;
  }
  const deviation = Math.sqrt(Math.max(moments.square - moments.mean ** 2, 0));
  const slopes = extremes(slope);
  return {
    range: range(value),
    zeroCentred: Math.abs(moments.mean) <= 0.01 * deviation,
    monotonic: slopes.low >= -1e-12 || slopes.high <= 1e-12,
    smooth: isSmooth(slope),
    largestSlope: Math.max(Math.abs(slopes.low), Math.abs(slopes.high)),
    mean: moments.mean,
    deviation,
    zeros: moments.zeros,
    meanSquaredSlope: moments.slope,
    gain: 1 / Math.sqrt(moments.square),
  };
}

function range(value: Curve): { low: number; high: number } {
  const inside = extremes(value);
  const ends = [-1, 1].map((side) => {
    const far = value(side * 1e6);
    const further = value(side * 2e6);
    return Math.abs(further) > Math.abs(far) + 1 ? Math.sign(further) * Number.POSITIVE_INFINITY : far;
  });
  return { low: Math.min(inside.low, ...ends), high: Math.max(inside.high, ...ends) };
}

/** Least and largest value within ±BOUND, refined by a parabola through the best three samples. */
function extremes(curve: Curve): { low: number; high: number } {
  const step = 1 / 64;
  const samples = Float64Array.from({ length: (2 * BOUND) / step + 1 }, (_, i) => curve(i * step - BOUND));
  const best = (sign: 1 | -1) => {
    let at = 0;
    samples.forEach((y, i) => {
      if (sign * y > sign * (samples[at] ?? 0)) at = i;
    });
    const [before = 0, y = 0, after = 0] = [samples[at - 1], samples[at], samples[at + 1]];
    const bend = before - 2 * y + after;
    const inner = at > 0 && at < samples.length - 1 && sign * bend < 0;
    // A corner is no parabola: only a gentle bend is refined.
    return inner && Math.abs(bend) < 4 * step * step ? y - (before - after) ** 2 / (8 * bend) : y;
  };
  return { low: best(-1), high: best(1) };
}

function isSmooth(slope: Curve): boolean {
  for (let x = -BOUND; x <= BOUND; x += CELL) {
    if (Math.abs(slope(x + 1e-9) - slope(x - 1e-9)) > 1e-6) return false;
  }
  return true;
}

let nodes: (readonly [x: number, weight: number])[] | undefined;

/** Points and weights of expectations under N(0, 1): Gauss–Legendre in every cell. */
function normalNodes(): readonly (readonly [number, number])[] {
  if (!nodes) {
    nodes = [];
    for (let start = -BOUND; start < BOUND; start += CELL) {
      for (const [t, weight] of NODES) {
        const x = start + (CELL * (t + 1)) / 2;
        nodes.push([x, (weight * CELL * normalDensity(x)) / 2]);
      }
    }
  }
  return nodes;
}

/** Nodes and weights on [−1, 1], by Newton's method on the Legendre polynomial. */
function gaussLegendre(order: number): (readonly [number, number])[] {
  return Array.from({ length: order }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (order + 0.5));
    let slope = 1;
    for (let iteration = 0; iteration < 20; iteration++) {
      let [before, value] = [1, x];
      for (let n = 2; n <= order; n++) [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
      slope = (order * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    return [x, 2 / ((1 - x * x) * slope * slope)] as const;
  });
}
