import type { ActivationParameters } from '../graph/types';
import { firstOutput } from './row';
import type { Activation } from './types';

/** An activation as a curve over one x. */
export interface ActivationCurve {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
  /** Outputs in the row, for activations that act on a whole row. */
  readonly row?: number;
  /** x is the gate of the value 1, for activations of pairs. */
  readonly gate?: true;
}

const rowLength = 4;

/**
 * The curve to draw. Of an activation along a dimension: the first of four outputs while its input moves and the others
 * stay at 0. Of a gated activation: the output for the value 1 while its gate moves.
 */
export function curveOf(activation: Activation, parameters: ActivationParameters): ActivationCurve | undefined {
  const { value, derivative, row } = activation;
  if (value) {
    const f = (x: number) => value(x, parameters);
    return { value: f, slope: derivative ? (x) => derivative(x, parameters) : (x) => difference(f, x) };
  }
  if (!row) return undefined;
  if (activation.shape === 'gated') {
    const f = firstOutput(row, (x) => [1, x], parameters);
    return { value: f, slope: (x) => difference(f, x), gate: true };
  }
  const rest = Array.from({ length: rowLength - 1 }, () => 0);
  const f = firstOutput(row, (x) => [x, ...rest], parameters);
  return { value: f, slope: (x) => difference(f, x), row: rowLength };
}

/** Central difference; its error is of the order of the step squared, far below what a plot shows. */
function difference(f: (x: number) => number, x: number): number {
  const step = 1e-6;
  return (f(x + step) - f(x - step)) / (2 * step);
}

/** A point of a curve; y is NaN where there is none. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** Jumps lie at multiples of this, or where they are named. */
const GRID = 0.25;
/** To both sides of a place, to see whether it jumps there. */
const NEAR = 2e-6;
/** Less is a steep slope. */
const JUMP = 1e-3;

/**
 * Points of `f` over `[from, to]`: `count` evenly spaced ones, and both ends of every jump with a gap between them, so
 * that no line joins them. Where `f` is not finite, `y` is NaN: a pole or an overflow leaves a gap, too.
 * @param corners where it may jump, beside the multiples of 0.25
 */
export function sampleCurve(
  f: (x: number) => number,
  from: number,
  to: number,
  { corners = [], count = 241 }: { readonly corners?: readonly number[]; readonly count?: number } = {},
): CurvePoint[] {
  const finite = (x: number, y: number): CurvePoint => ({ x, y: Number.isFinite(y) ? y : Number.NaN });
  const even = Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
  const grid = Array.from(
    { length: Math.floor((to - from) / GRID) + 1 },
    (_, i) => Math.ceil(from / GRID) * GRID + i * GRID,
  );
  const jumps = [...new Set([...grid, ...corners])].filter(
    (x) => x >= from && x <= to && Math.abs(f(x + NEAR) - f(x - NEAR)) > JUMP,
  );
  const points = even.filter((x) => jumps.every((jump) => Math.abs(x - jump) > NEAR)).map((x) => finite(x, f(x)));
  for (const x of jumps)
    points.push(finite(x - NEAR, f(x - NEAR)), { x, y: Number.NaN }, finite(x + NEAR, f(x + NEAR)));
  return points.filter(({ x }) => x >= from && x <= to).sort((a, b) => a.x - b.x);
}
