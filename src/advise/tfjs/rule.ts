import type { Language } from '../../language/say';
import type { SourceText } from '../../source/source';
import type { Advice } from '../advice';
import type { Rule } from '../rule';
import type { TfjsFlow } from './evaluation';

/** What a rule about TensorFlow.js may look at: what one file's code does with it. */
export interface TfjsContext {
  readonly text: SourceText;
  readonly flow: TfjsFlow;
  readonly language: Language;
}

/** A rule about TensorFlow.js, for files of TypeScript and JavaScript. */
export interface TfjsRule extends Omit<Rule, 'check'> {
  readonly framework: 'tfjs';
  /** Yields where it can be interrupted. */
  check(context: TfjsContext): Generator<void, Advice[]>;
}
