import type { CurvePoint } from '../../src/activations/curve';

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
