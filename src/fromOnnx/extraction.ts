/** An ONNX file as an extraction: what editors and panels go by, whatever a model is written in. */
import type { Extraction, ExtractionProblem, InputSpec } from '../extract/extract';
import type { Setting } from '../extract/given';
import { itemAt } from '../graph/access';
import type { Graph } from '../graph/types';
import { list, say } from '../language/say';
import { folderOf, shortName } from '../source/path';
import type { Source } from '../source/source';
import { readWithLargerBatch } from './batch';
import { describeOnnx, type OnnxValueSummary } from './describe';
import { OnnxError } from './errors';
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

/**
 * Reads a file. Never rejects for what the file holds.
 * @param alive is called between steps, of which each may take seconds for a large model
 */
export async function extractOnnx(
  request: OnnxRequest,
  source: Source,
  alive: () => void = () => undefined,
): Promise<OnnxReading> {
  const began = performance.now();
  const { file } = request;
  const name = shortName(file).replace(/\.onnx$/i, '');
  const bytes = await source.bytes?.(file);
  if (!bytes) return failure({ kind: 'no-model', message: say('{0} cannot be read', shortName(file)) });
  try {
    const options = { external: filesBeside(file, source), axes: sizesOf(bytes, request), batch: request.batch, name };
    const graph = await readOnnx(bytes, options);
    alive();
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
    case 'open-axes': {
      const sizes = axes.map(({ name, suggestion = USUAL_SIZE }) => ({ name, text: String(suggestion) }));
      return { kind: 'needs-input', message, guessed: list(sizes.map(({ name, text }) => `${name}=${text}`)), sizes };
    }
    case 'too-large':
      return { kind: 'budget', message };
    case 'shape':
      return { kind: 'shape', message };
    default:
      return { kind: 'unsupported', message };
  }
}

/** What a size might be of which nothing is known. */
const USUAL_SIZE = 64;

/** Files in the model's own folder; the reader refuses others before it asks. */
function filesBeside(file: string, source: Source): ExternalFiles {
  const folder = folderOf(file);
  return (location) => source.bytes?.(`${folder}${location}`);
}

/**
 * Sizes of open axes: by name, or as the shapes of inputs say them.
 * @throws OnnxError where they contradict the file
 */
function sizesOf(bytes: Uint8Array, { inputs = [], settings = [] }: OnnxRequest): Record<string, number> {
  const own = describeOnnx(bytes).inputs;
  const sizes = new Map<string, number>();
  const give = (name: string, size: number) => {
    const before = sizes.get(name) ?? size;
    if (before !== size)
      throw new OnnxError('shape', say('The size {0} is given as {1} and as {2}', name, before, size));
    sizes.set(name, size);
  };
  for (const setting of settings) give(setting.name, sizeIn(setting, own));
  inputs.forEach((spec, index) => {
    const input = spec.name === undefined ? own[index] : own.find(({ name }) => name === spec.name);
    const { axes = [], name = '' } = input ?? {};
    const shape = 'shape' in spec ? spec.shape : undefined;
    if (!input || axes.length !== shape?.length) {
      const known = own.map((each) => `${each.name} ${(each.axes ?? []).map((axis) => axis ?? '?').join('×')}`);
      throw new OnnxError(
        'shape',
        say('The inputs of the file are {0}, which the given shapes do not fit', list(known)),
      );
    }
    axes.forEach((axis, dim) => {
      const size = itemAt(shape, dim);
      if (typeof axis !== 'number') give(axis ?? `${name}[${dim}]`, size);
      else if (axis !== size)
        throw new OnnxError('shape', say('Axis {0} of {1} is {2} in the file, not {3}', dim, name, axis, size));
    });
  });
  return Object.fromEntries(sizes);
}

/** @throws OnnxError where the file has no such size, or it is no number */
function sizeIn({ name, text }: Setting, inputs: readonly OnnxValueSummary[]): number {
  const open = inputs.flatMap((input) =>
    (input.axes ?? []).flatMap((axis, dim) => (typeof axis === 'number' ? [] : [[axis, `${input.name}[${dim}]`]])),
  );
  if (!open.some((names) => names.includes(name))) {
    const known = list(open.map(([own, place]) => own ?? place ?? ''));
    const message = known
      ? say('The file leaves no size open that is called {0}; it leaves open {1}', name, known)
      : say('The file leaves no size of its inputs open, so {0} can not be given', name);
    throw new OnnxError('shape', message);
  }
  if (!/^\d+$/.test(text)) throw new OnnxError('shape', say('The size {0} of {1} is no whole number.', text, name));
  return Number(text);
}
