/** "Worth a GPU run?", in one line of the terminal. */
import {
  type CandidateDecision,
  type CompareDecision,
  type ComparedBy,
  decide,
  type PairedFinding,
  type Worth,
} from '../compare/decide';
import { MOST_PAIRS } from '../compare/needed';
import type { Report } from '../compare/report';
import { titleIn } from '../compare/verdictWords';
import { excerpt } from '../language/legible';

/** Exit codes, beside 2 for what can't be read: a script branches on them. */
export const decisionCodes: Readonly<Record<Worth, number>> = { yes: 0, no: 1, open: 3, unknown: 3 };

/** What a GPU run would be decided by. */
const told: Readonly<Partial<Record<ComparedBy, string>>> = {
  heldLoss: 'learning',
  training: 'time of a step',
  forward: 'time of a forward pass',
  flow: 'gradient',
  dead: 'dead units',
  snrChannel: '8 bits',
};
const order = Object.keys(told) as ComparedBy[];
const samplesOf = (by: ComparedBy) => (by === 'forward' || by === 'training' ? 'rounds' : 'seeds');

const answers: Readonly<Record<Worth, string>> = {
  yes: 'worth a GPU run: yes',
  no: 'worth a GPU run: no, none learns better',
  open: 'worth a GPU run: not told yet',
  unknown: 'worth a GPU run: can not be told',
};

/** The answer, what separates each candidate from the model as written, and what it would take to tell the rest. */
export function decisionLine(report: Report): string {
  const { worth, candidates } = decide(report);
  const why = reasonOf(report, { worth, candidates });
  const each = candidates.map((candidate) => `${titleIn(report, candidate.id)}: ${candidateWords(candidate)}`);
  return excerpt([`${answers[worth]}${why}`, ...each].join('; '), 5000);
}

function reasonOf({ candidates }: Report, { worth, candidates: decided }: CompareDecision): string {
  if (worth !== 'unknown') return '';
  const steps = candidates[0]?.learning?.setup.steps;
  const isTrained = decided.some(({ findings }) => findings.some(({ by }) => by === 'heldLoss'));
  if (!isTrained || steps === undefined) return ', nothing was trained to compare';
  return `, nothing learnt anything in ${steps} steps: try --steps ${4 * steps}, with more --learn-budget; how many it takes can't be told`;
}

function candidateWords({ findings }: CandidateDecision): string {
  const known = order.flatMap((by) => findings.find((each) => each.by === by) ?? []);
  const apart = known
    .filter(({ standing }) => standing === 'better' || standing === 'worse')
    .map(({ by, standing }) => `${told[by]} ${standing}`);
  const open = known.flatMap((finding) => openWords(finding) ?? []);
  return [...apart, ...open].join(', ') || 'nothing to compare by';
}

function openWords({ by, standing, needed, pairs }: PairedFinding): string | undefined {
  if (standing === 'better' || standing === 'worse') return undefined;
  const [name, samples] = [told[by], samplesOf(by)];
  if (!needed) return `${name} not told: some runs diverged`;
  switch (needed.kind) {
    case 'pairs':
      return `${name} not told by ${pairs} ${samples}, about ${needed.count} would`;
    case 'at-least':
      return `${name} not told by ${pairs} ${samples}, at least ${needed.count} are needed`;
    case 'too-many':
      return `${name} alike (even ${MOST_PAIRS} ${samples} would hardly tell)`;
  }
}
