/** What a report decides between each candidate and the model as written, number by number, and what it leaves open. */
import { itemAt } from '../graph/access';
import { type Score, scoreDefinitions, scores } from './measures/index';
import { type PairsNeeded, pairsNeeded } from './needed';
import type { CandidateReport, ConfidenceInterval, Report } from './report';
import { penalty } from './scores';
import { type Claim, verdictOf } from './verdict';

/** What two models are compared by: a time, or a score that is paired. */
export type ComparedBy = 'forward' | 'training' | Score;

export interface PairedFinding {
  readonly by: ComparedBy;
  /** `tie`: the interval holds that there is no difference; `unknown`: so few pairs bear none. */
  readonly standing: 'better' | 'worse' | 'tie' | 'unknown';
  readonly against: ConfidenceInterval;
  /** Pairs that there are. */
  readonly pairs: number;
  /** What it would take to tell; absent where it is told, or where runs diverged, so that the pairs are not known. */
  readonly needed?: PairsNeeded;
}

export interface CandidateDecision {
  readonly id: string;
  readonly findings: readonly PairedFinding[];
}

/**
 * Whether a larger experiment is worth it, by the loss on held-out samples after short training runs:
 * - `yes`: some candidate learns better for sure
 * - `no`: none does, and more of the same would hardly tell one
 * - `open`: for some, more seeds would tell
 * - `unknown`: nothing was trained, or nothing learnt anything
 */
export type Worth = 'yes' | 'no' | 'open' | 'unknown';

export interface CompareDecision {
  readonly worth: Worth;
  readonly candidates: readonly CandidateDecision[];
}

export function decide(report: Report): CompareDecision {
  const [written, ...others] = report.candidates;
  const candidates = written
    ? others
        .filter(({ error }) => error === undefined)
        .map((each) => ({ id: each.id, findings: findingsOf(report, each, each.added?.baseline ?? written) }))
    : [];
  const kinds = new Set(verdictOf(report).claims.map(({ kind }) => kind));
  const losses = candidates.flatMap(({ findings }) => findings.filter(({ by }) => by === 'heldLoss'));
  return { worth: worthOf(losses, kinds), candidates };
}

function worthOf(losses: readonly PairedFinding[], claims: ReadonlySet<Claim['kind']>): Worth {
  if (losses.length === 0 || claims.has('at-chance')) return 'unknown';
  if (claims.has('learns-better')) return 'yes';
  const isTold = ({ standing, needed }: PairedFinding) => standing === 'worse' || needed?.kind === 'too-many';
  return losses.every(isTold) ? 'no' : 'open';
}

type Beside = Pick<CandidateReport, 'latency' | 'step' | 'scores'>;

/** What a candidate and the model as written are compared by, in the order of the measures. */
export function findingsOf(report: Report, candidate: CandidateReport, written: Beside): PairedFinding[] {
  const comparisons = Math.max(1, report.candidates.length - 1);
  const found: PairedFinding[] = [];
  for (const by of ['forward', 'training'] as const) {
    const [own, other] = [candidate, written].map(({ latency, step }) => (by === 'forward' ? latency : step));
    const against = own?.ratio;
    if (!own || !other || !against) continue;
    const isBetter = against.estimate < 1;
    found.push(findingBy(by, against, isBetter, own.samples, other.samples, comparisons));
  }
  for (const by of scores) {
    const [own, other] = [candidate.scores?.[by], written.scores?.[by]];
    if (!own?.against || !other) continue;
    const isBetter =
      scoreDefinitions[by].better === 'lower'
        ? own.against.estimate < (own.against.scale === 'ratio' ? 1 : 0)
        : scoreDefinitions[by].better === 'higher'
          ? own.against.estimate > (own.against.scale === 'ratio' ? 1 : 0)
          : penalty(by, own.median) < penalty(by, other.median);
    // Runs that came to no number are left out of either, and the rest are no pairs any more.
    const isPaired = own.samples.length === other.samples.length;
    found.push(findingBy(by, own.against, isBetter, own.samples, isPaired ? other.samples : undefined, comparisons));
  }
  return found;
}

function findingBy(
  by: ComparedBy,
  against: ConfidenceInterval,
  isBetter: boolean,
  own: readonly number[],
  other: readonly number[] | undefined,
  comparisons: number,
): PairedFinding {
  const { enough, separable, scale, confidence } = against;
  const pairs = Math.min(own.length, other?.length ?? own.length);
  const standing = !enough ? 'unknown' : !separable ? 'tie' : isBetter ? 'better' : 'worse';
  const told = { by, standing, against, pairs } as const;
  if (separable || !other) return told;
  const differences = Array.from({ length: pairs }, (_, i) => {
    const [value, beside] = [itemAt(own, i), itemAt(other, i)];
    return scale === 'ratio' ? Math.log(value / beside) : value - beside;
  });
  return { ...told, needed: pairsNeeded(differences, (1 - confidence) / comparisons) };
}
