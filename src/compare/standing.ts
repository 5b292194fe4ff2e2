import { itemAt } from '../graph/access';
import { activationsOf } from '../graph/activations';
import type { ActivationParameters, Graph } from '../graph/types';
import { measures } from './measures/index';
import type { CandidateReport, LayerPlace, PlanSummary, Report, SwapSite } from './report';

/** What a report says of a model as it is read now, under the same key. */
export interface ReportStanding {
  /** The sites that were swapped, as they are now: in the report's order. */
  readonly sites: readonly SwapSite[];
  /** The id of the candidate that stands in the code at all of them; absent: none of the report's. */
  readonly inCode?: string;
}

/** What activations run with where the code says nothing: a site has only what is written. */
export type UsualParameters = readonly { readonly activation: string; readonly parameters: ActivationParameters }[];

/**
 * Finds the sites of a report in a later reading, and which of its candidates stands there. Needs no catalogue, which a
 * page would have to load.
 * @param sites of the later reading, whose graph has the report's key
 * @returns undefined where the report is not of this model: a site that it left alone has another activation now
 */
export function standingOf(
  report: Pick<Report, 'plan' | 'candidates'>,
  sites: readonly SwapSite[],
  defaults: UsualParameters,
): ReportStanding | undefined {
  const { plan, candidates } = report;
  const before = sortSites(plan);
  if (before.length !== sites.length) return undefined;
  const now = new Map(before.map((site, index) => [site, sites[index]] as const));
  const find = (of: readonly SwapSite[]) => of.flatMap((site) => now.get(site) ?? []);
  const isKept = (site: SwapSite) => {
    const later = now.get(site);
    return later !== undefined && site.learns === later.learns && isSame(site, later, defaults);
  };
  if (!(plan.left ?? []).every(isKept)) return undefined;
  const found = find(plan.sites);
  const stands = ({ parameters, addedParameters, ...candidate }: CandidateReport) =>
    found.every(
      // What the code learns stays what it has learnt only where the candidate has a place for it.
      (site) =>
        (!site.learns || addedParameters > 0) &&
        isSame({ activation: activationOf(candidate), parameters }, site, defaults, ['inplace', 'dim']),
    );
  const inCode = plan.sites.every(isKept) ? candidates[0]?.id : candidates.slice(1).find(stands)?.id;
  return { sites: found, ...(inCode !== undefined && { inCode }) };
}

/** The catalogue's id of a candidate that was measured. */
export const activationOf = ({ id, activation }: Pick<CandidateReport, 'id' | 'activation'>): string =>
  activation ?? id;

type Placed = Pick<SwapSite, 'activation' | 'parameters'>;

/**
 * Whether two places compute the same function.
 * @param unread parameters that change no value: where a result is written, and along what a swap keeps to its site
 */
function isSame(one: Placed, other: Placed, defaults: UsualParameters, unread = ['inplace']): boolean {
  if (one.activation !== other.activation) return false;
  const usual = defaults.find(({ activation }) => activation === one.activation)?.parameters;
  const [first, second] = [one, other].map(({ parameters }): ActivationParameters => ({ ...usual, ...parameters }));
  const names = Object.keys({ ...first, ...second }).filter((name) => !unread.includes(name));
  return names.every((name) => first?.[name] === second?.[name]);
}

/** All sites of a report in the order in which its model ran them, which `swapSites` has, too. */
function sortSites({ sites, left = [] }: PlanSummary): SwapSite[] {
  const first = ({ nodes }: SwapSite) => itemAt(nodes, 0);
  return [...sites, ...left].sort((a, b) => first(a) - first(b));
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
