/** Where in a model's graph a finding is. */
import { activationsOf, type PlacedActivation } from '../graph/activations';
import type { Graph, Node, SourceRange, ValueId } from '../graph/types';

const begins = (a: SourceRange, b: SourceRange) => a.file === b.file && a.line === b.line && a.column === b.column;
const isSame = (a: SourceRange, b: SourceRange) =>
  begins(a, b) && a.endLine === b.endLine && a.endColumn === b.endColumn;
const isBefore = (lineA: number, columnA: number, lineB: number, columnB: number) =>
  lineA < lineB || (lineA === lineB && columnA <= columnB);

function contains(outer: SourceRange, inner: SourceRange): boolean {
  return (
    outer.file === inner.file &&
    isBefore(outer.line, outer.column, inner.line, inner.column) &&
    isBefore(inner.endLine, inner.endColumn, outer.endLine, outer.endColumn)
  );
}

/** How two places may be one, best first: a call and what it calls begin alike. */
const agreements = [isSame, begins, contains, (a: SourceRange, b: SourceRange) => contains(b, a)] as const;

/** What stands at a place of the code, by the call that runs it or by where its module was constructed. */
function closest<T extends { readonly source?: SourceRange; readonly site?: SourceRange }>(
  all: readonly T[],
  place: SourceRange,
): T[] {
  for (const agrees of agreements) {
    const found = all.filter(({ source, site }) => [source, site].some((each) => each && agrees(each, place)));
    if (found.length > 0) return found;
  }
  return [];
}

/** The activations that stand at the first of some places that has any, in the order in which they run. */
export function activationsThere(
  graph: Graph,
  places: readonly SourceRange[],
  isMeant: (activation: string) => boolean,
): PlacedActivation[] {
  const all = activationsOf(graph).filter(({ op }) => isMeant(op.activation));
  return places.map((place) => closest(all, place)).find((found) => found.length > 0) ?? [];
}

/** The same for nodes of a unary function. */
export function functionsThere(graph: Graph, places: readonly SourceRange[], name: string): Node[] {
  const all = graph.nodes.filter(({ op }) => op.kind === 'unary' && op.function === name);
  return places.map((place) => closest(all, place)).find((found) => found.length > 0) ?? [];
}

const products = new Set<Node['op']['kind']>(['linear', 'conv', 'conv_transpose', 'matmul']);

/** The trainable matrix that a node multiplies by: where its weight begins. */
function weightOf(node: Node, trainable: ReadonlySet<ValueId>): ValueId | undefined {
  return products.has(node.op.kind)
    ? node.inputs.find((input): input is ValueId => input !== null && trainable.has(input))
    : undefined;
}

const trainableOf = (graph: Graph): ReadonlySet<ValueId> =>
  new Set(graph.storages.flatMap(({ trainable, value, type }) => (trainable && type.shape.length > 1 ? [value] : [])));

/** The weight of the last layer on the way to a value; undefined where none is trained. */
export function weightBefore(graph: Graph, value: ValueId): ValueId | undefined {
  const trainable = trainableOf(graph);
  const behind = new Set([value]);
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => behind.has(output))) continue;
    const found = weightOf(node, trainable);
    if (found !== undefined) return found;
    for (const input of node.inputs) if (input !== null) behind.add(input);
  }
  return undefined;
}

/** The weight of the next layer that takes a value, whatever stands between. */
export function weightAfter(graph: Graph, value: ValueId): ValueId | undefined {
  const trainable = trainableOf(graph);
  const reached = new Set([value]);
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => input !== null && reached.has(input))) continue;
    const found = weightOf(node, trainable);
    if (found !== undefined) return found;
    for (const output of node.outputs) reached.add(output);
  }
  return undefined;
}
