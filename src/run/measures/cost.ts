/** What a pass costs: forward, and forward and backward, raced against each other. */
import { taskOf } from '../../data/task';
import { peakBytes } from '../../graph/memory';
import type { Graph } from '../../graph/types';
import { say } from '../../language/say';
import { inHalfPrecision } from '../../lower/half';
import { lower } from '../../lower/lower';
import { encodeModel } from '../../onnx/encode';
import { backwardGraph } from '../backward';
import type { Comparison, Racer } from '../comparison';
import type { Draw } from '../draw';
import { driftOf } from '../drift';
import type { Entry } from '../entry';
import { type Runtime, RuntimeError } from '../runtime';

/** Forward, with constant weights and nothing tapped, as users run it; and without the activations that are swapped. */
export async function measureLatency(comparison: Comparison, budget: number): Promise<void> {
  const { graph } = comparison.baseline;
  const { seed } = comparison.request.plan;
  const { half = false } = comparison.request.plan;
  if (half) requireHalf(comparison.runtime);
  const draw = comparison.draw(seed, graph);
  const racers: Racer[] = [];
  const compile = async (of: Graph, samples: number[], entry?: Entry) => {
    const single = lower(of, { mode: 'evaluation', weights: 'constant', device: comparison.runtime.device });
    const lowered = half ? inHalfPrecision(single) : single;
    const session = await comparison.runtime.createSession(encodeModel(lowered, draw.constants(of)), 'timed');
    const feeds = draw.feeds(of, { ...lowered, weights: [] });
    racers.push({ session, feeds, samples, ...(entry && { entry }) });
    if (half && entry) entry.progress.halfError = await halfError(comparison, of, draw);
  };
  try {
    await comparison.each('session', async (entry) => {
      const samples: number[] = [];
      await compile(entry.graph, samples, entry);
      entry.progress.samples = samples;
      entry.progress.memory = { forward: peakBytes(entry.graph) };
    });
    const bare = comparison.baseline.without(comparison.resolved.nodes);
    if (bare) {
      const samples: number[] = [];
      await compile(bare, samples);
      for (const { progress } of comparison.entries) progress.bare = samples;
    }
    await comparison.race('latency', budget, racers);
  } finally {
    for (const { session } of racers) await session.release();
    draw.free();
  }
}

/** Forward and backward: every parameter's gradient. */
export async function measureStep(comparison: Comparison, budget: number): Promise<void> {
  const task = taskOf(comparison.baseline.batched);
  const draw = comparison.draw(comparison.request.plan.seed, comparison.baseline.batched);
  const racers: Racer[] = [];
  try {
    await comparison.each('session', async (entry) => {
      const graph = comparison.attempt(say('The backward pass'), entry, () =>
        backwardGraph(entry.batched, task, comparison.runtime.device),
      );
      if (!graph || (entry !== comparison.baseline && racers.length === 0)) return;
      const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs', device: comparison.runtime.device });
      const session = await comparison.runtime.createSession(encodeModel(lowered), 'timed');
      const samples: number[] = [];
      entry.progress.stepSamples = samples;
      entry.progress.memory = { forward: peakBytes(entry.graph), step: peakBytes(graph) };
      racers.push({ session, feeds: draw.feeds(graph, lowered), samples, entry });
    });
    if (racers.length > 0) await comparison.race('step', budget, racers);
  } finally {
    for (const { session } of racers) await session.release();
    draw.free();
  }
}

/** How far half precision's outputs are from single precision's, with the same weights and inputs. */
async function halfError(comparison: Comparison, graph: Graph, draw: Draw): Promise<number> {
  const single = lower(graph, { mode: 'evaluation', weights: 'constant', device: comparison.runtime.device });
  const outputs: ArrayLike<number>[] = [];
  for (const lowered of [single, inHalfPrecision(single)]) {
    const session = await comparison.runtime.createSession(encodeModel(lowered, draw.constants(graph)), 'plain');
    try {
      const made = await session.run(draw.feeds(graph, { ...lowered, weights: [] }));
      outputs.push(made[graph.outputs[0]?.name ?? ''] ?? []);
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
