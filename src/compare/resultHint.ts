/** A report in a few words, for the end of a line: no claim that the verdict doesn't bear. */
import { list, say, sentence } from '../language/say';
import type { Measured, Report } from './report';
import { boundsOf } from './statistics';
import { type Claim, type Effect, verdictOf } from './verdict';
import { claimWords, titleIn } from './verdictWords';

/**
 * What a comparison came to, beside a place that it swapped.
 * @param inCode id of the candidate that stands there now
 * @returns undefined where it says nothing yet
 */
export function resultHint(report: Report, inCode: string): string | undefined {
  const { claims, choice } = verdictOf(report);
  const claim = claims.find(({ kind }) => kind !== 'nothing' && kind !== 'learning-unknown');
  if (claim?.kind === 'learns-better') return betterHint(report, claim, choice, inCode);
  if (claim?.kind === 'none-better')
    return claim.worse.length === 0
      ? say('nothing learns better or worse here, of {0} tried', claim.candidates)
      : say('nothing learns better here, of {0} tried', claim.candidates);
  return claim && claimWords(report, claim);
}

function betterHint(
  report: Report,
  { effects }: Extract<Claim, { kind: 'learns-better' }>,
  choice: string | undefined,
  inCode: string,
): string | undefined {
  const own = effects.find(({ id }) => id === inCode) ?? effects.find(({ id }) => id === choice) ?? effects[0];
  if (!own) return undefined;
  const losses = [lossIn(report, own.id), lossIn(report, report.candidates[0]?.id)];
  if (own.id === inCode) return addCost(say('learns better than before ({0} against {1})', ...losses), report, own);
  const names = sentence(list(effects.map(({ id }) => titleIn(report, id))));
  // Of those that can't be told apart no number is a better one's.
  if (effects.length > 1 && choice === undefined) return say('{0} learn better here', names);
  return addCost(say('{0} learns better here ({1} against {2})', titleIn(report, own.id), ...losses), report, own);
}

/** With what a step of training costs or saves, else a forward pass, where that differs for sure. */
function addCost(text: string, report: Report, { id }: Effect): string {
  const candidate = report.candidates.find((each) => each.id === id);
  const ratio = candidate?.step?.ratio?.enough ? candidate.step.ratio : candidate?.latency?.ratio;
  if (!ratio?.separable) return text;
  const share = `${Number((100 * Math.abs(ratio.estimate - 1)).toPrecision(2))} %`;
  return ratio.estimate > 1 ? say('{0}, {1} slower', text, share) : say('{0}, {1} faster', text, share);
}

/** `0.41 ± 0.02`. */
function lossIn(report: Report, id: string | undefined): string {
  const found: Measured | undefined = report.candidates.find((each) => each.id === id)?.scores?.heldLoss;
  if (!found) return '–';
  const value = found.median.toPrecision(2);
  const bounds = boundsOf(found);
  return bounds ? `${value} ± ${((bounds[1] - bounds[0]) / 2).toPrecision(1)}` : value;
}
