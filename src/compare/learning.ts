/** How short training runs are laid out, how their learning rates are chosen, and how long they take. */
import type { LearningPlan, Report, SearchRun } from './report';
import { median } from './statistics';

/** Size of the built-in data, in batches. */
export const trainingBatches = 32;
export const validationBatches = 8;
export const heldBatches = 8;

/** Below this share of chance's loss a model has clearly learnt something. */
export const CLEARLY_BELOW = 0.95;

/** Fewer seeds than these bear no interval, whatever is compared. */
export const leastSeeds = 5;
/** Shorter runs tell of the first steps alone. */
export const leastSteps = 60;
/** Runs grow to this many times the steps that were asked for, where the model takes so long to leave chance. */
export const mostGrowth = 10;
/** The search looks this often, in steps, whether the model as written has left chance. */
export const searchStride = 10;

/** How often the held-out loss is looked at in a run, besides the beginning: every sixth step at most. */
export const looksOf = (steps: number): number => Math.max(1, Math.min(10, Math.floor(steps / 6)));

/** Seeds that bear an interval for so many candidates at 95 % (the sign test's, with Bonferroni's correction). */
export const seedsFor = (candidates: number): number =>
  Math.max(leastSeeds, Math.ceil(1 + Math.log2(Math.max(1, candidates) / 0.05)));

/**
 * The learning rate of a candidate: that with the lowest mean validation loss over the search's seeds. Another one than
 * the model as written has only where it is better for every seed: else chance would choose, and what it chose would be
 * the same for all the runs that are reported.
 * @param runs every rate with the same seeds
 * @param written the rate of the model as written; undefined for itself, or where that has none
 * @returns undefined where no rate came through with every seed
 */
export function chooseRate(runs: readonly SearchRun[], written?: number): number | undefined {
  const losses = new Map<number, number[]>();
  for (const { rate, loss } of runs) losses.set(rate, [...(losses.get(rate) ?? []), loss ?? Number.POSITIVE_INFINITY]);
  const mean = (rate: number) => {
    const all = losses.get(rate) ?? [];
    return all.reduce((sum, loss) => sum + loss, 0) / all.length;
  };
  const known = [...losses.keys()].filter((rate) => Number.isFinite(mean(rate)));
  const best = known.reduce<number | undefined>(
    (least, rate) => (least === undefined || mean(rate) < mean(least) ? rate : least),
    undefined,
  );
  if (written === undefined || !known.includes(written) || best === undefined) return best;
  const usual = losses.get(written) ?? [];
  const isBetter = losses.get(best)?.every((loss, seed) => loss < (usual[seed] ?? 0)) ?? false;
  return isBetter ? best : written;
}

/** What a run costs on the device at hand, in milliseconds. */
export interface RunCosts {
  readonly step: number;
  /** Looking at the validation samples, and at the held-out ones. */
  readonly look: number;
}

/** Milliseconds of one run: the search's looks once, at its end. */
export const runTime = (of: 'search' | 'report', steps: number, { step, look }: RunCosts): number =>
  steps * step + (of === 'search' ? 1 : looksOf(steps) + 1) * look;

/** Milliseconds of all of a candidate's runs. */
export const candidateTime = ({ rates, searchSeeds, seeds }: LearningPlan, steps: number, costs: RunCosts): number =>
  rates.length * searchSeeds * runTime('search', steps, costs) + seeds * runTime('report', steps, costs);

/**
 * As many steps as the budget bears, in strides of the search; those that were asked for at least, ten times as many at
 * most.
 * @param learners candidates and the model as written
 * @param spent milliseconds of the budget that are gone
 */
export function mostSteps(plan: LearningPlan, learners: number, costs: RunCosts, spent: number): number {
  let steps = plan.steps;
  while (
    steps + searchStride <= mostGrowth * plan.steps &&
    spent + learners * candidateTime(plan, steps + searchStride, costs) <= plan.budget
  )
    steps += searchStride;
  return steps;
}

/** What a forward pass costs beside one with its backward pass: the latter has about twice its products. */
const forwardShare = 1 / 3;
/** What writing the weights and the optimiser's state costs, beside the pass, and for each parameter, in milliseconds. */
const stepOverhead = 0.3;
const weightOverhead = 3e-5;

/** Milliseconds of a step and of a look, from runs that were done, else from what a pass took. */
function costsOf(report: Report, id: string): RunCosts | undefined {
  const [written] = report.candidates;
  const candidate = report.candidates.find((each) => each.id === id) ?? written;
  const { backend } = report.environment;
  const learnt = candidate?.learning ?? written?.learning;
  if (learnt && learnt.environment.backend === backend && learnt.runs.length > 0) {
    // A look is a third of a pass for each batch of what it looks at.
    const looks = (runs: (typeof learnt.runs)[number]) => runs.held.length * heldBatches * forwardShare;
    const step = median(learnt.runs.map((run) => run.milliseconds / (run.losses.length + looks(run))));
    return { step, look: step * heldBatches * forwardShare };
  }
  const pass = candidate?.step?.median ?? written?.step?.median;
  if (pass === undefined) return undefined;
  const { parameters, trainable = parameters } = report.model;
  const write = backend === 'wasm' ? weightOverhead * trainable : 0;
  return { step: pass + stepOverhead + write, look: pass * heldBatches * forwardShare };
}

/**
 * Milliseconds that short training runs will take at least, from what was measured. Where the budget bears more, and the
 * model takes longer to leave chance, they take up to the budget.
 * @param candidates ids, without the baseline
 * @returns undefined where no pass has been timed yet
 */
export function learningTime(report: Report, plan: LearningPlan, candidates: readonly string[]): number | undefined {
  const costs = ['baseline', ...candidates].map((id) => costsOf(report, id));
  return costs.reduce<number | undefined>(
    (sum, each) => (sum === undefined || !each ? undefined : sum + candidateTime(plan, plan.steps, each)),
    0,
  );
}
