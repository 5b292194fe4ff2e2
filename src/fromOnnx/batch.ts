/** The same file read with more examples at once. */
import { bytesOf } from '../graph/memory';
import type { Graph } from '../graph/types';
import { describeOnnx } from './describe';
import { OnnxError } from './errors';
import { type OnnxOptions, readOnnx } from './read';

/** Enough that statistics over a batch mean something. */
const WANTED = 16;
/** All values of a forward pass together, in bytes. */
const MOST = 2 ** 28;

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
  const made = graph.nodes.flatMap(({ outputs }) => outputs.flatMap((value) => graph.values[value] ?? []));
  const size = made.reduce((sum, { type }) => sum + bytesOf(type), 1);
  const batch = Math.max(2, Math.min(WANTED, Math.floor(MOST / size)));
  try {
    return await readOnnx(bytes, { ...options, batch });
  } catch (error) {
    // What an exporter fixed to one example in the middle of the model.
    if (error instanceof OnnxError) return undefined;
    throw error;
  }
}
