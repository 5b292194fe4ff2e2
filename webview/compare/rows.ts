import { type RankMeasure, rank, rankMeasures } from '../../src/compare/rank';
import type { CandidateReport, Report } from '../../src/compare/report';
import { isBaseline, signalSummary, type Verdict, verdict } from '../charts/calculations';

const columns = ['listed', 'latency', 'mean', 'deviation', 'zeros', 'added'] as const;
/** Measures beside the table's columns by which candidates can be ranked. */
const ranked = rankMeasures.filter(
  (measure) => !(columns as readonly string[]).includes(measure) && measure !== 'parameters',
);
export type SortKey = (typeof columns)[number] | Exclude<RankMeasure, 'parameters'>;
export const sortKeys: readonly SortKey[] = [...columns, ...(ranked as SortKey[])];

/** The keys that a report has numbers for. */
export function sortKeysOf(report: Report): SortKey[] {
  return sortKeys.filter((key) => isColumn(key) || rank(report, key).length > 1);
}

const isColumn = (key: SortKey): key is (typeof columns)[number] => (columns as readonly string[]).includes(key);

export interface Row {
  readonly candidate: CandidateReport;
  readonly baseline: boolean;
  readonly verdict: Verdict;
  /** Where it stands by the measure sorted by, and whether it shares that place. */
  readonly place?: { readonly place: number; readonly shared: boolean };
  readonly signal?: { readonly mean: number; readonly deviation: number; readonly zeros: number };
}

/** The report's candidates as rows; the baseline stays on top, those without the number sorted by come last. */
export function rowsOf(report: Report, sort: SortKey, descending: boolean): Row[] {
  const rows = report.candidates.map((candidate): Row => {
    const signal = signalSummary(candidate);
    return {
      candidate,
      baseline: isBaseline(report, candidate),
      verdict: verdict(report, candidate),
      ...(signal && { signal }),
    };
  });
  if (sort === 'listed') return rows;
  const direction = descending ? -1 : 1;
  if (!isColumn(sort)) return sortByRank(report, rows, sort, direction);
  return rows.sort((a, b) => {
    if (a.baseline !== b.baseline) return a.baseline ? -1 : 1;
    const [left, right] = [sortValue(a, sort), sortValue(b, sort)];
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? 1 : -1;
    return (left - right) * direction;
  });
}

/** Best first; those that can't be told apart share a place. */
function sortByRank(
  report: Report,
  rows: readonly Row[],
  by: Exclude<RankMeasure, 'parameters'>,
  direction: number,
): Row[] {
  const ranks = rank(report, by);
  const order = new Map(ranks.map(({ id }, i) => [id, i]));
  const placed = rows.map((row): Row => {
    const found = ranks.find(({ id }) => id === row.candidate.id);
    if (!found) return row;
    const shared = ranks.filter(({ place }) => place === found.place).length > 1;
    return { ...row, place: { place: found.place, shared } };
  });
  return placed.sort((a, b) => {
    if (a.baseline !== b.baseline) return a.baseline ? -1 : 1;
    const [left, right] = [order.get(a.candidate.id), order.get(b.candidate.id)];
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? 1 : -1;
    return (left - right) * direction;
  });
}

/** Latency sorts by the paired ratio, which is fairer than medians of different moments. */
function sortValue(row: Row, sort: Exclude<(typeof columns)[number], 'listed'>): number | undefined {
  switch (sort) {
    case 'latency':
      return row.candidate.latency?.ratio?.estimate;
    case 'added':
      return row.candidate.addedParameters;
    default:
      return row.signal?.[sort];
  }
}

/** How many candidates were measured against the baseline, and how many of them differ; too few rounds tell neither. */
export function countDiffering(rows: readonly Row[]): { readonly measured: number; readonly differing: number } {
  const differing = rows.filter((row) => row.verdict === 'faster' || row.verdict === 'slower').length;
  return { differing, measured: differing + rows.filter((row) => row.verdict === 'not-separable').length };
}
