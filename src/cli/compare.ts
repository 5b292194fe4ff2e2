import { Command, InvalidArgumentError } from 'commander';
import { suggestedCandidates } from '../activations/catalogue';
import { decide } from '../compare/decide';
import { type QuickMeasure, quickMeasures } from '../compare/measures/index';
import { defaultPlan } from '../compare/plan';
import { type RankMeasure, rankMeasures } from '../compare/rank';
import { defaultLearning, type Report } from '../compare/report';
import { verdictWords } from '../compare/verdictWords';
import { NotebookSource } from '../source/notebookSource';
import { withCancelling } from './cancelling';
import { dataFrom } from './data';
import { decisionCodes, decisionLine } from './decide';
import { type ExportOptions, writeExports } from './exports';
import type { CliHost } from './host';
import { type ReadModel, readModel } from './model';
import { isOnnx } from './onnx';
import { modelArgument, parsePositive, parseWhole, type ReadOptions, withReadOptions } from './options';
import { progressTo } from './progress';
import { printReport } from './reportTables';
import { runComparison } from './runComparison';
import { weightsFrom, weightsOption } from './weights';

/** What is measured, and how. */
export interface MeasureOptions extends ReadOptions {
  readonly with: readonly string[];
  readonly budget: number;
  readonly seed: number;
  readonly weights?: string;
  readonly measure: readonly QuickMeasure[];
  readonly learn?: boolean | undefined;
  readonly data?: string;
  readonly steps: number;
  readonly seeds: number;
  readonly searchSeeds?: number;
  readonly learnBudget: number;
  readonly rates: readonly number[];
  readonly reinitialise?: boolean;
}

interface Options extends MeasureOptions, ExportOptions {
  readonly rank?: RankMeasure;
  readonly json?: boolean;
  readonly decide?: boolean;
}

function parseAtLeastOne(text: string): number {
  const value = parseWhole(text);
  if (value === 0) throw new InvalidArgumentError('it must be a whole number from 1');
  return value;
}

function measureNames(text: string): QuickMeasure[] {
  return text.split(',').map((each) => {
    const found = quickMeasures.find((name) => name === each.trim());
    if (!found) throw new InvalidArgumentError(`"${each}" is none of ${quickMeasures.join(', ')}`);
    return found;
  });
}

const rates = (text: string): number[] => text.split(',').map((each) => parsePositive(each));

function rankMeasure(text: string): RankMeasure {
  const found = rankMeasures.find((name) => name === text);
  if (!found) throw new InvalidArgumentError(`it must be one of ${rankMeasures.join(', ')}`);
  return found;
}

/** Measures a model. @throws CliError why it can't be */
export async function measure(
  host: CliHost,
  model: ReadModel,
  options: MeasureOptions,
  signal: AbortSignal,
): Promise<Report> {
  const { graph, batched, training, file } = model;
  const weights = options.weights === undefined ? undefined : await weightsFrom(options.weights, graph, options.part);
  const learns = options.learn || options.data !== undefined;
  const data = options.data === undefined ? undefined : await dataFrom(options.data);
  const plan = {
    ...defaultPlan(graph, options.with, { budget: options.budget * 1000, seed: options.seed }),
    measures: [...options.measure, ...(learns ? (['learning'] as const) : [])],
    learning: {
      ...defaultLearning,
      steps: options.steps,
      seeds: options.seeds,
      rates: options.rates,
      budget: options.learnBudget * 1000,
      ...(options.searchSeeds !== undefined && { searchSeeds: options.searchSeeds }),
    },
    ...(options.reinitialise && { reinitialise: true }),
  };
  const text = learns && !isOnnx(file) ? (await new NotebookSource(host.source).read(file))?.text : undefined;
  const request = {
    graph,
    file,
    plan,
    ...(batched && { batched }),
    ...(training && { training }),
    ...(weights && { weights }),
    ...(text !== undefined && { text }),
    ...(data && { data }),
  };
  return runComparison(host, request, progressTo(host), signal);
}

/** `activation-lens compare FILE[:EXPR]`; `onDecided` is told the exit code of a decision. */
export function compareCommand(host: CliHost, onDecided: (code: number) => void): Command {
  const names = (value: string) =>
    value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  return withReadOptions(new Command('compare'))
    .description('Run a model with other activation functions in the place of its own.')
    .argument(...modelArgument)
    .option('--with <names>', 'activations to try, separated by commas', names, [...suggestedCandidates])
    .option(...weightsOption)
    .option('--measure <names>', `what to measure: ${quickMeasures.join(', ')}`, measureNames, quickMeasures)
    .option('--budget <seconds>', 'time for measuring', parsePositive, 10)
    .option('--learn', 'train each candidate for a short while, too')
    .option(
      '--data <path>',
      'what to learn from: .npz, .npy, .csv, text, or a folder of images with one folder a class',
    )
    .option(
      '--steps <number>',
      'of each short training run, at least: more where the model takes longer to leave chance',
      parseAtLeastOne,
      defaultLearning.steps,
    )
    .option('--seeds <number>', 'of short training runs that are reported', parseAtLeastOne, defaultLearning.seeds)
    .option(
      '--search-seeds <number>',
      'others, to choose learning rates with; as many as the candidates need, unless given',
      parseAtLeastOne,
    )
    .option(
      '--learn-budget <seconds>',
      'time for all short training runs, as long as the least of them fit',
      parsePositive,
      defaultLearning.budget / 1000,
    )
    .option('--rates <numbers>', 'learning rates to try, separated by commas', rates, defaultLearning.rates)
    .option('--reinitialise', 'draw weights with the gain that suits each candidate')
    .option('--rank <measure>', `order candidates by ${rankMeasures.join(', ')}`, rankMeasure)
    .option('--seed <number>', 'of the initial weights, the inputs and the order of runs', parseWhole, 0)
    .option(
      '--decide',
      'is a longer run worth it? trains each candidate for a short while, answers in one line, and ends with 0 (yes), 1 (no) or 3 (not told)',
    )
    .option('--json', 'print the report as JSON')
    .option('--csv <OUT>', 'write all numbers as CSV')
    .option('--markdown <OUT>', 'write the measures that decide as a table for an issue')
    .option(
      '--script <OUT>',
      'write a Python script that repeats the comparison in PyTorch, at full scale on your data',
    )
    .action((target: string, options: Options) =>
      withCancelling(async (signal) => {
        const model = await readModel(host, target, options, signal, true);
        const asked = { ...options, learn: options.learn || options.decide };
        const report = await measure(host, model, asked, signal);
        if (options.json) host.json(options.decide ? { ...report, decision: decide(report) } : report);
        else if (options.decide) host.out(decisionLine(report));
        else {
          const misfits = model.graph.notes.filter(({ misfit }) => misfit).map(({ message }) => `warning: ${message}`);
          host.out([...misfits, ...printReport(report, options.rank), '', ...verdictWords(report)]);
        }
        await writeExports(host, report, model, options);
        if (options.decide) onDecided(decisionCodes[decide(report).worth]);
      }),
    );
}
