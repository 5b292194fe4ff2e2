import * as v from 'valibot';
import type { HealthReport } from '../health/report';
import { modelWeights } from './compare';
import { graph, line, list, message, recordOf, sourceRange } from './shapes';

/** Messages between the panel that checks a model and its host, as schemas: both sides parse with them. */

const event = <const K extends string, const E extends v.ObjectEntries>(type: K, entries: E) =>
  v.object({ type: v.literal(type), ...entries });

const layers = list(recordOf(v.unknown()), 200_000);
const place = v.looseObject({ title: line, path: line, source: v.optional(sourceRange) });
const outline = v.looseObject({
  version: v.literal(1),
  created: line,
  model: v.looseObject({ name: line, notes: list(message, 10_000) }),
  environment: v.looseObject({ backend: line }),
  layers,
  batch: v.number(),
  seeds: v.number(),
  findings: list(
    v.looseObject({
      rule: line,
      severity: v.picklist(['error', 'warning', 'information']),
      message,
      advice: message,
      places: list(place, 200_000),
    }),
    1000,
  ),
});

/** It has a row for each activation, so that it is looked at and not copied. */
export const healthReport = v.custom<HealthReport>((value) => v.is(outline, value));

/** Host → health panel. */
export const toHealthPanel = v.variant('type', [
  /** A model is being read: its file, as people say it. */
  event('reading', { label: line }),
  /** It was read: everything that measuring needs. With a report it was checked before. */
  event('model', {
    graph,
    batched: v.optional(graph),
    training: v.optional(graph),
    /** Its file, as people say it, and what was read of it. */
    label: line,
    expression: line,
    /** Path of the submodule that was read, where it isn't the whole model. */
    part: v.optional(line),
    weights: v.optional(modelWeights),
    /** Where it is to run; absent: on the CPU where that is as quick, else as comparisons do unless told otherwise. */
    backend: v.optional(v.picklist(['webgpu', 'wasm'])),
    report: v.optional(healthReport),
  }),
  /** It can't be read: why, and what to do. */
  event('unreadable', { message, source: v.optional(sourceRange) }),
  /** The text is another one than the model was read from; or it is that one again. */
  event('stale', { isStale: v.boolean() }),
  /** Where the runtime's files are: webview URIs. */
  event('resources', { wasm: line, worker: line }),
]);
export type ToHealthPanel = Readonly<v.InferOutput<typeof toHealthPanel>>;

/** Health panel → host. */
export const fromHealthPanel = v.variant('type', [
  event('ready', {}),
  /** Show a place in the editor. */
  event('reveal', { source: sourceRange }),
  /** Read the model again, and check it anew. */
  event('again', {}),
  /** Check with the weights of a checkpoint, which the user is asked for, or with initial ones again. */
  event('weights', { choose: v.boolean() }),
  event('report', { report: healthReport }),
]);
export type FromHealthPanel = Readonly<v.InferOutput<typeof fromHealthPanel>>;
