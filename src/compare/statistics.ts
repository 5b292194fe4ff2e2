/** What repeated, paired timings allow to say. */
import { itemAt } from '../graph/access';
import type { ConfidenceInterval } from './report';

/** The middle value, or the mean of the two in the middle; NaN for none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const half = sorted.length >> 1;
  const upper = itemAt(sorted, half);
  return sorted.length % 2 ? upper : (upper + itemAt(sorted, half - 1)) / 2;
}

/**
 * How many of the smallest and of the largest values lie outside the exact interval for a median (the sign test's):
 * each is beyond it with probability ½, whatever the distribution. −1 where even all values can't bear the error.
 */
export function signTestTrim(count: number, error: number): number {
  let tail = 2 ** -count;
  let term = tail;
  let out = -1;
  for (let i = 0; 2 * tail <= error; i++) {
    out = i;
    term = (term * (count - i)) / (i + 1);
    tail += term;
  }
  return out;
}

/** The middle of some values and how sure it is; every bound is one of the values. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** False where so few values can't bear the error: `low` and `high` are then only what was seen. */
  readonly enough: boolean;
}

/**
 * The median with the sign test's interval, which holds for any distribution. The percentile bootstrap's (Efron 1979) is
 * nowhere wider: not for up to 300 values with the error shared by up to 60 comparisons. Of n values even the interval
 * from the smallest to the largest misses the median with probability 2^(1−n): where that is more than the error, there
 * are not enough.
 * @param error how often the interval may miss
 */
export function medianInterval(values: ArrayLike<number>, error = 0.05): MedianInterval {
  const sorted = Float64Array.from(values).sort();
  const exact = signTestTrim(sorted.length, error);
  const out = Math.max(0, exact);
  const [low = Number.NaN, high = Number.NaN] = [sorted[out], sorted[sorted.length - 1 - out]];
  return { median: median(sorted), low, high, enough: exact >= 0 };
}

/** Ends of an interval; undefined where so few values bear none and are shown by themselves. */
export function boundsOf(
  found: Pick<MedianInterval, 'low' | 'high' | 'enough'>,
): readonly [low: number, high: number] | undefined {
  return found.enough ? [found.low, found.high] : undefined;
}

/**
 * Whether two values that were measured apart differ for sure: by intervals that have nothing in common, which is stricter
 * than the intervals' own error. Undefined where one of them bears no interval.
 */
export function isApart(
  one: Pick<MedianInterval, 'low' | 'high' | 'enough'>,
  other: Pick<MedianInterval, 'low' | 'high' | 'enough'>,
): boolean | undefined {
  const [first, second] = [boundsOf(one), boundsOf(other)];
  return first && second && (first[1] < second[0] || second[1] < first[0]);
}

/** How two measurements of the same round or seed are set against each other. */
export type Scale =
  /** candidate / baseline; no difference is 1 */
  | 'ratio'
  /** candidate − baseline; no difference is 0 */
  | 'difference';

/**
 * How a candidate stands against the baseline: the median of what each pair gives, with an interval that is widened for
 * the number of comparisons by Bonferroni's correction, so that all intervals hold together with probability
 * `confidence`. Ratios are averaged as logarithms, so that twice and half are as far from 1.
 * @param candidate one value a round or seed
 * @param baseline values of the baseline in the same rounds, same unit
 * @throws RangeError where the rounds are not pairs, there are none, or a ratio is not of positive numbers.
 */
export function pairedInterval(
  candidate: readonly number[],
  baseline: readonly number[],
  scale: Scale,
  comparisons: number,
  confidence = 0.95,
): ConfidenceInterval {
  if (candidate.length !== baseline.length) throw new RangeError('rounds are not paired');
  if (candidate.length === 0) throw new RangeError('no rounds');
  const ratio = scale === 'ratio';
  const apart = Float64Array.from(candidate, (value, round) => {
    const other = itemAt(baseline, round);
    return ratio ? Math.log(value / other) : value - other;
  });
  if (!apart.every(Number.isFinite))
    throw new RangeError(ratio ? 'ratios need positive numbers' : 'numbers are not finite');
  const found = medianInterval(apart, (1 - confidence) / Math.max(comparisons, 1));
  const back = ratio ? Math.exp : (value: number) => value;
  const [low, high] = [back(found.low), back(found.high)];
  const same = ratio ? 1 : 0;
  const { enough } = found;
  return {
    scale,
    estimate: back(found.median),
    low,
    high,
    confidence,
    enough,
    separable: enough && (low > same || high < same),
  };
}

/** `pairedInterval` for times. */
export function pairedRatioInterval(
  candidate: readonly number[],
  baseline: readonly number[],
  comparisons: number,
  confidence = 0.95,
): ConfidenceInterval {
  return pairedInterval(candidate, baseline, 'ratio', comparisons, confidence);
}
