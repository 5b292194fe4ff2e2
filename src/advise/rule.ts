import type { Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import type { Language } from '../language/say';
import type { SourceText } from '../source/source';
import type { Node } from '../syntax/syntax';
import type { Advice, Severity } from './advice';
import type { FileNodes } from './fileNodes';

export type Messages<K extends string> = Readonly<Record<Language, Readonly<Record<K, string>>>>;

/** What a rule may look at: one file's tree, which it must not keep. */
export interface RuleContext {
  readonly root: Node;
  readonly text: SourceText;
  readonly names: Names;
  readonly nodes: FileNodes;
  readonly sites: readonly ActivationSite[];
  readonly language: Language;
}

/** A rule of the advice engine. Its page is `docs/rules/<code>.md`. */
export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** Yields where it can be interrupted. */
  check(context: RuleContext): Generator<void, Advice[]>;
}
