/** How short training runs are laid out, and how long they take. */
import type { LearningPlan, Report } from './report';

/** Size of the built-in data, in batches. */
export const trainingBatches = 32;
export const heldBatches = 8;

/** How often the held-out loss is looked at in a run, besides the beginning: every sixth step at most. */
export const looksOf = (steps: number): number => Math.max(1, Math.min(10, Math.floor(steps / 6)));

/** What a forward pass costs beside one with its backward pass: the latter has about twice its products. */
const forwardShare = 1 / 3;

/**
 * Milliseconds that short training runs will take, from what a forward and backward pass took.
 * @param candidates ids, without the baseline
 * @returns undefined where no pass has been timed yet
 */
export function learningTime(report: Report, plan: LearningPlan, candidates: readonly string[]): number | undefined {
  const written = report.candidates[0]?.step?.median;
  if (written === undefined) return undefined;
  const of = (id: string) => report.candidates.find((candidate) => candidate.id === id)?.step?.median ?? written;
  const pass = candidates.reduce((sum, id) => sum + of(id), written);
  const passes = plan.steps + (looksOf(plan.steps) + 1) * heldBatches * forwardShare;
  return pass * passes * plan.seeds * plan.rates.length;
}
