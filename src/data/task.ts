/** What a model can be trained for, told from the shapes of what it takes and gives. */

import { outputRange } from '../activations/facts';
import { itemOr, sizeAt } from '../graph/access';
import { activationsOf } from '../graph/activations';
import { type Loss, targetType as targetOfLoss } from '../graph/losses';
import type { Graph, Op, TensorType } from '../graph/types';

export type Task =
  /** Output [N, classes], target: a class for each sample, [N]. */
  | { readonly kind: 'classes'; readonly classes: number }
  /** Output [N, classes, …], target: a class for each place, [N, …]. */
  | { readonly kind: 'places'; readonly classes: number }
  /** Input and output of one shape; the target is the input. */
  | { readonly kind: 'reconstruction' }
  /** Tokens [N, T] and logits [N, T, vocabulary]; the target is the input, each place tells the next. */
  | { readonly kind: 'tokens'; readonly vocabulary: number }
  /** Logits or probabilities of two classes, [N] or [N, 1]; the target is 0 or 1 in the output's shape. */
  | { readonly kind: 'binary'; readonly probabilities: boolean }
  /** Anything else: numbers in the output's shape. */
  | { readonly kind: 'numbers' };

const integers = new Set(['int64', 'int32', 'int16', 'int8', 'uint8']);
const isSameShape = (a: readonly number[], b: readonly number[]) => String(a) === String(b);

function typeAt(graph: Graph, at: { readonly value: number } | undefined): TensorType {
  return graph.values[at?.value ?? -1]?.type ?? { dtype: 'float32', shape: [] };
}

/** The activation that makes the model's first output, where one does. */
export function lastActivation(graph: Graph): Extract<Op, { kind: 'activation' }> | undefined {
  const value = graph.outputs[0]?.value;
  return activationsOf(graph).find(({ output }) => output === value)?.op;
}

/** The task that suits the first output and the first input. */
export function taskOf(graph: Graph): Task {
  const [input, output] = [typeAt(graph, graph.inputs[0]), typeAt(graph, graph.outputs[0])];
  const { shape } = output;
  const [batch, second] = [itemOr(shape, 0, 1), itemOr(shape, 1, 1)];
  const tokens = integers.has(input.dtype);
  if (tokens && shape.length === 3 && input.shape.length === 2 && isSameShape(shape.slice(0, 2), input.shape)) {
    if (second > 1) return { kind: 'tokens', vocabulary: sizeAt(shape, 2) };
  }
  if (!tokens && isSameShape(shape, input.shape) && shape.length > 1) return { kind: 'reconstruction' };
  if (shape.length === 1 || (shape.length === 2 && second === 1)) {
    const last = lastActivation(graph);
    const range = last && outputRange(last);
    const probabilities = range?.low === 0 && range.high === 1;
    return batch === input.shape[0] ? { kind: 'binary', probabilities } : { kind: 'numbers' };
  }
  if (shape.length === 2) return { kind: 'classes', classes: second };
  if (shape.length > 3 && second > 1) return { kind: 'places', classes: second };
  return { kind: 'numbers' };
}

/** The loss that people use for a task. */
export function lossOf(task: Task): Loss {
  switch (task.kind) {
    case 'classes':
    case 'places':
      return { kind: 'cross_entropy', ignoreIndex: -100, labelSmoothing: 0 };
    case 'tokens':
      return { kind: 'next_token' };
    case 'binary':
      return task.probabilities ? { kind: 'mse' } : { kind: 'bce_with_logits' };
    default:
      return { kind: 'mse' };
  }
}

/** The type of the target, batch and all. */
export function targetType(task: Task, input: TensorType, output: TensorType): TensorType {
  const same = task.kind === 'tokens' || task.kind === 'reconstruction';
  return same ? input : targetOfLoss(lossOf(task), output);
}
