/** What repeated, paired timings allow to say. */
import type { Interval } from './report';

/** The middle value, or the mean of the two in the middle; NaN for none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

/** P(X ≥ least) for X binomial with n trials of probability p, 0 < p. */
function binomialTail(n: number, p: number, least: number): number {
  if (p >= 1) return 1;
  let logTerm = n * Math.log1p(-p);
  let tail = least <= 0 ? Math.exp(logTerm) : 0;
  for (let i = 1; i <= n; i++) {
    logTerm += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p);
    if (i >= least) tail += Math.exp(logTerm);
  }
  return tail;
}

/**
 * The percentile bootstrap for a median needs no drawing: a resample's median is at most the k-th smallest value when
 * half of its draws are, so the interval that infinitely many resamples would give is known exactly.
 * @returns how many of the smallest and of the largest values lie outside
 */
function bootstrapped(count: number, error: number): number {
  const half = Math.floor((count + 1) / 2);
  let rank = 1;
  while (binomialTail(count, rank / count, half) < error / 2) rank++;
  return rank - 1;
}

/**
 * How many of the smallest and of the largest values lie outside the exact interval for a median (the sign test's):
 * each is beyond it with probability ½, whatever the distribution. −1 where even all values can't bear the error.
 */
function trimmed(count: number, error: number): number {
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

/**
 * How much slower than the baseline: the median of the per-round ratios, with a percentile bootstrap interval of the
 * median log-ratio (Efron 1979), widened for the number of comparisons by Bonferroni's correction, so that all
 * intervals hold together with probability `confidence`.
 *
 * In few rounds the bootstrap is too sure of itself, so the interval is never narrower than the sign test's, which
 * holds for any distribution. With n rounds even the interval from the smallest to the largest ratio misses the median
 * with probability 2^(1−n): where that is more than the corrected error, nothing is called separable.
 * @param candidate times of the candidate, one a round
 * @param baseline times of the baseline in the same rounds, same unit
 * @throws RangeError where the rounds are not pairs of positive times, or there are none.
 */
export function pairedRatio(
  candidate: readonly number[],
  baseline: readonly number[],
  comparisons: number,
  confidence = 0.95,
): Interval {
  if (candidate.length !== baseline.length) throw new RangeError('rounds are not paired');
  if (candidate.length === 0) throw new RangeError('no rounds');
  const logs = Float64Array.from(candidate, (time, round) => Math.log(time / (baseline[round] ?? Number.NaN)));
  if (!logs.every(Number.isFinite)) throw new RangeError('times must be positive');
  const error = (1 - confidence) / Math.max(comparisons, 1);
  const sorted = logs.toSorted();
  const exact = trimmed(logs.length, error);
  const out = Math.max(0, Math.min(exact, bootstrapped(logs.length, error)));
  const low = Math.exp(sorted[out] ?? Number.NaN);
  const high = Math.exp(sorted[sorted.length - 1 - out] ?? Number.NaN);
  const enough = exact >= 0;
  return {
    estimate: Math.exp(median(logs)),
    low,
    high,
    confidence,
    enough,
    separable: enough && (low > 1 || high < 1),
  };
}

/** Rounds below which nothing is separable, for so many comparisons. */
export function fewestRounds(comparisons: number, confidence = 0.95): number {
  return Math.ceil(1 - Math.log2((1 - confidence) / Math.max(comparisons, 1)));
}
