import type { CandidateReport, LearningRun } from '../../src/compare/report';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';
import { colours, draw, lineY, ruleY } from './plot';

/** What is drawn over the steps. */
export type CurveOf = 'loss' | 'accuracy';

interface Point {
  readonly step: number;
  readonly value: number;
  readonly run: string;
}

/** Each seed's run at its best rate. */
export function bestRuns({ learning }: CandidateReport): LearningRun[] {
  return (learning?.best ?? []).flatMap(
    ({ seed, rate }) => learning?.runs.find((run) => run.seed === seed && run.rate === rate) ?? [],
  );
}

function pointsOf(candidate: CandidateReport, of: CurveOf): Point[] {
  return bestRuns(candidate).flatMap(({ seed, held }) =>
    held.flatMap((told) => {
      const value = told[of];
      return typeof value === 'number' ? [{ step: told.step, value, run: `${candidate.id} ${seed}` }] : [];
    }),
  );
}

/** Whether a candidate's runs have a curve of this. */
export const hasCurve = (candidate: CandidateReport, of: CurveOf): boolean => pointsOf(candidate, of).length > 0;

/** Held-out loss or accuracy of every seed over the steps: as written, the chosen candidate, and the others faintly behind. */
export function drawLearning(
  of: CurveOf,
  baseline: CandidateReport,
  candidate: CandidateReport,
  others: readonly CandidateReport[],
  width: number,
  texts: Texts,
  numbers: NumberFormat,
): SVGSVGElement {
  const target = of === 'loss' ? baseline.learning?.setup.targetLoss : undefined;
  const points = (candidate: CandidateReport) => pointsOf(candidate, of);
  const line = (drawn: readonly Point[], stroke: string, more: object) =>
    lineY(drawn, { x: 'step', y: 'value', z: 'run', stroke, ...more });
  return draw({
    label: texts.compare.learningSummary[of](candidate.title),
    width,
    height: 220,
    marginLeft: 52,
    marginRight: 12,
    marginTop: 10,
    marginBottom: 36,
    x: {
      label: texts.compare.stepAxis,
      labelArrow: 'none',
      ticks: Math.max(3, Math.round(width / 80)),
      tickFormat: (value: number) => numbers.integer(value),
    },
    y: {
      label: null,
      grid: true,
      ticks: 5,
      tickFormat: (value: number) => (of === 'loss' ? numbers.number(value) : numbers.percent(value)),
      nice: true,
    },
    marks: [
      ...(target === undefined ? [] : [ruleY([target], { stroke: colours.faint, strokeDasharray: '2 3' })]),
      line(others.flatMap(points), colours.faint, { strokeWidth: 1, strokeOpacity: 0.35 }),
      line(points(baseline), colours.baseline, { strokeWidth: 1.5, strokeDasharray: '4 3' }),
      line(points(candidate), colours.main, { strokeWidth: 2 }),
    ],
  });
}

interface RunRow {
  readonly title: string;
  readonly seed: number;
  readonly rate: number;
  /** Absent: a run of the search, of which the validation loss at the end is known. */
  readonly held?: LearningRun['held'];
  readonly last: number | null | undefined;
  readonly diverged: boolean;
  /** The step at which it did, where that is known. */
  readonly at?: number | undefined;
}

function runRows({ learning }: CandidateReport, title: string): RunRow[] {
  const { search, runs = [] } = learning ?? {};
  const searched = (search?.runs ?? []).map(
    ({ seed, rate, loss }): RunRow => ({ title, seed, rate, last: loss, diverged: loss === null }),
  );
  const reported = runs.map(
    ({ seed, rate, held, diverged }): RunRow => ({
      ...{ title, seed, rate, held },
      last: held.at(-1)?.loss,
      diverged: diverged !== undefined,
      at: diverged,
    }),
  );
  return [...reported, ...searched];
}

/** Every run, those of the search too: seed, rate, losses, accuracy, and where it diverged. */
export function learningTable(
  candidates: readonly CandidateReport[],
  texts: Texts,
  numbers: NumberFormat,
): HTMLTableElement {
  const words = texts.compare;
  const rows = candidates.flatMap((candidate, i) => runRows(candidate, i === 0 ? words.baseline : candidate.title));
  const loss = (value: number | null | undefined) => (typeof value === 'number' ? numbers.number(value) : '–');
  return table<RunRow>(
    words.learningRuns,
    [
      { title: words.column.candidate, cell: ({ title }) => title },
      { title: words.runFor, cell: ({ held }) => (held ? words.forResult : words.forRate) },
      { title: words.seed, numeric: true, cell: ({ seed }) => numbers.integer(seed) },
      { title: words.rate, numeric: true, cell: ({ rate }) => numbers.number(rate) },
      { title: words.firstLoss, numeric: true, cell: ({ held }) => loss(held?.[0]?.loss) },
      { title: words.lastLoss, numeric: true, cell: ({ last }) => loss(last) },
      {
        title: words.score.accuracy,
        numeric: true,
        cell: ({ held }) => {
          const accuracy = held?.at(-1)?.accuracy;
          return accuracy === undefined ? '–' : numbers.percent(accuracy);
        },
      },
      {
        title: words.divergedTitle,
        cell: ({ diverged, at }) => (at === undefined ? (diverged ? words.yes : words.no) : words.divergedAt(at + 1)),
      },
    ],
    rows,
  );
}
