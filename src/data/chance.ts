/** The loss of chance: what a model comes to that says the same whatever it is given. */
import { doubleAt, itemAt } from '../graph/access';
import type { Dataset, Samples } from './dataset';
import { lossOf, type Task } from './task';

/** What chance comes to, and below which loss a run has clearly learnt something. */
export interface Chance {
  readonly loss: number;
  readonly learntBelow: number;
}

/** Of what there is to learn, from chance down to the least loss that there can be, this share is clearly something. */
const CLEARLY = 0.05;

export function chanceOf(task: Task, data: Pick<Dataset, 'train'>, asked: Samples): Chance {
  const loss = chanceLoss(task, data, asked);
  const { kind } = lossOf(task);
  const least = kind === 'bce' || kind === 'bce_with_logits' ? entropyOf(asked) : 0;
  return { loss, learntBelow: loss - CLEARLY * (loss - least) };
}

/** What no answer comes below where targets lie between yes and no. */
function entropyOf({ target }: Samples): number {
  let sum = 0;
  for (const value of target.data)
    if (value > 0 && value < 1) sum -= value * Math.log(value) + (1 - value) * Math.log(1 - value);
  return sum / target.data.length;
}

/**
 * Loss on the asked samples of the best constant answer to the training samples: each class as often as it comes there,
 * each number at its mean.
 */
export function chanceLoss(task: Task, { train }: Pick<Dataset, 'train'>, asked: Samples): number {
  switch (task.kind) {
    case 'classes':
    case 'places':
      return surprise(classesOf(train), classesOf(asked), task.classes);
    case 'tokens':
      return surprise(nextTokens(train), nextTokens(asked), task.vocabulary);
    case 'nextToken':
    case 'maskedTokens':
      return surprise(classesOf(train), classesOf(asked), task.vocabulary);
    default:
      return constantLoss(lossOf(task).kind === 'mse', train, asked);
  }
}

const classesOf = ({ target }: Samples) => target.data as Int32Array;

/** All but the first token of each sample: what is to be told. */
function nextTokens({ target }: Samples): Int32Array {
  const length = itemAt(target.type.shape, 1);
  return (target.data as Int32Array).filter((_, i) => i % length > 0);
}

/** Mean surprise at classes by how often each comes in training; one that never does counts as half a time. */
function surprise(train: Int32Array, asked: Int32Array, classes: number): number {
  const counts = new Float64Array(classes);
  for (const label of train) if (label >= 0) counts[label] = doubleAt(counts, label) + 1;
  const total = counts.reduce((sum, count) => sum + Math.max(count, 0.5), 0);
  let [sum, known] = [0, 0];
  for (const label of asked) {
    if (label < 0) continue;
    sum -= Math.log(Math.max(doubleAt(counts, label), 0.5) / total);
    known++;
  }
  return sum / known;
}

/** Mean loss of each number's mean over the training samples: squared differences, else the entropy of chances. */
function constantLoss(isSquared: boolean, train: Samples, asked: Samples): number {
  const size = train.target.data.length / train.count;
  const means = new Float64Array(size);
  train.target.data.forEach((value: number, i: number) => {
    means[i % size] = doubleAt(means, i % size) + value / train.count;
  });
  let sum = 0;
  asked.target.data.forEach((value: number, i: number) => {
    const mean = doubleAt(means, i % size);
    const sure = Math.min(1 - EDGE, Math.max(EDGE, mean));
    sum += isSquared ? (value - mean) ** 2 : -value * Math.log(sure) - (1 - value) * Math.log(1 - sure);
  });
  return sum / asked.target.data.length;
}

/** No chance is taken for surer than this: one sample that differs would be an infinite surprise. */
const EDGE = 1e-3;
