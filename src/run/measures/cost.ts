/** What a pass costs: forward, and forward and backward, raced against each other. */

import { addReading } from '../../compare/measurements';
import { taskOf } from '../../data/taskOf';
import { itemAt, itemOr } from '../../graph/access';
import { peakBytes } from '../../graph/memory';
import type { Graph } from '../../graph/types';
import { say } from '../../language/say';
import { toHalfPrecision } from '../../lower/half';
import { lower } from '../../lower/lower';
import { encodeModel } from '../../onnx/encode';
import { backwardGraph } from '../backward';
import type { Draw } from '../draw';
import type { Experiment, Racer } from '../experiment';
import { type Runtime, RuntimeError } from '../runtime';
import type { Variant } from '../variant';
import { driftOf } from './drift';
import type { PassMeasure } from './measure';

/** The part of each round's pass that goes when the activations are left out. */
const sharesOf = (times: readonly number[], bare: readonly number[]) =>
  times.map((time, i) => 1 - itemOr(bare, i, Number.NaN) / time).filter((share) => !Number.isNaN(share));

/** Forward, with constant weights and nothing tapped, as users run it; and without the activations that are swapped. */
async function measureLatency(experiment: Experiment, budget: number): Promise<void> {
  const { graph } = experiment.baseline;
  const { seed } = experiment.request.plan;
  const { half = false } = experiment.request.plan;
  if (half) requireHalf(experiment.runtime);
  const draw = experiment.draw(seed, graph);
  const racers: Racer[] = [];
  const compile = async (of: Graph, samples: number[], variant?: Variant) => {
    const single = lower(of, { mode: 'evaluation', weights: 'constant', device: experiment.runtime.device });
    const lowered = half ? toHalfPrecision(single) : single;
    const session = await experiment.runtime.createSession(encodeModel(lowered, draw.constants(of)), 'timed');
    const feeds = draw.feeds(of, { ...lowered, weights: [] });
    racers.push({ session, feeds, samples, ...(variant && { variant }) });
    if (half && variant)
      addReading(variant.measurements, { samples: { halfError: await halfError(experiment, of, draw) } });
  };
  try {
    await experiment.forEachVariant('session', async (variant) => {
      const samples: number[] = [];
      await compile(variant.graph, samples, variant);
      variant.measurements.times.forward = samples;
      variant.measurements.memory = { forward: peakBytes(variant.graph) };
    });
    const bare = experiment.baseline.removeActivations(experiment.resolved.nodes);
    const bareTimes: number[] = [];
    if (bare) await compile(bare, bareTimes);
    await experiment.race('latency', budget, racers, () => {
      for (const { measurements } of experiment.variants)
        measurements.samples.share = sharesOf(measurements.times.forward ?? [], bareTimes);
    });
  } finally {
    for (const { session } of racers) await session.release();
    draw.free();
  }
}

/** Forward and backward: every parameter's gradient. */
async function measureTrainingLatency(experiment: Experiment, budget: number): Promise<void> {
  const task = taskOf(experiment.baseline.batched);
  const draw = experiment.draw(experiment.request.plan.seed, experiment.baseline.batched);
  const racers: Racer[] = [];
  try {
    await experiment.forEachVariant('session', async (variant) => {
      const graph = experiment.attempt(say('The backward pass'), variant, () =>
        backwardGraph(variant.trained, task, experiment.runtime.device),
      );
      if (!graph || (variant !== experiment.baseline && racers.length === 0)) return;
      const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs', device: experiment.runtime.device });
      const session = await experiment.runtime.createSession(encodeModel(lowered), 'timed');
      const samples: number[] = [];
      variant.measurements.times.step = samples;
      variant.measurements.memory = { forward: peakBytes(variant.graph), step: peakBytes(graph) };
      racers.push({ session, feeds: draw.feeds(graph, lowered), samples, variant });
    });
    if (racers.length > 0) await experiment.race('step', budget, racers);
  } finally {
    for (const { session } of racers) await session.release();
    draw.free();
  }
}

/** How far half precision's outputs are from single precision's, with the same weights and inputs. */
async function halfError(experiment: Experiment, graph: Graph, draw: Draw): Promise<number> {
  const single = lower(graph, { mode: 'evaluation', weights: 'constant', device: experiment.runtime.device });
  const outputs: ArrayLike<number>[] = [];
  for (const lowered of [single, toHalfPrecision(single)]) {
    const session = await experiment.runtime.createSession(encodeModel(lowered, draw.constants(graph)), 'plain');
    try {
      const made = await session.run(draw.feeds(graph, { ...lowered, weights: [] }));
      outputs.push(made[itemAt(graph.outputs, 0).name] ?? []);
    } finally {
      await session.release();
    }
  }
  const [exact = [], rounded = []] = outputs;
  return driftOf(rounded, exact, graph, { kind: 'numbers' }).drift;
}

/** @throws RuntimeError where half precision can't be had */
function requireHalf({ gpu }: Runtime): void {
  if (gpu?.device.features.has('shader-f16')) return;
  throw new RuntimeError(
    gpu
      ? say('Half precision needs a GPU with shader-f16, which {0} lacks. Run in single precision.', gpu.adapter)
      : say('Half precision needs a GPU. Run in single precision.'),
  );
}

export const cost: PassMeasure = {
  share: 0.6,
  run: async (experiment, budget) => {
    await measureLatency(experiment, (budget * 2) / 3);
    await measureTrainingLatency(experiment, budget / 3);
  },
};
