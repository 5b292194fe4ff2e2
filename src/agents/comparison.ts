/** A report as an answer: what follows from it, and each number with its interval. */
import { type ComparedBy, decide, findingsOf, type PairedFinding } from '../compare/decide';
import type { CandidateReport, Report } from '../compare/report';
import { verdictOf } from '../compare/verdict';
import { verdictWords } from '../compare/verdictWords';
import { figure, quote } from './bounded';

/** What decides, as the panel's table has it. */
const DECIDING: readonly ComparedBy[] = ['forward', 'training', 'heldLoss', 'flow', 'dead', 'snrChannel'];

/** @param isFull every score, not only those that decide */
export function answerOf(report: Report, isFull = false) {
  const { model, environment, plan, candidates, complete, skipped = [] } = report;
  const { choice } = verdictOf(report);
  return {
    // Sentences of ours; the names in them are the catalogue's.
    verdict: verdictWords(report),
    ...(choice !== undefined && { choice }),
    worthGpuRun: decide(report).worth,
    complete,
    model: quote(model.name),
    inputs: (model.batched ?? model.inputs.map(({ shape }) => shape)).slice(0, 20),
    device: {
      backend: environment.backend,
      ...(environment.adapter !== undefined && { adapter: quote(environment.adapter) }),
      ...(environment.software && { isSoftware: true }),
    },
    budgetSeconds: plan.budget / 1000,
    sitesSwapped: plan.sites.length,
    ...(skipped.length > 0 && {
      skipped: skipped.map(({ measures, candidates: of, seconds }) => ({
        measures,
        ...(of && { candidates: of }),
        budgetSecondsNeeded: Math.ceil(seconds),
      })),
    }),
    candidates: candidates.map((each) => candidateOf(report, each, isFull)),
    notes: model.notes.slice(0, 10).map((note) => quote(note)),
  };
}

function candidateOf(report: Report, candidate: CandidateReport, isFull: boolean) {
  const { id, title, error, addedParameters, latency, step, scores = {}, added } = candidate;
  const [first] = report.candidates;
  const findings = first && candidate !== first ? findingsOf(report, candidate, added?.baseline ?? first) : [];
  const numbers = { forward: latency, training: step, ...scores };
  const named = (Object.keys(numbers) as ComparedBy[]).filter((by) => isFull || DECIDING.includes(by));
  return {
    id,
    title,
    ...(error !== undefined && { error: quote(error) }),
    ...(addedParameters > 0 && { addedParameters }),
    ...Object.fromEntries(
      named.flatMap((by) => {
        const found = numbers[by];
        const finding = findings.find((each) => each.by === by);
        if (!found) return [];
        const { unit, median, low, high } = found;
        const value = { unit, value: figure(median), low: figure(low), high: figure(high) };
        return [[by, { ...value, ...(finding && { againstWritten: describeStanding(finding) }) }]];
      }),
    ),
  };
}

/** How it stands beside the model as written; `needed`: pairs of rounds or seeds that would tell, as far as these tell it. */
function describeStanding({ standing, against, pairs, needed }: PairedFinding) {
  const { scale, estimate, low, high, confidence, enough } = against;
  return {
    standing,
    scale,
    estimate: figure(estimate),
    ...(enough && { low: figure(low), high: figure(high), confidence }),
    pairs,
    ...(needed && { needed }),
  };
}
