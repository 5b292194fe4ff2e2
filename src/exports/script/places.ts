/** Where a script swaps activations: by the path of a module, or by the calls of a function in a module's `forward`. */
import { catalogue, findActivation } from '../../activations/catalogue';
import type { Activation } from '../../activations/types';
import type { SwapSite } from '../../compare/report';
import { itemAt } from '../../graph/access';
import { activationsOf, type PlacedActivation } from '../../graph/activations';
import { swap } from '../../graph/swap';
import type { ActivationParameters, Graph } from '../../graph/types';
import { fileName } from '../../language/legible';

/** A module that is an activation, or all calls of a function in the `forward` of a module. */
export interface ScriptPlace {
  /** For people: `ReLU, resnet.py:83`. */
  readonly label: string;
  /** Of the module; '' for the model itself. */
  readonly path: string;
  readonly how: 'module' | 'calls';
  /** Nodes of the graph, one for each activation that is made: in the order of `calls`, where there are several. */
  readonly nodes: readonly number[];
  /** Names of the functions that compute it: `torch.nn.functional.relu`. */
  readonly functions?: readonly string[];
  /** For each call of them in one run of `forward`: which of `nodes` takes its place, or null where it stays. */
  readonly calls?: readonly (number | null)[];
}

/** A site that can't be swapped from outside of the model's code. */
export interface StuckSite {
  readonly label: string;
  /** Why, and how to edit the model. */
  readonly reason: string;
}

export interface ScriptPlaces {
  readonly places: readonly ScriptPlace[];
  readonly stuck: readonly StuckSite[];
}

const titleOf = (activation: string) => findActivation(activation)?.title ?? activation;

function labelOf({ activation, source, paths }: SwapSite): string {
  const at = source ? `${fileName(source.file)}:${source.line + 1}` : paths[0];
  return at ? `${titleOf(activation)}, ${at}` : titleOf(activation);
}

/** What a `TorchFunctionMode` is told of, where code calls a function. */
function functionNames({ spellings }: Activation): string[] {
  const { functional = [], torch = [], methods = [] } = spellings;
  return [
    ...functional.map((name) => `torch.nn.functional.${name}`),
    ...torch.map((name) => `torch.${name}`),
    ...methods.map((name) => `torch.Tensor.${name}`),
  ];
}

/** Whether the module at its path is the activation, and nothing else. */
function isModule(graph: Graph, { site, path, op, written, name }: PlacedActivation): boolean {
  if (!site || path === '') return false;
  const module = graph.modules?.find((each) => each.path === path);
  if (written) return name !== undefined;
  return !module || findActivation(module.name)?.id === op.activation;
}

/** How a site becomes one that can be swapped. */
function editWay(activation: string): string {
  const module = catalogue.get(activation)?.spellings.modules?.[0] ?? titleOf(activation);
  return `make it a module: self.act = nn.${module}() in __init__, self.act(x) in its place in forward, and export again`;
}

/** Swaps by calls, of one function in one module. */
function callPlace(
  graph: Graph,
  path: string,
  activation: string,
  sites: readonly SwapSite[],
  chosen: readonly PlacedActivation[],
): ScriptPlace | string {
  const entry = catalogue.get(activation);
  const functions = entry ? functionNames(entry) : [];
  if (functions.length === 0) return 'no function of PyTorch is called for it';
  const isCall = ({ op, path: at }: Graph['nodes'][number]) =>
    at === path &&
    ((op.kind === 'activation' && op.activation === activation) || (op.kind === 'unary' && op.function === activation));
  const all = graph.nodes.flatMap((node, index) => (isCall(node) ? [{ node, index }] : []));
  const wanted = new Set(chosen.map(({ node }) => node));
  const runs = new Map<number, { index: number; key: string | null }[]>();
  for (const { node, index } of all) {
    const { source, call } = node;
    const key = wanted.has(index) ? (source ? `${source.file}:${source.line}:${source.column}` : `${index}`) : null;
    const run = runs.get(call) ?? [];
    run.push({ index, key });
    runs.set(call, run);
  }
  const [first, ...others] = [...runs.values()];
  if (!first) return 'it is not called by name';
  const shape = (run: typeof first) => JSON.stringify(run.map(({ key }) => key));
  if (others.some((run) => shape(run) !== shape(first))) return 'runs of the module differ in what they call';
  // Calls of one place share what is learnt.
  const keys = [...new Set(first.flatMap(({ key }) => (key === null ? [] : [key])))];
  return {
    label: [...new Set(sites.map(labelOf))].join('; '),
    path,
    how: 'calls',
    nodes: keys.map(
      (key) =>
        itemAt(
          first,
          first.findIndex((each) => each.key === key),
        ).index,
    ),
    functions,
    calls: first.map(({ key }) => (key === null ? null : keys.indexOf(key))),
  };
}

/** Sorts the nodes of sites by how a script reaches them. */
export function placesOf(graph: Graph, sites: readonly SwapSite[]): ScriptPlaces {
  const placed = new Map(activationsOf(graph).map((one) => [one.node, one]));
  const places: ScriptPlace[] = [];
  const stuck: StuckSite[] = [];
  const modules = new Set<string>();
  const calls = new Map<
    string,
    { path: string; activation: string; sites: Set<SwapSite>; chosen: PlacedActivation[] }
  >();
  for (const site of sites) {
    const label = labelOf(site);
    let reported = false;
    for (const node of site.nodes) {
      const one = placed.get(node);
      if (!one) continue;
      const { path } = one;
      if (isModule(graph, one)) {
        if (modules.size !== modules.add(path).size) places.push({ label, path, how: 'module', nodes: [node] });
        continue;
      }
      if (one.written) {
        const way = editWay(site.activation);
        if (!reported) stuck.push({ label, reason: `it is written out in the code of the model; ${way}` });
        reported = true;
        continue;
      }
      const key = `${site.activation} ${path}`;
      const group = calls.get(key) ?? { path, activation: site.activation, sites: new Set(), chosen: [] };
      group.sites.add(site);
      group.chosen.push(one);
      calls.set(key, group);
    }
  }
  for (const { path, activation, sites: own, chosen } of calls.values()) {
    const place = callPlace(graph, path, activation, [...own], chosen);
    if (typeof place !== 'string') places.push(place);
    else {
      const label = [...own].map(labelOf).join('; ');
      stuck.push({ label, reason: `${place}; ${editWay(activation)}` });
    }
  }
  return { places, stuck };
}

/** What an activation is made with at a node: the dimension that it goes along, the shape of weights of channels. */
export interface PlaceFit {
  readonly dim?: number;
  readonly channels?: readonly number[];
}

/**
 * What an activation is made with at each node.
 * @throws SwapError where it can't stand there
 */
export function fitsOf(
  graph: Graph,
  nodes: readonly number[],
  entry: Activation,
  parameters: ActivationParameters,
): Map<number, PlaceFit> {
  const swapped = swap(graph, nodes, entry, parameters);
  const made = new Map(swapped.nodes.map((node) => [node.outputs[0], node]));
  const perChannel = entry.learned?.findIndex(({ per }) => per === 'channel') ?? -1;
  return new Map(
    nodes.map((index) => {
      const node = made.get(itemAt(graph.nodes, index).outputs[0]);
      const weight = perChannel < 0 ? undefined : node?.inputs[1 + perChannel];
      const channels = typeof weight === 'number' ? swapped.values[weight]?.type.shape : undefined;
      const dim = node?.op.kind === 'activation' ? node.op.parameters.dim : undefined;
      return [index, { ...(typeof dim === 'number' && { dim }), ...(channels && { channels }) }];
    }),
  );
}
