/** A model together with the loss that it is trained by. */
import { say } from '../language/say';
import { GraphBuilder } from './builder';
import { addLoss, type Loss, targetType } from './losses';
import { type Graph, ShapeError, type ValueId } from './types';

export interface Objective {
  /** Inputs: the model's and `target`; output: `loss`. It has no updates. */
  readonly graph: Graph;
  readonly loss: ValueId;
}

/**
 * Adds a loss between the model's first output and a target.
 * @throws ShapeError where the output doesn't fit the loss
 */
export function objective(model: Graph, loss: Loss): Objective {
  const [output] = model.outputs;
  if (!output) throw new ShapeError(say('the model has no output'));
  const builder = GraphBuilder.from(model);
  const target = builder.input(targetType(loss, builder.type(output.value)));
  const value = addLoss(builder, loss, output.value, target);
  const inputs = [...model.inputs, { name: 'target', value: target }];
  const { name, state } = model;
  return { graph: builder.finish({ name, inputs, outputs: [{ name: 'loss', value }], state }), loss: value };
}
