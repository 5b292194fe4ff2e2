import { type Score, scoresOf } from './measures/index';
import { isSameSubject } from './merge';
import type { AddedRun, CandidateReport, Latency, Report, SkippedMeasures } from './report';
import { measure, ratioTo } from './scores';

/** Short training runs are compared among those that were trained. */
const learnt = new Set<string>(scoresOf('learning'));

/**
 * A report with candidates that were measured later, beside the model as written again: each is held against that run of it.
 * The others keep their numbers, and their intervals become those of all candidates together.
 * @returns undefined where the two can't stand side by side: they are of different models, places, weights, seeds or devices
 */
export function addCandidates(before: Report, later: Report): Report | undefined {
  const [baseline, ...fresh] = later.candidates;
  if (!baseline || !isSameSubject(before, later) || !isSameDevice(before, later)) return undefined;
  const { latency, step, scores } = baseline;
  const added: AddedRun = {
    created: later.created,
    budget: later.plan.budget,
    baseline: { ...(latency && { latency }), ...(step && { step }), ...(scores && { scores }) },
  };
  const known = new Set(fresh.map(({ id }) => id));
  const [written, ...others] = before.candidates;
  const kept = others.filter(({ id }) => !known.has(id));
  const comparisons = kept.length + fresh.length;
  const candidates = [...kept, ...fresh.map((candidate) => ({ ...candidate, added }))].map((candidate) =>
    withIntervalsFor(candidate, candidate.added?.baseline ?? written, comparisons),
  );
  const skipped = [
    ...(before.skipped ?? []),
    ...(later.skipped ?? []).map((each): SkippedMeasures => ({ ...each, candidates: each.candidates ?? [...known] })),
  ];
  return {
    ...before,
    model: { ...before.model, notes: [...new Set([...before.model.notes, ...later.model.notes])] },
    candidates: [...(written ? [written] : []), ...candidates],
    complete: before.complete && later.complete,
    ...(skipped.length > 0 && { skipped }),
  };
}

const isSameDevice = (one: Report, other: Report): boolean =>
  one.environment.backend === other.environment.backend &&
  one.environment.adapter === other.environment.adapter &&
  one.plan.half === other.plan.half;

/** The same numbers with intervals that hold for so many candidates together. */
function withIntervalsFor(
  candidate: CandidateReport,
  beside: AddedRun['baseline'] | undefined,
  comparisons: number,
): CandidateReport {
  const timed = (own: Latency | undefined, other: Latency | undefined): Latency | undefined => {
    const ratio = own && ratioTo(other?.samples, own.samples, comparisons);
    return own && ratio ? { ...own, ratio } : own;
  };
  const [latency, step] = [timed(candidate.latency, beside?.latency), timed(candidate.step, beside?.step)];
  const scores = candidate.scores && {
    ...candidate.scores,
    ...Object.fromEntries(
      (Object.keys(candidate.scores) as Score[])
        .filter((score) => !learnt.has(score))
        .map((score) => [score, scoreFor(candidate, score, beside, comparisons)]),
    ),
  };
  return { ...candidate, ...(latency && { latency }), ...(step && { step }), ...(scores && { scores }) };
}

function scoreFor(
  { scores }: CandidateReport,
  score: Score,
  beside: AddedRun['baseline'] | undefined,
  comparisons: number,
) {
  const [own, other] = [scores?.[score], beside?.scores?.[score]];
  if (!own?.against) return own;
  // Seeds that gave no number are not in the list, so which belong together isn't known any more.
  if (own.samples.length !== other?.samples.length)
    return { ...own, against: { ...own.against, enough: false, separable: false } };
  return measure(score, own.samples, other.samples, comparisons);
}
