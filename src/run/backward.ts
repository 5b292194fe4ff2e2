/** The graph whose time is one forward and backward pass. */
import { rulesFor } from '../activations/differentiation';
import { lossOf, type Task } from '../data/task';
import { differentiate } from '../graph/differentiate/index';
import { objective } from '../graph/objective';
import { refuseOverwrites } from '../graph/overwrites';
import { trainingGraph } from '../graph/train';
import { type Graph, ShapeError } from '../graph/types';
import { say } from '../language/say';
import type { Device } from '../lower/lowered';

/**
 * The model in training mode with its task's loss, whose outputs are the loss and the gradient of every parameter.
 * @throws ShapeError where the model can't be trained with this batch, or nothing in it can be
 */
export function backwardGraph(model: Graph, task: Task, device: Device): Graph {
  refuseOverwrites(model, rulesFor(device));
  const { graph, loss } = objective(trainingGraph(model), lossOf(task));
  const trainable = graph.storages.flatMap((storage) => (storage.trainable ? [storage.value] : []));
  const { builder, gradients } = differentiate(graph, loss, trainable, rulesFor(device));
  const made = trainable.flatMap((of, i) => {
    const value = gradients.get(of);
    return value === undefined ? [] : [{ name: `gradient ${i}`, value }];
  });
  if (made.length === 0) throw new ShapeError(say('the loss depends on no parameter that can be trained'));
  const { name, inputs, outputs, state } = graph;
  return builder.finish({ name, inputs, outputs: [...outputs, ...made], state });
}
