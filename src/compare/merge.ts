import type { CandidateReport, LearningPlan, Report } from './report';

const subject = ({ model, plan }: Report) =>
  JSON.stringify([model.file, model.name, model.inputs, model.weights, plan.sites.map(({ id }) => id), plan.seed]);

/**
 * A report and one that was measured later on the same model: candidates of the later one win, number by number. Where
 * they are of different models, places or seeds, the later one alone.
 */
export function mergeReports(before: Report | undefined, later: Report): Report {
  if (!before || subject(before) !== subject(later)) return later;
  const known = new Map(before.candidates.map((candidate) => [candidate.id, candidate]));
  const merged = later.candidates.map((candidate): CandidateReport => {
    const old = known.get(candidate.id);
    known.delete(candidate.id);
    if (!old || JSON.stringify(old.parameters) !== JSON.stringify(candidate.parameters)) return candidate;
    return { ...old, ...candidate, scores: { ...old.scores, ...candidate.scores } };
  });
  const notes = [...new Set([...before.model.notes, ...later.model.notes])];
  return {
    ...later,
    model: { ...later.model, notes },
    candidates: [...merged, ...known.values()],
    complete: before.complete && later.complete,
  };
}

/** Batches of held-out data that are gone through at each look, and what one costs beside a step. */
const held = { batches: 8, share: 1 / 3, looks: 11 };

/**
 * Milliseconds that short training runs will take, from what a forward and backward pass took.
 * @param candidates ids, without the baseline
 * @returns undefined where no pass has been timed yet
 */
export function learningTime(report: Report, plan: LearningPlan, candidates: readonly string[]): number | undefined {
  const [baseline] = report.candidates;
  const written = baseline?.step?.median;
  if (written === undefined) return undefined;
  const of = (id: string) => report.candidates.find((candidate) => candidate.id === id)?.step?.median ?? written;
  const pass = candidates.reduce((sum, id) => sum + of(id), written);
  const passes = plan.steps + held.looks * held.batches * held.share;
  return pass * passes * plan.seeds * plan.rates.length;
}
