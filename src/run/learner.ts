/** One short training run of one candidate. */
import { looksOf, searchStride } from '../compare/learning';
import type { Measurements } from '../compare/measurements';
import { Random } from '../compare/random';
import type { LearningRun } from '../compare/report';
import { itemOr } from '../graph/access';
import type { Graph } from '../graph/types';
import type { TrainingRun } from './trainer';

/** A candidate that is to be trained; the first is the baseline. */
export interface Learner {
  /** As it is judged, and as it is trained: other branches of one model, over the same storages. */
  readonly batched: Graph;
  readonly trained: Graph;
  readonly measurements: Measurements;
}

/** A loss this many times that at the start has diverged. */
const lost = 10;

/** The first sample of each step's batch: every epoch goes through all batches in an order of its own. */
export function batchOrder(samples: number, batch: number, steps: number, seed: number): number[] {
  const random = new Random(seed);
  const starts = Array.from({ length: Math.floor(samples / batch) }, (_, i) => i * batch);
  const order: number[] = [];
  while (order.length < steps) for (const start of random.shuffle(starts)) order.push(start);
  return order.slice(0, steps);
}

/** Where a loss is no number any more or has grown far beyond its beginning. */
export function divergenceStep(losses: readonly number[]): number | undefined {
  const first = itemOr(losses, 0, Number.NaN);
  const at = losses.findIndex((loss) => !Number.isFinite(loss) || loss > lost * Math.max(first, 0.1));
  return at < 0 ? undefined : at;
}

/** Lets messages in: a run blocks its thread. */
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** What a run is laid out by. */
export interface RunLayout {
  readonly seed: number;
  readonly rate: number;
  readonly steps: number;
  /** Samples to train on. */
  readonly samples: number;
  readonly signal: AbortSignal;
}

/** Does the steps on these batches. @returns whether the loss is still sound */
export async function takeSteps(run: TrainingRun, firsts: readonly number[], signal: AbortSignal): Promise<boolean> {
  for (const first of firsts) {
    signal.throwIfAborted();
    await run.trainStep(first);
  }
  await breathe();
  return divergenceStep(await run.trainingLosses()) === undefined;
}

/** Trains, looking at the held-out loss on the way. */
export async function trainReported(run: TrainingRun, layout: RunLayout): Promise<LearningRun> {
  const { seed, rate, steps, samples, signal } = layout;
  const start = performance.now();
  const order = batchOrder(samples, run.batch, steps, seed);
  const every = Math.max(1, Math.ceil(steps / looksOf(steps)));
  const held = [{ step: 0, ...(await run.evaluate()) }];
  let diverged: number | undefined;
  for (let done = 0; done < steps && diverged === undefined; ) {
    const chunk = order.slice(done, done + every);
    done += chunk.length;
    const isSound = await takeSteps(run, chunk, signal);
    const told = await run.evaluate();
    held.push({ step: done, ...told });
    if (!isSound) diverged = divergenceStep(await run.trainingLosses());
    else if (!Number.isFinite(told.loss)) diverged = done - 1;
  }
  const finite = (loss: number) => (Number.isFinite(loss) ? loss : null);
  return {
    seed,
    rate,
    losses: (await run.trainingLosses()).map(finite),
    held: held.map(({ loss, ...rest }) => ({ ...rest, loss: finite(loss) })),
    ...(diverged !== undefined && { diverged }),
    milliseconds: performance.now() - start,
  };
}

/** Trains to the end. @returns the validation loss there; null where training diverged */
export async function trainSearched(run: TrainingRun, layout: RunLayout): Promise<number | null> {
  const { seed, steps, samples, signal } = layout;
  const order = batchOrder(samples, run.batch, steps, seed);
  for (let done = 0; done < steps; done += searchStride)
    if (!(await takeSteps(run, order.slice(done, done + searchStride), signal))) return null;
  const { loss } = await run.evaluate('validation');
  return Number.isFinite(loss) ? loss : null;
}
