import type { Measured, Score } from './report';
import { medianInterval, paired, type Scale } from './statistics';

interface ScoreRule {
  readonly unit: Measured['unit'];
  readonly scale: Scale;
  /** Which way is better; `one`: the nearer to 1, as a factor either way. */
  readonly better: 'lower' | 'higher' | 'one';
}

export const scoreRules: Readonly<Record<Score, ScoreRule>> = {
  share: { unit: 'share', scale: 'difference', better: 'lower' },
  halfError: { unit: 'ratio', scale: 'difference', better: 'lower' },
  zeros: { unit: 'share', scale: 'difference', better: 'lower' },
  saturated: { unit: 'share', scale: 'difference', better: 'lower' },
  dead: { unit: 'share', scale: 'difference', better: 'lower' },
  spread: { unit: 'ratio', scale: 'ratio', better: 'one' },
  flow: { unit: 'ratio', scale: 'ratio', better: 'one' },
  silent: { unit: 'share', scale: 'difference', better: 'lower' },
  snrTensor: { unit: 'dB', scale: 'difference', better: 'higher' },
  snrChannel: { unit: 'dB', scale: 'difference', better: 'higher' },
  drift: { unit: 'ratio', scale: 'difference', better: 'lower' },
  flipped: { unit: 'share', scale: 'difference', better: 'lower' },
  heldLoss: { unit: 'loss', scale: 'difference', better: 'lower' },
  accuracy: { unit: 'share', scale: 'difference', better: 'higher' },
  stepsTo: { unit: 'steps', scale: 'difference', better: 'lower' },
};

export const scores = Object.keys(scoreRules) as Score[];

/** How good a value is: smaller is better, whatever the score. */
export function penalty(score: Score, value: number): number {
  const { better } = scoreRules[score];
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
  const { unit, scale } = scoreRules[score];
  const pairs = Math.min(samples.length, baseline?.length ?? 0);
  const [ours, theirs] = [samples.slice(0, pairs), baseline?.slice(0, pairs) ?? []];
  const comparable =
    pairs > 0 && [...ours, ...theirs].every((value) => Number.isFinite(value) && (scale === 'difference' || value > 0));
  return {
    unit,
    samples: [...samples],
    ...medianInterval(samples),
    ...(comparable ? { against: paired(ours, theirs, scale, comparisons) } : {}),
  };
}
