import type { CandidateReport, Report } from '../../src/compare/report';
import { isBaseline, signalSummary, type Verdict, verdict } from '../charts/calculations';

export const sortKeys = ['listed', 'latency', 'mean', 'deviation', 'zeros', 'added'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Row {
  readonly candidate: CandidateReport;
  readonly baseline: boolean;
  readonly verdict: Verdict;
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
  return rows.sort((a, b) => {
    if (a.baseline !== b.baseline) return a.baseline ? -1 : 1;
    const [left, right] = [sortValue(a, sort), sortValue(b, sort)];
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? 1 : -1;
    return (left - right) * direction;
  });
}

/** Latency sorts by the paired ratio, which is fairer than medians of different moments. */
function sortValue(row: Row, sort: Exclude<SortKey, 'listed'>): number | undefined {
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
