/** Short training runs: every candidate from the same weights on the same batches, for several seeds and learning rates. */

import { looksOf } from '../compare/learning';
import type { Measurements } from '../compare/measurements';
import { Random } from '../compare/random';
import type { Environment, LearningPlan, LearningRun, LearningSetup } from '../compare/report';
import { median } from '../compare/statistics';
import { batchOf } from '../data/columns';
import type { Dataset } from '../data/dataset';
import { lossOf, type Task } from '../data/task';
import { itemAt, itemOr } from '../graph/access';
import { adamw, type Optimiser } from '../graph/optimise';
import type { Graph, StorageValues } from '../graph/types';
import { say } from '../language/say';
import type { Runtime } from './runtime';
import { DeviceData, Trainer, type TrainingRun } from './trainer';

/** A loss this many times that at the start has diverged. */
const lost = 10;

export interface LearningOptions {
  readonly plan: LearningPlan;
  readonly task: Task;
  readonly data: Dataset;
  /** Of the user's data. */
  readonly dataName?: string;
  readonly seed: number;
  readonly given: readonly StorageValues[];
  readonly signal: AbortSignal;
  readonly explain: (error: unknown) => string;
  /** What is done of all runs, and the milliseconds that the rest will take. */
  readonly onProgress: (done: number, remaining: number, candidate: string) => void;
  /** Something has been added to a candidate's measurements. */
  readonly onRun: () => void;
  readonly fail: (entry: Learner, message: string) => void;
}

/** A candidate that is to be trained; the first is the baseline. */
export interface Learner {
  /** As it is judged, and as it is trained: other branches of one model, over the same storages. */
  readonly batched: Graph;
  readonly trained: Graph;
  readonly measurements: Measurements;
}

function optimiserOf({ optimiser }: LearningPlan): Optimiser {
  return optimiser === 'adamw' ? adamw : { kind: 'sgd', momentum: 0.9, weightDecay: 0 };
}

const optimiserText = (optimiser: Optimiser) =>
  optimiser.kind === 'sgd'
    ? say('SGD, momentum {0}', optimiser.momentum)
    : say('AdamW, weight decay {0}', optimiser.weightDecay);

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

