/** The activations of a graph as layers, and what counts as one unit of each. */

import type { LayerPlace } from '../compare/report';
import { itemAt } from '../graph/access';
import { activationsOf, nodesOf } from '../graph/activations';
import type { Graph, Node, Op, ValueId } from '../graph/types';
import { makersOf, unitsOf } from '../graph/units';

export type ActivationOp = Extract<Op, { kind: 'activation' }>;

export interface ActivationLayer {
  /** Index into `Graph.nodes`. */
  readonly node: number;
  readonly op: ActivationOp;
  readonly place: LayerPlace;
  readonly input: ValueId;
  readonly weights: readonly ValueId[];
  /** What computes it, where it is written out. */
  readonly nodes: readonly Node[];
  readonly output: ValueId;
  /** The dimension along which units lie. */
  readonly units: number;
  /** Elements of the output. */
  readonly count: number;
}

/**
 * All activations, in the order in which they run.
 * @param hidden which of them count, by their order: the others are marked; without it none is
 */
export function activationLayers(graph: Graph, hidden?: ReadonlySet<number>): ActivationLayer[] {
  const makers = makersOf(graph);
  return activationsOf(graph).map((one, index) => {
    const { node, op, input, output, weights, path, call, source } = one;
    const count = itemAt(graph.values, output).type.shape.reduce((product, size) => product * size, 1);
    const units = unitsOf(graph, makers, input);
    const apart = hidden !== undefined && !hidden.has(index);
    const place: LayerPlace = {
      ...{ index, path, call },
      ...(source && { line: source.line + 1 }),
      ...(apart && { apart }),
    };
    return { node, op, place, input, weights, nodes: nodesOf(graph, one), output, units, count };
  });
}

/** The mean over layers of what is known and finite; undefined for none. */
export function averageOver<T>(layers: readonly T[], of: (layer: T) => number | undefined): number | undefined {
  const known = layers.map(of).filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : undefined;
}

/** What the last layer has over what the first has; undefined for fewer than two layers. */
export function changeAlong<T>(layers: readonly T[], of: (layer: T) => number): number | undefined {
  const [first, last] = [layers[0], layers.at(-1)];
  return layers.length > 1 && first && last ? of(last) / of(first) : undefined;
}
