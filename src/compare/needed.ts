/** How many pairs of measurements it would take to tell two apart. */
import { normalCdf } from '../graph/evaluate/erf';
import { leastSeeds } from './learning';
import { median, signTestTrim } from './statistics';

/** How often so many pairs would tell a difference of the size that was seen. */
const POWER = 0.8;
/** Pairs from which on a share says as much as a deviation. */
const A_DOZEN = 12;
/** Nobody runs more than these: what they don't tell is called alike. */
export const MOST_PAIRS = 1000;

export type PairsNeeded =
  /** So many pairs in all. */
  | { readonly kind: 'pairs'; readonly count: number }
  /** Too few were seen to estimate it from: at least so many bear an interval at all. */
  | { readonly kind: 'at-least'; readonly count: number }
  /** What was seen is no difference, or one that even `MOST_PAIRS` would not tell. */
  | { readonly kind: 'too-many' };

/**
 * How many pairs it takes until the interval of the median (the sign test's, see `medianInterval`) excludes that there is
 * no difference, were the difference and the spread those that were seen. Each difference falls on the wrong side of 0 with
 * some probability q, and n pairs tell the difference where no more than the test's trim fall there. The least n is given,
 * above the pairs that there are, for which that happens with probability 0.8. From a dozen pairs on q is the share that was
 * seen there, whatever the distribution (times have outliers); of fewer, Φ(−|median|/deviation), as of a normal one. An
 * estimate from few pairs is a rough one.
 * @param differences candidate − baseline a round or seed, which did not tell; of ratios their logarithms
 * @param error how often the interval may miss
 */
export function pairsNeeded(differences: readonly number[], error: number): PairsNeeded {
  if (differences.length < leastSeeds) return { kind: 'at-least', count: leastPairs(error) };
  if (median(differences) === 0) return { kind: 'too-many' };
  const wrong = wrongShare(differences);
  const first = Math.max(leastPairs(error), differences.length + 1);
  for (let count = first; count <= MOST_PAIRS; count++)
    if (atMost(signTestTrim(count, error), count, wrong) >= POWER) return { kind: 'pairs', count };
  return { kind: 'too-many' };
}

/** Fewer pairs bear no interval. */
export function leastPairs(error: number): number {
  let count = 1;
  while (signTestTrim(count, error) < 0) count++;
  return count;
}

/** How often a difference falls on the other side of 0 than their median. */
function wrongShare(differences: readonly number[]): number {
  const middle = median(differences);
  if (differences.length < A_DOZEN) {
    const spread = deviationOf(differences);
    return spread === 0 ? 0 : normalCdf(-Math.abs(middle) / spread);
  }
  const wrong = differences.filter((each) => each * middle <= 0).length;
  return (wrong + 0.5) / (differences.length + 1);
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Of `count` trials with probability `p` no more than `most` come true. */
function atMost(most: number, count: number, p: number): number {
  if (p === 0) return 1;
  let term = (1 - p) ** count;
  let sum = term;
  for (let i = 0; i < most; i++) {
    term *= ((count - i) / (i + 1)) * (p / (1 - p));
    sum += term;
  }
  return sum;
}
