/**
 * Short training runs: every candidate from the same weights on the same batches. Each one's learning rate is chosen by a
 * search, on seeds and samples of its own; other seeds are reported, by the loss on samples that nothing was chosen by.
 */
import { allRunsTime, chooseRates, runTime, searchSeedsOf } from '../compare/learning';
import { Random } from '../compare/random';
import type { LearningPlan, LearningRun, LearningSetup, SearchRun } from '../compare/report';
import { type Chance, chanceOf } from '../data/chance';
import { batchOf } from '../data/columns';
import type { Dataset } from '../data/dataset';
import { lossOf, type Task } from '../data/task';
import { itemAt } from '../graph/access';
import { adamw, type Optimiser } from '../graph/optimise';
import type { NamedLoss, StorageValues } from '../graph/types';
import { say } from '../language/say';
import { type Learner, trainReported, trainSearched } from './learner';
import { cameThrough, scoresFrom, targetLoss } from './learningScores';
import { type Pilot, pilotRuns } from './pilot';
import type { Runtime } from './runtime';
import { DeviceData, Trainer, type TrainingRun } from './trainer';

export interface LearningOptions {
  readonly plan: LearningPlan;
  readonly task: Task;
  readonly data: Dataset;
  /** Of the user's data. */
  readonly dataName?: string;
  /** The loss of the model's file that told the task. */
  readonly named?: NamedLoss;
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

function optimiserOf({ optimiser }: LearningPlan): Optimiser {
  return optimiser === 'adamw' ? adamw : { kind: 'sgd', momentum: 0.9, weightDecay: 0 };
}

const optimiserText = (optimiser: Optimiser) =>
  optimiser.kind === 'sgd'
    ? say('SGD, momentum {0}', optimiser.momentum)
    : say('AdamW, weight decay {0}', optimiser.weightDecay);

/** What is known of one learner so far. */
interface LearnerRuns {
  readonly learner: Learner;
  readonly trainer: Trainer;
  readonly searched: SearchRun[];
  readonly reported: LearningRun[];
  rate?: number | undefined;
}

/**
 * Searches each learner's rate, then trains it for every seed that is reported. Learners come in random order for one
 * seed; each reported run is told of as soon as it ends.
 * @throws the signal's reason when it is aborted
 */
export async function trainAll(
  learners: readonly Learner[],
  runtime: Runtime,
  options: LearningOptions,
): Promise<void> {
  const runs = new ShortRuns(learners, runtime, options);
  try {
    await runs.compile();
    await runs.search();
    await runs.report();
  } finally {
    await runs.release();
  }
}

class ShortRuns {
  private readonly begun = performance.now();
  private readonly entries: LearnerRuns[] = [];
  private readonly device: DeviceData;
  private readonly random: Random;
  private readonly seeds: readonly number[];
  private readonly searchSeeds: readonly number[];
  private readonly chance: Chance;
  private pilot: Pilot | undefined;
  /** Milliseconds of what is done since the pilot, and of all that is to be done, as reckoned from it. */
  private reckoned = { done: 0, all: 0, since: 0 };

  constructor(
    private readonly learners: readonly Learner[],
    private readonly runtime: Runtime,
    private readonly options: LearningOptions,
  ) {
    const { plan, seed, data } = options;
    this.device = new DeviceData(runtime, data);
    this.random = new Random(seed);
    this.chance = chanceOf(options.task, data, data.held);
    this.seeds = Array.from({ length: plan.seeds }, (_, i) => seed + i);
    this.searchSeeds = Array.from({ length: searchSeedsOf(plan, learners.length) }, (_, i) => seed + plan.seeds + i);
  }

  private get baseline(): LearnerRuns | undefined {
    return this.entries.find(({ learner }) => learner === this.learners[0]);
  }

  private get alive(): LearnerRuns[] {
    return this.entries.filter(({ learner }) => learner.measurements.error === undefined);
  }

  async compile(): Promise<void> {
    const { task, plan, signal, fail, explain } = this.options;
    for (const learner of this.learners) {
      signal.throwIfAborted();
      if (learner.measurements.error !== undefined) continue;
      try {
        const trainer = await Trainer.compile(this.runtime, learner, task, optimiserOf(plan));
        this.entries.push({ learner, trainer, searched: [], reported: [] });
      } catch (error) {
        fail(learner, explain(error));
      }
    }
  }

  private start(trainer: Trainer, seed: number, rate: number, steps: number): TrainingRun {
    return trainer.start(seed, rate, this.device, this.options.given, steps);
  }

