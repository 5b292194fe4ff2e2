import { initialise } from '../../src/graph/initialise';
import type { TrainingStep } from '../../src/graph/trainingStep';
import type { TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Runtime } from '../../src/run/runtime';
import { type RuledInput, ruledInput, ruledNoise } from './rule';
import { ruledWeights } from './runModel';

/** Steps of training with weights, batch and noise by the rule: the losses, and what the storages hold after the last. */
export async function trainSteps(
  runtime: Runtime,
  step: TrainingStep,
  inputs: readonly RuledInput[],
  target: TensorData,
  rate: number,
  count: number,
): Promise<{ readonly losses: readonly number[]; readonly storages: readonly TensorData[] }> {
  const storages: TensorData[] = initialise(step, 0);
  for (const [id, data] of ruledWeights(step).entries()) storages[id] = data;
  const taps = step.updates.map(({ value }) => value);
  const lowered = lower(step, { mode: 'evaluation', weights: 'inputs', device: runtime.device, taps });
  const session = await runtime.createSession(encodeModel(lowered, []), 'watched');
  const losses: number[] = [];
  try {
    const batch = [...inputs.map((input, i) => ruledInput(i, input)), target, [rate]];
    for (let i = 0; i < count; i++) {
      for (const [k, storage] of step.noise.entries())
        storages[storage] = ruledNoise(i * step.noise.length + k, step.storages[storage]?.type.shape ?? []);
      const fed = [
        ...lowered.inputs.map((value, at) => ({ value, data: batch[at] ?? [] })),
        ...lowered.weights.map((value) => ({ value, data: storages[value.storage] ?? [] })),
      ];
      const made = await session.run(runtime.feeds(fed));
      losses.push(made.loss?.[0] ?? Number.NaN);
      for (const [at, { storage }] of step.updates.entries()) storages[storage] = made[lowered.taps[at] ?? ''] ?? [];
    }
  } finally {
    await session.release();
  }
  return { losses, storages };
}
