import type { ActivationSite } from '../detect/site';
import { activationsOf } from '../graph/activations';
import type { Graph, SourceRange } from '../graph/types';

/**
 * The site that a place in the source speaks of: the one written exactly there (its name or the whole expression), else
 * the one that begins there, else the only one that overlaps it.
 * @returns undefined where no site, or more than one, could be meant: `act_layer()` names no activation by itself
 */
export function siteAt(sites: readonly ActivationSite[], place: SourceRange): ActivationSite | undefined {
  const candidates = sites.filter(
    ({ expression, form }) => form !== 'mention' && expression.file === place.file && overlap(expression, place),
  );
  return (
    candidates.find(({ expression, range }) => isSame(expression, place) || isSame(range, place)) ??
    candidates.find(({ range }) => range.line === place.line && range.column === place.column) ??
    (candidates.length === 1 ? candidates[0] : undefined)
  );
}

/** A site with the nodes of the graph that it makes, in the order in which the model runs them. */
export interface ResolvedSite {
  readonly site: ActivationSite;
  readonly nodes: readonly number[];
}

/** Which nodes each site makes, and which activation nodes no site names by itself. */
export interface Resolution {
  readonly sites: readonly ResolvedSite[];
  readonly unnamed: readonly number[];
}

/**
 * Joins a model's activation nodes with the sites of its files. A site without nodes is not run by this model, or is
 * chosen elsewhere (a class handed on as an argument).
 */
export function resolveSites(graph: Graph, sites: readonly ActivationSite[]): Resolution {
  const made = new Map<ActivationSite, number[]>(sites.map((site) => [site, []]));
  const unnamed: number[] = [];
  for (const { node, op, site, source } of activationsOf(graph)) {
    const place = site ?? source;
    const found = place && siteAt(sites, place);
    // A place that names another activation is not where this one was chosen.
    if (found && found.activation === op.activation) made.get(found)?.push(node);
    else unnamed.push(node);
  }
  return { sites: [...made].map(([site, nodes]) => ({ site, nodes })), unnamed };
}

const isBefore = (lineA: number, columnA: number, lineB: number, columnB: number) =>
  lineA < lineB || (lineA === lineB && columnA < columnB);

function overlap(a: SourceRange, b: SourceRange): boolean {
  return isBefore(a.line, a.column, b.endLine, b.endColumn) && isBefore(b.line, b.column, a.endLine, a.endColumn);
}

function isSame(a: SourceRange, b: SourceRange): boolean {
  return a.line === b.line && a.column === b.column && a.endLine === b.endLine && a.endColumn === b.endColumn;
}
