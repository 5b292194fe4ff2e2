/** A report as a table that pastes into an issue or a pull request. */
import { catalogue } from '../activations/catalogue';
import type { Score } from '../compare/measures/index';
import type { CandidateReport, ConfidenceInterval, Environment, Latency, Report } from '../compare/report';
import { skippedWords } from '../compare/skippedWords';
import { activationOf } from '../compare/standing';
import type { ActivationParameters } from '../graph/types';
import { excerpt, fileName, MESSAGE } from '../language/legible';
import { code, joinMarkdown, type Markdown, md } from '../language/markdown';
import { list, say } from '../language/say';
import { settingsText } from './rows';

export type DecidingCell = (candidate: CandidateReport) => string | undefined;

/** A measure that decides: its name, what a candidate has of it, and the score that it shows, where it is one. */
export type DecidingColumn = readonly [head: string, cell: DecidingCell, score?: Score];

/** Marks what differs from the model as written. */
export const differs = '≠';

const digits = (value: number) =>
  value === 0 ? '0' : Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

const mark = (text: string, against: ConfidenceInterval | undefined) =>
  against?.separable ? `${text} ${differs}` : text;

const time =
  (of: (candidate: CandidateReport) => Latency | undefined): DecidingCell =>
  (candidate) => {
    const found = of(candidate);
    if (!found) return undefined;
    const { ratio, median } = found;
    if (!ratio) return `${digits(median)} ms`;
    const { estimate, low, high, enough } = ratio;
    const range = enough ? ` (${low.toFixed(2)}…${high.toFixed(2)})` : '';
    return mark(`${digits(median)} ms, ×${estimate.toFixed(2)}${range}`, ratio);
  };

/** A score's median with its interval. */
const median =
  (score: Score, shown: (value: number) => string = digits): DecidingCell =>
  ({ scores }) => {
    const found = scores?.[score];
    if (!found) return undefined;
    const { low, high, enough, against } = found;
    const range = enough && low !== high ? ` (${shown(low)}…${shown(high)})` : '';
    return mark(`${shown(found.median)}${range}`, against);
  };

/** The measures that decide, in the order in which they are shown. */
export const decidingColumns = (): readonly DecidingColumn[] => [
  [say('held-out loss'), median('heldLoss'), 'heldLoss'],
  [say('held-out accuracy'), median('accuracy', percent), 'accuracy'],
  [say('forward pass'), time(({ latency }) => latency)],
  [say('forward and backward'), time(({ step }) => step)],
  [say('gradient, first / last'), median('flow'), 'flow'],
  [say('dead units'), median('dead', percent), 'dead'],
  [say('signal to noise in 8 bits'), median('snrChannel', (value) => `${value.toFixed(1)} dB`), 'snrChannel'],
  [say('peak memory'), ({ memory }) => memory && megabytes(memory.step ?? memory.forward)],
  [say('added parameters'), ({ addedParameters }) => (addedParameters > 0 ? `+${addedParameters}` : '0')],
];

export function deviceText({ backend, adapter, software, runtime }: Environment): string {
  const device = backend === 'webgpu' ? `WebGPU, ${adapter ?? '?'}` : say('WebAssembly on the CPU');
  return `${software ? say('{0}, a software adapter', device) : device}, ${runtime}`;
}

export const row = (cells: readonly Markdown[]) => md`| ${joinMarkdown(cells, ' | ')} |`;
export const none = md`–`;

/** A message of any length: a value in Markdown is cut where it is long, and a word is not. */
const messageMarkdown = (text: string) =>
  joinMarkdown(
    excerpt(text, MESSAGE)
      .split(' ')
      .map((word) => md`${word}`),
    ' ',
  );

/** Those that are not at their defaults. */
function unusualParameters({ parameters, ...candidate }: CandidateReport): ActivationParameters {
  const usual = new Map(catalogue.get(activationOf(candidate))?.parameters.map((spec) => [spec.name, spec.default]));
  return Object.fromEntries(Object.entries(parameters).filter(([name, value]) => usual.get(name) !== value));
}

function tableOf({ candidates }: Report): Markdown[] {
  const given = ([, cell]: DecidingColumn) => candidates.some((candidate) => !/^0?$/.test(cell(candidate) ?? ''));
  const columns = decidingColumns().filter(given);
  const names = candidates.map((candidate) => {
    const { id, title } = candidate;
    // A title with settings has them already.
    const unusual = candidate.activation === undefined ? settingsText(unusualParameters(candidate)) : '';
    const about = id === 'baseline' ? say('as written') : unusual;
    return about ? md`${title} (${about})` : md`${title}`;
  });
  return [
    row([md`${say('activation')}`, ...columns.map(([head]) => md`${head}`)]),
    row([md`---`, ...columns.map(() => md`---:`)]),
    ...candidates.map((candidate, i) =>
      row([
        names[i] ?? none,
        ...columns.map(([, cell]) => {
          const text = cell(candidate);
          return text === undefined ? none : md`${text}`;
        }),
      ]),
    ),
  ];
}

/** A time of day without its seconds, in UTC. */
export const timeOf = (created: string) => `${created.slice(0, 16).replace('T', ' ')} UTC`;

/** What was learnt, in a sentence. */
function learningText({ candidates }: Report): string | undefined {
  const setup = candidates.find(({ learning }) => learning)?.learning?.setup;
  if (!setup) return undefined;
  const { chance, searchSeeds } = setup;
  const told = say(
    'Learning: {0}, {1} steps of {2} samples, {3} seeds; the learning rate was chosen from {4}.',
    setup.data,
    setup.steps,
    setup.batch,
    setup.seeds.length,
    list(setup.rates),
  );
  const more = [
    ...(searchSeeds ? [say('It was chosen with {0} other seeds, on other samples.', searchSeeds.length)] : []),
    ...(chance ? [say('Chance comes to a held-out loss of {0}.', digits(chance.loss))] : []),
  ];
  return [told, ...more].join(' ');
}

/** A report as Markdown, in the language of the editor. */
export function markdownOf(report: Report): string {
  const { model, environment, candidates, complete, created } = report;
  const confidence = candidates.find(({ latency }) => latency?.ratio)?.latency?.ratio?.confidence ?? 0.95;
  const sizes = list(model.inputs.map(({ name, shape }) => `${name} ${shape.join('×')}`));
  const failures = candidates.flatMap(({ title, error }) => (error === undefined ? [] : [`${title}: ${error}`]));
  const remarks = [
    say(
      '{0} differs from the model as written: all such intervals hold together at {1} %.',
      differs,
      Math.round(100 * confidence),
    ),
    model.weights === undefined
      ? say('Weights are random.')
      : say('Weights are those of {0}.', fileName(model.weights)),
    learningText(report),
    ...skippedWords(report),
    ...candidates.flatMap(({ title, added }) =>
      added
        ? [say('{0} was measured later, beside the model as written again: {1}.', title, timeOf(added.created))]
        : [],
    ),
    complete ? undefined : say('The run did not come to its end.'),
    ...failures,
    ...model.notes,
  ];
  const head = md`**${say('Activation functions in {0}', model.name)}** — ${code(fileName(model.file))}, ${sizes}`;
  const where = md`${say('Measured on {0} on {1}.', deviceText(environment), created.slice(0, 10))}`;
  const notes = remarks.flatMap((remark) => (remark === undefined ? [] : [md`- ${messageMarkdown(remark)}`]));
  const lines = [head, md``, where, md``, ...tableOf(report), md``, ...notes];
  return lines.map(({ markdown }) => `${markdown}\n`).join('');
}
