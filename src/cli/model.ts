import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ExtractionProblem } from '../extract/extract';
import { parseSetting, type Setting } from '../extract/given';
import { type FindCell, relocate, relocateGraph } from '../extract/relocate';
import type { NamedWeights } from '../extract/request';
import { type InputSpec, parseInputSpec } from '../extract/spec';
import type { Graph } from '../graph/types';
import { excerpt, MESSAGE } from '../language/legible';
import { list } from '../language/say';
import type { ReadRequest } from '../reader/messages';
import { LibrarySource } from '../source/libraries';
import { NotebookSource } from '../source/notebookSource';
import { projectCallers } from './callers';
import { CliError, type CliHost } from './host';
import { librariesFor } from './libraries';
import { isOnnx, readOnnxModel } from './onnx';
import { weightsFrom } from './weights';

/** A model named on the command line, read. */
export interface ReadModel {
  readonly graph: Graph;
  /** The same with a larger batch, where it was asked for and can be had. */
  readonly batched?: Graph;
  /** The same as it trains, where it takes other branches then. */
  readonly training?: Graph;
  readonly file: string;
  readonly expression: string;
  /** Where its arguments are from: `train.py:41`. */
  readonly from?: string;
  readonly milliseconds: number;
}

/** What the command line says about how to read a model. */
export interface ReadOptions {
  readonly input: readonly string[];
  /** `hidden=64`. */
  readonly set: readonly string[];
  /** Folders of libraries, besides those of the environment. */
  readonly library: readonly string[];
  /** Path of a submodule to read instead of the whole model. */
  readonly part?: string;
  /** Compute what the code goes by for one input. */
  readonly forInput?: boolean;
  /** A checkpoint, with whose weights that is computed. */
  readonly weights?: string;
}

/** The options that say how to read a model. */
export function withReadOptions(command: Command): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return command
    .option(
      '--input <[NAME=]INPUT>',
      'input of the model: 1x3x32x32, 2x16:int64, mask=1x16:bool, (1x2x8, 1x2x8), {ids: 1x16:int64}, None, 3:int, by value tensor([[0, 1]]); once for each',
      collect,
      [],
    )
    .option(
      '--set <NAME=VALUE>',
      'argument of the model, of its settings (config.depth=2) or of the command line that the script reads; of an ONNX file, a size that it leaves open; once for each',
      collect,
      [],
    )
    .option(
      '--for-input',
      'read a model that goes by values (branches, masks, sizes) for one input: the one that is given by value, x=tensor([[1.5, -2.0]]), or one that is drawn',
    )
    .option('--part <PATH>', 'submodule to read instead of the whole model, such as encoder.layers.0')
    .option(
      '--library <FOLDER>',
      "folder of libraries, such as an environment's site-packages, read as text; once for each",
      collect,
      [],
    );
}

/** Splits `FILE[:EXPR]`; a drive letter's colon, or one inside the expression, is not the one that separates. */
export function parseTarget(target: string): { file: string; expression?: string } {
  const match = /^(.*?\.(?:pyi?|ipynb|[cm]?[jt]sx?|vue|svelte|onnx))(?::(.*))?$/is.exec(target);
  if (!match?.[1])
    throw new CliError(
      `${target} is not a Python, TypeScript or JavaScript file, a notebook or an ONNX file; write FILE.py, FILE.ts:EXPR or FILE.onnx`,
    );
  return match[2] ? { file: match[1], expression: match[2] } : { file: match[1] };
}

