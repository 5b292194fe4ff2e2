/** The same model read with more samples at once. */
import { leastBatch } from '../graph/leastBatch';
import { largerBatchOf } from '../graph/memory';
import type { Graph } from '../graph/types';
import { type ExtractRequest, extractModel } from './extract';
import { type InputSpec, mapTensors, tensorsOf } from './spec';

/** Inputs with a larger batch, where they have a small one. */
function largerBatch(graph: Graph, inputs: readonly InputSpec[]): InputSpec[] | undefined {
  const [first] = inputs.flatMap(tensorsOf);
  const own = first?.shape[0];
  if (own === undefined || own >= leastBatch || (first?.shape.length ?? 0) < 2) return undefined;
  const batch = largerBatchOf(graph, own);
  if (batch <= own) return undefined;
  return inputs.map((input) =>
    mapTensors(input, (tensor) =>
      tensor.shape[0] === own ? { ...tensor, shape: [batch, ...tensor.shape.slice(1)] } : tensor,
    ),
  );
}

/**
 * Reads a model that was read with a small batch again with a larger one: what is said of a batch (units dead for all
 * of it, its statistics) and short training runs need more samples than a file's example has.
 * @param inputs what it was read with
 * @returns the model and what it is fed with then; undefined where its batch is large enough, or can't be read with another
 */
export async function withLargerBatch(
  request: ExtractRequest,
  graph: Graph,
  inputs: readonly InputSpec[],
): Promise<{ readonly graph: Graph; readonly inputs: readonly InputSpec[] } | undefined> {
  // For other samples the model may be another one.
  const larger = request.forInput ? undefined : largerBatch(graph, inputs);
  if (!larger) return undefined;
  const again = await extractModel({ ...request, inputs: larger });
  return again.ok ? { graph: again.graph, inputs: larger } : undefined;
}