  /** Chooses the rates. */
  async search(): Promise<void> {
    const { plan, task, data, signal, onProgress } = this.options;
    const { baseline } = this;
    const [first] = this.searchSeeds;
    if (!baseline || first === undefined) return;
    const { length } = this.alive;
    this.pilot = await pilotRuns(baseline.trainer, {
      ...{ plan, data: this.device, learners: length, signal, seed: first },
      learntBelow: chanceOf(task, data, data.validation).learntBelow,
      start: (trainer, seed, rate, steps) => this.start(trainer, seed, rate, steps),
      spent: () => performance.now() - this.begun,
      onStride: (done, steps, costs) => {
        const all = allRunsTime(plan, length, steps, costs);
        const own = done * plan.rates.length * costs.step;
        onProgress(own / all, all - own, baseline.learner.measurements.summary.id);
      },
    });
    for (const run of this.pilot.runs) baseline.searched.push(run);
    const { steps, costs } = this.pilot;
    const each = runTime('search', steps, costs);
    const all = allRunsTime(plan, length, steps, costs);
    this.reckoned = { done: 0, all: all - plan.rates.length * each, since: performance.now() };
    for (const seed of this.searchSeeds)
      for (const rate of plan.rates)
        for (const entry of this.random.shuffle(this.alive)) {
          if (entry === baseline && seed === first) continue;
          await this.runOne(entry, seed, rate, each, async (run) => {
            const layout = { seed, rate, steps, samples: data.train.count, signal };
            entry.searched.push({ seed, rate, loss: await trainSearched(run, layout) });
          });
        }
    const { alive } = this;
    const chosen = chooseRates(alive.map(({ searched }) => searched.toSorted((a, b) => a.seed - b.seed)));
    for (const [i, entry] of alive.entries()) {
      entry.rate = chosen[i];
      this.keep(entry);
    }
  }

  /** Trains the seeds that are reported. */
  async report(): Promise<void> {
    const { pilot } = this;
    const { data, signal, onRun } = this.options;
    if (!pilot) return;
    const { steps, costs } = pilot;
    const each = runTime('report', steps, costs);
    for (const seed of this.seeds)
      for (const entry of this.random.shuffle(this.alive)) {
        const { rate } = entry;
        if (rate === undefined) continue;
        await this.runOne(entry, seed, rate, each, async (run) => {
          const layout = { seed, rate, steps, samples: data.train.count, signal };
          entry.reported.push(await trainReported(run, layout));
        });
        for (const one of this.alive) this.keep(one);
        onRun();
      }
  }

  /** @param reckoned milliseconds that it should take */
  private async runOne(
    { learner, trainer }: LearnerRuns,
    seed: number,
    rate: number,
    reckoned: number,
    train: (run: TrainingRun) => Promise<void>,
  ): Promise<void> {
    const { signal, fail, explain, onProgress } = this.options;
    const { done, all, since } = this.reckoned;
    // What the runs since the pilot took beside what they should have taken corrects the rest.
    const pace = done > 0 ? (performance.now() - since) / done : 1;
    onProgress(Math.min(1, done / all), Math.max(0, all - done) * pace, learner.measurements.summary.id);
    const run = this.start(trainer, seed, rate, this.pilot?.steps ?? 0);
    try {
      await train(run);
    } catch (error) {
      signal.throwIfAborted();
      fail(learner, explain(error));
    } finally {
      run.free();
    }
    this.reckoned = { ...this.reckoned, done: done + reckoned };
  }

  private get setup(): LearningSetup {
    const { plan, task, data, dataName, named } = this.options;
    const target = targetLoss(this.baseline?.reported ?? []);
    return {
      data: dataName ?? data.name,
      trainSamples: data.train.count,
      validationSamples: data.validation.count,
      heldSamples: data.held.count,
      task: task.kind,
      loss: lossOf(task).kind,
      ...(named && { lossName: named.name, lossOrigin: named.source }),
      chance: this.chance,
      optimiser: optimiserText(optimiserOf(plan)),
      batch: batchOf(itemAt(this.learners, 0).batched),
      steps: this.pilot?.steps ?? plan.steps,
      rates: plan.rates,
      seeds: this.seeds,
      searchSeeds: this.searchSeeds,
      ...(target !== undefined && { targetLoss: target }),
      notes: data.notes,
    };
  }

  private keep({ learner: { measurements }, searched, reported, rate }: LearnerRuns): void {
    const { setup } = this;
    measurements.learning = {
      setup,
      environment: this.runtime.environment,
      runs: [...reported],
      best: cameThrough(reported).map((run) => ({ seed: run.seed, rate: run.rate })),
      search: { ...(rate !== undefined && { rate }), runs: [...searched] },
    };
    Object.assign(measurements.samples, scoresFrom(reported, setup));
  }

  async release(): Promise<void> {
    for (const { trainer } of this.entries) await trainer.release();
    this.device.free();
  }
}
