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

/** Bytes of weights beyond which a model's file, its weights and their copies don't fit the runtime's 4 GB together. */
const LARGE = 2 ** 30;

export const isLarge = (weights: readonly TensorData[]): boolean =>
  weights.reduce((sum, { length }) => sum + 4 * length, 0) > LARGE;

/** Outputs of the graph in evaluation mode, and what the GPU left to the CPU. Weights of large models are given as inputs. */
export async function runGraph(
  runtime: Runtime,
  graph: Graph,
  weights: readonly TensorData[],
  inputs: readonly TensorData[],
): Promise<{ readonly outputs: readonly TensorData[]; readonly fallbacks: readonly string[] }> {
  const weightsAs = isLarge(weights) ? 'inputs' : 'constant';
  const lowered = lower(graph, { mode: 'evaluation', weights: weightsAs, device: runtime.device });
  const session = await runtime.createSession(encodeModel(lowered, weights), 'watched');
  try {
    const fed = inputs.flatMap((data, i) => {
      const value = lowered.inputs[i];
      return value ? [{ value, data }] : [];
    });
    const given = weightsAs === 'inputs' ? lowered.weights : [];
    const held = given.map((value) => ({ value, data: weights[value.storage] ?? [] }));
    const made = await session.run(runtime.feeds([...fed, ...held]));
    return { outputs: graph.outputs.map(({ name }) => made[name] ?? []), fallbacks: cpuFallbacks(session.placements) };
  } finally {
    await session.release();
  }
}

/** The same with weights and inputs by the rule. */
export const runModel = (runtime: Runtime, graph: Graph, inputs: readonly RuledInput[]) =>
  runGraph(
    runtime,
    graph,
    ruledWeights(graph),
    inputs.map((input, i) => ruledInput(i, input)),
  );
