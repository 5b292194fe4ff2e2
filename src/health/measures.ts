/** A report of the model as written, laid out by layer. */
import { findActivation } from '../activations/catalogue';
import type { CandidateReport, LayerPlace } from '../compare/report';
import { itemAt } from '../graph/access';
import { activationsOf } from '../graph/activations';
import type { Graph, SourceRange } from '../graph/types';
import type { HealthLayer } from './report';

type Told = Pick<CandidateReport, 'signal' | 'similarity' | 'gradient' | 'compression'>;

/** What JSON can hold of a number. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Numbers that are not finite become null; what is undefined stays out. */
function numbers<K extends string>(of: { readonly [N in K]?: number | undefined } | undefined, ...names: readonly K[]) {
  const found = names.flatMap((name) => {
    const value = of?.[name];
    return value === undefined ? [] : [[name, finite(value)] as const];
  });
  return Object.fromEntries(found) as { [N in K]?: number | null };
}

/**
 * @param graph the reading that signal, similarity and gradient are of
 * @param evaluated that of the loss in 8 bits: it may have other branches
 */
export function healthLayers({ signal, similarity, gradient, compression }: Told, graph: Graph, evaluated: Graph) {
  const placed = activationsOf(graph);
  const ownKeys = keysOf(graph);
  const byKey = new Map(keysOf(evaluated).map((key, index) => [key, index]));
  const at = <T extends LayerPlace>(layers: readonly T[] | undefined, index: number | undefined) =>
    layers?.find((layer) => layer.index === index);
  const placeOf = placesIn(graph);
  return placed.map(({ op, path, call, source: used }, index): HealthLayer => {
    const source = placeOf(path, used);
    const own = at(signal, index);
    const inEvaluation = graph === evaluated ? index : byKey.get(itemAt(ownKeys, index));
    const apart = own?.apart ?? at(compression, inEvaluation)?.apart;
    return {
      ...{ index, path, call },
      title: findActivation(op.activation)?.title ?? op.activation,
      ...(source && { source, line: source.line + 1 }),
      ...(apart && { apart }),
      ...numbers(own, 'deviation', 'zeros', 'saturated', 'dead'),
      ...(own?.inputs && { inputs: { low: own.inputs.low, high: own.inputs.high } }),
      ...numbers(at(similarity, index), 'similarity'),
      ...numbers(at(gradient, index), 'norm', 'silent'),
      ...numbers(at(compression, inEvaluation), 'snrTensor', 'snrChannel', 'outliers'),
    };
  });
}

/**
 * Where a layer is: where it is called; where one call runs several, as that of a `Sequential` does, where its module is
 * constructed in that file.
 */
function placesIn(graph: Graph): (path: string, used: SourceRange | undefined) => SourceRange | undefined {
  const keyOf = ({ file, line, column }: SourceRange) => `${file} ${line}:${column}`;
  const paths = new Map<string, Set<string>>();
  for (const { path, source } of activationsOf(graph)) {
    if (!source) continue;
    const key = keyOf(source);
    paths.set(key, (paths.get(key) ?? new Set()).add(path));
  }
  const sites = new Map(graph.modules?.map(({ path, site }) => [path, site]));
  return (path, used) => {
    const site = sites.get(path);
    const isShared = used && (paths.get(keyOf(used))?.size ?? 0) > 1;
    return isShared && site?.file === used.file ? site : used;
  };
}

/** What tells the activations of one reading in another: where they run, and how often before. */
function keysOf(graph: Graph): string[] {
  const seen = new Map<string, number>();
  return activationsOf(graph).map(({ op, path, call, source }) => {
    const key = JSON.stringify([op.activation, path, call, source]);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return `${key} ${count}`;
  });
}
