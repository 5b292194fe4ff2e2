import { itemOr } from '../graph/access';
import { type Score, scoreDefinitions } from './measures/index';
import type { ConfidenceInterval, Measured } from './report';
import { medianInterval, pairedInterval, pairedRatioInterval } from './statistics';

/** How good a value is: smaller is better, whatever the score. */
export function penalty(score: Score, value: number): number {
  const { better } = scoreDefinitions[score];
  if (better === 'one') return Math.abs(Math.log(value));
  return better === 'higher' ? -value : value;
}

/**
 * A score from its samples, of which those that are not finite count for nothing.
 * @param baseline samples of the model as written, of the same seeds in the same order; undefined for itself
 * @param comparisons how many candidates are compared with the baseline
 */
export function measure(
  score: Score,
  samples: readonly number[],
  baseline: readonly number[] | undefined,
  comparisons: number,
): Measured {
  const { unit, against } = scoreDefinitions[score];
  const known = samples.filter(Number.isFinite);
  const found = { unit, samples: known, ...medianInterval(known) };
  if (against === 'nothing') return found;
  const pairs = samples.flatMap((value, seed) => {
    const other = itemOr(baseline ?? [], seed, Number.NaN);
    return Number.isFinite(value) && Number.isFinite(other) ? [[value, other] as const] : [];
  });
  const comparable = against === 'difference' || pairs.every(([value, other]) => value > 0 && other > 0);
  if (pairs.length === 0 || !comparable) return found;
  const [ours, theirs] = [pairs.map(([value]) => value), pairs.map(([, other]) => other)];
  return { ...found, against: pairedInterval(ours, theirs, against, comparisons) };
}

/** The ratio over the rounds that both have; none yet, none given. */
export function ratioTo(
  baseline: readonly number[] | undefined,
  samples: readonly number[],
  comparisons: number,
): ConfidenceInterval | undefined {
  const rounds = Math.min(samples.length, baseline?.length ?? 0);
  if (!baseline || rounds === 0) return undefined;
  return pairedRatioInterval(samples.slice(0, rounds), baseline.slice(0, rounds), comparisons);
}
