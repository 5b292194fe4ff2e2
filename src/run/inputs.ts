/** Input data for a model whose real data nobody has. */
import { Random } from '../compare/random';
import type { Task } from '../data/task';
import { elements } from '../graph/ops/rule';
import { rowsFor } from '../graph/rows';
import type { Graph, TensorData, TensorType } from '../graph/types';

const integers = new Set(['int8', 'uint8', 'int16', 'int32', 'int64']);

function random(type: TensorType, rows: number, source: Random): TensorData {
  const count = type.shape.reduce((product, size) => product * size, 1);
  if (type.dtype === 'bool') return Int32Array.from({ length: count }, () => source.integerBelow(2));
  if (integers.has(type.dtype)) return Int32Array.from({ length: count }, () => source.integerBelow(rows));
  return Float32Array.from({ length: count }, () => source.normal());
}

/**
 * Random inputs, the same for the same seed: N(0, 1) for floats, uniform over the rows of the table they index for
 * integers (0 and 1 where they index none). A model that was read for one input is given that.
 */
export function randomInputs(graph: Graph, seed: number): TensorData[] {
  return graph.inputs.map(({ value }, index) => {
    const example = graph.example?.find((each) => each.value === value);
    if (example) return example.data;
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
      return Int32Array.from({ length: count }, () => random.integerBelow(task.classes));
    case 'nextToken':
    case 'maskedTokens':
      return Int32Array.from({ length: count }, () => random.integerBelow(task.vocabulary));
    case 'binary':
      return Float32Array.from({ length: count }, () => random.integerBelow(2));
    case 'numbers':
      return Float32Array.from({ length: count }, () => random.normal());
  }
}
