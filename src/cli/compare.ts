import { Command, InvalidArgumentError } from 'commander';
import { suggestedCandidates } from '../activations/catalogue';
import { defaultPlan } from '../compare/plan';
import type { CandidateReport, Report } from '../compare/report';
import { runComparison } from '../run/compare';
import type { RunEvent } from '../run/protocol';
import { CliError, type CliHost } from './host';
import { type ReadOptions, readModel, withReadOptions } from './model';
import { weightsFrom, weightsOption } from './weights';

interface Options extends ReadOptions {
  readonly with: readonly string[];
  readonly budget: number;
  readonly seed: number;
  readonly weights?: string;
  readonly json?: boolean;
}

function ratio({ id, latency }: CandidateReport): string {
  if (!latency) return '–';
  if (id === 'baseline') return 'baseline';
  if (!latency.ratio) return '–';
  const { estimate, low, high, enough, separable } = latency.ratio;
  if (!enough) return `×${estimate.toFixed(3)} in ${latency.samples.length} rounds: too few to tell`;
  return `×${estimate.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})${separable ? '' : ' not separable'}`;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function row(candidate: CandidateReport): string[] {
  const { title, latency, signal, addedParameters, id } = candidate;
  const name = id === 'baseline' ? `${title} (as written)` : title;
  const zeros = signal?.length ? `${(100 * mean(signal.map((layer) => layer.zeros))).toFixed(1)} %` : '–';
  const deviation = signal?.length
    ? `${signal[0]?.deviation.toFixed(3)} → ${signal.at(-1)?.deviation.toFixed(3)}`
    : '–';
  return [
    name,
    latency ? `${latency.median.toFixed(3)} ms` : '–',
    ratio(candidate),
    `+${addedParameters}`,
    zeros,
    deviation,
  ];
}

const weightsOf = ({ weights }: Report['model']) =>
  weights === undefined ? 'Weights are random' : `Weights are those of ${weights}, inputs are random`;

/** The report as a table for the terminal. */
export function printReport(report: Report): string {
  const { environment, model, candidates } = report;
  const head = ['', 'median', 'time against the baseline', 'parameters', 'zeros', 'deviation first → last'];
  const rows = [head, ...candidates.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const table = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rounds = candidates[0]?.latency?.samples.length ?? 0;
  const where =
    environment.backend === 'webgpu'
      ? `WebGPU, ${environment.adapter}`
      : `WASM on the CPU, ${environment.threads} thread`;
  const confidence = candidates.find(({ latency }) => latency?.ratio)?.latency?.ratio?.confidence ?? 0.95;
  const lines = [
    `${model.name} in ${model.file}, input ${model.inputs.map(({ shape }) => shape.join('×')).join(', ')}, ${model.parameters.toLocaleString('en')} parameters`,
    `ran on ${where} (${environment.runtime})${environment.fallback ? `: ${environment.fallback}` : ''}`,
    '',
    ...table,
    '',
    `${rounds} rounds, each in random order; intervals hold together at ${(100 * confidence).toFixed(0)} %. ${weightsOf(model)}: times and signals, not accuracy.`,
    ...candidates.flatMap(({ title, error }) => (error === undefined ? [] : [`${title}: ${error}`])),
    ...model.notes.map((note) => `note: ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Tells what is being done, one line a step. */
function progressTo(host: CliHost): (event: RunEvent) => void {
  let last = '';
  return (event) => {
    if (event.type !== 'progress') return;
    const step = event.stage === 'latency' ? 'timing' : `${event.stage} ${event.candidate ?? ''}`.trim();
    const line = event.stage === 'latency' ? `${step} ${Math.floor(event.done * 10) * 10} %` : step;
    if (line !== last) host.err(`${line}\n`);
    last = line;
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('it must be a number above 0');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('it must be a whole number from 0');
  return value;
}

async function measure(host: CliHost, target: string, options: Options, signal: AbortSignal): Promise<Report> {
  const { graph, batched, file } = await readModel(host, target, options, signal, true);
  const weights = options.weights === undefined ? undefined : await weightsFrom(options.weights, graph, options.part);
  // ONNX Runtime is large: it is loaded where it runs.
  const { openRuntime } = await import('./runtime');
  const runtime = await openRuntime();
  try {
    const plan = defaultPlan(graph, options.with, { budget: options.budget * 1000, seed: options.seed });
    const request = { graph, file, plan, ...(batched && { batched }), ...(weights && { weights }) };
    return await runComparison(request, runtime, progressTo(host), signal);
  } catch (error) {
    if (signal.aborted) throw new CliError('cancelled');
    throw new CliError(runtime.explain(error));
  } finally {
    await runtime.dispose();
  }
}

/** `activation-lens compare FILE[:EXPR]`. */
export function compareCommand(host: CliHost): Command {
  const names = (value: string) =>
    value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  return withReadOptions(new Command('compare'))
    .description('Run a model with other activation functions in the place of its own.')
    .argument('<FILE[:EXPR]>', 'Python file, and a class, builder or call in it: model.py:ResNet(depth=18)')
    .option('--with <names>', 'activations to try, separated by commas', names, [...suggestedCandidates])
    .option(...weightsOption)
    .option('--budget <seconds>', 'time for measuring latency', positive, 10)
    .option('--seed <number>', 'of the initial weights, the inputs and the order of runs', whole, 0)
    .option('--json', 'print the report as JSON')
    .action(async (target: string, options: Options) => {
      const controller = new AbortController();
      const cancel = () => controller.abort(new CliError('cancelled'));
      process.once('SIGINT', cancel);
      try {
        const report = await measure(host, target, options, controller.signal);
        host.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report));
      } finally {
        process.off('SIGINT', cancel);
      }
    });
}
