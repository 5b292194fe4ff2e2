import { catalogue, findActivation } from '../activations/catalogue';
import { facts, outputRange } from '../activations/facts';
import { operationOf } from '../activations/operation';
import { itemAt } from '../graph/access';
import { activationsOf, type PlacedActivation } from '../graph/activations';
import type { Graph, SourceRange } from '../graph/types';
import { Uses, type ValueUse } from '../graph/uses';
import { say } from '../language/say';
import type { SwapSite } from './report';

/** The place that names an activation: where its module was constructed, else the call. */
const placeOf = ({ site, source }: PlacedActivation): SourceRange | undefined => site ?? source;

function keyOf(one: PlacedActivation): string {
  const place = placeOf(one);
  const { activation, parameters } = one.op;
  // Of a file without a source the calls of one module, or the rounds of a loop, are one.
  if (!place) return one.path === '' ? `node:${one.node}` : `path:${one.path}:${activation}`;
  // One line may make several kinds: `act_layer()` called for different classes.
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return `${place.file}:${place.line + 1}:${place.column + 1}:${activation}(${given.join()})`;
}

/**
 * The activations that may be swapped, in the order in which the model runs them: all that one place in the source makes
 * are one site, and so is one that is written out. The softmax inside attention is part of attention and no site. Sites
 * that a comparison leaves alone unless told otherwise say why.
 */
export function swapSites(graph: Graph): SwapSite[] {
  const groups = new Map<string, PlacedActivation[]>();
  for (const one of activationsOf(graph)) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const uses = new Uses(graph);
  const sites = [...groups].map(([id, members]): SwapSite => {
    const [first] = members;
    const { op, written, site, name } = first ?? itemAt(members, 0);
    const source = first && placeOf(first);
    const kept = whyKept(uses, members);
    const opens = kept === undefined && members.every((one) => uses.isGateOfUnit(one.input, one.output));
    const unit = opens ? unitOf(op.activation) : undefined;
    return {
      id,
      activation: op.activation,
      parameters: op.parameters,
      paths: [...new Set(members.map(({ path }) => path))],
      nodes: members.map(({ node }) => node),
      ...(source && { source }),
      ...(written && {
        written: {
          as: site ? 'module' : name === undefined ? 'expression' : 'call',
          ...(name !== undefined && { name }),
        },
      }),
      ...(members.some(({ learns }) => learns) && { learns: true }),
      ...(unit !== undefined && { unit }),
      ...(kept !== undefined && { kept }),
    };
  });
  return separateGated(graph, sites);
}

/** The gated unit whose gate an activation opens. */
function unitOf(activation: string): string | undefined {
  return [...catalogue.values()].find(({ gate, row }) => row && gate === activation)?.title;
}

/** Gated units halve what they are given: what stands in for one fits no other site. */
function separateGated(graph: Graph, sites: readonly SwapSite[]): SwapSite[] {
  const halving = new Set(activationsOf(graph).flatMap(({ node, op }) => (op.halves ? [node] : [])));
  const isGated = ({ nodes }: SwapSite) => nodes.some((node) => halving.has(node));
  const chosen = sites.filter(({ kept }) => kept === undefined);
  if (chosen.every(isGated)) return [...sites];
  const kept = say('It halves its input, so only what halves it too can stand in: choose it alone.');
  return sites.map((site) => (site.kept === undefined && isGated(site) ? { ...site, kept } : site));
}

/** Why a comparison leaves a site alone unless told otherwise; undefined for a hidden activation, which it swaps. */
function whyKept(uses: Uses, members: readonly PlacedActivation[]): string | undefined {
  const [first] = members;
  const entry = first && findActivation(first.op.activation);
  if (!first || entry?.transparent) return say('It hands on what it is given.');
  if ('dim' in first.op.parameters && !first.op.halves)
    return say('It makes shares of 1 along a dimension, as in attention or at the end of a classifier.');
  const all = members.map(({ output }) => uses.of(output));
  const only = (...allowed: ValueUse[]) =>
    all.every((found) => found.size > 0 && [...found].every((use) => allowed.includes(use)));
  if (only('output')) return say('It is the last word of the model: its range is what the output means.');
  if (members.every((one) => uses.isPart(one.input, one.output)) && !squashes(first))
    return say('It is part of a longer formula, which is not in the catalogue.');
  if (squashes(first)) {
    if (only('product', 'output')) return say('It is a gate: it scales other values by 0 to 1.');
    if (only('product', 'output', 'function', 'sum'))
      return say('It makes a share between 0 and 1 that the model computes with.');
  }
  if (isBounded(first) && only('function', 'output'))
    return say('It keeps a quantity in a range, such as the logarithm of a deviation.');
  if (isPositive(first) && only('product', 'output', 'function', 'sum', 'other'))
    return say('It keeps a quantity positive, such as a deviation or a step size.');
  return undefined;
}

/** What squashes to 0…1 gates or makes a probability where it stands. */
function squashes({ op }: PlacedActivation): boolean {
  const range = outputRange(op);
  return range?.low === 0 && range.high === 1;
}

function isBounded({ op }: PlacedActivation): boolean {
  const range = outputRange(op);
  return range !== undefined && Number.isFinite(range.low) && Number.isFinite(range.high);
}

/** What is above 0 everywhere and grows without end, as Softplus does. */
function isPositive({ op }: PlacedActivation): boolean {
  const entry = findActivation(op.activation);
  const known = entry?.value && facts(entry, operationOf(entry, op.parameters).parameters);
  const range = outputRange(op);
  return range?.low === 0 && range.high === Number.POSITIVE_INFINITY && known?.zeros === 0;
}

/** Sites that are hidden activations: what a comparison swaps unless told otherwise. */
export function hiddenSites(graph: Graph, sites: readonly SwapSite[] = swapSites(graph)): string[] {
  return sites.filter(({ kept }) => kept === undefined).map(({ id }) => id);
}
