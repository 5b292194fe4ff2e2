/** The first step of training, which several measures read in one pass. */

import { rulesFor } from '../activations/differentiation';
import type { SeedReading } from '../compare/measurements';
import type { SkippedPart } from '../compare/report';
import { batchOf } from '../data/columns';
import { lossOf, type Task } from '../data/task';
import { taskOf } from '../data/taskOf';
import { GraphBuilder } from '../graph/builder';
import { differentiate } from '../graph/differentiate/index';
import { objective } from '../graph/objective';
import { refuseOverwrites } from '../graph/overwrites';
import { type TrainingGraph, trainingGraph } from '../graph/train';
import type { Graph, ValueId } from '../graph/types';
import { say } from '../language/say';
import type { Device } from '../lower/lowered';
import type { Experiment } from './experiment';
import { type ActivationLayer, activationLayers } from './layers';
import type { ModelView, StepMeasure } from './measures/measure';
import { Numbers, Readout } from './readout';
import type { Outputs } from './session';

/** How a model is run: in training mode with its loss's gradient, in training mode without, in evaluation mode. */
export type StepMode = 'gradient' | 'training' | 'evaluation';

interface Step {
  readonly graph: Graph;
  readonly builder: GraphBuilder;
  readonly layers: readonly ActivationLayer[];
  readonly gradients: ReadonlyMap<ValueId, ValueId>;
  /** Absent without a gradient. */
  readonly loss?: ValueId;
}

const noGradients: ReadonlyMap<ValueId, ValueId> = new Map();

/** Layers of a model as they stand in its training graph. */
export function layersIn({ standsFor }: TrainingGraph, layers: readonly ActivationLayer[]): ActivationLayer[] {
  const at = (value: ValueId) => standsFor.get(value) ?? value;
  return layers.map((layer) => ({
    ...layer,
    input: at(layer.input),
    output: at(layer.output),
    weights: layer.weights.map(at),
    nodes: layer.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => (input === null ? null : at(input))),
      outputs: node.outputs.map(at),
    })),
  }));
}

function stepOf(
  model: Graph,
  mode: StepMode,
  { task, device, hidden }: { readonly task: Task; readonly device: Device } & Pick<ModelView, 'hidden'>,
): Step {
  const layers = activationLayers(model, hidden);
  if (mode === 'evaluation') return { graph: model, builder: GraphBuilder.from(model), layers, gradients: noGradients };
  const trained = trainingGraph(model);
  const moved = layersIn(trained, layers);
  if (mode === 'training')
    return { graph: trained, builder: GraphBuilder.from(trained), layers: moved, gradients: noGradients };
  refuseOverwrites(model, rulesFor(device));
  const { graph, loss } = objective(trained, lossOf(task));
  const inputs = moved.map(({ input }) => input);
  return { graph, layers: moved, loss, ...differentiate(graph, loss, inputs, rulesFor(device)) };
}

/**
 * The model's first step with what measures read of it: the graph has the model's inputs, and `target` where there is a
 * gradient.
 * @throws ShapeError where the model can't be trained with this batch, or the task doesn't fit its output
 */
export function stepGraph(
  model: Graph,
  mode: StepMode,
  measures: readonly StepMeasure[],
  about: { readonly task: Task; readonly device: Device } & Pick<ModelView, 'title' | 'hidden'>,
): { readonly graph: Graph; readonly read: (outputs: Outputs) => SeedReading } {
  const { graph, builder, layers, gradients, loss } = stepOf(model, mode, about);
  const { title, hidden } = about;
  const readout = new Readout(builder);
  const batch = batchOf(model);
  const view = {
    title,
    batch,
    hidden,
    builder,
    readout,
    layers,
    ...(loss !== undefined && { loss }),
    gradientAt: ({ input }: ActivationLayer) => gradients.get(input),
  };
  const readers = measures.map((measure) => measure.prepare(view));
  const read = (outputs: Outputs): SeedReading => {
    const numbers = new Numbers(outputs);
    const readings = readers.map((reader) => reader(numbers));
    return {
      samples: Object.assign({}, ...readings.map(({ samples }) => samples)),
      layers: Object.assign({}, ...readings.map(({ layers: told }) => told)),
      notes: readings.flatMap(({ notes = [] }) => notes),
    };
  };
  return { graph: readout.finish(graph, graph.inputs), read };
}

/** What is left out where a model can't be run in a mode. */
const whatOf: Readonly<Record<StepMode, () => string>> = {
  gradient: () => say('The gradient'),
  training: () => say('The signal in training mode'),
  evaluation: () => say('The signal'),
};

/**
 * Runs the first step of every variant for several seeds, with a gradient only where one of the measures needs it. All
 * variants are run in one mode: where the model as written can't be trained, in evaluation mode.
 * @param names of the measures
 * @param share of the time
 */
export async function measureStep(
  experiment: Experiment,
  names: readonly [SkippedPart, ...SkippedPart[]],
  measures: readonly StepMeasure[],
  share: number,
): Promise<void> {
  const { baseline, resolved, runtime } = experiment;
  const task = taskOf(baseline.batched);
  const others = measures.filter(({ needsGradient }) => !needsGradient);
  // From the most that is asked for to what every model allows; those that the model as written refuses are dropped.
  const ways: { readonly mode: StepMode; readonly measures: readonly StepMeasure[] }[] = [
    ...(others.length < measures.length ? [{ mode: 'gradient' as const, measures }] : []),
    ...(others.length > 0 ? (['training', 'evaluation'] as const).map((mode) => ({ mode, measures: others })) : []),
  ];
  await experiment.watch(names, share, (variant) => {
    const { title } = variant.measurements.summary;
    for (let way = ways[0]; way; way = ways[0]) {
      const { mode, measures: able } = way;
      const [model, hidden] =
        mode === 'evaluation' ? [variant.batched, resolved.hidden] : [variant.trained, experiment.hiddenInTraining];
      const about = { task, device: runtime.device, hidden, title };
      const made = experiment.attempt(whatOf[mode](), variant, () => stepGraph(model, mode, able, about));
      if (made) return { ...made, pass: mode === 'gradient' ? 'step' : 'forward' };
      if (variant !== baseline) return null;
      ways.shift();
      if (ways[0]?.mode === 'evaluation')
        experiment.notes.add(say('The signal is that of evaluation mode: running statistics, no dropout.'));
    }
    return null;
  });
}
