/** How far a candidate's outputs are from the model's as written, with the same weights and inputs. */

import { classDimension, type Task } from '../../data/task';
import { taskOf } from '../../data/taskOf';
import { itemAt, noItem, sizeAt } from '../../graph/access';
import type { Graph, TensorData } from '../../graph/types';
import { say } from '../../language/say';
import type { Outputs } from '../session';
import type { PassMeasure } from './measure';

export interface DriftReading {
  /** Root mean square of the difference over that of the model's own outputs. */
  readonly drift: number;
  /** Share of samples (of places, for places and tokens) whose largest output is another one; where there are classes. */
  readonly flipped?: number;
}

/** An accessor of its own, for it meets one kind of array, and the logits of whole batches. */
const valueAt = (data: ArrayLike<number>, index: number): number => data[index] ?? noItem(data, index);

function flippedShare(a: ArrayLike<number>, b: ArrayLike<number>, shape: readonly number[], dim: number): number {
  const classes = sizeAt(shape, dim);
  const inner = shape.slice(dim + 1).reduce((product, size) => product * size, 1);
  const outer = shape.slice(0, dim).reduce((product, size) => product * size, 1);
  const indexOfLargest = (x: ArrayLike<number>, start: number) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (valueAt(x, start + c * inner) > valueAt(x, start + best * inner)) best = c;
    return best;
  };
  let flipped = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * classes * inner + i;
      if (indexOfLargest(a, start) !== indexOfLargest(b, start)) flipped++;
    }
  }
  return flipped / (outer * inner);
}

/**
 * @param output the candidate's first output
 * @param written the baseline's, of the same inputs
 */
export function driftOf(output: ArrayLike<number>, written: ArrayLike<number>, graph: Graph, task: Task): DriftReading {
  let [difference, size] = [0, 0];
  for (let i = 0; i < written.length; i++) {
    const own = valueAt(written, i);
    difference += (valueAt(output, i) - own) ** 2;
    size += own ** 2;
  }
  const drift = difference === 0 ? 0 : Math.sqrt(difference / size);
  const shape = itemAt(graph.values, itemAt(graph.outputs, 0).value).type.shape;
  const dim = classDimension(task, shape.length);
  return dim === undefined ? { drift } : { drift, flipped: flippedShare(output, written, shape, dim) };
}

export const drift: PassMeasure = {
  share: 0.05,
  run: (experiment, share) => {
    const { baseline } = experiment;
    const task = taskOf(baseline.batched);
    /** The baseline's output of the seed that is being read. */
    let written: TensorData | undefined;
    let isWatched = false;
    return experiment.watch(['drift'], share, (variant) => {
      const { batched } = variant;
      const [end] = batched.outputs;
      const made = experiment.attempt(say('The drift'), variant, () => batched);
      if (variant === baseline) isWatched = made !== null;
      if (!made || !end || !isWatched) return null;
      const graph: Graph = { ...batched, outputs: [end], updates: [] };
      const read = (outputs: Outputs) => {
        const { [end.name]: output = [] } = outputs;
        if (variant === baseline) written = output;
        return { samples: variant === baseline ? {} : driftOf(output, written ?? [], batched, task) };
      };
      return { graph, pass: 'forward', read };
    });
  },
};
