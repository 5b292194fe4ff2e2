/** What repeated, paired timings allow to say. */
import { Random } from './random';
import type { Interval } from './report';

/** The middle value, or the mean of the two in the middle; NaN for none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

const resamples = 2000;
const seed = 20;

/** Quantile of sorted values, to the outside: intervals may be too wide, never too narrow. */
function outer(sorted: Float64Array, share: number, side: 'low' | 'high'): number {
  const at = share * (sorted.length - 1);
  return sorted[side === 'low' ? Math.floor(at) : Math.ceil(at)] ?? Number.NaN;
}

/** Medians of resamples with replacement, sorted. */
function bootstrapMedians(values: Float64Array): Float64Array {
  const random = new Random(seed);
  const drawn = new Float64Array(values.length);
  const medians = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let j = 0; j < drawn.length; j++) drawn[j] = values[random.below(values.length)] ?? Number.NaN;
    medians[i] = median(drawn);
  }
  return medians.sort();
}

/**
 * How much slower than the baseline: the median of the per-round ratios, with a percentile bootstrap interval of the
 * median log-ratio (Efron 1979), widened for the number of comparisons by Bonferroni's correction, so that all
 * intervals hold together with probability `confidence`.
 *
 * Few rounds can't bear that: with n rounds even the interval from the smallest to the largest ratio misses the
 * median with probability 2^(1−n). Where that is more than the corrected error, nothing is called separable.
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
  const medians = bootstrapMedians(logs);
  const low = Math.exp(outer(medians, error / 2, 'low'));
  const high = Math.exp(outer(medians, 1 - error / 2, 'high'));
  const enough = 2 ** (1 - logs.length) <= error;
  return { estimate: Math.exp(median(logs)), low, high, confidence, separable: enough && (low > 1 || high < 1) };
}

/** Rounds below which nothing is separable, for so many comparisons. */
export function fewestRounds(comparisons: number, confidence = 0.95): number {
  return Math.ceil(1 - Math.log2((1 - confidence) / Math.max(comparisons, 1)));
}
