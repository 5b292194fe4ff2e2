import { trainingGraph } from '../../src/graph/train';
import type { Graph, TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Runtime } from '../../src/run/runtime';
import { type RuledInput, ruledInput, ruledNoise } from './rule';
import { ruledWeights } from './runModel';

/**
 * One forward pass in training mode with weights, inputs and noise by the rule: the outputs, and the buffers that it
 * writes, by their names.
 */
export async function runTraining(
  runtime: Runtime,
  graph: Graph,
  inputs: readonly RuledInput[],
): Promise<{ readonly outputs: readonly TensorData[]; readonly buffers: ReadonlyMap<string, TensorData> }> {
  const trained = trainingGraph(graph);
  const weights = [...ruledWeights(trained)];
  for (const [k, storage] of trained.noise.entries())
    weights[storage] = ruledNoise(k, trained.storages[storage]?.type.shape ?? []);
  const taps = trained.updates.map(({ value }) => value);
  const lowered = lower(trained, { mode: 'evaluation', weights: 'constant', device: runtime.device, taps });
  const session = await runtime.createSession(encodeModel(lowered, weights), 'watched');
  try {
    const fed = inputs.flatMap((input, i) => {
      const value = lowered.inputs[i];
      return value ? [{ value, data: ruledInput(i, input) }] : [];
    });
    const made = await session.run(runtime.feeds(fed));
    const buffers = new Map<string, TensorData>();
    for (const [i, { storage }] of trained.updates.entries()) {
      const name = trained.state.find((entry) => entry.storage === storage)?.name ?? '';
      buffers.set(name, made[lowered.taps[i] ?? ''] ?? []);
    }
    return { outputs: trained.outputs.map(({ name }) => made[name] ?? []), buffers };
  } finally {
    await session.release();
  }
}
