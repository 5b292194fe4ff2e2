import { scoresOf } from './measures/index';
import type { CandidateReport, Report } from './report';

/** What a report is about, wherever the lines of its sites are. */
const subject = ({ model, plan }: Report) =>
  JSON.stringify([
    model.file,
    model.name,
    model.inputs,
    model.weights,
    plan.sites.map(({ nodes, activation, parameters }) => [nodes, activation, parameters]),
    plan.seed,
    plan.reinitialised,
  ]);

/** Whether two reports are of the same model, places, weights and seeds, so that their numbers may stand side by side. */
export const isSameSubject = (one: Report, other: Report): boolean => subject(one) === subject(other);

/**
 * A report with short training runs that were done later on the same model, which tell themselves where they ran: the
 * later numbers win. Where the two are of different models, places, weights or seeds, the later one alone.
 */
export function mergeReports(before: Report | undefined, later: Report): Report {
  if (!before || !isSameSubject(before, later)) return later;
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

/**
 * A report that was measured anew, with the short training runs of the one before, where both are of the same model,
 * places, weights and seeds and the later one has none: they took minutes.
 */
export function keepLearning(before: Report | undefined, later: Report): Report {
  if (!before || !isSameSubject(before, later)) return later;
  const known = new Map(before.candidates.map((candidate) => [candidate.id, candidate]));
  const candidates = later.candidates.map((candidate): CandidateReport => {
    const old = known.get(candidate.id);
    if (!old?.learning || candidate.learning) return candidate;
    if (JSON.stringify(old.parameters) !== JSON.stringify(candidate.parameters)) return candidate;
    const learnt = scoresOf('learning').flatMap((score) => (old.scores?.[score] ? [[score, old.scores[score]]] : []));
    return { ...candidate, learning: old.learning, scores: { ...Object.fromEntries(learnt), ...candidate.scores } };
  });
  return { ...later, candidates };
}

/** How much a report tells: numbers, lists of layers and runs, each counted once a candidate. */
export function countMeasured({ candidates }: Report): number {
  const told = ({ id, title, parameters, addedParameters, error, scores = {}, ...measured }: CandidateReport) =>
    Object.keys(measured).length + Object.keys(scores).length;
  return candidates.reduce((sum, candidate) => sum + told(candidate), 0);
}
