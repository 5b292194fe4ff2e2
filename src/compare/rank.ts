import type { CandidateReport, Report } from './report';

/** What candidates can be ordered by; there is no overall score. */
export type RankMeasure = 'latency' | 'parameters' | 'zeros' | 'decay';

export interface Rank {
  readonly id: string;
  /** From 1; candidates that can't be told apart share one. */
  readonly place: number;
  /** In the measure's unit; latency as a ratio to the baseline. */
  readonly value: number;
}

interface Measure {
  /** Smaller is better; undefined where it was not measured. */
  value(candidate: CandidateReport): number | undefined;
  /** Whether two candidates in order are a place apart. */
  apart(better: CandidateReport, worse: CandidateReport): boolean;
}

const valuesDiffer = (measure: Pick<Measure, 'value'>) => (a: CandidateReport, b: CandidateReport) =>
  measure.value(a) !== measure.value(b);

function meanZeros({ signal }: CandidateReport): number | undefined {
  if (!signal?.length) return undefined;
  return signal.reduce((sum, { zeros }) => sum + zeros, 0) / signal.length;
}

/** How far the signal's deviation moves from the first layer to the last, as a factor, either way. */
function decay({ signal }: CandidateReport): number | undefined {
  const [first, last] = [signal?.[0]?.deviation, signal?.at(-1)?.deviation];
  if (first === undefined || last === undefined) return undefined;
  return Math.exp(Math.abs(Math.log(last / first)));
}

const ratioOf = ({ id, latency }: CandidateReport) =>
  latency?.ratio ? latency.ratio.estimate : latency && id === 'baseline' ? 1 : undefined;

/** The interval of the ratio to the baseline; the baseline's own is exactly 1. */
function interval({ latency }: CandidateReport): { low: number; high: number } {
  return latency?.ratio ?? { low: 1, high: 1 };
}

const enough = ({ latency }: CandidateReport) => latency?.ratio?.enough ?? true;

const measures: Readonly<Record<RankMeasure, Measure>> = {
  latency: {
    value: ratioOf,
    apart: (better, worse) => enough(better) && enough(worse) && interval(better).high < interval(worse).low,
  },
  parameters: {
    value: (candidate) => candidate.addedParameters,
    apart: valuesDiffer({ value: (c) => c.addedParameters }),
  },
  zeros: { value: meanZeros, apart: valuesDiffer({ value: meanZeros }) },
  decay: { value: decay, apart: valuesDiffer({ value: decay }) },
};

/**
 * Candidates from best to worst by one measure. Latencies share a place with the best of that place while their
 * intervals overlap or have too few rounds. Those without the measure are left out.
 */
export function rank(report: Report, by: RankMeasure): Rank[] {
  const measure = measures[by];
  const known = report.candidates.flatMap((candidate) => {
    const value = measure.value(candidate);
    return value === undefined || Number.isNaN(value) ? [] : [{ candidate, value }];
  });
  known.sort((a, b) => a.value - b.value);
  let place = 1;
  let leader = known[0]?.candidate;
  return known.map(({ candidate, value }, index) => {
    if (leader && candidate !== leader && measure.apart(leader, candidate)) {
      place = index + 1;
      leader = candidate;
    }
    return { id: candidate.id, place, value };
  });
}
