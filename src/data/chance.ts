/** The loss of chance: what a model comes to that says the same whatever it is given. */
import { doubleAt, itemAt } from '../graph/access';
import type { Distance, Loss } from '../graph/losses';
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
 * each number at the constant that its loss is least with.
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
      return constantLoss(lossOf(task), train, asked);
  }
}

/** The loss of taking every answer for equally likely, where the task has answers and its loss is their surprise. */
export function evenChance(task: Task): number | undefined {
  switch (task.kind) {
    case 'classes':
    case 'places':
      return Math.log(task.classes);
    case 'tokens':
    case 'nextToken':
    case 'maskedTokens':
      return Math.log(task.vocabulary);
    case 'binary':
      return lossOf(task).kind === 'mse' ? undefined : Math.LN2;
    default:
      return undefined;
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

/** Mean loss of the constant that is best for each number of the training samples. */
function constantLoss(loss: Loss, train: Samples, asked: Samples): number {
  const size = train.target.data.length / train.count;
  const each = loss.kind === 'mse' || isDistance(loss) ? distanceOf(loss) : surpriseOf;
  const best = isDistance(loss) ? bestConstants(each, train, size) : meansOf(train, size);
  let sum = 0;
  asked.target.data.forEach((value: number, i: number) => {
    sum += each(value, doubleAt(best, i % size));
  });
  return sum / asked.target.data.length;
}

/** Of one number, at a constant answer. */
type LossOfOne = (value: number, answer: number) => number;

const isDistance = (loss: Loss): loss is Distance => ['l1', 'smooth_l1', 'huber'].includes(loss.kind);

function distanceOf(loss: Distance | { readonly kind: 'mse' }): LossOfOne {
  switch (loss.kind) {
    case 'mse':
      return (value, answer) => (value - answer) ** 2;
    case 'l1':
      return (value, answer) => Math.abs(value - answer);
    default: {
      const bend = loss.kind === 'huber' ? loss.delta : loss.beta;
      const scale = loss.kind === 'huber' ? bend : 1;
      return (value, answer) => {
        const far = Math.abs(value - answer);
        return scale * (far < bend ? far ** 2 / (2 * bend) : far - bend / 2);
      };
    }
  }
}

/** The entropy of chances. */
function surpriseOf(value: number, answer: number): number {
  const sure = Math.min(1 - EDGE, Math.max(EDGE, answer));
  return -value * Math.log(sure) - (1 - value) * Math.log(1 - sure);
}

function meansOf({ target, count }: Samples, size: number): Float64Array {
  const means = new Float64Array(size);
  target.data.forEach((value: number, i: number) => {
    means[i % size] = doubleAt(means, i % size) + value / count;
  });
  return means;
}

/** Thirds of what is left of the way between the least and the largest number are cut off so often: 1e-5 of it is left. */
const cuts = 30;

/** By ternary search, since these losses have one least place. */
function bestConstants(each: LossOfOne, { target, count }: Samples, size: number): Float64Array {
  const data = target.data as ArrayLike<number>;
  return Float64Array.from({ length: size }, (_, at) => {
    const values = Float64Array.from({ length: count }, (_, i) => itemAt(data, i * size + at));
    const total = (answer: number) => values.reduce((sum, value) => sum + each(value, answer), 0);
    let low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    let high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    for (let cut = 0; cut < cuts; cut++) {
      const third = (high - low) / 3;
      if (total(low + third) <= total(high - third)) high -= third;
      else low += third;
    }
    return (low + high) / 2;
  });
}

/** No chance is taken for surer than this: one sample that differs would be an infinite surprise. */
const EDGE = 1e-3;
