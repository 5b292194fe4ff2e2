/** A report as tables for the terminal, one for each measure. */

import { findActivation } from '../activations/catalogue';
import { taskSentences } from '../compare/learningWords';
import { type MeasureName, measures, type Score, scoresOf } from '../compare/measures/index';
import { type RankMeasure, rank } from '../compare/rank';
import type {
  CandidateReport,
  ConfidenceInterval,
  Latency,
  Measured,
  ModelSummary,
  Report,
  SwapSite,
} from '../compare/report';
import { skippedWords } from '../compare/skippedWords';
import { boundsOf, type MedianInterval, medianInterval } from '../compare/statistics';
import { itemAt } from '../graph/access';
import { columnWords, tableWords } from './measureWords';

/** `1,234`, or `1,234 (1,000 of them trained)` where some are frozen. */
export function parametersText({ parameters, trainable = parameters }: Pick<ModelSummary, 'parameters' | 'trainable'>) {
  const all = parameters.toLocaleString('en');
  return trainable < parameters ? `${all} (${trainable.toLocaleString('en')} of them trained)` : all;
}

type ReportColumn = readonly [head: string, cell: (candidate: CandidateReport) => string];

const none = '–';
/** Marks what differs from the model as written. */
const differs = '*';

const digits = (value: number) =>
  value === 0 ? '0' : Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const mark = (text: string, against: ConfidenceInterval | undefined) =>
  against?.separable ? `${text} ${differs}` : text;

function number({ unit }: Measured, value: number): string {
  switch (unit) {
    case 'share':
      return percent(value);
    case 'dB':
      return `${value.toFixed(1)} dB`;
    default:
      return digits(value);
  }
}

/** ` (1 to 2)`; nothing where the ends are equal or too few samples bear no interval. */
function spread(found: Pick<MedianInterval, 'low' | 'high' | 'enough'>, format: (value: number) => string): string {
  const [low, high] = boundsOf(found) ?? [];
  return low === undefined || high === undefined || low === high ? '' : ` (${format(low)} to ${format(high)})`;
}

/** The median with its interval, and whether it differs. */
function score(name: Score): (candidate: CandidateReport) => string {
  return ({ scores }) => {
    const found = scores?.[name];
    if (!found) return none;
    return mark(number(found, found.median) + spread(found, (value) => number(found, value)), found.against);
  };
}

function time(of: (candidate: CandidateReport) => Latency | undefined): (candidate: CandidateReport) => string {
  return (candidate) => {
    const found = of(candidate);
    return found ? `${digits(found.median)} ms${spread(medianInterval(found.samples), digits)}` : none;
  };
}

function ratio(of: (candidate: CandidateReport) => Latency | undefined): (candidate: CandidateReport) => string {
  return (candidate) => {
    const found = of(candidate);
    if (!found) return none;
    if (candidate.id === 'baseline') return 'baseline';
    if (!found.ratio) return none;
    const { estimate, low, high, enough } = found.ratio;
    if (!enough) return `×${estimate.toFixed(3)} in ${found.samples.length} rounds: too few to tell`;
    return mark(`×${estimate.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`, found.ratio);
  };
}

const megabytes = (bytes: number | undefined) => (bytes === undefined ? none : `${(bytes / 2 ** 20).toFixed(1)} MB`);

const latency = (candidate: CandidateReport) => candidate.latency;
const step = (candidate: CandidateReport) => candidate.step;

interface Table {
  readonly title: string;
  readonly columns: readonly ReportColumn[];
  readonly note?: string;
}

function bestRates({ learning }: CandidateReport): string {
  if (!learning) return none;
  const { search, best } = learning;
  return search ? String(search.rate ?? 'all diverged') : best.map(({ rate }) => rate).join(', ');
}

function divergenceCount({ learning }: CandidateReport): string {
  if (!learning) return none;
  return `${learning.runs.filter((run) => run.diverged !== undefined).length} of ${learning.runs.length}`;
}

/** Tables of measures that tell more than their scores, from the columns of these. */
const special: { readonly [M in MeasureName]?: (table: Table) => readonly Table[] } = {
  cost: ({ title, columns }) => [
    {
      title: `${title}: forward pass`,
      columns: [
        ['time', time(latency)],
        ['against as written', ratio(latency)],
        ...columns,
        ['parameters', ({ addedParameters }) => `+${addedParameters}`],
        ['peak memory', ({ memory }) => megabytes(memory?.forward)],
      ],
    },
    {
      title: `${title}: forward and backward pass`,
      columns: [
        ['time', time(step)],
        ['against as written', ratio(step)],
        ['peak memory', ({ memory }) => megabytes(memory?.step)],
      ],
    },
  ],
  learning: ({ title, columns: [loss, ...others] }) => [
    {
      title,
      columns: [
        ...(loss ? [loss] : []),
        ['each seed', ({ scores }) => scores?.heldLoss?.samples.map(digits).join(', ') ?? none],
        ...others,
        ['best rates', bestRates],
        ['diverged', divergenceCount],
      ],
    },
  ],
};

const tables = measures.flatMap(({ name }): readonly Table[] => {
  const columns = scoresOf(name).map((id): ReportColumn => [columnWords[id], score(id)]);
  const table = { ...tableWords[name], columns };
  return special[name]?.(table) ?? [table];
});

