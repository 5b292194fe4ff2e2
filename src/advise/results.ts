/** The operations of a file's code, found by what they do and by what goes into them. */
import type { FileFlow } from '../flow/fileFlow';
import { type BuiltLayer, type FlowResult, type FlowValue, possibilities } from '../flow/values';

interface FlowIndex {
  /** Where the results of each operation stand among all. */
  readonly operations: ReadonlyMap<string, readonly number[]>;
  takers?: ReadonlyMap<FlowValue, readonly FlowResult[]>;
  runs?: ReadonlyMap<number, readonly FlowResult[]>;
  order?: ReadonlyMap<FlowResult, number>;
}

const indices = new WeakMap<FileFlow, FlowIndex>();

function indexOf(flow: FileFlow): FlowIndex {
  let found = indices.get(flow);
  if (!found) {
    const operations = new Map<string, number[]>();
    for (const [index, { op }] of flow.results.entries()) push(operations, op, index);
    found = { operations };
    indices.set(flow, found);
  }
  return found;
}

function push<K, T>(all: Map<K, T[]>, key: K, value: T): void {
  const list = all.get(key);
  if (list) list.push(value);
  else all.set(key, [value]);
}

/** The results of some operations, in the order in which they run. */
export function operationsOf(flow: FileFlow, isWanted: (op: string) => boolean): readonly FlowResult[] {
  const lists: (readonly number[])[] = [];
  for (const [op, list] of indexOf(flow).operations) if (isWanted(op)) lists.push(list);
  const places = lists.length > 1 ? lists.flat().sort((a, b) => a - b) : (lists[0] ?? []);
  return places.map((each) => flow.results[each] as FlowResult);
}

/** Whether some operation is one of these. */
export function hasOperation(flow: FileFlow, isWanted: (op: string) => boolean): boolean {
  return [...indexOf(flow).operations.keys()].some(isWanted);
}

/** The results that take a value, in the order in which they run. */
export function takersOf(flow: FileFlow, value: FlowValue): readonly FlowResult[] {
  const index = indexOf(flow);
  index.takers ??= readTakers(flow);
  return index.takers.get(value) ?? [];
}

function readTakers({ results }: FileFlow): ReadonlyMap<FlowValue, readonly FlowResult[]> {
  const takers = new Map<FlowValue, FlowResult[]>();
  const take = (value: FlowValue, result: FlowResult) => {
    const { kind } = value;
    if (kind !== 'result' && kind !== 'parameter' && kind !== 'layer' && kind !== 'sequence') return;
    const list = takers.get(value);
    if (!list) takers.set(value, [result]);
    else if (list.at(-1) !== result) list.push(result);
  };
  for (const result of results)
    for (const given of [result.inputs, result.elements])
      for (const each of given) for (const one of possibilities(each)) take(one, result);
  return takers;
}

/** The runs of a layer. */
export function runsOf(flow: FileFlow, layer: BuiltLayer): readonly FlowResult[] {
  const index = indexOf(flow);
  index.runs ??= readRuns(flow);
  return index.runs.get(layer.id) ?? [];
}

function readRuns({ results }: FileFlow): ReadonlyMap<number, readonly FlowResult[]> {
  const runs = new Map<number, FlowResult[]>();
  for (const result of results) if (result.layer) push(runs, result.layer.id, result);
  return runs;
}

/** The runs of all layers that the same code builds, of whichever object. */
export function runsBuiltAt(flow: FileFlow, { at }: BuiltLayer): readonly FlowResult[] {
  return flow.results.filter(({ layer }) => layer?.at.span === at.span && layer.at.file === at.file);
}

/** Where a result stands among all. */
export function orderOf(flow: FileFlow, result: FlowResult): number {
  const index = indexOf(flow);
  index.order ??= new Map(flow.results.map((each, place) => [each, place]));
  return index.order.get(result) ?? -1;
}
