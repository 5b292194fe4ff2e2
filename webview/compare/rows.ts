import { type Score, scoreDefinitions } from '../../src/compare/measures/index';
import { type Rank, type RankMeasure, rank, rankMeasures } from '../../src/compare/rank';
import type { CandidateReport, Report } from '../../src/compare/report';
import { isBaseline } from '../charts/calculations';

/** As listed, or by what candidates can be ranked by. */
export type SortKey = 'listed' | RankMeasure;
export const sortKeys: readonly SortKey[] = ['listed', ...rankMeasures];

export interface Row {
  readonly candidate: CandidateReport;
  readonly baseline: boolean;
}

/**
 * The report's candidates as rows, best first by the measure sorted by; the model as written stays on top, those without
 * the number come last.
 */
export function rowsOf(report: Report, sort: SortKey, descending: boolean): Row[] {
  const rows = report.candidates.map((candidate): Row => ({ candidate, baseline: isBaseline(report, candidate) }));
  if (sort === 'listed') return rows;
  const order = new Map(rank(report, sort).map(({ id }, i) => [id, descending ? -i : i]));
  const placeOf = ({ candidate, baseline }: Row) =>
    baseline ? Number.NEGATIVE_INFINITY : (order.get(candidate.id) ?? Number.POSITIVE_INFINITY);
  return rows.sort((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
}

/** How a candidate stands by a measure: alone in front, or among those in front that can't be told apart. */
export type FrontPlace = 'best' | 'shared';

/**
 * Standings by candidate; none where half of them or more are in front together, which tells nothing, and none by what is
 * best near 1, whose order says nothing of how sure it is.
 */
export function standings(report: Report, by: RankMeasure): ReadonlyMap<string, FrontPlace> {
  if (by in scoreDefinitions && scoreDefinitions[by as Score].better === 'one') return new Map();
  const ranks: readonly Rank[] = rank(report, by);
  // One alone is in front of nothing.
  if (ranks.length < 2) return new Map();
  const first = ranks.filter(({ place }) => place === 1);
  if (first.length > 1 && 2 * first.length >= ranks.length) return new Map();
  return new Map(first.map(({ id }) => [id, first.length === 1 ? 'best' : 'shared']));
}
