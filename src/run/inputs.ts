/** Input data for a model whose real data nobody has. */
import { Random } from '../compare/random';
import type { Task } from '../data/task';
import { elements } from '../graph/ops/rule';
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

/**
 * A target for a batch that no one knows the answers to, the same for the same seed: classes and numbers are random,
 * what is to be told from the input itself is taken from it.
 * @param type of the target
 * @param inputs of the same batch
 */
export function randomTarget(task: Task, type: TensorType, inputs: readonly TensorData[], seed: number): TensorData {
  const random = new Random(seed * 1000 + 999);
  const count = elements(type.shape);
  switch (task.kind) {
    case 'tokens':
    case 'reconstruction':
      return inputs[0] ?? [];
    case 'classes':
    case 'places':
      return Int32Array.from({ length: count }, () => random.below(task.classes));
    case 'binary':
      return Float32Array.from({ length: count }, () => random.below(2));
    case 'numbers':
      return Float32Array.from({ length: count }, () => random.normal());
  }
}
