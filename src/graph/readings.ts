/** Several readings of one model: with a larger batch, and as it trains. */
import { activationsOf } from './activations';
import type { Graph } from './types';

/** Which nodes activations are; their values may be numbered otherwise, where the input was found inside of a call. */
const placesOf = (graph: Graph) => String(activationsOf(graph).map(({ node }) => node));

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
    placesOf(batched) === placesOf(graph);
  return same ? withInitialisersOf(batched, graph) : graph;
}

/** A reading whose storages begin as another's do: both were read from one text, and are told to be the same by being one object. */
export function withInitialisersOf(graph: Graph, base: Graph): Graph {
  const storages = graph.storages.map((storage, id) => ({
    ...storage,
    initialiser: base.storages[id]?.initialiser ?? storage.initialiser,
  }));
  return { ...graph, storages };
}

/** Both graphs take the same inputs, and begin their outputs with the same. */
export function isSameCall(training: Graph, batched: Graph): boolean {
  const typesOf = (graph: Graph, at: readonly { readonly value: number }[]) =>
    at.map(({ value }) => graph.values[value]?.type);
  const call = (graph: Graph) => [typesOf(graph, graph.inputs), typesOf(graph, graph.outputs.slice(0, 1))];
  return JSON.stringify(call(training)) === JSON.stringify(call(batched));
}
