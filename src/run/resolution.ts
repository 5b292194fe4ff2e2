/** How fine a clock is. */
import { itemAt } from '../graph/access';

/** The coarsest that browsers make theirs: Firefox's with `privacy.resistFingerprinting`. */
const coarsest = 100;
const steps = 8;
/** A quarter of a second or so. */
const mostCalls = 5e6;

/** Between two different ones of some times; the coarsest clock's where all are the same. Same unit, milliseconds. */
export function smallestStep(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const apart = sorted.slice(1).map((time, i) => time - itemAt(sorted, i));
  return apart.filter((step) => step > 0).reduce((least, step) => Math.min(least, step), coarsest);
}

/** Milliseconds between two times that a clock can tell apart: read again and again until it has moved a few times. */
export function resolutionOf(now: () => number): number {
  const seen = [now()];
  for (let call = 0; call < mostCalls && seen.length <= steps; call++) {
    const time = now();
    if (time !== seen.at(-1)) seen.push(time);
  }
  return smallestStep(seen);
}
