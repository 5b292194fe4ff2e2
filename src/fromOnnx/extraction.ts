/** An ONNX file as an extraction: what editors and panels go by, whatever a model is written in. */
import type { Extraction, ExtractionProblem, InputSpec } from '../extract/extract';
import type { Setting } from '../extract/given';
import { itemAt } from '../graph/access';
import type { Graph } from '../graph/types';
import { list, say } from '../language/say';
import { shortName } from '../source/path';
import type { Source } from '../source/source';
import { readWithLargerBatch } from './batch';
import { describeOnnx } from './describe';
import { OnnxError, type OpenAxis } from './errors';
import type { ExternalFiles } from './external';
import { readOnnx } from './read';

export interface OnnxRequest {
  readonly file: string;
  /** Shapes for inputs that leave sizes open, in the file's order or by name. */
  readonly inputs?: readonly InputSpec[] | undefined;
  /** Sizes by their names. */
  readonly settings?: readonly Setting[] | undefined;
  readonly compared?: boolean | undefined;
  /** Examples where the file leaves their number open; 1 unless given. */
  readonly batch?: number | undefined;
}

export interface OnnxReading {
  readonly extraction: Extraction;
  readonly batched?: Graph;
}

/** Reads a file of the workspace. Never rejects for what the file holds. */
export async function extractOnnx(request: OnnxRequest, source: Source): Promise<OnnxReading> {
  const began = performance.now();
  const { file } = request;
  const name = shortName(file).replace(/\.onnx$/i, '');
  const bytes = await source.bytes?.(file);
  if (!bytes) return failure({ kind: 'no-model', message: say('{0} cannot be read', shortName(file)) });
  try {
    const options = { external: filesBeside(file, source), axes: sizesOf(bytes, request), batch: request.batch, name };
    const graph = await readOnnx(bytes, options);
    const batched = request.compared ? await readWithLargerBatch(bytes, graph, options) : undefined;
    const weightsFile = shortName(file);
    const extraction: Extraction = {
      ok: true,
      graph: { ...graph, weightsFile },
      expression: name,
      inputs: graph.inputs.map(({ value }) => itemAt(graph.values, value).type),
      inputOrigin: request.inputs || request.settings ? 'given' : 'file',
      hasModes: false,
      milliseconds: performance.now() - began,
      models: [],
    };
    return { extraction, ...(batched && { batched: { ...batched, weightsFile } }) };
  } catch (error) {
    if (error instanceof OnnxError) return failure(problemOf(error));
    throw error;
  }
}

function failure(problem: ExtractionProblem): OnnxReading {
  return { extraction: { ok: false, problem, others: [], parts: [], models: [] } };
}

function problemOf({ kind, message, axes }: OnnxError): ExtractionProblem {
  switch (kind) {
    case 'open-axes':
      return { kind: 'needs-input', message, parameters: axes.map(({ name }) => name), guessed: suggestionFor(axes) };
    case 'too-large':
      return { kind: 'budget', message };
    case 'shape':
      return { kind: 'shape', message };
    default:
      return { kind: 'unsupported', message };
  }
}

/** What might be written for sizes that are open. */
function suggestionFor(axes: readonly OpenAxis[]): string {
  return list(axes.map(({ name, suggestion = 64 }) => `${name}=${suggestion}`));
}

/** Files in the model's own folder; the reader refuses others before it asks. */
function filesBeside(file: string, source: Source): ExternalFiles {
  const folder = file.slice(0, file.length - shortName(file).length);
  return (location) => source.bytes?.(`${folder}${location}`);
}

/**
 * Sizes of open axes: by name, or as the shapes of inputs say them.
 * @throws OnnxError where a shape contradicts the file
 */
function sizesOf(bytes: Uint8Array, { inputs = [], settings = [] }: OnnxRequest): Record<string, number> {
  const sizes = new Map(settings.map(({ name, text }) => [name, Number(text)]));
  const own = describeOnnx(bytes).inputs;
  inputs.forEach((spec, index) => {
    if (!('shape' in spec)) return;
    const input = spec.name === undefined ? own[index] : own.find(({ name }) => name === spec.name);
    const { axes = [], name = '' } = input ?? {};
    if (!input || axes.length !== spec.shape.length) {
      const known = own.map((each) => `${each.name} ${(each.axes ?? []).map((axis) => axis ?? '?').join('×')}`);
      throw new OnnxError(
        'shape',
        say('The inputs of the file are {0}, which the given shapes do not fit', list(known)),
      );
    }
    axes.forEach((axis, dim) => {
      const size = itemAt(spec.shape, dim);
      if (typeof axis !== 'number') sizes.set(axis ?? `${name}[${dim}]`, size);
      else if (axis !== size)
        throw new OnnxError('shape', say('Axis {0} of {1} is {2} in the file, not {3}', dim, name, axis, size));
    });
  });
  return Object.fromEntries(sizes);
}
