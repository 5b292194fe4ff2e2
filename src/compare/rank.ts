import type { CandidateReport, Report, Score } from './report';
import { penalty, scoreRules, scores } from './scores';

/** What candidates can be ordered by; there is no overall score. */
export type RankMeasure = 'latency' | 'step' | 'parameters' | 'memory' | Score;
export const rankMeasures: readonly RankMeasure[] = ['latency', 'step', 'parameters', 'memory', ...scores];

export interface Rank {
  readonly id: string;
  /** From 1; candidates that can't be told apart share one. */
  readonly place: number;
  /** In the measure's unit; latencies as a ratio to the baseline. */
  readonly value: number;
}

/** A candidate's standing: smaller is better. `low` and `high` are equal where nothing is uncertain. */
interface Standing {
  readonly value: number;
  readonly penalty: number;
  readonly low: number;
  readonly high: number;
  /** Too little was measured to tell it from others. */
  readonly enough: boolean;
}

const exactly = (value: number): Standing => ({ value, penalty: value, low: value, high: value, enough: true });

/** By the ratio to the baseline; the baseline's own is exactly 1. */
function ofLatency(candidate: CandidateReport, measure: 'latency' | 'step'): Standing | undefined {
  const latency = candidate[measure];
  if (!latency) return undefined;
  if (candidate.id === 'baseline') return exactly(1);
  const { ratio } = latency;
  return (
    ratio && { value: ratio.estimate, penalty: ratio.estimate, low: ratio.low, high: ratio.high, enough: ratio.enough }
  );
}

/** By how it stands against the baseline, paired seed by seed; what is not paired, by its own median. */
function ofScore(candidate: CandidateReport, score: Score): Standing | undefined {
  const found = candidate.scores?.[score];
  if (!found) return undefined;
  const { median: value, low, high, enough } = found;
  // Near one is near from either side, so that only the medians can be put in order.
  if (scoreRules[score].better === 'one') return { ...exactly(penalty(score, value)), value };
  const bounds = [penalty(score, low), penalty(score, high)];
  return { value, penalty: penalty(score, value), low: Math.min(...bounds), high: Math.max(...bounds), enough };
}

function standing(candidate: CandidateReport, by: RankMeasure): Standing | undefined {
  switch (by) {
    case 'latency':
    case 'step':
      return ofLatency(candidate, by);
    case 'parameters':
      return exactly(candidate.addedParameters);
    case 'memory':
      return candidate.memory && exactly(candidate.memory.step ?? candidate.memory.forward);
    default:
      return ofScore(candidate, by);
  }
}

/**
 * Candidates from best to worst by one measure. They share a place with the best of that place while their intervals
 * overlap or rest on too few samples. Those without the measure are left out.
 */
export function rank(report: Report, by: RankMeasure): Rank[] {
  const known = report.candidates.flatMap(({ id, ...candidate }) => {
    const found = standing({ id, ...candidate }, by);
    return found === undefined || Number.isNaN(found.penalty) ? [] : [{ id, ...found }];
  });
  known.sort((a, b) => a.penalty - b.penalty);
  let place = 1;
  let leader = known[0];
  return known.map((one, index) => {
    if (leader && one !== leader && leader.enough && one.enough && leader.high < one.low) {
      place = index + 1;
      leader = one;
    }
    return { id: one.id, place, value: one.value };
  });
}
