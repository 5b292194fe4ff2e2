/** The same model read with more samples at once. */
import { bytesOf } from '../graph/memory';
import type { Graph } from '../graph/types';
import { type ExtractRequest, extractModel } from './extract';
import type { InputSpec } from './spec';

/** Enough that statistics over a batch mean something. */
const wanted = 16;
/** All values of a forward pass together, in bytes. */
const most = 2 ** 28;

const typeIn = (graph: Graph, value: number) => graph.values[value]?.type ?? ({ dtype: 'float32', shape: [] } as const);

/** What a model was fed with. */
export const inputsOf = (graph: Graph): InputSpec[] => graph.inputs.map(({ value }) => typeIn(graph, value));

/** Inputs with a larger batch, where they have a batch of one. */
function largerBatch(graph: Graph): InputSpec[] | undefined {
  const types = inputsOf(graph);
  const first = types[0]?.shape ?? [];
  if (first[0] !== 1 || first.length < 2) return undefined;
  const bytes = graph.nodes
    .flatMap(({ outputs }) => outputs)
    .reduce((sum, value) => sum + bytesOf(typeIn(graph, value)), 1);
  const batch = Math.max(2, Math.min(wanted, Math.floor(most / bytes)));
  return types.map(({ dtype, shape }) => ({ dtype, shape: shape[0] === 1 ? [batch, ...shape.slice(1)] : shape }));
}

/**
 * Reads a model that was read with a batch of one again with a larger one: what is said of a batch (units dead for all
 * of it, its statistics) needs more than one sample.
 * @returns undefined where it has a batch already, or can't be read with another
 */
export async function withLargerBatch(request: ExtractRequest, graph: Graph): Promise<Graph | undefined> {
  const inputs = largerBatch(graph);
  if (!inputs) return undefined;
  const again = await extractModel({ ...request, inputs });
  return again.ok ? again.graph : undefined;
}
