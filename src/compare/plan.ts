import { defaultParameters, findActivation } from '../activations/catalogue';
import type { Activation } from '../activations/types';
import { activationsOf } from '../graph/activations';
import type { ActivationParameters, Graph } from '../graph/types';
import { say } from '../language/say';
import { candidateId, candidateTitle } from './candidate';
import { type ComparePlan, mostRounds, type SwapSite } from './report';
import { hiddenSites, swapSites } from './sites';

/** A candidate that is to be measured. */
export interface Candidate {
  readonly activation: Activation;
  readonly parameters: ActivationParameters;
}

/** Where the chosen sites are in one reading of the model. */
export interface SitePlaces {
  /** Nodes of the chosen sites. */
  readonly nodes: readonly number[];
  /**
   * Hidden activations, chosen or not, by their order among all activations: the layers over which the scores of
   * signal and gradient are averaged.
   */
  readonly hidden: ReadonlySet<number>;
}

/** A plan made whole: what is swapped for what, and what is left out with the reason. */
export interface ResolvedPlan extends SitePlaces {
  readonly sites: readonly SwapSite[];
  /** The others. */
  readonly left: readonly SwapSite[];
  readonly candidates: readonly Candidate[];
  readonly notes: readonly string[];
}

export class PlanError extends Error {
  override name = 'PlanError';
}

/** A plan for all hidden sites, with every candidate at its default parameters. */
export function defaultPlan(
  graph: Graph,
  candidates: readonly string[],
  options: { readonly budget: number; readonly seed?: number; readonly rounds?: number },
): ComparePlan {
  return {
    sites: hiddenSites(graph),
    candidates: candidates.map((activation) => {
      const entry = findActivation(activation);
      if (!entry) throw new PlanError(say('"{0}" is no activation that the catalogue knows', activation));
      return { activation: entry.id, parameters: defaultParameters(entry) };
    }),
    seed: options.seed ?? 0,
    budget: options.budget,
    rounds: options.rounds ?? mostRounds,
  };
}

/** Parameters that change the function's values, the rest dropped, so that equal functions compare equal. */
function valueKey(activation: Activation, parameters: ActivationParameters): string {
  const all = { ...defaultParameters(activation), ...parameters };
  return JSON.stringify(activation.parameters.filter((spec) => spec.numeric).map(({ name }) => all[name]));
}

function isBaseline(candidate: Candidate, sites: readonly SwapSite[]): boolean {
  const { activation } = candidate;
  return sites.every(
    (site) =>
      // What the model learns in it stays what it has learnt only where the activation has a place for it.
      (!site.learns || activation.learned !== undefined) &&
      findActivation(site.activation) === activation &&
      valueKey(activation, site.parameters) === valueKey(activation, candidate.parameters),
  );
}

/**
 * Where sites are in a graph: that of evaluation, or that of training, which may have other branches.
 * @param ids of the chosen ones, which the graph need not have
 */
export function placesIn(graph: Graph, ids: Iterable<string>): SitePlaces {
  const all = swapSites(graph);
  const asked = new Set(ids);
  const nodesOf = (chosen: ReadonlySet<string>) => all.filter(({ id }) => chosen.has(id)).flatMap((site) => site.nodes);
  const counted = new Set(nodesOf(new Set([...hiddenSites(graph, all), ...asked])));
  const hidden = new Set(activationsOf(graph).flatMap(({ node }, index) => (counted.has(node) ? [index] : [])));
  return { nodes: nodesOf(asked).sort((a, b) => a - b), hidden };
}

/**
 * Looks up what a plan names.
 * @throws PlanError where there is nothing to swap, or a name is unknown.
 */
export function resolvePlan(graph: Graph, plan: ComparePlan): ResolvedPlan {
  const all = swapSites(graph);
  const sites = plan.sites.map((id) => {
    const site = all.find((candidate) => candidate.id === id);
    if (!site) throw new PlanError(say('the model has no activation at {0}; read it again', id));
    return site;
  });
  // The model as written alone needs no place to swap.
  if (sites.length === 0 && plan.candidates.length > 0) {
    throw new PlanError(
      all.length
        ? say('no activation is chosen to be swapped')
        : say('{0} has no activation that could be swapped', graph.name),
    );
  }
  const notes: string[] = [];
  const candidates: Candidate[] = [];
  for (const { activation, parameters } of plan.candidates) {
    const entry = findActivation(activation);
    if (!entry) throw new PlanError(say('"{0}" is no activation that the catalogue knows', activation));
    const candidate = { activation: entry, parameters: { ...defaultParameters(entry), ...parameters } };
    const id = candidateId(entry, candidate.parameters);
    if (candidates.some((each) => candidateId(each.activation, each.parameters) === id)) continue;
    if (isBaseline(candidate, sites))
      notes.push(say('{0} is what the model has: it is the baseline.', candidateTitle(entry, candidate.parameters)));
    else candidates.push(candidate);
  }
  const left = all.filter(({ id }) => !sites.some((site) => site.id === id));
  return { sites, left, ...placesIn(graph, plan.sites), candidates, notes };
}
