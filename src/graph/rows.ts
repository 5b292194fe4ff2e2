import { inputAt, itemAt, sizeAt } from './access';
import type { Graph, ValueId } from './types';

/** How many rows the smallest table has that these indices pick from, through casts and reshapes; infinite for none. */
export function rowsFor(graph: Pick<Graph, 'nodes' | 'values'>, value: ValueId): number {
  let rows = Number.POSITIVE_INFINITY;
  for (const { op, inputs, outputs } of graph.nodes) {
    const shape = (index: number) => itemAt(graph.values, inputAt(op.kind, inputs, index)).type.shape;
    if (op.kind === 'embedding' && inputs[0] === value) rows = Math.min(rows, sizeAt(shape(1), 0));
    if (op.kind === 'gather' && inputs[1] === value) rows = Math.min(rows, sizeAt(shape(0), op.dim));
    const passes =
      op.kind === 'cast' ||
      op.kind === 'reshape' ||
      op.kind === 'permute' ||
      op.kind === 'slice' ||
      op.kind === 'expand';
    if (passes && inputs[0] === value && outputs[0] !== undefined) rows = Math.min(rows, rowsFor(graph, outputs[0]));
  }
  return rows;
}
