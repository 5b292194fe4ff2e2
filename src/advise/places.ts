/** Findings of one shape: an operation that gets something unfit each time it runs, whoever calls it. */
import type { FileFlow } from '../flow/flow';
import { originsOf } from '../flow/trace';
import type { FlowPlace, FlowResult, FlowValue } from '../flow/values';
import { itemAt } from '../graph/access';
import type { RuleContext } from './rule';

/** One text for one place. */
export function placeKey({ file, span: { line, column, endLine, endColumn } }: FlowPlace): string {
  return `${file}:${line}:${column}:${endLine}:${endColumn}`;
}

const known = new WeakMap<FileFlow, ReadonlyMap<string, readonly FlowResult[]>>();

/** The runs of each operation, by the place of the operation. */
export function runsByPlace({ flow }: Pick<RuleContext, 'flow'>): ReadonlyMap<string, readonly FlowResult[]> {
  const found = known.get(flow);
  if (found) return found;
  const runs = new Map<string, FlowResult[]>();
  for (const each of flow.results) {
    const key = placeKey(each.at);
    const others = runs.get(key);
    if (others) others.push(each);
    else runs.set(key, [each]);
  }
  known.set(flow, runs);
  return runs;
}

/** What one run says of its operation: a finding, that all is well, or nothing. */
export type RunVerdict<T> = T | 'fine' | undefined;

/**
 * The operations of this file that each run finds at fault, with the first one's finding. A run that says nothing, for
 * want of a caller that is known, neither helps nor harms.
 */
export function* faultyPlaces<T extends object>(
  context: RuleContext,
  judge: (run: FlowResult) => RunVerdict<T>,
): Generator<void, { readonly run: FlowResult; readonly found: T }[]> {
  const all: { run: FlowResult; found: T }[] = [];
  for (const runs of runsByPlace(context).values()) {
    if (itemAt(runs, 0).at.file !== context.text.file) continue;
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
