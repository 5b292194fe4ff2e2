/** One step of training as one graph: forward, loss, backward, optimiser. */
import { say } from '../language/say';
import { GraphBuilder } from './builder';
import { type DifferentiationRules, differentiate } from './differentiate/index';
import type { Loss } from './losses';
import { objective } from './objective';
import { addOptimiser, type Optimiser } from './optimise';
import type { TrainingGraph } from './train';
import { type Graph, ShapeError, type StorageId, type ValueId } from './types';

export interface TrainingStep extends Graph {
  /** As in the training graph: drawn anew before each step. */
  readonly noise: readonly StorageId[];
  /** Trainable storages that the loss depends on, with their gradients. */
  readonly gradients: readonly { readonly storage: StorageId; readonly value: ValueId }[];
}

/**
 * A graph whose inputs are the model's, `target` and `learning_rate`, and whose output is `loss`. Its `updates` are the
 * parameters, the optimiser's state and the buffers after the step.
 * @throws ShapeError where the model's first output doesn't fit the loss, or nothing in it can be trained
 */
export function trainingStep(
  graph: TrainingGraph,
  loss: Loss,
  optimiser: Optimiser,
  activations: DifferentiationRules,
): TrainingStep {
  const { graph: withLoss, loss: value } = objective(graph, loss);
  const before = GraphBuilder.from(withLoss);
  const rate = before.input({ dtype: 'float32', shape: [] });
  const inputs = [...withLoss.inputs, { name: 'learning_rate', value: rate }];
  const { name, state, updates } = graph;
  const whole = before.finish({ name, inputs, outputs: withLoss.outputs, state });

  const trainable = graph.storages.flatMap((storage, id) => (storage.trainable ? [{ id, value: storage.value }] : []));
  const { builder, gradients } = differentiate(
    whole,
    value,
    trainable.map((each) => each.value),
    activations,
  );
  const trained = trainable.flatMap(({ id, value: of }) => {
    const gradient = gradients.get(of);
    return gradient === undefined ? [] : [{ storage: id, gradient }];
  });
  if (trained.length === 0) throw new ShapeError(say('the loss depends on no parameter that can be trained'));
  const step = addOptimiser(builder, optimiser, trained, rate);
  const finished = builder.finish({
    name,
    inputs,
    outputs: whole.outputs,
    state,
    updates: [...updates, ...step.updates],
  });
  const named = trained.map(({ storage, gradient }) => ({ storage, value: gradient }));
  return { ...finished, notes: graph.notes, noise: graph.noise, gradients: named };
}
