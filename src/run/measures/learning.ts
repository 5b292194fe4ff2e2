/** Short training runs, on built-in data or the user's own. */
import { heldBatches, trainingBatches } from '../../compare/learning';
import { defaultLearning } from '../../compare/report';
import type { Dataset } from '../../data/dataset';
import { proceduralData } from '../../data/procedural';
import { type Task, taskOf } from '../../data/task';
import { type DataFile, userData } from '../../data/user/index';
import type { Graph } from '../../graph/types';
import type { Comparison } from '../comparison';
import { learn } from '../learning';

/**
 * Data of the user's, and the task that it asks for: one output may stand for one of two classes or for a number.
 * @throws DataError where it suits neither
 */
export function ownData(
  graph: Graph,
  files: readonly DataFile[],
  seed: number,
): { readonly data: Dataset; readonly task: Task } {
  const task = taskOf(graph);
  try {
    return { data: userData(graph, task, files, { seed }), task };
  } catch (error) {
    if (task.kind !== 'binary' || task.probabilities) throw error;
    const numbers: Task = { kind: 'numbers' };
    try {
      return { data: userData(graph, numbers, files, { seed }), task: numbers };
    } catch {
      throw error;
    }
  }
}

export async function measureLearning(comparison: Comparison): Promise<void> {
  const { batched } = comparison.baseline;
  const { plan, text, weights, data: own } = comparison.request;
  const natural = taskOf(batched);
  const batch = batched.values[batched.inputs[0]?.value ?? -1]?.type.shape[0] ?? 1;
  const { seed } = plan;
  const [train, held] = [trainingBatches * batch, heldBatches * batch];
  const { data, task } = own
    ? ownData(batched, own.files, seed)
    : {
        data: proceduralData(batched, natural, { train, held, seed, ...(text !== undefined && { text }) }),
        task: natural,
      };
  await learn(comparison.entries, comparison.runtime, {
    plan: plan.learning ?? defaultLearning,
    task,
    data,
    ...(own && { dataName: own.name }),
    seed,
    given: weights?.values ?? [],
    signal: comparison.signal,
    explain: (error) => comparison.runtime.explain(error),
    onProgress: (done, remaining, candidate) =>
      comparison.emit({
        type: 'progress',
        stage: 'learning',
        done,
        total: 1,
        candidate,
        ...(Number.isFinite(remaining) && { remaining }),
      }),
    onRun: () => comparison.send(),
    fail: (learner, message) => comparison.fail(learner, message),
  });
}
