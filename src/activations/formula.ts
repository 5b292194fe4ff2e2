import type { ActivationParameters } from '../graph/types';
import type { Activation } from './types';

/** A function and its derivative in TeX. */
export interface Formula {
  readonly value: string;
  readonly derivative: string;
}

export interface Formulas extends Formula {
  /** What the formula calls its parameters, in TeX: `{ negative_slope: 'a' }`. */
  readonly symbols?: Readonly<Record<string, string>>;
  /** Formulas of their own for words that a parameter may be: GELU's `approximate='tanh'`. */
  readonly variants?: { readonly parameter: string; readonly of: Readonly<Record<string, Formula>> };
}

/** Which variant of the formula these parameters choose; undefined where it is the usual one. */
export function variantOf({ formula }: Activation, parameters: ActivationParameters): string | undefined {
  const word = formula.variants && parameters[formula.variants.parameter];
  return typeof word === 'string' && formula.variants?.of[word] ? word : undefined;
}

/** The formula that these parameters choose, its symbols named: `… \qquad a = \text{negative\_slope}`. */
export function formulaOf(activation: Activation, parameters: ActivationParameters): Formula {
  const { variants, symbols = {}, ...usual } = activation.formula;
  const variant = variantOf(activation, parameters);
  const { value, derivative } = (variant && variants?.of[variant]) || usual;
  // α is alpha without a word.
  const names = Object.entries(symbols).filter(([name, symbol]) => symbol.replace(/^\\/, '') !== name);
  if (names.length === 0) return { value, derivative };
  const legend = names.map(([name, symbol]) => `${symbol} = \\text{${name.replace(/_/g, '\\_')}}`).join(',\\; ');
  return { value: `${value} \\qquad ${legend}`, derivative };
}
