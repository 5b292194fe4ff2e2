import { itemAt } from '../graph/access';
import { normalCdf, normalDensity } from '../graph/evaluate/erf';
import type { ActivationParameters, Op } from '../graph/types';
import { defaultParameters, findActivation } from './catalogue';
import { SATURATED } from './saturation';
import type { Activation } from './types';

/** A stretch of the input, infinite where it goes on for ever. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A region of the input, and how much of N(0, 1) falls into it. */
export interface Region {
  readonly intervals: readonly Interval[];
  readonly share: number;
}

/** What can be computed about an elementwise activation with given parameters. */
export interface Facts {
  /** Infinite where the function grows without bound. */
  readonly range: { readonly low: number; readonly high: number };
  /** The mean output for x ~ N(0, 1) is within 1 % of the deviation from zero. */
  readonly zeroCentred: boolean;
  readonly monotonic: boolean;
  /** Neither the function nor its slope has a jump. */
  readonly smooth: boolean;
  /** Infinite where the slope grows without bound. */
  readonly largestSlope: number;
  /** Where the slope is exactly zero: no gradient comes back from there. */
  readonly dead: Region;
  /** Where the slope has fallen below `SATURATED` and stays there, dead ends included. */
  readonly saturated: Region;
  /** For x ~ N(0, 1): mean and deviation of the output, share of exact zeros, mean squared slope. */
  readonly mean: number;
  readonly deviation: number;
  readonly zeros: number;
  readonly meanSquaredSlope: number;
  /** 1/√E[f(x)²] for x ~ N(0, 1): the factor on the weights that keeps the signal's second moment. */
  readonly preservingGain: number;
  /** For initialisation: what `torch.nn.init.calculate_gain` returns, and `preservingGain` where PyTorch has none. */
  readonly gain: number;
}

type Curve = (x: number) => number;

/** Expectations under N(0, 1): its mass outside ±BOUND is below 1e-32. */
const BOUND = 12;
/** Corners lie at multiples of this, or are named by their entry, so that each cell sees a smooth function. */
const CELL = 0.25;
const NODES = gaussLegendre(8);

const cache = new Map<string, Facts>();

/** Undefined for activations that act on a whole row or on pairs. */
export function facts(activation: Activation, parameters: ActivationParameters): Facts | undefined {
  const { value, derivative, corners } = activation;
  if (!value || !derivative) return undefined;
  const key = `${activation.id} ${JSON.stringify(parameters)}`;
  let found = cache.get(key);
  if (!found) {
    found = compute(
      (x) => value(x, parameters),
      (x) => derivative(x, parameters),
      (corners?.(parameters) ?? []).filter((x) => Math.abs(x) < BOUND),
      activation.gain?.(parameters),
    );
    // A slider makes many keys: start afresh now and then.
    if (cache.size > 500) cache.clear();
    cache.set(key, found);
  }
  return found;
}

/**
 * Least and largest output of a graph's activation, to four digits: infinite where it grows without bound, undefined
 * where its elements depend on one another in another way than as shares of 1.
 */
export function outputRange(op: Extract<Op, { kind: 'activation' }>): { low: number; high: number } | undefined {
  const entry = findActivation(op.activation);
  if (!entry || entry.distribution) return entry && { low: 0, high: 1 };
  const found = facts(entry, { ...defaultParameters(entry), ...op.parameters })?.range;
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  return found && { low: round(found.low), high: round(found.high) };
}

function compute(value: Curve, slope: Curve, corners: readonly number[], torchGain: number | undefined): Facts {
  const moments = { mean: 0, square: 0, zeros: 0, slope: 0 };
  for (const [x, weight] of normalNodes(corners)) {
    const y = value(x);
    const dy = slope(x);
    moments.mean += weight * y;
    moments.square += weight * y * y;
    if (y === 0) moments.zeros += weight;
    moments.slope += weight * dy * dy;
  }
  const deviation = Math.sqrt(Math.max(moments.square - moments.mean ** 2, 0));
  const slopes = range(slope);
  const preservingGain = 1 / Math.sqrt(moments.square);
  return {
    range: range(value),
    zeroCentred: Math.abs(moments.mean) <= 0.01 * deviation,
    monotonic: slopes.low >= -1e-12 || slopes.high <= 1e-12,
    smooth: isSmooth(value, slope, corners),
    largestSlope: Math.max(Math.abs(slopes.low), Math.abs(slopes.high)),
    dead: region(stretches((x) => slope(x) === 0)),
    saturated: region(stretches((x) => Math.abs(slope(x)) < SATURATED).filter(isEndless)),
    mean: moments.mean,
    deviation,
    zeros: moments.zeros,
    meanSquaredSlope: moments.slope,
    preservingGain,
    gain: torchGain ?? preservingGain,
  };
}

