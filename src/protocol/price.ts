import * as v from 'valibot';
import type { PricedFinding } from '../price/finding';
import type { PriceReport } from '../price/report';
import { cancel, done, replies, request } from './requests';
import { count, graph, line, list, message, type SchemaOf, sourceRange } from './shapes';

/** Messages between the panel that measures a finding and its host, as schemas: both sides parse with them. */

const event = <const K extends string, const E extends v.ObjectEntries>(type: K, entries: E) =>
  v.object({ type: v.literal(type), ...entries });

/** Which finding is measured; plain data, so that a quick fix can carry it. */
export const priceTarget = v.object({ code: line, range: sourceRange });
export type PriceTarget = Readonly<v.InferOutput<typeof priceTarget>>;

const finding = v.object({
  code: line,
  range: sourceRange,
  related: list(sourceRange, 1000),
  isOutside: v.boolean(),
}) satisfies SchemaOf<PricedFinding>;

const samples = list(v.union([v.number(), v.nan()]), 1000);
const quantity = v.picklist(['gradient', 'reach', 'slopes', 'dead', 'deviation', 'loss']);

export const priceReport = v.object({
  subject: v.object({
    code: line,
    kind: v.picklist(['loss', 'extra', 'stack', 'scale']),
    what: line,
    instead: v.optional(line),
    count,
    loss: line,
    isAppended: v.boolean(),
  }),
  model: line,
  batch: count,
  seeds: count,
  quantities: list(v.object({ quantity, written: samples, mended: samples }), 100),
  least: v.optional(
    v.object({
      written: v.number(),
      mended: v.number(),
      yes: v.optional(v.number()),
      no: v.optional(v.number()),
      classes: v.optional(count),
    }),
  ),
  notes: list(message, 100),
}) satisfies SchemaOf<PriceReport>;

/** Host → price panel. */
export const toPricePanel = v.variant('type', [
  /** Which finding it is, before its model is read. */
  event('finding', {
    code: line,
    message,
    /** Where it is, as people say it. */
    place: line,
    /** What the fix would do, where there is one. */
    fix: v.optional(line),
  }),
  /** The model was read: everything that measuring needs. With a report it was measured before. */
  event('model', {
    finding,
    graph,
    batched: v.optional(graph),
    training: v.optional(graph),
    guessesArguments: v.optional(v.boolean()),
    report: v.optional(priceReport),
  }),
  /** The model can't be read: why, and what to do. */
  event('unreadable', { message }),
  /** The code changed after the model was read. */
  event('stale', {}),
  /** It changed, and the model is the same as before: where the finding is now. */
  event('fresh', { place: line }),
  /** Where the runtime's files are: webview URIs. */
  event('resources', { wasm: line, worker: line }),
  ...replies,
]);
export type ToPricePanel = Readonly<v.InferOutput<typeof toPricePanel>>;

/** What the page asks its host. */
export const priceRequests = {
  /** Mend what was found. */
  fix: request('fix', {}, done, 30_000),
};
export type PriceRequests = typeof priceRequests;

/** Price panel → host. */
export const fromPricePanel = v.variant('type', [
  event('ready', {}),
  /** Show the place in the editor. */
  event('reveal', {}),
  /** Read the model again, and measure anew. */
  event('again', {}),
  event('report', { report: priceReport }),
  cancel,
  priceRequests.fix.asked,
]);
export type FromPricePanel = Readonly<v.InferOutput<typeof fromPricePanel>>;
