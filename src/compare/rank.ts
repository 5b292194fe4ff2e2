import { type OrderName, orders, type Score, scoreDefinitions, scores } from './measures/index';
import { exactStanding, type Standing } from './measures/measure';
import type { CandidateReport, Report } from './report';
import { penalty } from './scores';

/** What candidates can be ranked by; there is no overall score. */
export type RankMeasure = OrderName | Score;
export const rankMeasures: readonly RankMeasure[] = [...(Object.keys(orders) as OrderName[]), ...scores];

export interface Rank {
  readonly id: string;
  /** From 1; candidates that can't be told apart share one. */
  readonly place: number;
  /** In the measure's unit; latencies as a ratio to the baseline. */
  readonly value: number;
}

/** By how it stands against the baseline, paired seed by seed; what is not paired, by its own median. */
function standingByScore(candidate: CandidateReport, score: Score): Standing | undefined {
  const found = candidate.scores?.[score];
  if (!found) return undefined;
  const { median: value, low, high, enough } = found;
  // Near one is near from either side, so that only the medians can be put in order.
  if (scoreDefinitions[score].better === 'one') return { ...exactStanding(penalty(score, value)), value };
  const bounds = [penalty(score, low), penalty(score, high)];
  return { value, penalty: penalty(score, value), low: Math.min(...bounds), high: Math.max(...bounds), enough };
}

const isOrder = (by: RankMeasure): by is OrderName => by in orders;

/**
 * Candidates from best to worst by one measure. They share a place with the best of that place while their intervals
 * overlap or rest on too few samples. Those without the measure are left out.
 */
export function rank(report: Report, by: RankMeasure): Rank[] {
  const known = report.candidates.flatMap((candidate) => {
    const found = isOrder(by) ? orders[by](candidate) : standingByScore(candidate, by);
    return found === undefined || Number.isNaN(found.penalty) ? [] : [{ id: candidate.id, ...found }];
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
