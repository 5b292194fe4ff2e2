/** What was seen of a model's tensors, at the places of its file. */
import { itemAt } from '../graph/access';
import type { TensorTrace, TracedCall, TracedModule, TracedPlace } from '../graph/trace';
import type { DType, Node, SourceRange, TensorType } from '../graph/types';
import type { Seen, SeenRun, Tape, TapeTensor } from './outcome';
import type { CallSpot, StackPlaces } from './stackPlaces';

/** Methods by which code uses a layer. */
const USING = /^(?:apply|add)$/;

/**
 * @param nodes of the model's graph; none where only shapes are wanted
 * @param file the one whose places are wanted
 * @returns undefined where nothing was seen
 */
export function traceOf(
  { seen, tensors, inputs, outputs, name }: Tape,
  nodes: readonly Node[],
  places: StackPlaces,
  file: string,
): TensorTrace | undefined {
  if (!seen) return undefined;
  const types = (named: Tape['inputs']) => typesOf(named.map(({ tensor }) => itemAt(tensors, tensor))) ?? [];
  const own = seen.layers.find(({ path }) => path === '')?.className ?? name;
  const whole = { path: '', name: own, inputs: types(inputs), outputs: types(outputs), first: 0, end: nodes.length };
  const sites = sitesOf(seen, places);
  return {
    calls: [whole, ...callsOf(seen, nodes, places, sites)],
    places: placesOf(seen, places, sites).filter(({ source }) => source.file === file),
    modules: modulesOf(seen, places),
  };
}

/** As the project's types; undefined where one of them is none of a graph's. */
function typesOf(tensors: readonly TapeTensor[]): TensorType[] | undefined {
  const found = tensors.flatMap(({ shape, dtype }): TensorType | readonly never[] =>
    dtype === 'complex64' || dtype === 'string' ? [] : { shape, dtype: dtype satisfies DType },
  );
  return found.length === tensors.length ? found : undefined;
}

function modulesOf({ layers }: Seen, places: StackPlaces): TracedModule[] {
  return layers.flatMap(({ path, className, parameters, at }): TracedModule | readonly never[] => {
    const site = places.callAt(at);
    return site ? { path, name: className, site, parameters } : [];
  });
}

const isUse = (spot: CallSpot | undefined): spot is CallSpot => spot?.name !== undefined && USING.test(spot.name);

/**
 * Where layers are constructed that no other line uses, as those in the list of a sequential model: what they give is told
 * there. What models give their own lines tell.
 */
function sitesOf({ layers }: Seen, places: StackPlaces): Map<string, SourceRange> {
  return new Map(
    layers.flatMap(({ path, isModel, at, uses }) => {
      const isTold = isModel || uses.some((use) => isUse(places.spotAt(use)));
      const site = isTold ? undefined : places.callAt(at);
      return site ? [[path, site] as const] : [];
    }),
  );
}

function callsOf(
  { layers, runs }: Seen,
  nodes: readonly Node[],
  places: StackPlaces,
  sites: ReadonlyMap<string, SourceRange>,
): TracedCall[] {
  const names = new Map(layers.map(({ path, className }) => [path, className]));
  const ranges = nodeRanges(runs, nodes);
  return runs.flatMap((run, index): TracedCall | readonly never[] => {
    const [inputs, outputs] = [typesOf(run.inputs), typesOf(run.outputs)];
    if (!inputs || !outputs) return [];
    const spot = places.spotAt(run.at);
    const source = isUse(spot) ? spot.call : sites.get(run.path);
    const { first, end } = itemAt(ranges, index);
    const name = names.get(run.path) ?? '';
    return { path: run.path, name, ...(source && { source }), inputs, outputs, first, end };
  });
}

interface NodeRange {
  readonly first: number;
  readonly end: number;
}

/** The nodes that each run made, with those of the runs inside of it. */
function nodeRanges(runs: readonly SeenRun[], nodes: readonly Node[]): NodeRange[] {
  const own = new Map<string, NodeRange>();
  for (const [index, { path, call }] of nodes.entries()) {
    const key = `${call} ${path}`;
    own.set(key, { first: own.get(key)?.first ?? index, end: index + 1 });
  }
  const ranges: NodeRange[] = [];
  for (let index = runs.length - 1; index >= 0; index--) {
    const { path, call } = itemAt(runs, index).step;
    let range = own.get(`${call} ${path}`);
    for (let inner = index + 1; inner < runs.length; inner++) {
      if (!itemAt(runs, inner).step.path.startsWith(`${path}/`)) break;
      range = join(range, itemAt(ranges, inner));
    }
    ranges[index] = range ?? { first: 0, end: 0 };
  }
  return ranges;
}

function join(a: NodeRange | undefined, b: NodeRange): NodeRange {
  if (!a || a.first === a.end) return b;
  return b.first === b.end ? a : { first: Math.min(a.first, b.first), end: Math.max(a.end, b.end) };
}

interface GrowingPlace extends TracedPlace {
  readonly runs: (readonly TensorType[])[];
}

/** What calls give, and layers where they are constructed. */
function placesOf(
  { calls, runs }: Seen,
  places: StackPlaces,
  sites: ReadonlyMap<string, SourceRange>,
): readonly TracedPlace[] {
  const found = new Map<string, GrowingPlace>();
  const see = (place: Pick<TracedPlace, 'kind' | 'source' | 'callee'>, types: readonly TensorType[]): void => {
    const { file, line, column, endLine, endColumn } = place.source;
    const key = `${place.kind} ${file} ${line}:${column} ${endLine}:${endColumn}`;
    const known: GrowingPlace = found.get(key) ?? { ...place, runs: [] };
    found.set(key, known);
    if (JSON.stringify(known.runs.at(-1)) !== JSON.stringify(types)) known.runs.push(types);
  };
  for (const { at, gave, usesLayer, operands } of calls) {
    const [spot, types] = [places.spotAt(at), typesOf(gave)];
    // What a model's constructor does with its layers is no use of one of them.
    if (!spot || !types || (usesLayer && !isUse(spot))) continue;
    see({ kind: 'call', source: spot.call, callee: spot.callee }, types);
    if (spot.statement) see({ kind: 'statement', source: spot.statement }, types);
    for (const { place, range } of spot.names) {
      const given = operands.filter((each) => String(each.place) === String(place)).map(({ type }) => type);
      const own = typesOf(given) ?? [];
      if (own.length > 0) see({ kind: 'name', source: range }, own);
    }
  }
  for (const { path, outputs } of runs) {
    const [site, types] = [sites.get(path), typesOf(outputs)];
    if (site && types && types.length > 0) see({ kind: 'statement', source: site }, types);
  }
  return [...found.values()];
}
