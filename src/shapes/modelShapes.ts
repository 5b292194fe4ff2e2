/** What is known of the lines of a model's code, of what was seen while it was read. */
import { itemAt, lastOf } from '../graph/access';
import { countParameters } from '../graph/swap';
import type { TensorTrace, TracedModule, TracedPlace } from '../graph/trace';
import type { Graph, Node, SourceRange, TensorType } from '../graph/types';
import { formulaOf, type SizeSamples } from './formulas';
import { multiplyAddsOf } from './multiplyAdds';
import { type NamedSamples, namedFormulaOf } from './namedFormulas';
import { receptiveFields } from './receptiveFields';
import { namesFor, type SizePlaces, symbolsFor } from './symbols';
import { type CallShapes, type KnownShape, type ModelShapes, type NamedSize, type PlaceShapes, UNKNOWN } from './types';
import { windowSums } from './windowSums';

/** A model as it was read. */
export interface TracedModelReading {
  /** Whose lines are asked about. */
  readonly file: string;
  readonly expression: string;
  readonly graph: Graph;
  readonly trace: TensorTrace;
}

/** What was seen of it with other sizes in the place of those that nobody gave. */
export interface OtherSizes {
  readonly open: readonly (SizePlaces & { readonly size: number })[];
  readonly readings: readonly { readonly sizes: readonly number[]; readonly trace: TensorTrace }[];
  /** The shapes of the input's tensors. */
  readonly tensors: readonly { readonly shape: readonly number[] }[];
}

/** What was seen of it with other numbers in the place of those that it is built with. */
export interface OtherNumbers {
  readonly numbers: readonly NamedSize[];
  /** Sizes of the input as in `OtherSizes.open`, then the numbers. */
  readonly readings: OtherSizes['readings'];
}

/** @param sizes undefined where nothing tells which sizes of the input may be others, and nobody gave them */
export function modelShapes(
  { file, expression, graph, trace }: TracedModelReading,
  sizes: OtherSizes | undefined,
  named?: OtherNumbers,
): ModelShapes {
  const { shapesAt, names } = shapeFinder(trace, graph, sizes, named);
  const modules = trace.modules ?? modulesOf(graph);
  const constructed = new Set(modules.filter(({ site }) => site.file === file).map(({ path }) => path));
  const fields = receptiveFields(graph);
  const upTo = [0];
  for (const node of graph.nodes) upTo.push(lastOf(upTo) + multiplyAddsOf(graph, node));
  const sum = (first: number, end: number) => itemAt(upTo, end) - itemAt(upTo, first);
  const numbers = new Map<string, number>();
  const calls = trace.calls.flatMap(({ path, name, source, isInner, first, end }): CallShapes | readonly never[] => {
    const key = callKey(path, numbers);
    if (path !== '' && source?.file !== file && !constructed.has(path)) return [];
    const field = lastField(graph.nodes, first, end, fields);
    return {
      path,
      name,
      ...(source && { source }),
      ...(isInner && { isInner }),
      inputs: shapesAt(`${key} in`),
      outputs: shapesAt(`${key} out`),
      multiplyAdds: sum(first, end),
      ...(field && { receptiveField: field }),
    };
  });
  const called = new Set(calls.map(({ path }) => path));
  const places = trace.places.map(
    (place): PlaceShapes => ({
      kind: place.kind,
      source: place.source,
      ...(place.callee && { callee: place.callee }),
      callsModule:
        place.kind === 'statement' && trace.calls.some(({ source }) => source && isInside(source, place.source)),
      runs: place.runs.map((_, run) => shapesAt(runKey(place, run))),
    }),
  );
  return {
    expression,
    parameters: countParameters(graph),
    multiplyAdds: sum(0, graph.nodes.length),
    inputs: calls.find(({ path }) => path === '')?.inputs ?? [],
    isGuessed: !sizes || sizes.open.length > 0,
    names,
    places,
    calls,
    modules: modules.filter(({ path }) => constructed.has(path) || called.has(path)),
  };
}

