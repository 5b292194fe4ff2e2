/** Findings of one shape: an operation that gets something unfit each time it runs, whoever calls it. */
import { originsOf } from '../flow/trace';
import type { FlowPlace, FlowResult, FlowValue } from '../flow/values';
import { operationsOf } from './results';
import type { RuleContext } from './rule';

/** One text for one place. */
export function placeKey({ file, span: { line, column, endLine, endColumn } }: FlowPlace): string {
  return `${file}:${line}:${column}:${endLine}:${endColumn}`;
}

/** What one run says of its operation: a finding, that all is well, or nothing. */
export type RunVerdict<T> = T | 'fine' | undefined;

/**
 * The operations of this file that each run finds at fault, with the first one's finding. A run that says nothing, for
 * want of a caller that is known, neither helps nor harms.
 * @param isWanted the operations that are looked at
 */
export function* faultyPlaces<T extends object>(
  { flow, text }: Pick<RuleContext, 'flow' | 'text'>,
  isWanted: (op: string) => boolean,
  judge: (run: FlowResult) => RunVerdict<T>,
): Generator<void, { readonly run: FlowResult; readonly found: T }[]> {
  const places = new Map<string, FlowResult[]>();
  for (const run of operationsOf(flow, isWanted)) {
    if (run.at.file !== text.file) continue;
    const key = placeKey(run.at);
    const others = places.get(key);
    if (others) others.push(run);
    else places.set(key, [run]);
  }
  const all: { run: FlowResult; found: T }[] = [];
  for (const runs of places.values()) {
    let first: { run: FlowResult; found: T } | undefined;
    for (const run of runs) {
      const verdict = judge(run);
      if (verdict === 'fine') {
        first = undefined;
        break;
      }
      if (verdict !== undefined) first ??= { run, found: verdict };
    }
    if (first) all.push(first);
    yield;
  }
  return all;
}

/** The operations that surely make a value; nothing is said of what only a caller out of sight would tell. */
export function makersOf(
  value: FlowValue | undefined,
  isWanted: (result: FlowResult) => boolean,
  isTransparent: (result: FlowResult) => boolean,
): RunVerdict<readonly FlowResult[]> {
  if (!value) return 'fine';
  const origins = originsOf(value, isTransparent);
  if (origins.every(({ kind }) => kind === 'parameter')) return undefined;
  const results = origins.filter((each) => each.kind === 'result');
  const isSure = results.length === origins.length && results.every((each) => !each.isMaybe && isWanted(each));
  return isSure ? results : 'fine';
}

/** Whether a function that stands alone runs an operation for callers that may all be out of sight. */
export function isHelper({ trail }: FlowResult): boolean {
  const innermost = trail.at(-1);
  return innermost !== undefined && innermost.receiver === undefined && innermost.owner === undefined;
}
