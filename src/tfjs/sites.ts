/** Where a graph's activations were chosen, and which of them the code writes out. */
import { catalogue } from '../activations/catalogue';
import { findWritten } from '../activations/written/find';
import type { Graph, Node, SourceRange } from '../graph/types';
import type { StackPlaces } from './stackPlaces';

/** The graph whose activations stand where they were chosen: in a layer's settings, in a call of their op. */
export function withSites(graph: Graph, places: StackPlaces): Graph {
  const chosen = ({ op, site, source }: Pick<Node, 'op' | 'site' | 'source'>): SourceRange | undefined => {
    if (op.kind !== 'activation' || !site) return undefined;
    // What a layer of the user's own runs is chosen there.
    const isOwn = source !== undefined && source !== site && places.isOp(source);
    return isOwn ? source : places.activationIn(site, spellingsOf(op.activation));
  };
  const placed = <T extends Pick<Node, 'op' | 'site' | 'source'>>(one: T): T => {
    const site = chosen(one);
    return site ? { ...one, site } : one;
  };
  return { ...graph, nodes: graph.nodes.map(placed), ...(graph.written && { written: graph.written.map(placed) }) };
}

/** The graph with the activations that the code writes out, beside those that its layers are known to write. */
export function withWritten(graph: Graph): Graph {
  const modules = new Map(graph.modules?.map(({ path, name, site }) => [path, { name, place: site }]));
  const known = graph.written ?? [];
  const taken = new Set(known.flatMap(({ values }) => values));
  const found = findWritten(graph, { functions: [], modules });
  const written = [...known, ...found.filter(({ values }) => !values.some((value) => taken.has(value)))];
  return written.length > 0 ? { ...graph, written } : graph;
}

/** How an activation is spelled in a layer's settings; undefined where it has no name there. */
function spellingsOf(activation: string): ReadonlySet<string> | undefined {
  const names = catalogue.get(activation)?.spellings.tfjs?.identifiers;
  return names && names.length > 0 ? new Set(names) : undefined;
}
