/** A graph as our own writer writes it, read back. */
import assert from 'node:assert/strict';
import { readOnnx } from '../../src/fromOnnx/read';
import { itemAt } from '../../src/graph/access';
import { initialise } from '../../src/graph/initialise';
import type { Graph, TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Runtime } from '../../src/run/runtime';
import type { RuledInput } from './rule';
import { ruledInput } from './rule';
import { isLarge, ruledWeights, runGraph } from './runModel';

export const written = (graph: Graph, weights: readonly (TensorData | undefined)[]): Uint8Array =>
  encodeModel(lower(graph, { mode: 'evaluation', weights: 'constant' }), weights);

/** What ONNX Runtime makes of a file, output by output. */
export async function runFile(
  runtime: Runtime,
  bytes: Uint8Array,
  graph: Graph,
  inputs: readonly TensorData[],
): Promise<TensorData[]> {
  const session = await runtime.createSession(bytes, 'plain');
  try {
    const { inputs: values } = lower(graph, { mode: 'evaluation', weights: 'constant' });
    const fed = values.map((value, i) => ({ value, data: itemAt(inputs, i) }));
    const made = await session.run(runtime.feeds(fed));
    return graph.outputs.map(({ name }) => made[name] ?? []);
  } finally {
    await session.release();
  }
}

/** The largest difference between a graph's outputs and those of what is read back of it, relative to their size. */
export async function roundTripError(
  runtime: Runtime,
  graph: Graph,
  inputs: readonly RuledInput[],
): Promise<{ readonly error: number; readonly read: Graph }> {
  const data = inputs.map((input, i) => ruledInput(i, input));
  const weights = ruledWeights(graph);
  const bytes = written(graph, weights);
  const read = await readOnnx(bytes);
  const kept = initialise(read, 0);
  const run = async (of: Graph, values: readonly TensorData[], file?: Uint8Array) =>
    isLarge(weights)
      ? (await runGraph(runtime, of, values, data)).outputs
      : runFile(runtime, file ?? written(of, values), of, data);
  const [before, after] = [await run(graph, weights, bytes), await run(read, kept)];
  assert.equal(after.length, before.length);
  const errors = before.map((wanted, i) => {
    const found = itemAt(after, i);
    assert.equal(found.length, wanted.length);
    let [largest, size] = [0, Number.MIN_VALUE];
    for (let at = 0; at < wanted.length; at++) {
      const [a, b] = [itemAt(found, at), itemAt(wanted, at)];
      if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
      largest = Math.max(largest, Math.abs(a - b));
      size = Math.max(size, Math.abs(b));
    }
    return largest === 0 ? 0 : largest / size;
  });
  return { error: Math.max(0, ...errors), read };
}
