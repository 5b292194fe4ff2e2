/** What an editor of ONNX files does besides reading their graphs: shows what they are, writes them with other activations. */

import type { SwapSite } from '../compare/report';
import { hiddenSites, swapSites } from '../compare/sites';
import type { ExtractionProblem, InputSpec } from '../extract/extract';
import { describeOnnx, type OnnxSummary } from '../fromOnnx/describe';
import { OnnxError } from '../fromOnnx/errors';
import { extractOnnx, type OnnxRequest } from '../fromOnnx/extraction';
import { itemAt } from '../graph/access';
import { initialise } from '../graph/initialise';
import { countParameters, SwapError } from '../graph/swap';
import type { Graph } from '../graph/types';
import { say } from '../language/say';
import { lower } from '../lower/lower';
import type { LoweredGraph } from '../lower/lowered';
import { LoweringError } from '../lower/scope';
import { encodeModel } from '../onnx/encode';
import type { Source } from '../source/source';
import { trialBatches, withOpenBatch } from './openBatch';
import { RewriteError, type RewriteOrder, rewrite } from './rewrite';

/** What an ONNX file is, as far as it can be read. */
export interface OnnxInspection {
  /** Bytes of the file; absent where it can't be had. */
  readonly size?: number;
  /** Absent where the file is damaged, or none. */
  readonly summary?: OnnxSummary;
  /** Absent where its graph can't be read. */
  readonly model?: InspectedModel;
  /** Why something of these is absent. */
  readonly problem?: ExtractionProblem;
}

export interface InspectedModel {
  readonly sites: readonly SwapSite[];
  /** Those that a comparison swaps unless told otherwise. */
  readonly hidden: readonly string[];
  readonly inputs: readonly InputSpec[];
  /** Elements of parameters. */
  readonly parameters: number;
  readonly notes: readonly string[];
}

/** Reads an ONNX file for somebody who looks at it. Never rejects for what the file holds. */
export async function inspectOnnx(request: OnnxRequest, source: Source): Promise<OnnxInspection> {
  const bytes = await source.bytes?.(request.file);
  const { summary, problem: damage } = bytes ? summaryOf(bytes) : {};
  const about = { ...(bytes && { size: bytes.length }), ...(summary && { summary }) };
  if (damage) return { ...about, problem: damage };
  const { extraction } = await extractOnnx(request, withBytes(source, request.file, bytes));
  if (!extraction.ok) return { ...about, problem: extraction.problem };
  const { graph, inputs } = extraction;
  const sites = swapSites(graph);
  const notes = graph.notes.map(({ message }) => message);
  return {
    ...about,
    model: { sites, hidden: hiddenSites(graph, sites), inputs, parameters: countParameters(graph).all, notes },
  };
}

function summaryOf(bytes: Uint8Array): { summary?: OnnxSummary; problem?: ExtractionProblem } {
  try {
    return { summary: describeOnnx(bytes) };
  } catch (error) {
    if (error instanceof OnnxError) return { problem: { kind: 'unsupported', message: error.message } };
    throw error;
  }
}

/** The same source, which need not be asked for a file again. */
function withBytes(source: Source, file: string, bytes: Uint8Array | undefined): Source {
  return {
    read: (other) => source.read(other),
    resolve: (from, module, level) => source.resolve(from, module, level),
    bytes: async (other) => (other === file ? bytes : source.bytes?.(other)),
  };
}

export interface OnnxRewritingRequest extends OnnxRequest {
  readonly order: RewriteOrder;
}

/** A file that was made, or why it could not be. */
export interface OnnxRewriting {
  readonly bytes?: Uint8Array;
  /** What to know of the new file: its weights, and what of the old one it has not. */
  readonly notes?: readonly string[];
  readonly problem?: ExtractionProblem;
}

/**
 * An ONNX file with another activation at chosen sites, and its own weights. Never rejects for what the file holds.
 * @param alive is called between steps, of which each may take seconds for a large model
 */
export async function rewriteOnnx(
  request: OnnxRewritingRequest,
  source: Source,
  alive: () => void = () => undefined,
): Promise<OnnxRewriting> {
  const { order, ...reading } = request;
  const bytes = await source.bytes?.(request.file);
  const { summary, problem } = bytes ? summaryOf(bytes) : {};
  if (problem) return { problem };
  const once = withBytes(source, request.file, bytes);
  const { extraction } = await extractOnnx(reading, once);
  if (!extraction.ok) return { problem: extraction.problem };
  alive();
  try {
    const graph = rewrite(extraction.graph, order);
    const fixed = lower(graph, { mode: 'evaluation', weights: 'constant' });
    const open = summary?.hasOpenBatch ? await lowerForAnyBatch(request, once, summary) : undefined;
    alive();
    const written = encodeModel(open ?? fixed, initialise(graph, 0, []));
    return { bytes: written, notes: [weightsNote(), ...lossesOf(graph, summary, open ?? fixed)] };
  } catch (error) {
    // Each says why it can't be written, and what to do.
    const isTold = [RewriteError, SwapError, LoweringError, RangeError].some((kind) => error instanceof kind);
    if (!isTold || !(error instanceof Error)) throw error;
    return { problem: { kind: 'unsupported', message: error.message } };
  }
}

/** The model lowered for any number of examples; undefined where it can't be told to be right for each. */
async function lowerForAnyBatch(
  { order, ...reading }: OnnxRewritingRequest,
  source: Source,
  { inputs }: OnnxSummary,
): Promise<LoweredGraph | undefined> {
  const lowered: LoweredGraph[] = [];
  for (const batch of trialBatches) {
    const { extraction } = await extractOnnx({ ...reading, batch }, source);
    if (!extraction.ok) return undefined;
    try {
      lowered.push(lower(rewrite(extraction.graph, order), { mode: 'evaluation', weights: 'constant' }));
    } catch (error) {
      // With more examples it has other places.
      if (error instanceof RewriteError || error instanceof SwapError) return undefined;
      throw error;
    }
  }
  const [first, second] = lowered;
  const axis = inputs.map(({ axes }) => axes?.[0]).find((each) => typeof each === 'string');
  return first && second && withOpenBatch(first, second, typeof axis === 'string' ? axis : 'batch');
}

const weightsNote = () =>
  say(
    'Its weights are those of the file, which were trained with its own activations: train it further before you use it',
  );

/** What the new file has not, for whoever is going to use it. */
function lossesOf(graph: Graph, summary: OnnxSummary | undefined, { inputs }: LoweredGraph): string[] {
  const isFixed = (name: string, dim: number) =>
    inputs.find((input) => input.name === name)?.openAxes?.[dim] === undefined;
  const closed = (summary?.inputs ?? []).flatMap(({ name, axes = [] }) =>
    axes.some((axis, dim) => typeof axis !== 'number' && isFixed(name, dim)) ? [name] : [],
  );
  const sizesOf = (name: string) => inputs.find((input) => input.name === name)?.type.shape.join('×') ?? '';
  const types = [
    ...graph.inputs.map(({ value }) => itemAt(graph.values, value).type),
    ...graph.storages.map(({ type }) => type),
  ];
  const isHalf = types.some(({ dtype }) => dtype === 'float16' || dtype === 'bfloat16');
  return [
    ...closed.map((name) => say('The sizes of {0} that the file left open are fixed: {1}', name, sizesOf(name))),
    ...(summary?.isQuantised
      ? [say('The file was quantised: the new one rounds in the same places, and computes in floats')]
      : []),
    ...(isHalf ? [say('Half precision is written as float32, inputs and outputs too')] : []),
  ];
}
