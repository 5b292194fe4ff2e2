/** ONNX files on the command line. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Setting } from '../extract/given';
import { parseSize } from '../fromOnnx/sizes';
import type { Graph } from '../graph/types';
import { excerpt, MESSAGE } from '../language/legible';
import { list } from '../language/say';
import { formOf } from '../reader/forms';
import type { RewriteOrder } from '../rewrite/rewrite';
import { CliError, type CliHost } from './host';
import { parseInputs, type ReadOptions } from './options';
import { readingError } from './problems';

export const isOnnx = (file: string): boolean => formOf(file) === 'onnx';

/** `--set height=224`: sizes by their names. */
export function sizeOf(text: string): Setting {
  const size = parseSize(text);
  if (!size) throw new CliError(`--set ${text}: write the name of a size and a number, such as --set height=224`);
  return size;
}

/** @throws CliError for options that only models with a source have */
export function refuseForOnnx(file: string, expression: string | undefined, options: ReadOptions): void {
  if (expression !== undefined)
    throw new CliError(`${file}:${expression}: an ONNX file holds one model; write ${file} alone`);
  const forSources = [
    ...(options.part === undefined ? [] : ['--part']),
    ...(options.forInput ? ['--for-input'] : []),
    ...(options.library.length > 0 ? ['--library'] : []),
  ];
  if (forSources.length > 0)
    throw new CliError(`${list(forSources)}: for models in Python, and ${file} is an ONNX file`);
}

/** An ONNX file with another activation; notes say what the new file has not. @throws CliError why it can't be written */
export async function rewriteOnnxModel(
  host: CliHost,
  file: string,
  { input, set }: ReadOptions,
  order: RewriteOrder,
): Promise<{ readonly bytes: Uint8Array; readonly notes: readonly string[] }> {
  const request = { file: resolve(file), inputs: parseInputs(input), settings: set.map(sizeOf), order };
  const { bytes, notes = [], problem } = await host.reader.rewrite(request, { source: host.source });
  if (!bytes) throw new CliError(`${file}: ${excerpt(problem?.message ?? '', MESSAGE)}`);
  return { bytes, notes };
}

/** The graph of a file whose activations are listed: sizes that it leaves open don't matter for that. */
export async function readForListing(host: CliHost, file: string): Promise<Graph> {
  if (!existsSync(file)) throw new CliError(`${file}: there is no such file`);
  const read = async (settings: readonly Setting[]) =>
    (await host.reader.read({ file: resolve(file), settings }, { source: host.source })).extraction;
  const first = await read([]);
  const sizes = first.ok ? undefined : first.problem.sizes;
  const found = sizes ? await read(sizes) : first;
  if (!found.ok) throw readingError(found, file);
  return found.graph;
}
