import type { RankMeasure } from '../../src/compare/rank';
import type { CandidateReport, ConfidenceInterval, Latency, Report } from '../../src/compare/report';
import { boundsOf } from '../../src/compare/statistics';
import type { NumberFormat } from '../ui/numbers';
import type { Texts } from '../ui/texts';

/** One number of a candidate, beside the model as written where that can be said. */
export interface DecisionCell {
  readonly text: string;
  readonly against?: ConfidenceInterval;
}

/** What decides between candidates: a column of the table. */
export interface DecisionColumn {
  readonly key: RankMeasure;
  readonly label: string;
  /** What exactly it is. */
  readonly about: string;
  cell(candidate: CandidateReport): DecisionCell | undefined;
}

/** The columns for which a report has numbers. */
export function decisionColumns(report: Report, { compare: words }: Texts, numbers: NumberFormat): DecisionColumn[] {
  const time = (key: 'latency' | 'step', of: (candidate: CandidateReport) => Latency | undefined): DecisionColumn => ({
    key,
    label: words.decide[key],
    about: words.decideAbout[key],
    cell: (candidate) => {
      const found = of(candidate);
      if (!found) return undefined;
      const { ratio } = found;
      return ratio
        ? { text: numbers.ratio(ratio.estimate), against: ratio }
        : { text: numbers.milliseconds(found.median) };
    },
  });
  const score = (
    key: 'heldLoss' | 'flow' | 'dead' | 'snrChannel',
    format: (value: number) => string,
  ): DecisionColumn => ({
    key,
    label: words.decide[key],
    about: words.decideAbout[key],
    cell: ({ scores }) => {
      const found = scores?.[key];
      return found && { text: format(found.median), ...(found.against && { against: found.against }) };
    },
  });
  const memory: DecisionColumn = {
    key: 'memory',
    label: words.decide.memory,
    about: words.decideAbout.memory,
    cell: ({ memory: of }) => of && { text: numbers.bytes(of.step ?? of.forward) },
  };
  const all = [
    score('heldLoss', numbers.number),
    time('latency', ({ latency }) => latency),
    time('step', ({ step }) => step),
    score('flow', numbers.number),
    score('dead', numbers.percent),
    score('snrChannel', (value) => `${numbers.number(value)} dB`),
    memory,
  ];
  return all.filter(({ key, cell }) => key === 'latency' || report.candidates.some((candidate) => cell(candidate)));
}

/** Ends of a column's bars: every interval (a number without one) and no difference, as logarithms where they are ratios. */
export function barDomain(intervals: readonly ConfidenceInterval[]): readonly [number, number] {
  const ends = intervals.flatMap((each) => (boundsOf(each) ?? [each.estimate]).map((end) => positionOf(each, end)));
  return [Math.min(0, ...ends), Math.max(0, ...ends)];
}

/** Where a value of an interval lies: 0 is no difference. */
export const positionOf = ({ scale }: ConfidenceInterval, value: number): number =>
  scale === 'ratio' ? Math.log(value) : value;
