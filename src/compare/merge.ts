import type { CandidateReport, Report } from './report';

const subject = ({ model, plan }: Report) =>
  JSON.stringify([
    model.file,
    model.name,
    model.inputs,
    model.weights,
    plan.sites.map(({ id }) => id),
    plan.seed,
    plan.reinitialised,
  ]);

/**
 * A report with short training runs that were done later on the same model, which tell themselves where they ran: the
 * later numbers win. Where the two are of different models, places, weights or seeds, the later one alone.
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
    environment: before.environment,
    model: { ...later.model, notes },
    candidates: [...merged, ...known.values()],
    complete: before.complete && later.complete,
  };
}
