/** How many steps short training runs take: found out with the model as written, before anything is compared. */
import { mostGrowth, mostSteps, type RunCosts, searchStride } from '../compare/learning';
import type { LearningPlan, SearchRun } from '../compare/report';
import { itemAt } from '../graph/access';
import { batchOrder, takeSteps } from './learner';
import type { DeviceData, Trainer, TrainingRun } from './trainer';

export interface PilotOptions {
  readonly plan: LearningPlan;
  readonly seed: number;
  readonly data: DeviceData;
  readonly start: (trainer: Trainer, seed: number, rate: number, steps: number) => TrainingRun;
  /** A validation loss below this is clearly better than chance. */
  readonly learntBelow: number;
  /** Candidates and the model as written. */
  readonly learners: number;
  /** Milliseconds of the budget that are gone. */
  readonly spent: () => number;
  readonly signal: AbortSignal;
  readonly onStride: (done: number, steps: number, costs: RunCosts) => void;
}

export interface Pilot {
  readonly steps: number;
  readonly costs: RunCosts;
  /** Its runs are the search's for the model as written and this seed. */
  readonly runs: readonly SearchRun[];
}

/**
 * Trains the model as written at all rates side by side until one has clearly left chance, and as many steps again; as
 * many as were asked for at least, and as the budget bears for all candidates at most.
 */
export async function pilotRuns(trainer: Trainer, options: PilotOptions): Promise<Pilot> {
  const { plan, seed, data, learntBelow, learners, spent, signal, onStride } = options;
  const room = mostGrowth * plan.steps;
  const entrants = plan.rates.map((rate) => ({
    rate,
    run: options.start(trainer, seed, rate, room),
    loss: null as number | null,
    isSound: true,
  }));
  const order = batchOrder(data.train.samples.count, itemAt(entrants, 0).run.batch, room, seed);
  let costs: RunCosts = { step: Number.POSITIVE_INFINITY, look: Number.POSITIVE_INFINITY };
  let steps = plan.steps;
  let left = false;
  try {
    for (let done = 0; done < steps && entrants.some(({ isSound }) => isSound); ) {
      const chunk = order.slice(done, Math.min(done + searchStride, steps));
      for (const entrant of entrants.filter(({ isSound }) => isSound)) {
        const began = performance.now();
        entrant.isSound = await takeSteps(entrant.run, chunk, signal);
        const stepped = performance.now();
        const { loss } = await entrant.run.evaluate('validation');
        const looked = performance.now();
        entrant.isSound &&= Number.isFinite(loss);
        entrant.loss = entrant.isSound ? loss : null;
        // The first pass of all compiles and warms up.
        costs = {
          step: Math.min(costs.step, (stepped - began) / chunk.length),
          look: Math.min(costs.look, looked - stepped),
        };
      }
      done += chunk.length;
      if (!left) {
        left = entrants.some(({ loss }) => loss !== null && loss < learntBelow);
        const most = mostSteps(plan, learners, costs, spent());
        steps = Math.max(done, left ? Math.max(plan.steps, Math.min(most, 2 * done)) : most);
      }
      onStride(done, steps, costs);
    }
  } finally {
    for (const { run } of entrants) run.free();
  }
  return { steps, costs, runs: entrants.map(({ rate, loss }) => ({ seed, rate, loss })) };
}
