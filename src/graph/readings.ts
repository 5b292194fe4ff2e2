/** Several readings of one model: with a larger batch, and as it trains. */
import { itemAt } from './access';
import { activationsOf, type PlacedActivation } from './activations';
import { withStoragesOf } from './align';
import type { Graph } from './types';

/** What an activation is, wherever it stands among the nodes: readings number these otherwise where one needs more of them. */
const activationPrint = ({ op, path, call, source, site }: PlacedActivation) =>
  JSON.stringify([op.activation, op.parameters, path, call, source, site]);

/** Both readings run the same activations in the same order. */
function runsSame(graph: Graph, other: Graph): boolean {
  const [own, others] = [activationsOf(graph), activationsOf(other)];
  return (
    own.length === others.length && own.every((one, i) => activationPrint(one) === activationPrint(itemAt(others, i)))
  );
}

/** Both readings are the same nodes, whose values may be numbered otherwise. */
const hasSameNodes = (graph: Graph, other: Graph) =>
  other.nodes.length === graph.nodes.length &&
  other.nodes.every(({ op, path }, i) => op.kind === graph.nodes[i]?.op.kind && path === graph.nodes[i]?.path);

/**
 * The graph that all but the latency is measured with: the same model read with a larger batch, where it is the same
 * model indeed. It may have more nodes or fewer (to expand to one sample is to do nothing), but the same activations and
 * weights.
 */
export function measuredBatch(graph: Graph, batched: Graph | undefined): Graph {
  if (!batched || batched.storages.length !== graph.storages.length || !runsSame(graph, batched)) return graph;
  if (hasSameNodes(graph, batched)) return withInitialisersOf(batched, graph);
  const aligned = withStoragesOf(batched, graph);
  return aligned.storages.length === graph.storages.length ? aligned : graph;
}

/** Activations of one reading in another one of the same model, which runs them in the same order. */
export function nodesIn(nodes: readonly number[], from: Graph, to: Graph): number[] {
  const there = activationsOf(to);
  const chosen = new Set(nodes);
  return activationsOf(from).flatMap(({ node }, i) => (chosen.has(node) ? [itemAt(there, i).node] : []));
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
