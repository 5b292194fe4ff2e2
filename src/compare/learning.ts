/** How short training runs are laid out, how their learning rates are chosen, and how long they take. */
import { itemAt } from '../graph/access';
import { leastBatch } from '../graph/leastBatch';
import { rank } from './rank';
import type { CandidateReport, LearningPlan, Report, SearchRun } from './report';
import { median } from './statistics';

/** Size of the built-in data, in batches. */
export const trainingBatches = 32;
export const validationBatches = 8;
export const heldBatches = 8;

/** A run of a report that doesn't tell chance has learnt something where its held-out loss fell by this share. */
const LEARNT = 0.02;

/** Whether a candidate came clearly below the loss of chance, in the middle of its seeds. */
export function hasLeftChance({ learning, scores }: CandidateReport): boolean {
  const { setup, best = [], runs = [] } = learning ?? {};
  if (setup?.chance) return (scores?.heldLoss?.median ?? Infinity) < setup.chance.learntBelow;
  const falls = best.flatMap(({ seed, rate }) => {
    const held = runs.find((run) => run.seed === seed && run.rate === rate)?.held;
    const [first, last] = [held?.[0]?.loss, held?.at(-1)?.loss];
    return typeof first === 'number' && typeof last === 'number' ? [(first - last) / Math.abs(first)] : [];
  });
  return falls.length > 0 && median(falls) > LEARNT;
}

export { leastBatch };

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

/**
 * Seeds for so many candidates: one more than bear an interval at 95 % (the sign test's, with Bonferroni's correction),
 * which leaves room for the search's own errors.
 */
export const seedsFor = (candidates: number): number =>
  Math.max(leastSeeds, Math.ceil(2 + Math.log2(Math.max(1, candidates) / 0.05)));

/** Seeds of the search: with fewer, chance would choose so often that a model would be told from itself. */
export const searchSeedsFor = (candidates: number): number => (candidates > 6 ? 4 : 3);

/** By rate the mean validation loss and that of each seed; infinite where training diverged. */
function lossesByRate(runs: readonly SearchRun[]): Map<number, { readonly mean: number; readonly each: number[] }> {
  const rates = [...new Set(runs.map(({ rate }) => rate))];
  return new Map(
    rates.map((asked) => {
      const each = runs.flatMap(({ rate, loss }) => (rate === asked ? [loss ?? Number.POSITIVE_INFINITY] : []));
      return [asked, { mean: each.reduce((sum, loss) => sum + loss, 0) / each.length, each }];
    }),
  );
}

/** The key of the smallest finite value, the first of equal ones. */
function least(values: Iterable<readonly [key: number, value: number]>): number | undefined {
  let best: readonly [number, number] = [Number.NaN, Number.POSITIVE_INFINITY];
  for (const [key, value] of values) if (value < best[1]) best = [key, value];
  return Number.isFinite(best[1]) ? best[0] : undefined;
}

/**
 * Each candidate's learning rate, by validation loss: the rate that is best in the middle of all candidates, but for a
 * candidate whose own best is better for every seed of the search. Were each given its own best by the mean, chance would
 * choose for some, and what it chose would be the same for all of the runs that are reported: equal models would differ.
 * @param searches the runs of each candidate, with the same rates and seeds in the same order
 * @returns undefined for one of which no rate came through with every seed
 */
export function chooseRates(searches: readonly (readonly SearchRun[])[]): (number | undefined)[] {
  const found = searches.map(lossesByRate);
  const rates = [...(found[0]?.keys() ?? [])];
  const meanOf = (losses: (typeof found)[number], rate: number) => losses.get(rate)?.mean ?? Number.POSITIVE_INFINITY;
  const common = least(rates.map((rate) => [rate, middle(found.map((losses) => meanOf(losses, rate)))]));
  return found.map((losses) => {
    const best = least(rates.map((rate) => [rate, meanOf(losses, rate)]));
    if (best === undefined || common === undefined || !Number.isFinite(meanOf(losses, common))) return best;
    const usual = losses.get(common)?.each ?? [];
    return losses.get(best)?.each.every((loss, seed) => loss < itemAt(usual, seed)) ? best : common;
  });
}

/** The median; infinite where most are. */
function middle(values: readonly number[]): number {
  const found = median(values);
  return Number.isNaN(found) ? Number.POSITIVE_INFINITY : found;
}

