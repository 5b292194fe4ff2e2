import { hiddenMistakes } from './hidden';
import type { Mistake } from './mistake';
import { outputMistakes } from './outputs';

export type { Mistake } from './mistake';

export const mistakes: readonly Mistake[] = [...outputMistakes, ...hiddenMistakes];

/** Mistakes about one activation, those that are about it alone first. */
export const mistakesOf = (id: string): readonly Mistake[] =>
  mistakes.filter(({ of }) => of.includes(id)).sort((a, b) => a.of.length - b.of.length);
