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
import type { TimePart } from '../timePlan';
import type { Variant } from '../variant';
import { driftOf } from './drift';
import type { PassMeasure } from './measure';

/** The part of each round's pass that goes when the activations are left out. */
const sharesOf = (times: readonly number[], bare: readonly number[]) =>
  times.map((time, i) => 1 - itemOr(bare, i, Number.NaN) / time).filter((share) => !Number.isNaN(share));

/** Forward, with constant weights and nothing tapped, as users run it; and without the activations that are swapped. */
async function measureLatency(experiment: Experiment, part: TimePart): Promise<void> {
  const { graph } = experiment.baseline;
  const { seed } = experiment.request.plan;
  const { half = false } = experiment.request.plan;
  if (half) requireHalf(experiment.runtime);
  const draw = experiment.draw(seed, graph);
  const racers: Racer[] = [];
  const compile = async (of: Graph, samples: number[], variant?: Variant) => {
    const start = experiment.now();
    const single = lower(of, { mode: 'evaluation', weights: 'constant', device: experiment.runtime.device });
    const lowered = half ? toHalfPrecision(single) : single;
    const session = await experiment.runtime.createSession(encodeModel(lowered, draw.constants(of)), 'timed');
    const feeds = draw.feeds(of, { ...lowered, weights: [] });
    const racer = { session, feeds, samples, ...(variant && { variant }) };
    racers.push(racer);
    await warmUp(experiment, part, racer, of, start);
    if (half && variant)
      addReading(variant.measurements, { samples: { halfError: await halfError(experiment, of, draw) } });
  };
  try {
    await experiment.forEachVariant('session', async (variant) => {
      variant.measurements.memory = { forward: peakBytes(variant.graph) };
      if (!isAdmitted(part, variant, variant.graph, racers)) return;
      const samples: number[] = [];
      await compile(variant.graph, samples, variant);
      variant.measurements.times.forward = samples;
    });
    if (racers.length === 0) return;
    const bare = experiment.baseline.removeActivations(experiment.resolved.nodes);
    const bareTimes: number[] = [];
    if (bare && part.leftOut.length === 0) await compile(bare, bareTimes);
    await experiment.race('latency', part, racers, () => {
      for (const { measurements } of experiment.variants)
        measurements.samples.share = sharesOf(measurements.times.forward ?? [], bareTimes);
    });
  } finally {
    for (const { session } of racers) await session.release();
    draw.free();
  }
}

/** Forward and backward: every parameter's gradient. */
async function measureTrainingLatency(experiment: Experiment, part: TimePart): Promise<void> {
  const task = taskOf(experiment.baseline.batched);
  const draw = experiment.draw(experiment.request.plan.seed, experiment.baseline.batched);
  const racers: Racer[] = [];
  try {
    await experiment.forEachVariant('session', async (variant) => {
      const graph = experiment.attempt(say('The backward pass'), variant, () =>
        backwardGraph(variant.trained, task, experiment.runtime.device),
      );
      if (!graph || (variant !== experiment.baseline && racers.length === 0 && part.leftOut.length === 0)) return;
      variant.measurements.memory = { forward: peakBytes(variant.graph), step: peakBytes(graph) };
      if (!isAdmitted(part, variant, graph, racers)) return;
      const start = experiment.now();
      const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs', device: experiment.runtime.device });
      const session = await experiment.runtime.createSession(encodeModel(lowered), 'timed');
      const samples: number[] = [];
      variant.measurements.times.step = samples;
      const racer = { session, feeds: draw.feeds(graph, lowered), samples, variant };
      racers.push(racer);
      await warmUp(experiment, part, racer, graph, start);
    });
    if (racers.length > 0) await experiment.race('step', part, racers);
  } finally {
    for (const { session } of racers) await session.release();
    draw.free();
  }
}

/** A race takes a warm-up and a round of all before it can end. */
const isAdmitted = (part: TimePart, { measurements }: Variant, graph: Graph, before: readonly Racer[]): boolean =>
  part.admits(measurements.summary.id, graph.nodes.length, 1 + 2 * (before.length + 1));

/** Tells what another variant will take, and no latency. */
async function warmUp(
  { now, runtime, compilesInPass }: Experiment,
  part: TimePart,
  racer: Racer,
  { nodes }: Graph,
  start: number,
): Promise<void> {
  let compiled = now();
  const pass = () => racer.session.time(racer.feeds, 1);
  try {
    await pass();
    if (compilesInPass) {
      compiled = now();
      await pass();
    }
    part.note(nodes.length, compiled - start, now() - compiled);
  } catch (error) {
    racer.error = runtime.explain(error);
    if (racer.variant) throw error;
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

/** Before all else: it is known soonest, and asked for most. */
export const forwardPass: PassMeasure = {
  share: 0.4,
  run: (experiment, share) => measureLatency(experiment, experiment.time.begin(['latency'], share)),
};

export const cost: PassMeasure = {
  share: 0.2,
  run: (experiment, share) => measureTrainingLatency(experiment, experiment.time.begin(['step'], share)),
};