/** Columns side by side, those that no candidate has left out; nothing where none is left. */
function table(title: string, columns: readonly ReportColumn[], candidates: readonly CandidateReport[]): string[] {
  const names = candidates.map(({ id, title: name }) => (id === 'baseline' ? `${name} (as written)` : name));
  const filled = columns
    .map(([head, cell]) => [head, ...candidates.map(cell)])
    .filter(([, ...cells]) => cells.some((cell) => cell !== none));
  // What is the same for all whatever happens (added parameters) makes no table by itself.
  if (filled.every(([head]) => head === 'parameters')) return [];
  const grid = [[title, ...names], ...filled];
  const widths = grid.map((column) => Math.max(...column.map((cell) => cell.length)));
  return names.concat('').map((_, row) =>
    grid
      .map((column, i) => itemAt(column, row).padEnd(itemAt(widths, i)))
      .join('  ')
      .trimEnd(),
  );
}

function learningLines({ candidates }: Report): string[] {
  const setup = candidates[0]?.learning?.setup;
  if (!setup) return [];
  const { data, trainSamples, validationSamples, heldSamples, loss, optimiser, batch, steps, rates, seeds } = setup;
  const { searchSeeds, targetLoss, notes } = setup;
  const target = targetLoss === undefined ? '' : ` The loss counted to is ${digits(targetLoss)}.`;
  const others = validationSamples === undefined ? '' : `${validationSamples} to choose rates by, `;
  const search = searchSeeds === undefined ? '' : ` (rates chosen with ${searchSeeds.join(', ')})`;
  return [
    ...taskSentences(setup),
    `Learnt from "${data}" (${trainSamples} samples, ${others}${heldSamples} held out): ${steps} steps of ${batch}, ${loss}, ${optimiser}, rates ${rates.join(', ')}, seeds ${seeds.join(', ')}${search}.${target}`,
    'This ranks the speed of learning on a small task, not final accuracy.',
    ...notes,
  ];
}

/** A sentence of ours behind a colon: the terminal speaks English. */
export const clauseOf = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');

/** A line of the source, or the name of a node where there is none. */
function placeOf({ source, nodes, paths }: SwapSite): string {
  const [path] = paths;
  const place = source ? `line ${source.line + 1}` : path;
  return place ? ` at ${place}${nodes.length > 1 ? ` (${nodes.length} times)` : ''}` : '';
}

/** What was swapped, and why the rest was not; one line a place. */
function siteLines({ plan: { sites, left = [] } }: Report): string[] {
  const title = (site: SwapSite) =>
    `${findActivation(site.activation)?.title ?? site.activation}${site.unit === undefined ? '' : `, the gate of ${site.unit},`}${site.written ? ', written out,' : ''}${placeOf(site)}`;
  // Where all of the model's activations are named and swapped, the table says it.
  if (left.length === 0 && sites.every(({ written }) => !written)) return [];
  return [
    `Swapped: ${sites.map(title).join('; ')}`,
    ...left.map((site) => `left as it is: ${title(site)}${site.kept === undefined ? '' : `: ${clauseOf(site.kept)}`}`),
    '',
  ];
}

const weightsOf = ({ model: { weights }, plan }: Report) =>
  weights === undefined
    ? `Weights are random${plan.reinitialised ? ', drawn with the gain that suits each activation' : ''}`
    : `Weights are those of ${weights}, inputs are random`;

/** Candidates in the order of one measure; those without it last. */
function sortCandidates(report: Report, by: RankMeasure): CandidateReport[] {
  const places = new Map(rank(report, by).map(({ id, place }, i) => [id, place + i / 1000]));
  const at = ({ id }: CandidateReport) => places.get(id) ?? Number.POSITIVE_INFINITY;
  return report.candidates.toSorted((a, b) => at(a) - at(b));
}

/** The report for the terminal, its rows in the order of one measure where one is given. */
export function printReport(report: Report, by?: RankMeasure): string[] {
  const { environment, model } = report;
  const candidates = by ? sortCandidates(report, by) : report.candidates;
  const [first] = report.candidates;
  const rounds = first?.latency?.samples.length ?? 0;
  const where =
    environment.backend === 'webgpu'
      ? `WebGPU, ${environment.adapter}`
      : `WASM on the CPU, ${environment.threads} thread`;
  const confidence =
    report.candidates.find((candidate) => candidate.latency?.ratio)?.latency?.ratio?.confidence ?? 0.95;
  const sizes = (shapes: readonly (readonly number[])[]) => shapes.map((shape) => shape.join('×')).join(', ');
  const places = by && rank(report, by).map(({ id, place }) => `${place} ${id}`);
  return [
    `${model.name} in ${model.file}, input ${sizes(model.inputs.map(({ shape }) => shape))}, ${parametersText(model)} parameters`,
    `ran on ${where} (${environment.runtime})${environment.fallback ? `: ${environment.fallback}` : ''}`,
    ...(model.batched ? [`all but the forward pass with ${sizes(model.batched)}`] : []),
    '',
    ...tables.flatMap(({ title, columns, note }) => {
      const made = table(title, columns, candidates);
      return made.length === 0 ? [] : [...made, ...(note ? [note] : []), ''];
    }),
    ...siteLines(report),
    ...(places ? [`By ${by}: ${places.join(', ')} (equal places can't be told apart)`] : []),
    `${differs} differs from the model as written: all such intervals hold together at ${(100 * confidence).toFixed(0)} %. Intervals beside a number are of its median; a number without one is the same each time or rests on too few samples.`,
    `${rounds > 0 ? `${rounds} rounds, each in random order. ` : ''}${weightsOf(report)}: times and signals, not accuracy.`,
    ...skippedWords(report),
    ...learningLines(report),
    ...candidates.flatMap(({ title, error }) => (error === undefined ? [] : [`${title}: ${error}`])),
    ...model.notes.map((note) => `note: ${note}`),
  ];
}
