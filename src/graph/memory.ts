/** How much memory a graph's tensors take, from when they are made to when they are read last. */
import { elements } from './ops/rule';
import type { DType, Graph, TensorType, ValueId } from './types';

const width: Readonly<Record<DType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
};

/** Bytes of a tensor. */
export function bytesOf({ dtype, shape }: TensorType): number {
  return elements(shape) * width[dtype];
}

/**
 * The largest sum of bytes alive at once while the nodes run in order: inputs, storages and outputs all the time, what
 * is between from its maker to its last reader. A reshape shares its input's bytes.
 */
export function peakBytes(graph: Graph): number {
  const roots = new Map<ValueId, ValueId>();
  const rootOf = (value: ValueId): ValueId => roots.get(value) ?? value;
  const lastUse = new Map<ValueId, number>();
  graph.nodes.forEach(({ op, inputs, outputs }, at) => {
    const [input, output] = [inputs[0], outputs[0]];
    if (op.kind === 'reshape' && typeof input === 'number' && output !== undefined) roots.set(output, rootOf(input));
    for (const value of [...inputs, ...outputs]) if (value !== null) lastUse.set(rootOf(value), at);
  });
  const kept = [
    ...graph.inputs.map(({ value }) => value),
    ...graph.storages.map(({ value }) => value),
    ...graph.outputs.map(({ value }) => value),
    ...graph.updates.map(({ value }) => value),
  ];
  const always = new Set(kept.map(rootOf));
  const sizeOf = (value: ValueId): number => {
    const type = graph.values[value]?.type;
    return type ? bytesOf(type) : 0;
  };
  let alive = [...always].reduce((sum, value) => sum + sizeOf(value), 0);
  let peak = alive;
  const dying = new Map<number, ValueId[]>();
  for (const [value, at] of lastUse) if (!always.has(value)) dying.set(at, [...(dying.get(at) ?? []), value]);
  graph.nodes.forEach(({ outputs }, at) => {
    for (const output of outputs) if (rootOf(output) === output && !always.has(output)) alive += sizeOf(output);
    peak = Math.max(peak, alive);
    for (const value of dying.get(at) ?? []) alive -= sizeOf(value);
  });
  return peak;
}

/** Enough samples that statistics over a batch mean something. */
const LARGER_BATCH = 16;
/** All values of a forward pass together, in bytes. */
const MOST_BYTES = 2 ** 28;

/**
 * How many samples a second reading of a model is to have that was read with few: 16, or as many as memory allows.
 * @param batch that it was read with
 */
export function largerBatchOf({ nodes, values }: Pick<Graph, 'nodes' | 'values'>, batch = 1): number {
  const made = nodes.flatMap(({ outputs }) => outputs.flatMap((value) => values[value] ?? []));
  const bytes = made.reduce((sum, { type }) => sum + bytesOf(type), 1) / Math.max(1, batch);
  return Math.max(2, Math.min(LARGER_BATCH, Math.floor(MOST_BYTES / bytes)));
}
