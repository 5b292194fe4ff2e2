/** What a comparison says in the end: claims that its numbers bear, and no others. Words for them: `verdictWords.ts`. */

import { hasLeftChance } from './learning';
import { type Rank, rank } from './rank';
import type { CandidateReport, ConfidenceInterval, Measured, Report } from './report';

/** A share of units without any slope that is worth a word. */
const MANY_DEAD = 0.05;
/** The gradient at the first layer over that at the last: outside of this and its inverse it is lost or explodes. */
const KEPT_GRADIENT = 0.1;
/** What one candidate is said to change, and how sure that is. */
export interface Effect {
  readonly id: string;
  readonly value: number;
  readonly against: ConfidenceInterval;
}

export type Claim =
  /** Nothing is measured yet that could be told. */
  | { readonly kind: 'nothing' }
  /** Neither the model as written nor any candidate came clearly below the loss of chance. */
  | { readonly kind: 'at-chance'; readonly steps: number }
  /** The model as written stayed at chance, while others left it. */
  | { readonly kind: 'written-at-chance'; readonly steps: number }
  /** Training came to no number: at every rate, or in some runs at the rate that was chosen. */
  | { readonly kind: 'diverged'; readonly always: readonly string[]; readonly sometimes: readonly string[] }
  /** So few seeds that no difference could be shown. */
  | { readonly kind: 'too-few-seeds'; readonly seeds: number }
  /** These learn better than the model as written; among themselves they can't be told apart. */
  | { readonly kind: 'learns-better'; readonly written: number; readonly effects: readonly Effect[] }
  /** None learns better; `worse` do worse for sure. */
  | { readonly kind: 'none-better'; readonly worse: readonly Effect[]; readonly candidates: number }
  /** Many units are dead as written; with these, fewer. */
  | { readonly kind: 'fewer-dead'; readonly written: number; readonly effects: readonly Effect[] }
  /** The gradient is lost or explodes as written; with these it is nearer to being kept. */
  | { readonly kind: 'gradient-mended'; readonly written: number; readonly effects: readonly Effect[] }
  /** The gradient is kept as written, and lost or explodes with these. */
  | { readonly kind: 'gradient-harmed'; readonly written: number; readonly effects: readonly Effect[] }
  /** Dead units and the gradient are known, and give no cause to change or to fear. */
  | { readonly kind: 'healthy' }
  /** What these cost or save, in a forward pass or in a step of training. */
  | {
      readonly kind: 'cost';
      readonly of: 'forward' | 'training';
      readonly effects: readonly Effect[];
      readonly alike: number;
    }
  /** Nobody has looked yet at how they learn. */
  | { readonly kind: 'learning-unknown' };

export interface ReportVerdict {
  /** Most important first. */
  readonly claims: readonly Claim[];
  /** The candidate to take: it learns better for sure, and none that does is better or cheaper for sure. */
  readonly choice?: string;
}

/** What follows from a report. A difference is claimed only where its interval excludes that there is none. */
export function verdictOf(report: Report): ReportVerdict {
  const [written, ...others] = report.candidates;
  const known = others.filter(({ error }) => error === undefined);
  if (!written || known.length === 0) return { claims: [{ kind: 'nothing' }] };
  const learning = learningClaim(report, written, known);
  const health = healthClaim(written, known);
  const better = learning?.kind === 'learns-better' ? learning.effects.map(({ id }) => id) : [];
  const choice = better.length > 0 ? cheapest(report, better) : undefined;
  const cost = costClaim(known, choice);
  const main = learning ?? health;
  const remarks = learningRemarks(report);
  const isKnown = learning !== undefined || remarks.length > 0;
  const claims = [
    ...(main ? [main] : []),
    ...remarks,
    ...(cost ? [cost] : []),
    ...(!isKnown && (main || cost) ? [{ kind: 'learning-unknown' } as const] : []),
  ];
  return { claims: claims.length > 0 ? claims : [{ kind: 'nothing' }], ...(choice !== undefined && { choice }) };
}

const separates = (against: ConfidenceInterval | undefined): against is ConfidenceInterval =>
  against?.enough === true && against.separable;

/** Where the candidate differs for sure. */
function effectOf(id: string, found: Measured | undefined): Effect[] {
  return found && separates(found.against) ? [{ id, value: found.median, against: found.against }] : [];
}

