import type { FlowResult } from '../flow/values';
import type { Fix } from './advice';
import { rangeAt } from './report';
import type { RuleContext } from './rule';

/** Names of softmax, and of log-softmax in the same place. */
const logarithms: Readonly<Record<string, string>> = {
  softmax: 'log_softmax',
  Softmax: 'LogSoftmax',
  softmin: 'log_softmax',
};

/** Writes log-softmax where a softmax is called or built: `F.softmax(x, 1)` becomes `F.log_softmax(x, 1)`. */
export function logSoftmaxInstead(
  { at, layer, form }: FlowResult,
  context: RuleContext,
  title: string,
): readonly Fix[] {
  const place = form === 'layer' ? layer?.at : at;
  const call = place?.expression;
  // A bare name would have to be imported first.
  if (!place || call?.kind !== 'call' || call.callee.kind !== 'attribute') return [];
  const { name, span } = call.callee;
  const instead = logarithms[name];
  if (instead === undefined) return [];
  const { endLine, endColumn } = span;
  const range = { ...rangeAt({ file: place.file, span }), line: endLine, column: endColumn - name.length };
  return range.column < 0 || context.texts.at(range) !== name
    ? []
    : [{ title, preferred: false, edits: [{ range, text: instead }] }];
}
