import { findActivation } from '../activations/catalogue';
import { outputRange } from '../activations/facts';
import type { Graph, Node, SourceRange } from '../graph/types';
import type { SwapSite } from './report';

/** The place that names an activation: where its module was constructed, else the call. */
const placeOf = (node: Node): SourceRange | undefined => node.site ?? node.source;

function keyOf(node: Node, index: number): string {
  if (node.op.kind !== 'activation') return '';
  const place = placeOf(node);
  if (!place) return `node:${index}`;
  // One line may make several kinds: `act_layer()` called for different classes.
  const parameters = Object.entries(node.op.parameters).map(([name, value]) => `${name}=${value}`);
  return `${place.file}:${place.line + 1}:${place.column + 1}:${node.op.activation}(${parameters.join()})`;
}

/**
 * The activations that may be swapped, in the order in which the model runs them: all nodes that one place in the
 * source makes are one site. The softmax inside attention is part of attention and no site.
 */
export function swapSites(graph: Graph): SwapSite[] {
  const groups = new Map<string, { site: Omit<SwapSite, 'nodes' | 'paths'>; nodes: number[]; paths: Set<string> }>();
  graph.nodes.forEach((node, index) => {
    if (node.op.kind !== 'activation') return;
    const id = keyOf(node, index);
    const source = placeOf(node);
    const group = groups.get(id) ?? {
      site: { id, activation: node.op.activation, parameters: node.op.parameters, ...(source ? { source } : {}) },
      nodes: [],
      paths: new Set<string>(),
    };
    group.nodes.push(index);
    group.paths.add(node.path);
    groups.set(id, group);
  });
  return [...groups.values()].map(({ site, nodes, paths }) => ({ ...site, nodes, paths: [...paths] }));
}

/** What squashes to 0…1 gates or makes a probability where it stands. */
function squashes({ op }: Node): boolean {
  const range = op.kind === 'activation' ? outputRange(op) : undefined;
  return range?.low === 0 && range.high === 1;
}

/** Whether every reader of a value multiplies by it: a gate, as in squeeze-and-excitation. */
function gates(graph: Graph, node: Node): boolean {
  const [output] = node.outputs;
  const readers = graph.nodes.filter(({ inputs }) => output !== undefined && inputs.includes(output));
  return readers.length > 0 && readers.every(({ op }) => op.kind === 'binary' && op.function === 'mul');
}

/** Follows a value through what only reshapes it to the model's outputs. */
function reachesOutput(graph: Graph, node: Node): boolean {
  const ends = new Set(graph.outputs.map(({ value }) => value));
  let value = node.outputs[0];
  while (value !== undefined && !ends.has(value)) {
    const readers = graph.nodes.filter(({ inputs }) => inputs.includes(value ?? -1));
    const [next] = readers;
    if (readers.length !== 1 || !next || !['reshape', 'slice', 'dropout', 'cast', 'permute'].includes(next.op.kind))
      return false;
    value = next.outputs[0];
  }
  return value !== undefined;
}

/**
 * Sites that are hidden activations: what a comparison swaps unless told otherwise. Left out are activations along a
 * dimension (softmax in attention written by hand, or at the end), gates, the model's last word, and the identity.
 */
export function hiddenSites(graph: Graph, sites: readonly SwapSite[] = swapSites(graph)): string[] {
  const hidden = sites.filter(({ activation, parameters, nodes }) => {
    if ('dim' in parameters || findActivation(activation)?.transparent) return false;
    const members = nodes.flatMap((index) => graph.nodes[index] ?? []);
    if (members.every((node) => squashes(node) && gates(graph, node))) return false;
    return !members.every((node) => reachesOutput(graph, node));
  });
  return hidden.map(({ id }) => id);
}
