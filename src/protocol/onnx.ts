import * as v from 'valibot';
import type { OnnxSummary, OnnxValueSummary } from '../fromOnnx/describe';
import { cancel, replies, request } from './requests';
import { count, line, list, message, mostSites, parameters, recordOf, type SchemaOf } from './shapes';

/** Messages between the editor of ONNX files and its host, as schemas: both sides parse with them. */

const event = <const K extends string, const E extends v.ObjectEntries>(type: K, entries: E) =>
  v.object({ type: v.literal(type), ...entries });

/** Operators, functions, inputs and the like of a file: it may name many. */
const many = 100_000;

const fileValue = v.object({
  name: line,
  type: line,
  axes: v.optional(list(v.union([v.number(), line, v.null()]), 1000)),
}) satisfies SchemaOf<OnnxValueSummary>;

/** Metadata of exporters hold whole traces of a stack: what is shown is cut, and bounded here. */
const fileSummary = v.object({
  producer: line,
  producerVersion: line,
  irVersion: v.number(),
  opsets: recordOf(v.number()),
  name: line,
  inputs: list(fileValue, many),
  outputs: list(fileValue, many),
  operators: list(v.object({ operator: line, count }), many),
  nodes: count,
  initialisers: count,
  elements: v.number(),
  hasOpenBatch: v.boolean(),
  isQuantised: v.boolean(),
  functions: list(line, many),
  external: list(line, many),
  metadata: recordOf(message),
}) satisfies SchemaOf<OnnxSummary>;

/** A place of the model that names an activation, or writes one out. */
const onnxSite = v.object({
  id: line,
  activation: line,
  title: line,
  parameters,
  /** Names of its nodes in the file. */
  paths: list(line, mostSites),
  written: v.boolean(),
  /** The gated unit whose gate it opens. */
  unit: v.optional(line),
  /** Why a comparison leaves it alone unless told otherwise. */
  kept: v.optional(message),
});
export type OnnxSite = Readonly<v.InferOutput<typeof onnxSite>>;

/** Host → editor of ONNX files. */
export const toOnnxPanel = v.variant('type', [
  /** The file is being read, for the first time or again. */
  event('reading', { label: line }),
  /** What the file says of itself, and its bytes. */
  event('file', { summary: fileSummary, size: count }),
  /** Its graph was read. */
  event('model', {
    sites: list(onnxSite, mostSites),
    /** Sites ticked at the start. */
    selected: list(line, mostSites),
    /** What it was read with: `1x1x28x28`. */
    input: line,
    /** Elements of parameters. */
    parameters: count,
    notes: list(message, 10_000),
  }),
  /** Something of it can't be read: why, and what to do. */
  event('unreadable', {
    message,
    /** Sizes that may be given, as they may be written; absent where none are asked for. */
    sizes: v.optional(line),
  }),
  ...replies,
]);
export type ToOnnxPanel = Readonly<v.InferOutput<typeof toOnnxPanel>>;

/** What the page asks its host. */
export const onnxRequests = {
  /** Write the model with another activation, which the user is asked for, as is the file; null: they thought better of it. */
  write: request('write', { sites: list(line, mostSites) }, v.object({ message: v.union([message, v.null()]) })),
};
export type OnnxRequests = typeof onnxRequests;

/** Editor of ONNX files → host. */
export const fromOnnxPanel = v.variant('type', [
  event('ready', {}),
  /** Read the file again: with these sizes, or with those of before. */
  event('again', { sizes: v.optional(line) }),
  /** Compare activations at these sites; absent: at those that a comparison chooses. */
  event('compare', { sites: v.optional(list(line, mostSites)) }),
  event('explain', { activation: line }),
  cancel,
  onnxRequests.write.asked,
]);
export type FromOnnxPanel = Readonly<v.InferOutput<typeof fromOnnxPanel>>;
