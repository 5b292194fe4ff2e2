/** A report in a few words, for the end of a line: no claim that the verdict doesn't bear. */
import { list, say, sentence } from '../language/say';
import type { Measured, Report } from './report';
import { boundsOf } from './statistics';
import { type Claim, type Effect, verdictOf } from './verdict';
import { claimWords, titleIn } from './verdictWords';

/** Characters that editors show of a hint; of more they cut the end. */
const LENGTH = 43;

export interface ResultHint {
  /** What fits at the end of a line. */
  readonly label: string;
  /** The same in a sentence, with intervals and costs. */
  readonly text: string;
}

/**
 * What a comparison came to, beside a place that it swapped.
 * @param inCode id of the candidate that stands there now
 * @returns undefined where it says nothing yet
 */
export function resultHint(report: Report, inCode: string): ResultHint | undefined {
  const { claims, choice } = verdictOf(report);
  const claim = claims.find(({ kind }) => kind !== 'nothing' && kind !== 'learning-unknown');
  if (!claim) return undefined;
  if (claim.kind === 'learns-better') return betterHint(report, claim, choice, inCode);
  return { label: labelOf(report, claim), text: claimWords(report, claim) };
}

function labelOf(report: Report, claim: Exclude<Claim, { kind: 'learns-better' }>): string {
  switch (claim.kind) {
    case 'none-better':
      return say('nothing learns better, of {0} tried', claim.candidates);
    case 'fewer-dead':
      return say('fewer dead units with {0}', nameSome(report, claim.effects));
    case 'gradient-mended':
      return say('gradient better kept with {0}', nameSome(report, claim.effects));
    case 'gradient-harmed':
      return say('gradient lost with {0}', nameSome(report, claim.effects));
    case 'healthy':
      return say('healthy with all that were tried');
    case 'cost': {
      const longer = claim.effects.filter(({ value }) => value > 1);
      if (claim.effects.length === 0) return say('takes as long with any that was tried');
      return longer.length > 0
        ? say('slower with {0}', nameSome(report, longer))
        : say('faster with {0}', nameSome(report, claim.effects));
    }
    default:
      return claimWords(report, claim);
  }
}

/** One or two by their names, more by their number. */
function nameSome(report: Report, effects: readonly Effect[]) {
  const names = effects.map(({ id }) => titleIn(report, id));
  return names.length < 3 ? sentence(list(names)) : say('{0} of {1}', names.length, report.candidates.length - 1);
}

function betterHint(
  report: Report,
  { effects, ...claim }: Extract<Claim, { kind: 'learns-better' }>,
  choice: string | undefined,
  inCode: string,
): ResultHint | undefined {
  const own = effects.find(({ id }) => id === inCode) ?? effects.find(({ id }) => id === choice) ?? effects[0];
  if (!own) return undefined;
  const text = claimWords(report, { ...claim, effects });
  // Of those that can't be told apart no number is a better one's.
  if (own.id !== inCode && effects.length > 1 && choice === undefined)
    return { label: say('{0} learn better', nameSome(report, effects)), text };
  const ids = [own.id, report.candidates[0]?.id] as const;
  const [short, long] = [medianIn, lossIn].map((loss) => ids.map((id) => loss(report, id)));
  const word = (losses: readonly string[] = []) =>
    own.id === inCode
      ? say('better than before: {0} against {1}', ...losses)
      : say('{0} learns better: {1} against {2}', titleIn(report, own.id), ...losses);
  const label = addCost(word(short), report, own);
  return { label: label.length <= LENGTH ? label : word(short), text: `${addCost(word(long), report, own)}. ${text}` };
}

/** With what a step of training costs or saves, else a forward pass, where that differs for sure. */
function addCost(text: string, report: Report, { id }: Effect): string {
  const candidate = report.candidates.find((each) => each.id === id);
  const ratio = candidate?.step?.ratio?.enough ? candidate.step.ratio : candidate?.latency?.ratio;
  if (!ratio?.separable) return text;
  const share = `${Number((100 * Math.abs(ratio.estimate - 1)).toPrecision(2))} %`;
  return ratio.estimate > 1 ? say('{0}, {1} slower', text, share) : say('{0}, {1} faster', text, share);
}

const heldLoss = (report: Report, id: string | undefined): Measured | undefined =>
  report.candidates.find((each) => each.id === id)?.scores?.heldLoss;

const medianIn = (report: Report, id: string | undefined): string => heldLoss(report, id)?.median.toPrecision(2) ?? '–';

/** `0.41 ± 0.02`. */
function lossIn(report: Report, id: string | undefined): string {
  const bounds = boundsOf(heldLoss(report, id) ?? { low: 0, high: 0, enough: false });
  const value = medianIn(report, id);
  return bounds ? `${value} ± ${((bounds[1] - bounds[0]) / 2).toPrecision(1)}` : value;
}
