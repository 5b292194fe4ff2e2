import * as v from 'valibot';
import type { ActivationParameters, Graph, SourceRange } from '../graph/types';

/**
 * Shapes that several messages share. Bounds are generous for what people write and small for a computer: they hold off
 * what no page of ours would send.
 */

/** A shape whose output is the core's own type: where that type changes and the schema doesn't, the types don't fit. */
export type SchemaOf<T> = v.GenericSchema<unknown, T>;

/** Ids, paths, expressions, titles, addresses. */
export const line = v.pipe(v.string(), v.maxLength(10_000));
/** What people read. */
export const longestMessage = 100_000;
export const message = v.pipe(v.string(), v.maxLength(longestMessage));
/** How many, or which one. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** @param most items, at most */
export const list = <const S extends v.GenericSchema>(item: S, most: number) =>
  v.pipe(v.array(item), v.maxLength(most), v.readonly());

/** Sites of a model, and what belongs to them: a graph has 200,000 nodes at most. */
export const mostSites = 200_000;

export const sourceRange = v.object({
  file: line,
  line: count,
  column: count,
  endLine: count,
  endColumn: count,
}) satisfies SchemaOf<SourceRange>;

/** An object of items by name. A record's schema alone would take a list for an empty record. */
export const recordOf = <const S extends v.GenericSchema>(item: S) => v.pipe(plainObject, v.record(v.string(), item));
const plainObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** Of an activation, which has a few. */
export const parameters = v.pipe(
  recordOf(v.union([v.number(), v.nan(), v.boolean(), v.pipe(v.string(), v.maxLength(1000))])),
  v.maxEntries(64),
  v.readonly(),
) satisfies SchemaOf<ActivationParameters>;

/**
 * The outline of a graph. It comes from our own host and may have 200,000 nodes: walking all of it would take longer
 * than sending it, and what runs it (lowering) checks each node anyway.
 */
export const graph = v.custom<Graph>((value) => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, inputs, outputs, values, nodes, storages, state, updates, notes } = value as Record<string, unknown>;
  return (
    typeof name === 'string' && [inputs, outputs, values, nodes, storages, state, updates, notes].every(Array.isArray)
  );
});
