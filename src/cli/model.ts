import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FindCell, relocate, relocateGraph } from '../extract/relocate';
import type { NamedWeights } from '../extract/request';
import type { Graph } from '../graph/types';
import type { ReadRequest } from '../reader/messages';
import { LibrarySource } from '../source/libraries';
import { NotebookSource } from '../source/notebookSource';
import { shortName } from '../source/path';
import { projectCallers } from './callers';
import { CliError, type CliHost } from './host';
import { librariesFor } from './libraries';
import { isOnnx, refuseForOnnx, sizeOf } from './onnx';
import { parseInputs, type ReadOptions, settingOf } from './options';
import { displayPath, readingError } from './problems';
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

/** Splits `FILE[:EXPR]`; a drive letter's colon, or one inside the expression, is not the one that separates. */
export function parseTarget(target: string): { file: string; expression?: string } {
  const match = /^(.*?\.(?:pyi?|ipynb|[cm]?[jt]sx?|vue|svelte|html?|onnx))(?::(.*))?$/is.exec(target);
  if (!match?.[1])
    throw new CliError(
      `${target} is not a Python, TypeScript or JavaScript file, a page, a notebook or an ONNX file; write FILE.py, FILE.ts:EXPR or FILE.onnx`,
    );
  return match[2] ? { file: match[1], expression: match[2] } : { file: match[1] };
}

/** Cells as the terminal names them: `lab.ipynb:cell 3`, lines counted in the cell. */
export function cellsOf(notebooks: NotebookSource): FindCell {
  return (file, line) => {
    const cell = notebooks.cellAt(file, line);
    if (!cell) return undefined;
    const name = `cell ${cell.cell}`;
    const { firstLine } = cell;
    return { file: `${file}:${name}`, firstLine, lineName: (at) => `${shortName(file)}:${name}:${at}` };
  };
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
  const { file, expression } = parseTarget(target);
  const isFile = isOnnx(file);
  if (isFile) refuseForOnnx(file, expression, options);
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
    ...(options.set.length ? { settings: options.set.map(isFile ? sizeOf : settingOf) } : {}),
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
  if (!extraction.ok) throw readingError(extraction, file);
  const { graph, expression: text, argumentOrigin, milliseconds } = extraction;
  const origin = argumentOrigin?.source;
  const from = origin && `${displayPath(origin.file)}:${origin.line + 1}`;
  const others = { ...(batched && { batched }), ...(training && { training }) };
  return { graph, ...others, file, expression: text, ...(from && { from }), milliseconds };
}