function learningClaim(
  report: Report,
  written: CandidateReport,
  others: readonly CandidateReport[],
): Claim | undefined {
  const trained = others.filter(({ scores }) => scores?.heldLoss?.against);
  const own = written.scores?.heldLoss;
  if (!own || trained.length === 0) return undefined;
  const setup = written.learning?.setup;
  if (setup && ![written, ...trained].some(hasLeftChance)) return { kind: 'at-chance', steps: setup.steps };
  const effects = trained.flatMap(({ id, scores }) => effectOf(id, scores?.heldLoss));
  // What diverged for some seeds is compared by the others, which says too much for it.
  const lost = new Set(trained.filter(divergedSometimes).map(({ id }) => id));
  const better = effects.filter(({ id, against }) => against.estimate < 0 && !lost.has(id));
  if (better.length > 0) {
    const places = new Map(rank(report, 'heldLoss').map((each) => [each.id, each]));
    const placeOf = ({ id }: Effect) => places.get(id)?.place ?? Number.POSITIVE_INFINITY;
    const first = Math.min(...better.map(placeOf));
    return {
      kind: 'learns-better',
      written: own.median,
      effects: better.filter((each) => placeOf(each) === first).sort((a, b) => a.value - b.value),
    };
  }
  if (!trained.some(({ scores }) => scores?.heldLoss?.against?.enough))
    return { kind: 'too-few-seeds', seeds: own.samples.length };
  const worse = effects.filter(({ against }) => against.estimate > 0);
  return { kind: 'none-better', worse, candidates: trained.length };
}

const divergedAlways = ({ learning }: CandidateReport): boolean =>
  learning?.search !== undefined && learning.search.rate === undefined;

/** Runs of an older report were at every rate, of which some may well diverge. */
const divergedSometimes = ({ learning }: CandidateReport): boolean =>
  learning?.search !== undefined && learning.runs.some(({ diverged }) => diverged !== undefined);

/** What must be known beside who learns better. */
function learningRemarks({ candidates }: Report): Claim[] {
  const [written, ...others] = candidates;
  const setup = written?.learning?.setup;
  if (!written || !setup) return [];
  const ids = (of: (candidate: CandidateReport) => boolean) => candidates.filter(of).map(({ id }) => id);
  const [always, sometimes] = [ids(divergedAlways), ids(divergedSometimes)];
  const isLeft = written.scores?.heldLoss !== undefined && !hasLeftChance(written) && others.some(hasLeftChance);
  return [
    ...(isLeft ? [{ kind: 'written-at-chance', steps: setup.steps } as const] : []),
    ...(always.length + sometimes.length > 0 ? [{ kind: 'diverged', always, sometimes } as const] : []),
  ];
}

/** How far the gradient is from being kept, as a logarithm. */
const lossOf = (flow: number) => Math.abs(Math.log(flow));
const isKept = (flow: number) => lossOf(flow) <= -Math.log(KEPT_GRADIENT);

function healthClaim(written: CandidateReport, others: readonly CandidateReport[]): Claim | undefined {
  const [dead, flow] = [written.scores?.dead, written.scores?.flow];
  if (dead && dead.median >= MANY_DEAD) {
    const effects = others
      .flatMap(({ id, scores }) => effectOf(id, scores?.dead))
      .filter(({ value, against }) => against.estimate < 0 && value <= dead.median / 2);
    if (effects.length > 0) return { kind: 'fewer-dead', written: dead.median, effects };
  }
  if (flow) {
    const effects = others.flatMap(({ id, scores }) => effectOf(id, scores?.flow));
    const kept = isKept(flow.median);
    const told = effects.filter(({ value }) => (kept ? !isKept(value) : lossOf(value) < lossOf(flow.median) / 2));
    if (told.length > 0)
      return { kind: kept ? 'gradient-harmed' : 'gradient-mended', written: flow.median, effects: told };
  }
  const compared = others.some(({ scores }) => scores?.dead?.against?.enough || scores?.flow?.against?.enough);
  return compared && flow && isKept(flow.median) && (dead?.median ?? 0) < MANY_DEAD ? { kind: 'healthy' } : undefined;
}

/** Of what is chosen, else of all: a step of training where it could be timed often enough, else a forward pass. */
function costClaim(others: readonly CandidateReport[], choice: string | undefined): Claim | undefined {
  const asked = choice === undefined ? others : others.filter(({ id }) => id === choice);
  for (const of of ['training', 'forward'] as const) {
    const timed = asked.flatMap(({ id, latency, step }) => {
      const time = of === 'training' ? step : latency;
      return time?.ratio?.enough ? [{ id, value: time.ratio.estimate, against: time.ratio }] : [];
    });
    if (timed.length === 0) continue;
    const effects = timed.filter(({ against }) => against.separable).sort((a, b) => a.value - b.value);
    return { kind: 'cost', of, effects, alike: timed.length - effects.length };
  }
  return undefined;
}

/** Of candidates that are equally good, the one that takes least time; where time doesn't tell either, the first. */
function cheapest(report: Report, ids: readonly string[]): string | undefined {
  const places = (ranks: readonly Rank[]) =>
    new Map(ranks.filter(({ id }) => ids.includes(id)).map(({ id, place }) => [id, place]));
  const [step, forward] = [places(rank(report, 'step')), places(rank(report, 'latency'))];
  const by = step.size === ids.length ? step : forward;
  const least = Math.min(...ids.map((id) => by.get(id) ?? Number.POSITIVE_INFINITY));
  return ids.find((id) => (by.get(id) ?? Number.POSITIVE_INFINITY) === least);
}
