/** What a model can be trained for. Which of them suits one: `taskOf.ts`. */

import { itemOr } from '../graph/access';
import { activationsOf } from '../graph/activations';
import { type Distance, type Loss, targetType as targetOfLoss } from '../graph/losses';
import type { Graph, Op, TensorType } from '../graph/types';

export type Task =
  /** Output [N, classes], logits unless they are probabilities or their logarithms; target: a class for each sample, [N]. */
  | {
      readonly kind: 'classes';
      readonly classes: number;
      readonly probabilities?: true;
      readonly logarithms?: true;
    }
  /** Output [N, classes, …], or [N, …, classes] with `channelsLast`; target: a class for each place, [N, …]. */
  | {
      readonly kind: 'places';
      readonly classes: number;
      readonly probabilities?: true;
      readonly logarithms?: true;
      readonly channelsLast?: true;
    }
  /** The target is the input, in the output's shape; `entropy`: the output is probabilities, or their logits. */
  | {
      readonly kind: 'reconstruction';
      readonly entropy?: 'probabilities' | 'logits';
      readonly distance?: Distance;
    }
  /**
   * Tokens [N, T] and logits [N, T, vocabulary] or [N·T, vocabulary], with `length` T; the target is the input, each place
   * tells the next.
   */
  | { readonly kind: 'tokens'; readonly vocabulary: number; readonly length?: number }
  /** Tokens [N, T] and the last place's logits alone, [N, vocabulary] or [N, 1, vocabulary]; target: what follows. */
  | { readonly kind: 'nextToken'; readonly vocabulary: number; readonly channelsLast?: true }
  /** Tokens [N, T], some of them masked, and logits [N, T, vocabulary]; target: what stood there, −100 elsewhere. */
  | { readonly kind: 'maskedTokens'; readonly vocabulary: number }
  /** Logits or probabilities of yes; the target is 0 or 1 in the output's shape. */
  | { readonly kind: 'binary'; readonly probabilities: boolean; readonly entropy?: true }
  /** Anything else: numbers in the output's shape. */
  | { readonly kind: 'numbers'; readonly distance?: Distance };

/** The activation that makes the model's first output, where one does. */
export function lastActivation(graph: Graph): Extract<Op, { kind: 'activation' }> | undefined {
  const value = graph.outputs[0]?.value;
  return activationsOf(graph).find(({ output }) => output === value)?.op;
}

/** Which dimension of the first output tells classes apart; undefined where none does. */
export function classDimension(task: Task, rank: number): number | undefined {
  if (task.kind === 'classes') return 1;
  if (task.kind === 'places') return task.channelsLast ? rank - 1 : 1;
  return isOfTokens(task) ? rank - 1 : undefined;
}

/** Whether a model is to tell tokens. */
export const isOfTokens = (task: Task): task is Extract<Task, { kind: 'tokens' | 'nextToken' | 'maskedTokens' }> =>
  task.kind === 'tokens' || task.kind === 'nextToken' || task.kind === 'maskedTokens';

/** Whether the target is the model's first input itself. */
export const isOwnTarget = ({ kind }: Task): boolean => kind === 'tokens' || kind === 'reconstruction';

const crossEntropy = { kind: 'cross_entropy', ignoreIndex: -100, labelSmoothing: 0 } as const;

/** The loss that people use for a task. */
export function lossOf(task: Task): Loss {
  switch (task.kind) {
    case 'classes':
    case 'places':
      if (task.logarithms) return { kind: 'nll' };
      return {
        ...crossEntropy,
        ...(task.probabilities && { probabilities: true }),
        ...(task.kind === 'places' && task.channelsLast && { channelsLast: true }),
      };
    case 'tokens':
      return { kind: 'next_token', ...(task.length !== undefined && { length: task.length }) };
    case 'nextToken':
      return { ...crossEntropy, ...(task.channelsLast && { channelsLast: true }) };
    case 'maskedTokens':
      return { ...crossEntropy, channelsLast: true };
    case 'binary':
      if (!task.probabilities) return { kind: 'bce_with_logits' };
      return { kind: task.entropy ? 'bce' : 'mse' };
    case 'reconstruction':
      if (!task.entropy) return task.distance ?? { kind: 'mse' };
      return { kind: task.entropy === 'logits' ? 'bce_with_logits' : 'bce' };
    case 'numbers':
      return task.distance ?? { kind: 'mse' };
  }
}

/** The type of the target, batch and all. */
export function targetType(task: Task, input: TensorType, output: TensorType): TensorType {
  if (task.kind === 'tokens') return input;
  if (task.kind === 'reconstruction') return { dtype: input.dtype, shape: output.shape };
  return targetOfLoss(lossOf(task), output);
}

/** Samples of an output: its first size. */
export const samplesOf = ({ shape }: TensorType): number => itemOr(shape, 0, 1);
