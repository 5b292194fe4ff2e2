/** Which nodes of a model's graph a place in its source speaks of. */
import type { Graph, Node, SourceRange } from '../../graph/types';
import type { Advice } from '../advice';

/**
 * The nodes that a finding is about, by their indices in the order in which they run: what is called there, or what runs
 * of the layer that is built there; those nearest to its place. None where the model doesn't run what stands there.
 */
export function nodesOfFinding(graph: Graph, { range }: Pick<Advice, 'range'>): readonly number[] {
  const sites = new Map(graph.modules?.map(({ path, site }) => [path, site] as const));
  let nearest = Number.POSITIVE_INFINITY;
  let found: number[] = [];
  graph.nodes.forEach((node, index) => {
    for (const place of [node.site ?? sites.get(node.path), node.source]) {
      const distance = place ? distanceOf(place, range) : undefined;
      if (distance === undefined || distance > nearest) continue;
      if (distance < nearest) found = [];
      nearest = distance;
      if (found.at(-1) !== index) found.push(index);
    }
  });
  return found;
}

/** Where a node's layer is built; else where the operation stands. */
export function placeOfNode(node: Node, sites: ReadonlyMap<string, SourceRange>): SourceRange | undefined {
  return node.site ?? sites.get(node.path) ?? node.source;
}

/** How far a finding's place is from a node's: 0 the same, then the name that is called, then what holds or is held. */
function distanceOf(place: SourceRange, range: SourceRange): number | undefined {
  if (place.file !== range.file) return undefined;
  const [start, end] = [compare(place, range), compare(endOf(place), endOf(range))];
  if (start === 0) return end === 0 ? 0 : 1;
  const isInside = start >= 0 && end <= 0;
  const isAround = start <= 0 && end >= 0;
  return isInside ? 2 : isAround ? 3 : undefined;
}

type Position = Pick<SourceRange, 'line' | 'column'>;

const compare = (a: Position, b: Position): number => a.line - b.line || a.column - b.column;

const endOf = ({ endLine, endColumn }: SourceRange): Position => ({ line: endLine, column: endColumn });
