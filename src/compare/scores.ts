import { type Score, scoreDefinitions } from './measures/index';
import type { Measured } from './report';
import { medianInterval, paired } from './statistics';

/** How good a value is: smaller is better, whatever the score. */
export function penalty(score: Score, value: number): number {
  const { better } = scoreDefinitions[score];
  if (better === 'one') return Math.abs(Math.log(value));
  return better === 'higher' ? -value : value;
}

/**
 * A score from its samples.
 * @param baseline samples of the model as written, of the same seeds in the same order; undefined for itself
 * @param comparisons how many candidates are compared with the baseline
 */
export function measured(
  score: Score,
  samples: readonly number[],
  baseline: readonly number[] | undefined,
  comparisons: number,
): Measured {
  const { unit, against } = scoreDefinitions[score];
  const found = { unit, samples: [...samples], ...medianInterval(samples) };
  const pairs = Math.min(samples.length, baseline?.length ?? 0);
  if (against === 'nothing' || pairs === 0) return found;
  const [ours, theirs] = [samples.slice(0, pairs), baseline?.slice(0, pairs) ?? []];
  const comparable = [...ours, ...theirs].every(
    (value) => Number.isFinite(value) && (against === 'difference' || value > 0),
  );
  return comparable ? { ...found, against: paired(ours, theirs, against, comparisons) } : found;
}
