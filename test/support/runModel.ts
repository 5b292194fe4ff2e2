import { initialValues } from '../../src/graph/initialise';
import type { Graph, TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { cpuFallbacks } from '../../src/run/placement';
import type { Runtime } from '../../src/run/runtime';
import { type RuledInput, ruledInput, ruledWeight } from './rule';

/** Storages filled by the rule; what the state dict does not name keeps its initial values. */
export function ruledWeights(graph: Graph): TensorData[] {
  const names = new Map<number, string>();
  for (const { name, storage, persistent } of graph.state) {
    const type = graph.storages[storage]?.type;
    if (persistent && !names.has(storage) && type?.dtype.includes('float')) names.set(storage, name);
  }
  return graph.storages.map((storage, id) => {
    const name = names.get(id);
    return name === undefined ? initialValues(storage, id, 0) : ruledWeight(name, storage.type.shape);
  });
}

/** Outputs of the graph with weights and inputs by the rule, in evaluation mode, and what the GPU left to the CPU. */
export async function runModel(
  runtime: Runtime,
  graph: Graph,
  inputs: readonly RuledInput[],
): Promise<{ readonly outputs: readonly TensorData[]; readonly fallbacks: readonly string[] }> {
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: runtime.device });
  const session = await runtime.createSession(encodeModel(lowered, ruledWeights(graph)), 'watched');
  try {
    const fed = inputs.flatMap((input, i) => {
      const value = lowered.inputs[i];
      return value ? [{ value, data: ruledInput(i, input) }] : [];
    });
    const made = await session.run(runtime.feeds(fed));
    return { outputs: graph.outputs.map(({ name }) => made[name] ?? []), fallbacks: cpuFallbacks(session.placements) };
  } finally {
    await session.release();
  }
}
