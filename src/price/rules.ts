/** Which rules' claims can be measured on a model, and how. */
import type { ActivationId } from '../activations/catalogue';
import { say } from '../language/say';

/** The losses that rules speak of, with the targets that are made up for them. */
export type PricedLoss = 'cross_entropy' | 'nll' | 'bce' | 'bce_with_logits';

/** How what a rule finds is measured. */
export type Pricing =
  /** Something stands before a loss that the loss doesn't want: with it, and with what should stand there. */
  | {
      readonly kind: 'loss';
      /** What stands there, by the catalogue's ids; `exp` is no activation. */
      readonly what: readonly (ActivationId | 'exp')[];
      readonly loss: PricedLoss;
      readonly instead: ActivationId;
      /** One class is true in each row, rather than any of them. */
      readonly isExclusive?: true;
    }
  /** An activation that should not be there, with the loss that suits the model. */
  | { readonly kind: 'extra' }
  /** Activations in a row that let little gradient pass, and ReLU in their place. */
  | { readonly kind: 'stack'; readonly what: readonly ActivationId[] }
  /** Initial weights that are scaled for another activation. */
  | { readonly kind: 'scale' };

const softmax = ['softmax', 'softmax2d'] as const;
const sigmoid = ['sigmoid', 'hardsigmoid'] as const;

const pricings: Readonly<Record<string, Pricing>> = {
  'softmax-before-cross-entropy': { kind: 'loss', what: softmax, loss: 'cross_entropy', instead: 'identity' },
  'log-softmax-before-cross-entropy': {
    kind: 'loss',
    what: ['log_softmax'],
    loss: 'cross_entropy',
    instead: 'identity',
  },
  'sigmoid-before-cross-entropy': { kind: 'loss', what: sigmoid, loss: 'cross_entropy', instead: 'identity' },
  'softmax-before-nll': { kind: 'loss', what: softmax, loss: 'nll', instead: 'log_softmax' },
  'exp-of-log-softmax-to-nll': { kind: 'loss', what: ['exp'], loss: 'nll', instead: 'identity' },
  'sigmoid-before-bce-logits': { kind: 'loss', what: sigmoid, loss: 'bce_with_logits', instead: 'identity' },
  'softmax-before-bce-logits': {
    kind: 'loss',
    what: softmax,
    loss: 'bce_with_logits',
    instead: 'identity',
    isExclusive: true,
  },
  'softmax-before-bce': { kind: 'loss', what: softmax, loss: 'bce', instead: 'sigmoid', isExclusive: true },
  'relu-output': { kind: 'extra' },
  'double-activation': { kind: 'extra' },
  'saturating-stack': { kind: 'stack', what: ['sigmoid', 'tanh'] },
  'hidden-softmax': { kind: 'stack', what: [...softmax, 'log_softmax'] },
  'selu-init': { kind: 'scale' },
  'init-slope': { kind: 'scale' },
  'init-gain': { kind: 'scale' },
};

/** How a rule's findings are measured; undefined where what it says is no matter of numbers. */
export const pricingOf = (code: string): Pricing | undefined =>
  Object.hasOwn(pricings, code) ? pricings[code] : undefined;

/** Codes of the rules whose findings can be measured. */
export const pricedCodes: readonly string[] = Object.keys(pricings);

/** Why a finding can't be measured, with the way out where there is one. */
export class PriceError extends Error {
  override name = 'PriceError';
}

/** @throws PriceError where there is nothing to measure */
export function requirePricing(code: string): Pricing {
  const found = pricingOf(code);
  if (!found) throw new PriceError(say('What {0} says is nothing to be measured.', code));
  return found;
}