/** Where something holds for longer than a moment, within ±BOUND; what reaches the bound goes on for ever. */
function stretches(holds: (x: number) => boolean): Interval[] {
  const step = 1 / 64;
  const found: Interval[] = [];
  let from: number | undefined;
  for (let i = 0; i <= (2 * BOUND) / step; i++) {
    const x = i * step - BOUND;
    const now = holds(x);
    if (now && from === undefined) from = i === 0 ? Number.NEGATIVE_INFINITY : boundary(holds, x - step, x);
    if (now || from === undefined) continue;
    const to = boundary(holds, x - step, x);
    if (to - from > step) found.push({ from, to });
    from = undefined;
  }
  if (from !== undefined) found.push({ from, to: Number.POSITIVE_INFINITY });
  return found;
}

/** Where `holds` changes between two points, by halving. */
function boundary(holds: (x: number) => boolean, a: number, b: number): number {
  const atA = holds(a);
  for (let i = 0; i < 50; i++) {
    const middle = (a + b) / 2;
    if (holds(middle) === atA) a = middle;
    else b = middle;
  }
  // A corner sits on a round number; halving ends beside it.
  const rounded = Math.round(b * 1e9) / 1e9;
  return rounded === 0 ? 0 : rounded;
}

const isEndless = ({ from, to }: Interval) => !Number.isFinite(from) || !Number.isFinite(to);

function region(intervals: readonly Interval[]): Region {
  return { intervals, share: intervals.reduce((sum, { from, to }) => sum + normalCdf(to) - normalCdf(from), 0) };
}

/** Least and largest value anywhere, infinite where the curve grows without bound. */
function range(curve: Curve): { low: number; high: number } {
  const inside = extremes(curve);
  const ends = [-1, 1].map((side) => {
    const [far, further] = [curve(side * 1e6), curve(side * 2e6)];
    // A wave is as large near by as far away.
    const near = Math.max(...Array.from({ length: 16 * BOUND }, (_, i) => Math.abs(curve((side * i) / 16))));
    const grows = Math.abs(far) > 2 * near && Math.abs(further) > 1.2 * Math.abs(far);
    return grows ? Math.sign(further) * Number.POSITIVE_INFINITY : far;
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
      if (sign * y > sign * itemAt(samples, at)) at = i;
    });
    const y = itemAt(samples, at);
    if (at === 0 || at === samples.length - 1) return y;
    const [before, after] = [itemAt(samples, at - 1), itemAt(samples, at + 1)];
    const bend = before - 2 * y + after;
    // A corner is no parabola: only a gentle bend is refined.
    return sign * bend < 0 && Math.abs(bend) < 4 * step * step ? y - (before - after) ** 2 / (8 * bend) : y;
  };
  return { low: best(-1), high: best(1) };
}

/** Neither value nor slope jumps (a threshold's slope is alike on both sides of its step). */
function isSmooth(value: Curve, slope: Curve, corners: readonly number[]): boolean {
  const jumps = (curve: Curve, x: number) => Math.abs(curve(x + 1e-9) - curve(x - 1e-9)) > 1e-6;
  return edges(corners).every((x) => !jumps(value, x) && !jumps(slope, x));
}

/** Where cells begin and end: the regular grid, and the corners that lie elsewhere. */
function edges(corners: readonly number[]): number[] {
  const grid = Array.from({ length: (2 * BOUND) / CELL + 1 }, (_, i) => i * CELL - BOUND);
  return [...new Set([...grid, ...corners])].sort((a, b) => a - b);
}

type Nodes = readonly (readonly [x: number, weight: number])[];
let regular: Nodes | undefined;

/** Points and weights of expectations under N(0, 1): Gauss–Legendre in every cell. */
function normalNodes(corners: readonly number[]): Nodes {
  if (corners.length > 0) return nodesBetween(edges(corners));
  regular ??= nodesBetween(edges([]));
  return regular;
}

function nodesBetween(bounds: readonly number[]): Nodes {
  return bounds.slice(1).flatMap((end, i) => {
    const start = bounds[i] ?? end;
    const size = end - start;
    return NODES.map(([t, weight]) => {
      const x = start + (size * (t + 1)) / 2;
      return [x, (weight * size * normalDensity(x)) / 2] as const;
    });
  });
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
