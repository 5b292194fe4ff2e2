/** What the reported runs of short training come to. */
import type { Measurements } from '../compare/measurements';
import type { LearningRun, LearningSetup } from '../compare/report';
import { median } from '../compare/statistics';

/** Runs that came to their end. */
export const cameThrough = (runs: readonly LearningRun[]) => runs.filter((run) => run.diverged === undefined);
const lossAt = (point: LearningRun['held'][number] | undefined): number => point?.loss ?? Number.NaN;

/** Half of the way down from where the baseline begins to where it ends, in the middle of its seeds. */
export function targetLoss(baseline: readonly LearningRun[]): number | undefined {
  const halves = cameThrough(baseline).flatMap(({ held }) => {
    const [first, last] = [lossAt(held[0]), lossAt(held.at(-1))];
    return last < first ? [(first + last) / 2] : [];
  });
  return halves.length > 0 ? median(halves) : undefined;
}

/** Scores of a candidate, a sample a reported seed. */
export function scoresFrom(
  runs: readonly LearningRun[],
  { seeds, targetLoss: target }: LearningSetup,
): Measurements['samples'] {
  const known = cameThrough(runs);
  const bySeed = (of: (run: LearningRun) => number | undefined) =>
    seeds.map((seed) => {
      const run = known.find((each) => each.seed === seed);
      return (run && of(run)) ?? Number.NaN;
    });
  const stepTo = ({ held }: LearningRun) =>
    held.find(({ loss }) => loss !== null && loss <= (target ?? Number.NEGATIVE_INFINITY))?.step;
  return {
    heldLoss: bySeed(({ held }) => lossAt(held.at(-1))),
    accuracy: bySeed(({ held }) => held.at(-1)?.accuracy),
    // Said only where every seed gets there.
    stepsTo: known.every((run) => stepTo(run) !== undefined) ? bySeed(stepTo) : [],
  };
}
