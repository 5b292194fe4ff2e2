/** What was measured, in words for people. */
import { median } from '../compare/statistics';
import { itemAt, lastOf } from '../graph/access';
import { say, sentence } from '../language/say';
import type { PricedQuantity, PriceReport, PriceSubject, Quantity } from './report';

/** Three significant digits; very small and very large ones in powers of ten. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

const percent = (share: number) => `${figure(share * 100)} %`;

/** Digits of a quantity, as a table shows it. */
export const amount = (quantity: Quantity, value: number): string =>
  quantity === 'dead' ? percent(value) : figure(value);

/** The middle of some seeds, and what they lie between. */
export interface Spread {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return { middle: median(values), low: itemAt(sorted, 0), high: lastOf(sorted) };
}

/** By what factor mending changes a quantity, seed by seed; undefined where it was nothing. */
export function factorOf({ written, mended }: PricedQuantity): Spread | undefined {
  const pairs = written.flatMap((value, i) => {
    const other = mended[i];
    return other === undefined || value === 0 ? [] : [other / value];
  });
  return pairs.length < written.length ? undefined : spreadOf(pairs);
}

export const mendedTitle = ({ what, instead, kind }: PriceSubject): string => {
  if (kind === 'scale') return say('with weights for {0}', what);
  return instead === undefined ? say('without {0}', what) : say('with {0} instead', instead);
};

/** Names of quantities, for a table. */
export function quantityTitle(quantity: Quantity, { kind, loss, count, what }: PriceSubject): string {
  switch (quantity) {
    case 'gradient':
      if (kind === 'loss') return say('Gradient at the last layer');
      return kind === 'extra' ? say('Gradient at the layer before {0}', what) : say('Gradient at the first layer');
    case 'reach':
      return say('Gradient at the first layer, relative to the layer behind the stack');
    case 'slopes':
      return count > 1 ? say('Product of the mean slopes of {0} activations', count) : say('Mean slope');
    case 'dead':
      return say('Units without a slope');
    case 'deviation':
      return say('Deviation behind the last of them');
    case 'loss':
      return say('{0} at the start', loss);
  }
}

/** What a quantity is, exactly. */
export function quantityAbout(quantity: Quantity): string {
  switch (quantity) {
    case 'gradient':
      return say("The length of the loss's gradient by the layer's weights.");
    case 'reach':
      return say('The root mean square of the gradient over the weights of one layer, divided by that of the other.');
    case 'slopes':
      return say('The size of the slope, averaged over units and samples of each activation, and multiplied.');
    case 'dead':
      return say('Their slope is below a millionth for every sample of the batch.');
    case 'deviation':
      return say('The standard deviation of what it gives: 1 is what a layer behind it expects.');
    case 'loss':
      return say('With targets that are made up, too.');
  }
}

/** Under which conditions it was measured. */
export const conditions = ({ seeds, batch, model }: PriceReport): string =>
  say('At initialisation, on made-up inputs: {0}, batch {1}, {2} seeds.', model, batch, seeds);

/** A change by a factor that is told: a smaller one is none. */
const LEAST = 0.05;

/** What follows, most important first. */
export function conclusions(report: PriceReport): string[] {
  const { subject, least, quantities } = report;
  const byName = new Map(quantities.map((each) => [each.quantity, each]));
  const told: string[] = [];
  const gradient = byName.get('gradient');
  if (gradient && subject.kind !== 'scale') told.push(gradientWords(gradient, subject));
  const [slopes, reach, deviation, dead] = (['slopes', 'reach', 'deviation', 'dead'] as const).map((each) => {
    const found = byName.get(each);
    return found && ([spreadOf(found.written), spreadOf(found.mended)] as const);
  });
  if (slopes?.[0] && slopes[1])
    told.push(
      say(
        'The slopes of the {0} activations multiply to {1}; {2}, to {3}.',
        subject.count,
        figure(slopes[0].middle),
        sentence(mendedTitle(subject)),
        figure(slopes[1].middle),
      ),
    );
  if (reach?.[0] && reach[1])
    told.push(
      say(
        'A weight of the first layer gets {0} times the gradient of one behind the stack; {1}, {2} times.',
        figure(reach[0].middle),
        sentence(mendedTitle(subject)),
        figure(reach[1].middle),
      ),
    );
  if (deviation?.[0] && deviation[1])
    told.push(
      say(
        'What the last {0} gives has a deviation of {1}; {2}, of {3}.',
        subject.what,
        figure(deviation[0].middle),
        sentence(mendedTitle(subject)),
        figure(deviation[1].middle),
      ),
    );
  if (dead?.[0] && dead[0].middle > 0)
    told.push(say('{0} of its units are dead at the start.', percent(dead[0].middle)));
  if (least) told.push(leastWords(report));
  if (subject.isAppended)
    told.push(say("{0} stands outside of the model: it was put behind the model's first output.", subject.what));
  return told;
}

function gradientWords(gradient: PricedQuantity, subject: PriceSubject): string {
  const where = {
    loss: say('the last layer'),
    extra: say('the layer before {0}', subject.what),
    stack: say('the first layer'),
    scale: say('the first layer'),
  }[subject.kind];
  const title = sentence(mendedTitle(subject));
  const factor = factorOf(gradient);
  const size = spreadOf(gradient.written);
  if (!factor || size?.middle === 0) return say('No gradient reaches {0} at all; {1}, it does.', where, title);
  const { middle, low, high } = factor;
  if (Math.abs(middle - 1) < LEAST) return say('The gradient at {0} is about the same {1}.', where, title);
  return say(
    'The gradient at {0} is {1} times as large {2} ({3} to {4} over the seeds).',
    where,
    figure(middle),
    title,
    figure(low),
    figure(high),
  );
}

/** What a loss can at best become follows from algebra. */
function leastWords({ least, subject }: PriceReport): string {
  if (!least) return '';
  if (subject.loss === 'NLLLoss')
    return say('The loss is minus a probability: it can at best become -1, and its gradient vanishes at both ends.');
  if (least.yes !== undefined && least.no !== undefined)
    return say(
      'The loss of a yes cannot fall below {0}, that of a no below {1}; {2}, both can reach 0.',
      figure(least.yes),
      figure(least.no),
      sentence(mendedTitle(subject)),
    );
  return say(
    'With {0} classes the loss cannot fall below {1}; {2}, it can reach {3}.',
    least.classes ?? 0,
    figure(least.written),
    sentence(mendedTitle(subject)),
    figure(least.mended),
  );
}

/** The same for the end of a problem's message; empty where nothing could be told. */
export function measuredSentence(report: PriceReport): string {
  const [first] = conclusions(report);
  return first === undefined ? '' : say('Measured at initialisation, on made-up inputs: {0}', sentence(first));
}

/** And in a few words, for the end of a line. */
export function measuredHint({ quantities, subject }: PriceReport): string {
  const [first] = quantities;
  if (!first) return '';
  const factor = first.quantity === 'gradient' ? factorOf(first) : undefined;
  if (factor) return say('gradient ×{0} {1}', figure(factor.middle), sentence(mendedTitle(subject)));
  const [written, mended] = [spreadOf(first.written), spreadOf(first.mended)];
  if (!written || !mended) return '';
  if (first.quantity === 'gradient') return say('no gradient');
  if (first.quantity === 'slopes') return say('slopes multiply to {0}', figure(written.middle));
  if (first.quantity === 'reach') return say('{0} of the gradient arrives', figure(written.middle));
  return say('deviation {0} instead of {1}', figure(written.middle), figure(mended.middle));
}
