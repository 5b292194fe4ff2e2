/** The same file read with more examples at once. */
import { largerBatchOf } from '../graph/memory';
import type { Graph } from '../graph/types';
import { describeOnnx } from './describe';
import { OnnxError } from './errors';
import { type OnnxOptions, readOnnx } from './read';

/**
 * The model with a larger batch, for what is said of a batch. Undefined where the file fixes how many examples there are,
 * the options say it, or its operators allow no other number.
 * @param graph read with a batch of one
 */
export async function readWithLargerBatch(
  bytes: Uint8Array,
  graph: Graph,
  options: OnnxOptions,
): Promise<Graph | undefined> {
  if (options.batch !== undefined || !describeOnnx(bytes).hasOpenBatch) return undefined;
  const batch = largerBatchOf(graph);
  try {
    return await readOnnx(bytes, { ...options, batch });
  } catch (error) {
    // What an exporter fixed to one example in the middle of the model.
    if (error instanceof OnnxError) return undefined;
    throw error;
  }
}
