/** Findings of one shape: an operation that surely feeds a loss which doesn't want it. */
import { isMoving, originsOf, sureOrigins } from '../flow/trace';
import type { FlowResult } from '../flow/values';
import type { Advice } from './advice';
import { allLossCalls, type LossCall, lossCalls } from './losses';
import { adviceFrom, type FindingWords, rangeAt } from './report';
import type { Messages, Rule, RuleContext } from './rule';

/** What feeds a loss, and how it is told. */
export interface LossFeed<K extends string> {
  readonly losses: readonly string[];
  readonly isWanted: (result: FlowResult) => boolean;
  /** Operations that change nothing of the matter; those that only move numbers, where it is left out. */
  readonly isTransparent?: (result: FlowResult) => boolean;
  /** A model and its loss that are handed to a function out of sight count, too. */
  readonly takesHanded?: true;
  readonly messages: Messages<K | 'related'>;
  /** The words for one operation that was found; nothing where it is no mistake after all. */
  readonly tell: (found: FlowResult, call: LossCall) => Omit<FindingWords<K | 'related'>, 'at' | 'related'> | undefined;
}

/** Every operation that surely feeds one of the losses, once. */
export function* findFed<K extends string>(
  context: RuleContext,
  rule: Pick<Rule, 'code' | 'severity'>,
  { losses, isWanted, isTransparent = ({ op }) => isMoving(op), takesHanded, messages, tell }: LossFeed<K>,
): Generator<void, Advice[]> {
  const found = new Map<string, Advice>();
  for (const call of takesHanded ? allLossCalls(context, losses) : lossCalls(context, ...losses)) {
    yield;
    const near = originsOf(call.input.value);
    for (const each of sureOrigins(call.input.value, isWanted, isTransparent) ?? []) {
      const at = rangeAt(each.at);
      const key = `${at.file} ${at.line}:${at.column}`;
      const report = found.has(key) ? undefined : tell(each, call);
      if (!report) continue;
      const { loss } = call;
      // Where it is built may be another file than where it is computed.
      const places = [loss.at, ...(loss.layer && loss.layer.at.file !== loss.at.file ? [loss.layer.at] : [])];
      const related = places.map((place) => ({ at: rangeAt(place), message: 'related' as const }));
      // What stands between would not fit what is left.
      const fixes = near.includes(each) ? (report.fixes ?? []) : [];
      found.set(key, adviceFrom(context, rule, messages, { ...report, fixes, at, related }));
    }
  }
  return [...found.values()];
}
