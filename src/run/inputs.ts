/** Input data for a model whose real data nobody has. */
import { Random } from '../compare/random';
import type { Graph, TensorData, TensorType, ValueId } from '../graph/types';

/** How many rows the smallest table has that these indices pick from; through casts and reshapes. */
function rowsFor(graph: Graph, value: ValueId): number {
  let rows = Number.POSITIVE_INFINITY;
  for (const { op, inputs, outputs } of graph.nodes) {
    const type = (input: ValueId | null | undefined) => graph.values[input ?? -1]?.type;
    if (op.kind === 'embedding' && inputs[0] === value) rows = Math.min(rows, type(inputs[1])?.shape[0] ?? 1);
    if (op.kind === 'gather' && inputs[1] === value) rows = Math.min(rows, type(inputs[0])?.shape[op.dim] ?? 1);
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

const integers = new Set(['int8', 'uint8', 'int16', 'int32', 'int64']);

function random(type: TensorType, rows: number, source: Random): TensorData {
  const count = type.shape.reduce((product, size) => product * size, 1);
  if (type.dtype === 'bool') return Int32Array.from({ length: count }, () => source.below(2));
  if (integers.has(type.dtype)) return Int32Array.from({ length: count }, () => source.below(rows));
  return Float32Array.from({ length: count }, () => source.normal());
}

/**
 * Random inputs, the same for the same seed: N(0, 1) for floats, uniform over the rows of the table they index for
 * integers (0 and 1 where they index none).
 */
export function randomInputs(graph: Graph, seed: number): TensorData[] {
  return graph.inputs.map(({ value }, index) => {
    const type = graph.values[value]?.type ?? { dtype: 'float32', shape: [] };
    const rows = integers.has(type.dtype) ? rowsFor(graph, value) : 0;
    return random(type, Number.isFinite(rows) ? rows : 2, new Random(seed * 1000 + index));
  });
}
