/** What of a function is drawn: where its points lie, where it jumps, and how far the vertical axis goes. */

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
    (x) => x > from && x < to && Math.abs(f(x + NEAR) - f(x - NEAR)) > JUMP,
  );
  const points = even.filter((x) => jumps.every((jump) => Math.abs(x - jump) > NEAR)).map((x) => finite(x, f(x)));
  for (const x of jumps)
    points.push(finite(x - NEAR, f(x - NEAR)), { x, y: Number.NaN }, finite(x + NEAR, f(x + NEAR)));
  return points.sort((a, b) => a.x - b.x);
}

/** How far a function that goes on without bound is followed: a shallow dip shall be seen beside it. */
const FOLLOWED = 2.5;
/** A function that ends is shown up to its end, unless that is further out. */
const FARTHEST = 8;

/**
 * Ends of the vertical axis: all that is drawn, but functions without bound are followed a little way only.
 * @param range least and largest value of the first curve anywhere, where that is known
 */
export function curveRange(
  curves: readonly (readonly CurvePoint[])[],
  range: { readonly low: number; readonly high: number } = { low: -Infinity, high: Infinity },
): [number, number] {
  const shown = curves.flat().flatMap(({ y }) => (Number.isNaN(y) ? [] : [y]));
  const end = (bound: number) => (Math.abs(bound) <= FARTHEST ? Math.max(FOLLOWED, Math.abs(bound)) : FOLLOWED);
  const low = Math.max(-end(range.low), Math.min(0, ...shown));
  const high = Math.min(end(range.high), Math.max(1, ...shown));
  const margin = 0.05 * (high - low);
  return [low - margin, high + margin];
}
