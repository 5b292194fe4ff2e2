/** Several readings of one model: with a larger batch, and as it trains. */
import { activationsOf } from './activations';
import type { Graph } from './types';

/** Which values activations make. */
const outputsOf = (graph: Graph) => String(activationsOf(graph).map(({ output }) => output));

/**
 * The graph that all but the latency is measured with: the same model read with a larger batch, where it is the same
 * model indeed.
 */
export function measuredBatch(graph: Graph, batched: Graph | undefined): Graph {
  const same =
    batched !== undefined &&
    batched.nodes.length === graph.nodes.length &&
    batched.storages.length === graph.storages.length &&
    batched.nodes.every(({ op, path }, i) => op.kind === graph.nodes[i]?.op.kind && path === graph.nodes[i]?.path) &&
    outputsOf(batched) === outputsOf(graph);
  if (!same) return graph;
  // Both were read from one text: what they start from is the same, and told to be by being one object.
  const storages = batched.storages.map((storage, id) => ({
    ...storage,
    initialiser: graph.storages[id]?.initialiser ?? storage.initialiser,
  }));
  return { ...batched, storages };
}

/** Both graphs take the same inputs, and begin their outputs with the same. */
export function isSameCall(training: Graph, batched: Graph): boolean {
  const typesOf = (graph: Graph, at: readonly { readonly value: number }[]) =>
    at.map(({ value }) => graph.values[value]?.type);
  const call = (graph: Graph) => [typesOf(graph, graph.inputs), typesOf(graph, graph.outputs.slice(0, 1))];
  return JSON.stringify(call(training)) === JSON.stringify(call(batched));
}
