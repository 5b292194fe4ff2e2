/** How far a candidate's outputs are from the model's as written, with the same weights and inputs. */
import { type Task, taskOf } from '../../data/task';
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

/** Which dimension of the first output tells classes apart. */
function classDim(task: Task, rank: number): number | undefined {
  if (task.kind === 'classes' || task.kind === 'places') return 1;
  return task.kind === 'tokens' ? rank - 1 : undefined;
}

function flippedShare(a: ArrayLike<number>, b: ArrayLike<number>, shape: readonly number[], dim: number): number {
  const classes = shape[dim] ?? 1;
  const inner = shape.slice(dim + 1).reduce((product, size) => product * size, 1);
  const outer = shape.slice(0, dim).reduce((product, size) => product * size, 1);
  const indexOfLargest = (x: ArrayLike<number>, start: number) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if ((x[start + c * inner] ?? 0) > (x[start + best * inner] ?? 0)) best = c;
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
    const own = written[i] ?? 0;
    difference += ((output[i] ?? 0) - own) ** 2;
    size += own ** 2;
  }
  const drift = difference === 0 ? 0 : Math.sqrt(difference / size);
  const shape = graph.values[graph.outputs[0]?.value ?? -1]?.type.shape ?? [];
  const dim = classDim(task, shape.length);
  return dim === undefined ? { drift } : { drift, flipped: flippedShare(output, written, shape, dim) };
}

export const drift: PassMeasure = {
  share: 0.05,
  run: (experiment, budget) => {
    const { baseline } = experiment;
    const task = taskOf(baseline.batched);
    /** The baseline's output of the seed that is being read. */
    let written: TensorData | undefined;
    return experiment.watch('drift', budget, (variant) => {
      const { batched } = variant;
      const [end] = batched.outputs;
      const made = experiment.attempt(say('The drift'), variant, () => batched);
      if (!made || !end || (variant !== baseline && !written)) return null;
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
