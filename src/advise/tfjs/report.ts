/** Findings about TensorFlow.js: what feeds a loss, where it stands, and how it is put into words. */
import { rangeOf } from '../../detect/range';
import type { SourceRange } from '../../graph/types';
import type { Advice, Severity } from '../advice';
import { adviceFrom, type FindingWords } from '../report';
import type { Messages } from '../rule';
import type { Code } from './code';
import type { TfjsContext, TfjsRule } from './rule';
import type { TfjsLoss } from './run';
import { sureOrigins } from './trace';
import type { TfjsResult } from './values';

export function rangeOfCode({ text }: Pick<TfjsContext, 'text'>, code: Code): SourceRange {
  return rangeOf(code.node, text.file);
}

/** Where a result is to be shown: the name of a layer, the word of a setting, the call of an operation. */
export function placeOf({ at, form }: TfjsResult): Code {
  return (form === 'layer' ? at.field('function') : undefined) ?? at;
}

/** What feeds a loss, and how it is told. */
export interface TfjsFeed<K extends string> {
  readonly losses: ReadonlySet<string>;
  readonly isWanted: (result: TfjsResult) => boolean;
  readonly messages: Messages<K | 'related'>;
  /** The words for one operation that was found; nothing where it is no mistake after all. */
  readonly tell: (
    found: TfjsResult,
    loss: TfjsLoss,
  ) => (Omit<FindingWords<K | 'related'>, 'at' | 'related'> & { readonly severity?: Severity }) | undefined;
}

/** Every operation that surely feeds one of the losses, told where it stands. */
export function* findFeeds<K extends string>(
  context: TfjsContext,
  { code, severity }: Pick<TfjsRule, 'code' | 'severity'>,
  { losses, isWanted, messages, tell }: TfjsFeed<K>,
): Generator<void, Advice[]> {
  const found: Advice[] = [];
  for (const loss of context.flow.losses) {
    yield;
    if (!loss.losses.every((each) => losses.has(each))) continue;
    for (const each of sureOrigins(loss.of, isWanted) ?? []) {
      const report = tell(each, loss);
      if (!report) continue;
      const at = rangeOfCode(context, placeOf(each));
      const related = [{ at: rangeOfCode(context, loss.at), message: 'related' as const }];
      const rule = { code, severity: report.severity ?? severity };
      found.push(adviceFrom(context, rule, messages, { ...report, at, related }));
    }
  }
  return found;
}
