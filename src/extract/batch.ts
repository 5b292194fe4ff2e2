/** The same model read with more samples at once. */
import { largerBatchOf } from '../graph/memory';
import type { Graph } from '../graph/types';
import { type ExtractRequest, extractModel } from './extract';
import { type InputSpec, mapTensors, tensorsOf } from './spec';

/** Inputs with a larger batch, where they have a batch of one. */
function largerBatch(graph: Graph, inputs: readonly InputSpec[]): InputSpec[] | undefined {
  const [first] = inputs.flatMap(tensorsOf);
  if (first?.shape[0] !== 1 || first.shape.length < 2) return undefined;
  const batch = largerBatchOf(graph);
  return inputs.map((input) =>
    mapTensors(input, (tensor) =>
      tensor.shape[0] === 1 ? { ...tensor, shape: [batch, ...tensor.shape.slice(1)] } : tensor,
    ),
  );
}

/**
 * Reads a model that was read with a batch of one again with a larger one: what is said of a batch (units dead for all
 * of it, its statistics) needs more than one sample.
 * @param inputs what it was read with
 * @returns the model and what it is fed with then; undefined where it has a batch already, or can't be read with another
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
