/** Short training runs, on built-in data or the user's own. */

import { heldBatches, trainingBatches, validationBatches } from '../../compare/learning';
import { defaultLearning } from '../../compare/report';
import { batchOf } from '../../data/columns';
import type { Dataset } from '../../data/dataset';
import { proceduralData } from '../../data/procedural';
import type { Task } from '../../data/task';
import { lossFor, taskOf } from '../../data/taskOf';
import { type DataFile, userData } from '../../data/user/index';
import { leastBatch } from '../../graph/leastBatch';
import type { Graph } from '../../graph/types';
import { say } from '../../language/say';
import type { Experiment } from '../experiment';
import { trainAll } from '../trainingRuns';
import type { PassMeasure } from './measure';

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

/** Why a model can't learn from samples: it was read for the elements of one input. Undefined where it can. */
export function whyUntaught({ example }: Pick<Graph, 'example'>): string | undefined {
  return example
    ? say('The model is read for one input: short training runs, which learn from many others, are left out')
    : undefined;
}

/** Why a model's batch is too small to learn from; undefined where it isn't. */
function whyTooFew(graph: Graph): string | undefined {
  const batch = batchOf(graph);
  return batch < leastBatch
    ? say(
        'The model is read with a batch of {0}: short training runs, whose steps take {1} samples or more, are left out. Give an input with a larger batch',
        batch,
        leastBatch,
      )
    : undefined;
}

async function measureLearning(experiment: Experiment): Promise<void> {
  const { batched } = experiment.baseline;
  const obstacle = whyUntaught(batched) ?? whyTooFew(batched);
  if (obstacle !== undefined) {
    experiment.notes.add(obstacle);
    return;
  }
  const { plan, text, weights, data: own } = experiment.request;
  const natural = taskOf(batched);
  const named = lossFor(batched);
  const batch = batchOf(batched);
  const { seed } = plan;
  const sizes = { train: trainingBatches * batch, validation: validationBatches * batch, held: heldBatches * batch };
  const { data, task } = own
    ? ownData(batched, own.files, seed)
    : {
        data: proceduralData(batched, natural, { ...sizes, seed, ...(text !== undefined && { text }) }),
        task: natural,
      };
  await trainAll(experiment.variants, experiment.runtime, {
    plan: plan.learning ?? defaultLearning,
    task,
    data,
    ...(own && { dataName: own.name }),
    ...(named && task.kind === natural.kind && { named }),
    seed,
    given: weights?.values ?? [],
    signal: experiment.signal,
    explain: (error) => experiment.runtime.explain(error),
    onProgress: (done, remaining, candidate) =>
      experiment.emit({
        type: 'progress',
        stage: 'learning',
        done,
        total: 1,
        candidate,
        ...(Number.isFinite(remaining) && { remaining }),
      }),
    onRun: () => experiment.send(),
    fail: (learner, message) => experiment.fail(learner, message),
  });
}

/** It has a budget of its own. */
export const learning: PassMeasure = { share: 0, run: measureLearning };
