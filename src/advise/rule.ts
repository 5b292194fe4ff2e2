import type { Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import type { FileFlow } from '../flow/fileFlow';
import type { SourceRange } from '../graph/types';
import type { Language } from '../language/say';
import type { SourceText } from '../source/source';
import type { Node } from '../syntax/syntax';
import type { Advice, Severity } from './advice';
import type { CodeTexts } from './texts';

export type Messages<K extends string> = Readonly<Record<Language, Readonly<Record<K, string>>>>;

/** What a rule may look at: one file's tree, which it must not keep, and where its values go. */
export interface RuleContext {
  readonly root: Node;
  readonly text: SourceText;
  readonly names: Names;
  /** The file's activations as detection names them; looked for when they are first asked for. */
  readonly findSites: () => Generator<void, readonly ActivationSite[]>;
  /** The operations of the file's code, and of what it imports, with what goes into each. */
  readonly flow: FileFlow;
  readonly texts: CodeTexts;
  readonly language: Language;
  /** The number under which people know the line of a place, from 1. */
  readonly lineOf: (place: SourceRange) => number;
}

/** A rule of the advice engine. Its page is `docs/rules/<code>.md`. */
export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** What it finds, in a sentence: for settings, lists of rules and reports. */
  readonly about: Readonly<Record<Language, string>>;
  /** It is only looked for where the settings ask for it. */
  readonly isOptional?: true;
  /** Files that import the one that is looked at may show what it finds there. */
  readonly isAcrossFiles?: true;
  /** Yields where it can be interrupted. */
  check(context: RuleContext): Generator<void, Advice[]>;
}
