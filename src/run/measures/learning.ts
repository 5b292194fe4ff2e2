/** Short training runs, on built-in data or the user's own. */
import { defaultLearning } from '../../compare/report';
import { proceduralData } from '../../data/procedural';
import { taskOf } from '../../data/task';
import { userData } from '../../data/user/index';
import type { Comparison } from '../comparison';
import { learn } from '../learning';

/** Size of the built-in data, in batches. */
const trainingBatches = 32;
const heldBatches = 8;

export async function measureLearning(comparison: Comparison): Promise<void> {
  const { batched } = comparison.baseline;
  const { plan, text, weights, data: own } = comparison.request;
  const task = taskOf(batched);
  const batch = batched.values[batched.inputs[0]?.value ?? -1]?.type.shape[0] ?? 1;
  const { seed } = plan;
  const data = own
    ? userData(batched, task, own.files, { seed })
    : proceduralData(batched, task, {
        train: trainingBatches * batch,
        held: heldBatches * batch,
        seed,
        ...(text !== undefined && { text }),
      });
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