async function train(run: TrainingRun, options: LearningOptions, seed: number, rate: number): Promise<LearningRun> {
  const { plan, data, signal } = options;
  const start = performance.now();
  const order = batchOrder(data.train.count, run.batch, plan.steps, seed);
  const every = Math.max(1, Math.ceil(plan.steps / looksOf(plan.steps)));
  const held = [{ step: 0, ...(await run.evaluate()) }];
  let diverged: number | undefined;
  for (const [step, first] of order.entries()) {
    signal.throwIfAborted();
    await run.trainStep(first);
    const done = step + 1;
    if (done % every !== 0 && done !== plan.steps) continue;
    const told = await run.evaluate();
    held.push({ step: done, ...told });
    diverged = divergenceStep(await run.trainingLosses()) ?? (Number.isFinite(told.loss) ? undefined : step);
    if (diverged !== undefined) break;
    // Lets messages in: a run blocks its thread.
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
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

const lastLoss = ({ held, diverged }: LearningRun): number =>
  diverged === undefined ? (held.at(-1)?.loss ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;

/** Of each seed the run with the lowest held-out loss at the end. */
export function bestRuns(runs: readonly LearningRun[]): LearningRun[] {
  const best = new Map<number, LearningRun>();
  for (const run of runs) {
    const before = best.get(run.seed);
    if (!before || lastLoss(run) < lastLoss(before)) best.set(run.seed, run);
  }
  return [...best.values()].filter((run) => run.diverged === undefined);
}

const lossAt = (point: LearningRun['held'][number] | undefined): number => point?.loss ?? Number.NaN;

/** Half of the way down from where the baseline begins to where it ends, in the middle of its seeds. */
function targetLoss(baseline: readonly LearningRun[]): number | undefined {
  const halves = bestRuns(baseline).flatMap(({ held }) => {
    const [first, last] = [lossAt(held[0]), lossAt(held.at(-1))];
    return last < first ? [(first + last) / 2] : [];
  });
  return halves.length > 0 ? median(halves) : undefined;
}

function keepRuns(
  measurements: Measurements,
  runs: readonly LearningRun[],
  setup: LearningSetup,
  environment: Environment,
): void {
  const best = bestRuns(runs);
  measurements.learning = {
    setup,
    environment,
    runs: [...runs],
    best: best.map(({ seed, rate }) => ({ seed, rate })),
  };
  const bestBySeed = (of: (run: LearningRun) => number | undefined) =>
    setup.seeds.map((seed) => {
      const run = best.find((each) => each.seed === seed);
      return (run && of(run)) ?? Number.NaN;
    });
  const target = setup.targetLoss ?? Number.NEGATIVE_INFINITY;
  const stepTo = ({ held }: LearningRun) => held.find(({ loss }) => loss !== null && loss <= target)?.step;
  Object.assign(measurements.samples, {
    heldLoss: bestBySeed(lastLoss),
    accuracy: bestBySeed(({ held }) => held.at(-1)?.accuracy),
    // Said only where every seed gets there.
    stepsTo: best.every((run) => stepTo(run) !== undefined) ? bestBySeed(stepTo) : [],
  });
}

/**
 * Trains every learner for every seed and learning rate. For one seed and rate the learners come in random order; each
 * run is told of as soon as it ends.
 * @throws the signal's reason when it is aborted
 */
export async function trainAll(
  learners: readonly Learner[],
  runtime: Runtime,
  options: LearningOptions,
): Promise<void> {
  const { plan, task, data, given } = options;
  const optimiser = optimiserOf(plan);
  const seeds = Array.from({ length: plan.seeds }, (_, i) => options.seed + i);
  const setup: LearningSetup = {
    data: options.dataName ?? data.name,
    trainSamples: data.train.count,
    heldSamples: data.held.count,
    loss: lossOf(task).kind,
    optimiser: optimiserText(optimiser),
    batch: batchOf(itemAt(learners, 0).batched),
    steps: plan.steps,
    rates: plan.rates,
    seeds,
    notes: data.notes,
  };
  const device = new DeviceData(runtime, data);
  const trainers = new Map<Learner, Trainer>();
  const runs = new Map<Learner, LearningRun[]>(learners.map((learner) => [learner, []]));
  const alive = () => learners.filter((learner) => trainers.has(learner) && learner.measurements.error === undefined);
  const random = new Random(options.seed);
  try {
    for (const learner of learners) {
      options.signal.throwIfAborted();
      if (learner.measurements.error !== undefined) continue;
      try {
        trainers.set(learner, await Trainer.compile(runtime, learner, task, optimiser));
      } catch (error) {
        options.fail(learner, options.explain(error));
      }
    }
    let [done, spent] = [0, 0];
    for (const seed of seeds) {
      for (const rate of plan.rates) {
        for (const learner of random.shuffle(alive())) {
          const all = alive().length * seeds.length * plan.rates.length;
          options.onProgress(
            done / all,
            done === 0 ? Number.NaN : (spent / done) * (all - done),
            learner.measurements.summary.id,
          );
          const run = trainers.get(learner)?.start(seed, rate, device, given, plan.steps);
          if (!run) continue;
          try {
            const made = await train(run, options, seed, rate);
            runs.get(learner)?.push(made);
            spent += made.milliseconds;
          } catch (error) {
            options.signal.throwIfAborted();
            options.fail(learner, options.explain(error));
          } finally {
            run.free();
          }
          done++;
          const target = targetLoss(runs.get(learners[0] ?? learner) ?? []);
          for (const each of alive())
            keepRuns(
              each.measurements,
              runs.get(each) ?? [],
              { ...setup, ...(target !== undefined && { targetLoss: target }) },
              runtime.environment,
            );
          options.onRun();
        }
      }
    }
  } finally {
    for (const trainer of trainers.values()) await trainer.release();
    device.free();
  }
}