function parseInputs(inputs: readonly string[]): InputSpec[] {
  return inputs.map((text) => {
    try {
      return parseInputSpec(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CliError(`--input ${text}: ${reason}; write a shape such as 1x3x32x32 or 2x16:int64`);
    }
  });
}

/** Cells as the terminal names them: `lab.ipynb:cell 3`, lines counted in the cell. */
function cellsOf(notebooks: NotebookSource): FindCell {
  return (file, line) => {
    const cell = notebooks.cellAt(file, line);
    return cell && { file: `${file}:cell ${cell.cell}`, name: `cell ${cell.cell}`, firstLine: cell.firstLine };
  };
}

function settingOf(text: string): Setting {
  try {
    return parseSetting(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`--set ${text}: ${reason}; write a name and a value, such as --set hidden=64`);
  }
}

/** A path as one would type it here. */
function displayPath(path: string): string {
  const near = relative('.', path);
  return near.startsWith('..') ? path : near;
}

/** How to give what is missing, in the terminal's words: messages are the editor's, too. */
function waysOf({ kind, parameters, draft, goesByValues, guessed }: ExtractionProblem, file: string): string[] {
  if (goesByValues) return ['or read it for one input, by the values that it has then: --for-input'];
  if (kind === 'needs-input' || guessed !== undefined) return [`the input is given with --input ${guessed ?? 'SHAPE'}`];
  if (!parameters?.length) return [];
  const call = draft?.replaceAll(/=(?=[,)])/g, '=…');
  const written = call === undefined ? [] : [`the call is written after the file: ${file}:${call}`];
  return [...written, `or give ${list(parameters.map((name) => `--set ${name}=VALUE`))}`];
}

function problemLine({ message, source }: ExtractionProblem, file: string): string {
  const where = source ? `${displayPath(source.file)}:${source.line + 1}:${source.column + 1}` : file;
  return `${where}: ${excerpt(message, MESSAGE)}`;
}

/** The weights of a checkpoint by name, where they decide what the model does: those of the graph that was read first. */
async function weightsToReadWith(
  graph: Graph,
  { forInput, weights, part }: ReadOptions,
): Promise<readonly NamedWeights[] | undefined> {
  if (!forInput || weights === undefined || !graph.example) return undefined;
  const { values } = await weightsFrom(weights, graph, part);
  const data = new Map(values.map((each) => [each.storage, each.data]));
  return graph.state.flatMap(({ name, storage }) => {
    const found = data.get(storage);
    return found ? [{ name, data: found }] : [];
  });
}

/**
 * Reads a model without running it.
 * @param compared for a comparison: also with a larger batch, and as it trains
 * @throws CliError with the place and the way out where it can't be read.
 */
export async function readModel(
  host: CliHost,
  target: string,
  options: ReadOptions,
  signal?: AbortSignal,
  compared = false,
): Promise<ReadModel> {
  if (isOnnx(target)) return readOnnxModel(target, options, compared);
  const { file, expression } = parseTarget(target);
  if (!existsSync(file)) throw new CliError(`${file}: there is no such file`);
  const inputs = options.input;
  const notebooks = new NotebookSource(host.source);
  const source = new LibrarySource(notebooks, await librariesFor(file, options.library));
  const request: ReadRequest = {
    file: resolve(file),
    ...(expression === undefined ? {} : { expression }),
    ...(options.part === undefined ? {} : { part: options.part }),
    ...(options.forInput ? { forInput: true } : {}),
    ...(inputs.length ? { inputs: parseInputs(inputs) } : {}),
    ...(options.set.length ? { settings: options.set.map(settingOf) } : {}),
    choosesSizes: true,
    compared,
  };
  const callers = projectCallers();
  const first = await host.reader.read(request, { source, signal, callers });
  const weights = first.extraction.ok ? await weightsToReadWith(first.extraction.graph, options) : undefined;
  const read = weights ? await host.reader.read({ ...request, weights }, { source, signal, callers }) : first;
  const cells = cellsOf(notebooks);
  const extraction = relocate(read.extraction, cells, notebooks.files);
  const [batched, training] = [read.batched, read.training].map(
    (graph) => graph && relocateGraph(graph, cells, notebooks.files),
  );
  if (!extraction.ok) {
    const names = extraction.models.map(({ name }) => name);
    const lines = [
      ...[extraction.problem, ...extraction.others].map((problem) => problemLine(problem, file)),
      ...waysOf(extraction.problem, file),
      ...extraction.parts.map(({ path, name }) => `can be read by itself: --part ${path} (${name})`),
      ...(names.length > 0 ? [`models in the file: ${list(names)}`] : []),
    ];
    throw new CliError(...lines);
  }
  const { graph, expression: text, argumentOrigin, milliseconds } = extraction;
  const origin = argumentOrigin?.source;
  const from = origin && `${displayPath(origin.file)}:${origin.line + 1}`;
  const others = { ...(batched && { batched }), ...(training && { training }) };
  return { graph, ...others, file, expression: text, ...(from && { from }), milliseconds };
}
