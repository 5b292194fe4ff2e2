/** ONNX files on the command line. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type InputSpec, parseInputSpec, tensorsOf } from '../extract/spec';
import { readWithLargerBatch } from '../fromOnnx/batch';
import { describeOnnx, type OnnxValueSummary } from '../fromOnnx/describe';
import { OnnxError } from '../fromOnnx/errors';
import type { ExternalFiles } from '../fromOnnx/external';
import { type OnnxOptions, readOnnx } from '../fromOnnx/read';
import type { Graph } from '../graph/types';
import { excerpt, MESSAGE } from '../language/legible';
import { list } from '../language/say';
import { rewriteOnnx } from '../rewrite/onnxFile';
import type { RewriteOrder } from '../rewrite/rewrite';
import { NodeSource } from '../source/node';
import { CliError } from './host';
import type { ReadModel, ReadOptions } from './model';

export const isOnnx = (target: string): boolean => target.toLowerCase().endsWith('.onnx');

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    throw new CliError(`${file} can't be read: ${reason(error)}`);
  }
}

/** Files in the model's folder; the reader asks for no others. */
function filesBeside(file: string): ExternalFiles {
  return async (location) => {
    try {
      return new Uint8Array(await readFile(join(dirname(file), location)));
    } catch {
      return undefined;
    }
  };
}

/** `--set height=224`: sizes by their names. */
function sizesSet(settings: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    settings.map((text) => {
      const at = text.indexOf('=');
      const size = Number(text.slice(at + 1));
      if (at < 1 || !Number.isSafeInteger(size))
        throw new CliError(`--set ${text}: write the name of a size and a number, such as --set height=224`);
      return [text.slice(0, at), size];
    }),
  );
}

/** Sizes that `--input 1x3x32x32` says for one of the file's inputs. */
function sizesOf(spec: InputSpec, text: string, { name, axes }: OnnxValueSummary): [string, number][] {
  const [tensor] = tensorsOf(spec);
  const shape = tensor?.shape ?? [];
  if (!axes || axes.length !== shape.length)
    throw new CliError(`--input ${text}: ${name} has ${axes?.length ?? 'any number of'} axes in the file`);
  return axes.flatMap((axis, dim) => {
    const size = shape[dim];
    if (size === undefined || typeof axis === 'number') {
      if (axis !== size) throw new CliError(`--input ${text}: axis ${dim} of ${name} is ${axis} in the file`);
      return [];
    }
    return [[axis ?? `${name}[${dim}]`, size] as [string, number]];
  });
}

/** Sizes of open axes as the options say them. */
function axesOf(bytes: Uint8Array, options: ReadOptions): Record<string, number> {
  const { inputs } = describeOnnx(bytes);
  const axes = sizesSet(options.set);
  options.input.forEach((text, index) => {
    const spec = parseInputSpec(text);
    const found = spec.name === undefined ? inputs[index] : inputs.find(({ name }) => name === spec.name);
    if (!found) throw new CliError(`--input ${text}: the file's inputs are ${list(inputs.map(({ name }) => name))}`);
    Object.assign(axes, Object.fromEntries(sizesOf(spec, text, found)));
  });
  return axes;
}

/** A problem as the terminal says it. */
function problemOf(error: unknown, file: string): unknown {
  if (!(error instanceof OnnxError)) return error;
  const line = `${file}: ${excerpt(error.message, MESSAGE)}`;
  const sizes = error.axes.map(({ name, suggestion = 64 }) => `--set '${name}=${suggestion}'`);
  return sizes.length > 0 ? new CliError(line, `sizes are given with ${sizes.join(' ')}`) : new CliError(line);
}

/**
 * Reads an ONNX file.
 * @param compared also with a larger batch
 * @throws CliError with the way out where it can't be read
 */
export async function readOnnxModel(file: string, options: ReadOptions, compared: boolean): Promise<ReadModel> {
  const forPython = [
    ...(options.part === undefined ? [] : ['--part']),
    ...(options.forInput ? ['--for-input'] : []),
    ...(options.library.length > 0 ? ['--library'] : []),
  ];
  if (forPython.length > 0) throw new CliError(`${list(forPython)}: for models in Python, and ${file} is an ONNX file`);
  const began = performance.now();
  const bytes = await bytesOf(file);
  try {
    // Exporters call every graph `main_graph`.
    const name = basename(file).replace(/\.onnx$/i, '');
    const own: OnnxOptions = { external: filesBeside(file), axes: axesOf(bytes, options), name };
    const graph = await readOnnx(bytes, own);
    const milliseconds = performance.now() - began;
    const batched = compared ? await readWithLargerBatch(bytes, graph, own) : undefined;
    const weightsFile = basename(file);
    return { graph: { ...graph, weightsFile }, file, expression: name, milliseconds, ...(batched && { batched }) };
  } catch (error) {
    throw problemOf(error, file);
  }
}

/**
 * The bytes of an ONNX file with another activation.
 * @throws CliError where it can't be written, saying why
 */
export async function rewriteOnnxModel(file: string, options: ReadOptions, order: RewriteOrder): Promise<Uint8Array> {
  const sizes = Object.entries(axesOf(await bytesOf(file), options));
  const settings = sizes.map(([name, size]) => ({ name, text: String(size) }));
  const { bytes, problem } = await rewriteOnnx({ file: resolve(file), settings, order }, new NodeSource());
  if (!bytes) throw new CliError(`${file}: ${excerpt(problem?.message ?? '', MESSAGE)}`);
  return bytes;
}

/** The graph of a file whose activations are listed: sizes that it leaves open don't matter for that. */
export async function readForListing(file: string): Promise<Graph> {
  const bytes = await bytesOf(file);
  const external = filesBeside(file);
  try {
    return await readOnnx(bytes, { external });
  } catch (error) {
    if (!(error instanceof OnnxError) || error.axes.length === 0) throw problemOf(error, file);
    const axes = Object.fromEntries(error.axes.map(({ name, suggestion = 64 }) => [name, suggestion]));
    return readOnnx(bytes, { external, axes }).catch((again: unknown) => {
      throw problemOf(again, file);
    });
  }
}
