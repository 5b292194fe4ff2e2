import type { FlowPlace, FlowResult } from '../flow/values';
import type { SourceRange } from '../graph/types';
import type { Language } from '../language/say';
import type { Advice, Fix } from './advice';
import type { Messages, Rule, RuleContext } from './rule';

/** The range of a place in the code. */
export function rangeAt({ file, span }: FlowPlace): SourceRange {
  const { line, column, endLine, endColumn } = span;
  return { file, line, column, endLine, endColumn };
}

/** The text of the function that runs an operation, or of the file. */
export function textAround({ trail }: FlowResult, { text, texts }: Pick<RuleContext, 'text' | 'texts'>): string {
  const around = trail.at(-1)?.at;
  return around ? texts.at(rangeAt(around)) : text.text;
}

/** What a finding says, by the keys of its rule's messages. */
export interface FindingWords<K extends string> {
  readonly at: SourceRange;
  /** Key of the sentence and of the few words; `message` and `hint` where they are left out. */
  readonly message?: K;
  readonly hint?: K;
  /** What the places `{0}`, `{1}` … of the sentence stand for. */
  readonly values?: readonly (string | number)[];
  readonly related?: readonly { readonly at: SourceRange; readonly message: K }[];
  readonly fixes?: readonly Fix[];
}

/** Puts a finding into words. */
export function adviceFrom<K extends string>(
  { language }: Pick<RuleContext, 'language'>,
  { code, severity }: Pick<Rule, 'code' | 'severity'>,
  messages: Messages<K>,
  { at, message = 'message' as K, hint = 'hint' as K, values = [], related = [], fixes = [] }: FindingWords<K>,
): Advice {
  return {
    code,
    severity,
    range: at,
    message: wordsOf(messages, language, message, values),
    hint: wordsOf(messages, language, hint, values),
    related: related.map((each) => ({ range: each.at, message: wordsOf(messages, language, each.message, values) })),
    fixes,
  };
}

/** A message of a rule in a language. */
export function wordsOf<K extends string>(
  messages: Messages<K>,
  language: Language,
  key: K,
  values: readonly (string | number)[] = [],
): string {
  return messages[language][key].replace(/\{(\d)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}