/** Makes the shapes at a place of what was seen there in each reading. */
function shapeFinder(
  trace: TensorTrace,
  graph: Graph,
  sizes: OtherSizes | undefined,
  named: OtherNumbers | undefined,
): { readonly shapesAt: (key: string) => KnownShape[]; readonly names: readonly NamedSize[] } {
  const own = new SeenTypes(trace);
  const { open, readings, tensors } = sizes ?? { open: [], readings: [], tensors: [] };
  const symbols = symbolsFor(
    open,
    tensors.map(({ shape }) => shape.length),
    graph.conventions,
  );
  const all = [open.map(({ size }) => size), ...readings.map((each) => each.sizes)];
  const samples: SizeSamples = { symbols, sizes: all, windows: windowSums(graph, open) };
  const labels = namesFor(named?.numbers ?? [], symbols);
  const namedSamples: NamedSamples | undefined = named && {
    symbols: [...symbols, ...labels],
    sizes: [
      ...all.map((each) => [...each, ...named.numbers.map(({ value }) => value)]),
      ...named.readings.map((each) => each.sizes),
    ],
    inputs: symbols.length,
  };
  const others = [...readings, ...(named?.readings ?? [])].map((reading) => new SeenTypes(reading.trace));
  const shape = ({ dtype, shape: own }: TensorType, variants: readonly (TensorType | undefined)[]): KnownShape => ({
    dtype,
    sizes: own,
    dimensions: own.map((size, axis) => {
      if (!sizes) return UNKNOWN;
      const alike = variants.map((each) => (each?.shape.length === own.length ? each.shape[axis] : undefined));
      return (
        (namedSamples && namedFormulaOf(namedSamples, [size, ...alike])) ??
        formulaOf(samples, [size, ...alike.slice(0, readings.length)])
      );
    }),
  });
  const shapesAt = (key: string) => {
    const types = own.at(key) ?? [];
    const there = others.map((other) => {
      const found = other.at(key);
      return found?.length === types.length ? found : undefined;
    });
    return types.map((type, index) =>
      shape(
        type,
        there.map((each) => each?.[index]),
      ),
    );
  };
  const names = (named?.numbers ?? []).map(({ value }, index) => ({ name: itemAt(labels, index), value }));
  return { shapesAt, names };
}

/** The types that were seen, by where and when. */
class SeenTypes {
  private readonly types = new Map<string, readonly TensorType[]>();

  constructor({ calls, places }: TensorTrace) {
    const numbers = new Map<string, number>();
    for (const { path, inputs, outputs } of calls) {
      const key = callKey(path, numbers);
      this.types.set(`${key} in`, inputs);
      this.types.set(`${key} out`, outputs);
    }
    for (const place of places)
      for (const [run, types] of place.runs.entries()) this.types.set(runKey(place, run), types);
  }

  at(key: string): readonly TensorType[] | undefined {
    return this.types.get(key);
  }
}

/** Which call of its module it is, by those before. */
function callKey(path: string, numbers: Map<string, number>): string {
  const number = numbers.get(path) ?? 0;
  numbers.set(path, number + 1);
  return `call ${number} of ${path}`;
}

/** Runs of a place are alike where there are as many of them. */
const runKey = ({ kind, source, runs }: TracedPlace, run: number): string =>
  [kind, source.line, source.column, source.endLine, source.endColumn, run, runs.length].join(' ');

/** Of the last window among the nodes from `first` up to `end`. */
function lastField(
  nodes: readonly Node[],
  first: number,
  end: number,
  fields: ReadonlyMap<Node, readonly number[]>,
): readonly number[] | undefined {
  for (let index = end - 1; index >= first; index--) {
    const found = fields.get(itemAt(nodes, index));
    if (found) return found;
  }
  return undefined;
}

/** Whether a range lies within another one of its file. */
export function isInside(inner: SourceRange, outer: SourceRange): boolean {
  const starts = inner.line > outer.line || (inner.line === outer.line && inner.column >= outer.column);
  const ends = inner.endLine < outer.endLine || (inner.endLine === outer.endLine && inner.endColumn <= outer.endColumn);
  return inner.file === outer.file && starts && ends;
}

/** Modules with their parameters; the model itself is none of them. */
function modulesOf(graph: Graph): TracedModule[] {
  return (graph.modules ?? [])
    .filter(({ path }) => path !== '')
    .map(({ path, name, site }) => ({
      path,
      name,
      site,
      parameters: countParameters({
        state: graph.state.filter((entry) => entry.name.startsWith(`${path}.`)),
        storages: graph.storages,
      }).all,
    }));
}
