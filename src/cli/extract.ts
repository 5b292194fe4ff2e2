import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { swapSites } from '../compare/sites';
import { activationsOf } from '../graph/activations';
import { initialise } from '../graph/initialise';
import { countParameters, SwapError } from '../graph/swap';
import type { Graph, NamedValue } from '../graph/types';
import { lower } from '../lower/lower';
import { encodeModel } from '../onnx/encode';
import { RewriteError, type RewriteOrder, rewrite, sitesAt } from '../rewrite/rewrite';
import { CliError, type CliHost } from './host';
import { type ReadModel, readModel } from './model';
import { isOnnx, rewriteOnnxModel } from './onnx';
import { modelArgument, type ReadOptions, withReadOptions } from './options';
import { clauseOf, parametersText } from './reportTables';
import { weightsFrom, weightsOption } from './weights';

interface Options extends ReadOptions {
  readonly weights?: string;
  readonly onnx?: string;
  readonly swap?: string;
  readonly at: readonly string[];
  readonly json?: boolean;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

function typesByName(graph: Graph, values: readonly NamedValue[]) {
  return values.flatMap(({ name, value }) => {
    const type = graph.values[value]?.type;
    return type ? [{ name, dtype: type.dtype, shape: type.shape }] : [];
  });
}

/** The model as `extract --json` prints it; lines and columns from 1. */
export function describe({ graph, file, expression, from, milliseconds }: ReadModel) {
  const { all, trainable } = countParameters(graph);
  const kept = new Map(swapSites(graph).flatMap(({ nodes, kept: why }) => nodes.map((node) => [node, why] as const)));
  return {
    model: expression,
    file,
    ...(from !== undefined && { arguments: from }),
    inputs: typesByName(graph, graph.inputs),
    outputs: typesByName(graph, graph.outputs),
    parameters: all,
    trainable,
    tensors: graph.state
      .filter(({ persistent }) => persistent)
      .map(({ name, storage }) => ({ name, shape: graph.storages[storage]?.type.shape ?? [] })),
    activations: activationsOf(graph).map(({ node, op, path, site, source, written }) => {
      const place = site ?? source;
      const why = kept.get(node);
      return {
        path,
        activation: op.activation,
        parameters: op.parameters,
        file: place?.file ?? file,
        // A file that is no source has nodes, and no lines.
        ...(!isOnnx(file) && { line: (place?.line ?? 0) + 1, column: (place?.column ?? 0) + 1 }),
        // The nodes of the model's own code that write it out.
        ...(written && { written: written.length }),
        // Why a comparison leaves it alone.
        ...(why !== undefined && { kept: why }),
      };
    }),
    milliseconds,
    notes: graph.notes.map(({ message, source }) =>
      source ? `${source.file}:${source.line + 1}: ${message}` : message,
    ),
  };
}

function modelLines(model: ReadModel): string[] {
  const { graph, expression, file } = model;
  const summary = describe(model);
  const shape = ({ name, dtype, shape: sizes }: (typeof summary.inputs)[number]) =>
    `${name} ${sizes.join('×') || 'scalar'} ${dtype}`;
  return [
    `${expression} in ${file}`,
    ...(model.from === undefined ? [] : [`  arguments   from ${model.from}`]),
    `  inputs      ${summary.inputs.map(shape).join(', ')}`,
    `  outputs     ${summary.outputs.map(shape).join(', ')}`,
    `  parameters  ${parametersText(summary)} in ${graph.state.filter(({ kind }) => kind === 'parameter').length} tensors`,
    `  read in     ${summary.milliseconds.toFixed(0)} ms`,
    '  activations',
    ...summary.activations.map(({ path, activation, file: at, line, column, written, kept }) => {
      const about = [path, written && 'written out', kept && `not swapped unless chosen: ${clauseOf(kept)}`];
      const where = line === undefined ? '' : `${at}:${line}:${column} `;
      return ['   ', activation.padEnd(12), where, about.filter(Boolean).join(', ')].join(' ').trimEnd();
    }),
    ...summary.notes.map((note) => `  note: ${note}`),
  ];
}

/** What `--swap` and `--at` say. @throws CliError where they say it of nothing, or of no file */
function orderOf({ swap: activation, at, onnx }: Options, graph: Graph): RewriteOrder | undefined {
  if (activation === undefined) {
    if (at.length > 0) throw new CliError('--at: say with --swap what is to stand there');
    return undefined;
  }
  if (onnx === undefined) throw new CliError('--swap: say with --onnx where the model is to be written');
  return { activation, ...(at.length > 0 && { sites: sitesAt(graph, at) }) };
}

/** The model as an ONNX file. */
async function onnxBytes(host: CliHost, model: ReadModel, options: Options): Promise<Uint8Array> {
  const { graph, file } = model;
  const order = orderOf(options, graph);
  if (order && isOnnx(file)) {
    if (options.weights !== undefined)
      throw new CliError(`--weights: with --swap an ONNX file keeps its own weights; leave one of the two out`);
    const { bytes, notes } = await rewriteOnnxModel(host, file, options, order);
    host.err(notes.map((note) => `note: ${note}`));
    return bytes;
  }
  const given = options.weights === undefined ? [] : (await weightsFrom(options.weights, graph, options.part)).values;
  const made = order ? rewrite(graph, order) : graph;
  return encodeModel(lower(made, { mode: 'evaluation', weights: 'constant' }), initialise(made, 0, given));
}

async function writeOnnx(host: CliHost, model: ReadModel, file: string, options: Options): Promise<void> {
  if (options.swap !== undefined && resolve(file) === resolve(model.file))
    throw new CliError(`--onnx ${file}: that is the model itself; write to another file`);
  try {
    const bytes = await onnxBytes(host, model, options);
    await writeFile(file, bytes).catch((error: unknown) => {
      throw new CliError(`${file} can't be written: ${reason(error)}`);
    });
  } catch (error) {
    if (error instanceof RewriteError || error instanceof SwapError)
      throw new CliError(`--swap ${options.swap}: ${error.message}`);
    throw error;
  }
}

/** `activation-lens extract FILE[:EXPR]`. */
export function extractCommand(host: CliHost): Command {
  return withReadOptions(new Command('extract'))
    .description('Read a model from source, without running it, or from an ONNX file.')
    .argument(...modelArgument)
    .option(...weightsOption)
    .option('--onnx <OUT>', 'write the model as ONNX')
    .option('--swap <NAME>', 'write it with this activation in the place of its hidden ones')
    .option(
      '--at <PATH>',
      'swap only what stands at this path; once for each',
      (path: string, before: readonly string[]) => [...before, path],
      [],
    )
    .option('--json', 'print JSON')
    .action(async (target: string, options: Options) => {
      const model = await readModel(host, target, options);
      if (options.weights !== undefined) await weightsFrom(options.weights, model.graph, options.part);
      if (options.onnx !== undefined) await writeOnnx(host, model, options.onnx, options);
      else orderOf(options, model.graph);
      if (options.json) host.json(describe(model));
      else host.out(modelLines(model));
    });
}