/** How many seeds the search takes. @param learners candidates and the model as written */
export const searchSeedsOf = (plan: Pick<LearningPlan, 'searchSeeds'>, learners: number): number =>
  plan.searchSeeds ?? searchSeedsFor(learners - 1);

/** What a run costs on the device at hand, in milliseconds. */
export interface RunCosts {
  readonly step: number;
  /** Looking at the validation samples, and at the held-out ones. */
  readonly look: number;
}

/** Milliseconds of one run: the search's looks once, at its end. */
export const runTime = (of: 'search' | 'report', steps: number, { step, look }: RunCosts): number =>
  steps * step + (of === 'search' ? 1 : looksOf(steps) + 1) * look;

/**
 * Milliseconds of all runs.
 * @param learners candidates and the model as written
 */
export function allRunsTime(plan: LearningPlan, learners: number, steps: number, costs: RunCosts): number {
  const searched = plan.rates.length * searchSeedsOf(plan, learners) * runTime('search', steps, costs);
  return learners * (searched + plan.seeds * runTime('report', steps, costs));
}

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
    spent + allRunsTime(plan, learners, steps + searchStride, costs) <= plan.budget
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
  const pass = candidate?.step?.median ?? written?.step?.median ?? report.roughStep;
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
  const ids = ['baseline', ...candidates];
  const costs = ids.map((id) => costsOf(report, id));
  return costs.reduce<number | undefined>(
    (sum, each) =>
      sum === undefined || !each ? undefined : sum + allRunsTime(plan, ids.length, plan.steps, each) / ids.length,
    0,
  );
}

/** Milliseconds that short training runs take: at least, and where the model is slow to leave chance. */
export function learningBounds(
  report: Report,
  plan: LearningPlan,
  candidates: readonly string[],
): { readonly least: number; readonly most: number } | undefined {
  const least = learningTime(report, plan, candidates);
  return least === undefined ? undefined : { least, most: Math.max(least, plan.budget) };
}

/** A way to have an answer sooner. */
export interface ShorterPlan {
  readonly candidates: readonly string[];
  readonly seeds: number;
  /** Milliseconds, at least. */
  readonly time: number;
}

/**
 * Ways to shorten runs that don't fit their budget: fewer candidates first, the most promising of them, then as few seeds
 * as these need. None where they fit, or where no pass has been timed yet.
 */
export function shorterPlans(report: Report, plan: LearningPlan, candidates: readonly string[]): ShorterPlan[] {
  const whole = learningTime(report, plan, candidates);
  if (whole === undefined || whole <= plan.budget) return [];
  const order = mostPromising(report, candidates);
  const timed = (count: number, seeds: number): ShorterPlan => {
    const kept = order.slice(0, count);
    return { candidates: kept, seeds, time: learningTime(report, { ...plan, seeds }, kept) ?? Number.NaN };
  };
  const counts = Array.from({ length: Math.max(0, order.length - 1) }, (_, i) => order.length - 1 - i);
  const fits = (ways: readonly ShorterPlan[]) => ways.find(({ time }) => time <= plan.budget);
  const few = (count: number) => Math.min(plan.seeds, seedsFor(count));
  const fewer = fits(counts.map((count) => timed(count, plan.seeds))) ?? timed(Math.min(2, order.length), plan.seeds);
  const fewerSeeds = fits([order.length, ...counts].map((count) => timed(count, few(count)))) ?? timed(1, few(1));
  return [fewer, fewerSeeds].filter(
    (way, i, all) => way.time < whole && all.findIndex(({ time }) => time === way.time) === i,
  );
}

/** Candidates by what is known of them: how they learnt, else how the gradient comes through, dead units, and time. */
function mostPromising(report: Report, candidates: readonly string[]): string[] {
  const places = (['heldLoss', 'flow', 'dead', 'step'] as const).map(
    (by) => new Map(rank(report, by).map(({ id, place }) => [id, place])),
  );
  const penalties = (id: string) => places.map((place) => place.get(id) ?? Number.MAX_SAFE_INTEGER);
  const failed = new Set(report.candidates.filter(({ error }) => error !== undefined).map(({ id }) => id));
  return candidates
    .filter((id) => !failed.has(id))
    .toSorted((a, b) => {
      const [own, other] = [penalties(a), penalties(b)];
      return own.map((place, i) => place - itemAt(other, i)).find((difference) => difference !== 0) ?? 0;
    });
}
