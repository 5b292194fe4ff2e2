import type { InEachLanguage } from '../types';

/** A mistake about an activation that a rule of the advice engine finds, in code. */
export interface Mistake {
  /** The rule's code: its page is `docs/rules/<rule>.md`. */
  readonly rule: string;
  /** The activations that it is about, by id. */
  readonly of: readonly string[];
  readonly what: InEachLanguage;
  /** Code in which the rule finds it; with PyTorch's usual imports before it. */
  readonly wrong: string;
  /** The same, mended. */
  readonly right: string;
}

export const mistake = (
  rule: string,
  of: readonly string[],
  en: string,
  zh: string,
  wrong: string,
  right: string,
): Mistake => ({ rule, of, what: { en, 'zh-cn': zh }, wrong, right });
