import { findActivation } from '../activations/catalogue';
import { itemAt } from '../graph/access';
import { activationsOf } from '../graph/activations';
import type { Graph } from '../graph/types';
import { measures } from './measures/index';
import { isAt } from './plan';
import type { CandidateReport, LayerPlace, PlanSummary, Report, SwapSite } from './report';

/** What a report says of a model as it is read now, under the same key. */
export interface Standing {
  /** The sites that were swapped, as they are now: in the report's order. */
  readonly sites: readonly SwapSite[];
  /** The id of the candidate that stands in the code at all of them; absent: none of the report's. */
  readonly inCode?: string;
}

/**
 * Finds the sites of a report in a later reading, and which of its candidates stands there.
 * @param sites of the later reading, whose graph has the report's key
 * @returns undefined where the report is not of this model: a site that it left alone has another activation now
 */
export function standingOf(
  report: Pick<Report, 'plan' | 'candidates'>,
  sites: readonly SwapSite[],
): Standing | undefined {
  const { plan, candidates } = report;
  const before = inOrder(plan);
  if (before.length !== sites.length) return undefined;
  const now = new Map(before.map((site, index) => [site, sites[index]] as const));
  const find = (of: readonly SwapSite[]) => of.flatMap((site) => now.get(site) ?? []);
  const isKept = (site: SwapSite) => {
    const later = now.get(site);
    return later !== undefined && isSame(site, later);
  };
  if (!(plan.left ?? []).every(isKept)) return undefined;
  const found = find(plan.sites);
  const inCode = plan.sites.every(isKept)
    ? candidates[0]?.id
    : candidates.slice(1).find((each) => stands(each, found))?.id;
  return { sites: found, ...(inCode !== undefined && { inCode }) };
}

/** All sites of a report in the order in which its model ran them, which `swapSites` has, too. */
function inOrder({ sites, left = [] }: PlanSummary): SwapSite[] {
  const first = ({ nodes }: SwapSite) => itemAt(nodes, 0);
  return [...sites, ...left].sort((a, b) => first(a) - first(b));
}

function isSame(site: SwapSite, later: SwapSite): boolean {
  const activation = findActivation(site.activation);
  if (!activation) return site.activation === later.activation;
  return site.learns === later.learns && isAt([later], { activation, parameters: site.parameters });
}

function stands({ id, parameters }: CandidateReport, sites: readonly SwapSite[]): boolean {
  const activation = findActivation(id);
  return activation !== undefined && isAt(sites, { activation, parameters });
}

/** A report whose layers say where a later reading of the same model has them. */
export function withPlacesOf(report: Report, graph: Graph): Report {
  const lines = activationsOf(graph).map(({ source }) => source && source.line + 1);
  const placed = (layer: LayerPlace): LayerPlace => {
    const line = lines[layer.index];
    return line === undefined || line === layer.line ? layer : { ...layer, line };
  };
  const candidates = report.candidates.map((candidate): CandidateReport => {
    const told: Readonly<Record<string, unknown>> = { ...candidate };
    const layers = measures.flatMap(({ name, layers }) => {
      const { [name]: list } = told;
      return layers && Array.isArray(list) ? [[name, (list as LayerPlace[]).map(placed)]] : [];
    });
    return { ...candidate, ...Object.fromEntries(layers) };
  });
  return { ...report, candidates };
}
