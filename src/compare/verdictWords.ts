/** A verdict in words for people, in the panel and in the terminal. */
import { list, say, sentence } from '../language/say';
import type { Report } from './report';
import { type Claim, type Effect, verdictOf } from './verdict';

/** Two significant digits: a sentence is no table. */
const figure = (value: number) => String(Number(value.toPrecision(2)));
const percent = (share: number) => `${figure(100 * share)} %`;

export const titleIn = (report: Report, id: string): string =>
  report.candidates.find((candidate) => candidate.id === id)?.title ?? id;

/** What follows from a report, a sentence a claim. */
export const verdictWords = (report: Report): string[] =>
  verdictOf(report).claims.map((claim) => claimWords(report, claim));

/** One claim as a sentence. */
export function claimWords(report: Report, claim: Claim): string {
  const names = (effects: readonly Effect[]) => sentence(list(effects.map(({ id }) => titleIn(report, id))));
  switch (claim.kind) {
    case 'nothing':
      return say('Nothing is measured yet that would tell the candidates apart.');
    case 'at-chance':
      return say(
        'Nothing learnt anything in {0} steps, the model as written neither: what the curves show is noise.',
        claim.steps,
      );
    case 'written-at-chance':
      return say('As written the model learnt nothing in {0} steps: its loss is that of chance.', claim.steps);
    case 'diverged':
      return divergedWords(report, claim);
    case 'too-few-seeds':
      return say('{0} seeds are too few to tell who learns better.', claim.seeds);
    case 'learns-better':
      return betterWords(report, claim);
    case 'none-better':
      if (claim.worse.length === 0)
        return say('No candidate learns better or worse than the model as written, as far as these runs can tell.');
      return say('No candidate learns better than the model as written; {0} learns worse.', names(claim.worse));
    case 'fewer-dead':
      return say(
        '{0} of the units are dead at the start as written; with {1}, {2}.',
        percent(claim.written),
        names(claim.effects),
        range(claim.effects, percent),
      );
    case 'gradient-mended':
      return say(
        'As written the gradient reaches the first layer at {0} times its size at the last; with {1}, {2} times.',
        figure(claim.written),
        names(claim.effects),
        range(claim.effects, figure),
      );
    case 'gradient-harmed':
      return say(
        'With {0} the gradient reaches the first layer at {1} times its size at the last; as written, {2} times.',
        names(claim.effects),
        range(claim.effects, figure),
        figure(claim.written),
      );
    case 'healthy':
      return say('At the start signal and gradient come through, as written and with every candidate.');
    case 'cost':
      return costWords(report, claim);
    case 'learning-unknown':
      return say('Who learns better is not measured yet.');
  }
}

function divergedWords(report: Report, { always, sometimes }: Extract<Claim, { kind: 'diverged' }>): string {
  const names = (ids: readonly string[]) => sentence(list(ids.map((id) => titleIn(report, id))));
  const told = [
    ...(always.length > 0 ? [say('{0}: training diverged at every learning rate that was tried.', names(always))] : []),
    ...(sometimes.length > 0 ? [say('{0}: some of the runs diverged.', names(sometimes))] : []),
  ];
  return told.join(' ');
}

function betterWords(report: Report, { written, effects }: Extract<Claim, { kind: 'learns-better' }>): string {
  const names = effects.map(({ id }) => titleIn(report, id));
  if (effects.length === 1)
    return say(
      '{0} learns better than the model as written: held-out loss {1} against {2}.',
      sentence(list(names)),
      range(effects, figure),
      figure(written),
    );
  return say(
    '{0} learn better than the model as written and can’t be told apart: held-out loss {1} against {2}.',
    sentence(list(names)),
    range(effects, figure),
    figure(written),
  );
}

function costWords(report: Report, { of, effects, alike }: Extract<Claim, { kind: 'cost' }>): string {
  const named = (chosen: readonly Effect[]) =>
    sentence(list(chosen.map(({ id, value }) => `${titleIn(report, id)} (${percent(Math.abs(value - 1))})`)));
  const [longer, shorter] = [effects.filter(({ value }) => value > 1), effects.filter(({ value }) => value <= 1)];
  const what = of === 'training' ? say('A step of training') : say('A forward pass');
  if (effects.length === 0) return say('{0} takes as long as before, as far as it could be timed.', what);
  const told =
    longer.length === 0
      ? say('{0} takes less time with {1}.', what, named(shorter))
      : shorter.length === 0
        ? say('{0} takes longer with {1}.', what, named(longer))
        : say('{0} takes longer with {1}, less time with {2}.', what, named(longer), named(shorter));
  return alike > 0 ? say('{0} The others can’t be told apart by it.', sentence(told)) : told;
}

/** `0.41`, or `0.41 to 0.44` where the candidates differ. */
function range(effects: readonly Effect[], format: (value: number) => string): string {
  const values = effects.map(({ value }) => value);
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? low : say('{0} to {1}', low, high);
}

/** How sure a claim is: each effect with its interval; none where nothing is claimed to differ. */
export function certaintyWords(report: Report, claim: Claim): string[] {
  const effects = 'effects' in claim ? claim.effects : claim.kind === 'none-better' ? claim.worse : [];
  return effects.map(({ id, against }) => {
    const [low, high] = [figure(against.low), figure(against.high)];
    const name = titleIn(report, id);
    return against.scale === 'ratio'
      ? say('{0}: {1} to {2} times the model as written, at {3}', name, low, high, percent(against.confidence))
      : say('{0}: {1} to {2} beside the model as written, at {3}', name, low, high, percent(against.confidence));
  });
}
