/** The activations of a graph: nodes that name one, and those that write one out. */
import { isGiven, itemAt } from './access';
import type { Graph, Node, Op, SourceRange, ValueId } from './types';

export interface PlacedActivation {
  /** Index of the node that makes its output: what stands for it wherever nodes are listed. */
  readonly node: number;
  readonly op: Extract<Op, { kind: 'activation' }>;
  readonly input: ValueId;
  readonly output: ValueId;
  /** What it learns, where a node names it. */
  readonly weights: readonly ValueId[];
  /** Indices of the nodes that compute it, where it is written out. */
  readonly written?: readonly number[];
  /** The class of the module, or of the autograd Function, that writes it out and does nothing else. */
  readonly name?: string;
  /** Whether what is written out reads parameters that training changes. */
  readonly learns?: true;
  readonly path: string;
  readonly call: number;
  /** The call, or the expression that writes it out. */
  readonly source?: SourceRange;
  /** Where its module was constructed. */
  readonly site?: SourceRange;
}

/** All activations in the order in which they run, each once. */
export function activationsOf(graph: Pick<Graph, 'nodes' | 'written'>): PlacedActivation[] {
  const { nodes, written = [] } = graph;
  const owner = new Map(written.flatMap((one) => one.values.map((value) => [value, one] as const)));
  const parts = new Map(written.map((one) => [one, [] as number[]]));
  const found: PlacedActivation[] = [];
  nodes.forEach((node, index) => {
    const [output] = node.outputs;
    const one = output === undefined ? undefined : owner.get(output);
    if (!one) {
      const named = namedActivation(node, index);
      if (named) found.push(named);
      return;
    }
    const indices = parts.get(one) ?? [];
    indices.push(index);
    if (output !== one.output) return;
    const { op, input, learns, name } = one;
    const { path, call } = node;
    const source = one.source ?? node.source;
    found.push({
      node: index,
      ...{ op, input, output, path, call },
      weights: [],
      written: indices,
      ...(learns && { learns }),
      ...(name !== undefined && { name }),
      ...(source && { source }),
      ...(one.site && { site: one.site }),
    });
  });
  return found;
}

function namedActivation({ op, inputs, outputs, path, call, source, site }: Node, node: number) {
  const [[input, ...weights], [output]] = [inputs, outputs];
  if (op.kind !== 'activation' || !isGiven(input) || output === undefined) return undefined;
  return {
    ...{ node, op, input, output, path, call },
    weights: weights.filter(isGiven),
    ...(source && { source }),
    ...(site && { site }),
  };
}

/** The activations at some nodes, in the order given. @throws RangeError where a node stands for none */
export function activationsAt(graph: Pick<Graph, 'nodes' | 'written'>, nodes: readonly number[]): PlacedActivation[] {
  const all = new Map(activationsOf(graph).map((one) => [one.node, one]));
  return nodes.map((index) => {
    const found = all.get(index);
    if (!found) throw new RangeError(`node ${index} is no activation`);
    return found;
  });
}

/** The nodes that write an activation out, in order; none where it is named. */
export const nodesOf = ({ nodes }: Pick<Graph, 'nodes'>, { written = [] }: PlacedActivation): Node[] =>
  written.map((index) => itemAt(nodes, index));
