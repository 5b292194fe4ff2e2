/** What a model can be trained for, told from the shapes of what it takes and gives. */

import { outputRange } from '../activations/facts';
import { itemOr, sizeAt } from '../graph/access';
import { activationsOf } from '../graph/activations';
import { type Loss, targetType as targetOfLoss } from '../graph/losses';
import type { Graph, Op, TensorType } from '../graph/types';

export type Task =
  /** Output [N, classes], logits unless they are probabilities; target: a class for each sample, [N]. */
  | { readonly kind: 'classes'; readonly classes: number; readonly probabilities?: true }
  /** Output [N, classes, …], or [N, …, classes] with `channelsLast`; target: a class for each place, [N, …]. */
  | {
      readonly kind: 'places';
      readonly classes: number;
      readonly probabilities?: true;
      readonly channelsLast?: true;
    }
  /** Input and output of one shape; the target is the input. */
  | { readonly kind: 'reconstruction' }
  /** Tokens [N, T] and logits [N, T, vocabulary]; the target is the input, each place tells the next. */
  | { readonly kind: 'tokens'; readonly vocabulary: number }
  /** Logits or probabilities of two classes, [N] or [N, 1]; the target is 0 or 1 in the output's shape. */
  | { readonly kind: 'binary'; readonly probabilities: boolean; readonly entropy?: true }
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

/** Between which values the first output lies, where its activation tells. */
function outputRangeOf(graph: Graph): ReturnType<typeof outputRange> | undefined {
  const last = lastActivation(graph);
  return last && outputRange(last);
}

/** Which dimension of the first output tells classes apart; undefined where none does. */
export function classDimension(task: Task, rank: number): number | undefined {
  if (task.kind === 'classes') return 1;
  if (task.kind === 'places') return task.channelsLast ? rank - 1 : 1;
  return task.kind === 'tokens' ? rank - 1 : undefined;
}

/** The task that suits the first output and the first input. */
export function taskOf(graph: Graph): Task {
  const [input, output] = [typeAt(graph, graph.inputs[0]), typeAt(graph, graph.outputs[0])];
  const { shape } = output;
  const [batch, second] = [itemOr(shape, 0, 1), itemOr(shape, 1, 1)];
  const isTensorFlow = graph.conventions === 'tensorflow';
  const range = outputRangeOf(graph);
  const probabilities = range?.low === 0 && range.high === 1;
  // PyTorch's losses of classes take logits, whatever the model gives.
  const chances = isTensorFlow && probabilities ? ({ probabilities } as const) : {};
  const tokens = integers.has(input.dtype);
  if (tokens && shape.length === 3 && input.shape.length === 2 && isSameShape(shape.slice(0, 2), input.shape)) {
    if (second > 1) return { kind: 'tokens', vocabulary: sizeAt(shape, 2) };
  }
  if (!tokens && isSameShape(shape, input.shape) && shape.length > 1) return { kind: 'reconstruction' };
  if (shape.length === 1 || (shape.length === 2 && second === 1)) {
    if (batch !== input.shape[0]) return { kind: 'numbers' };
    return { kind: 'binary', probabilities, ...(isTensorFlow && { entropy: true }) };
  }
  if (shape.length === 2) return { kind: 'classes', classes: second, ...chances };
  const channels = isTensorFlow ? itemOr(shape, shape.length - 1, 1) : second;
  if (shape.length > 3 && channels > 1)
    return { kind: 'places', classes: channels, ...chances, ...(isTensorFlow && { channelsLast: true }) };
  return { kind: 'numbers' };
}

/** The loss that people use for a task. */
export function lossOf(task: Task): Loss {
  switch (task.kind) {
    case 'classes':
    case 'places':
      return {
        kind: 'cross_entropy',
        ignoreIndex: -100,
        labelSmoothing: 0,
        ...(task.probabilities && { probabilities: true }),
        ...(task.kind === 'places' && task.channelsLast && { channelsLast: true }),
      };
    case 'tokens':
      return { kind: 'next_token' };
    case 'binary':
      if (!task.probabilities) return { kind: 'bce_with_logits' };
      return { kind: task.entropy ? 'bce' : 'mse' };
    default:
      return { kind: 'mse' };
  }
}

/** The type of the target, batch and all. */
export function targetType(task: Task, input: TensorType, output: TensorType): TensorType {
  const same = task.kind === 'tokens' || task.kind === 'reconstruction';
  return same ? input : targetOfLoss(lossOf(task), output);
}
