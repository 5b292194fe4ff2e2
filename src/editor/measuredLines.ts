import type * as vscode from 'vscode';
import type { ResultHint } from '../compare/resultHint';
import type { LastResults } from './lastResults';
import type { QuietReading } from './modelReadings';
import { wholeOf } from './notebooks';

export interface ToldLine {
  readonly hint: ResultHint;
  /** The key of the comparison. */
  readonly key: string;
}

/** The lines of a document that the last comparison of a model has swapped something on. */
export async function measuredLines(
  document: vscode.TextDocument,
  models: Iterable<QuietReading> | AsyncIterable<QuietReading>,
  results: LastResults,
): Promise<ReadonlyMap<number, ToldLine>> {
  const lines = new Map<number, ToldLine>();
  const file = document.uri.toString();
  for await (const { extraction } of models) {
    if (!extraction.ok) continue;
    const last = await results.find(wholeOf(file), extraction.graph);
    if (last?.hint === undefined) continue;
    for (const { source } of last.sites)
      if (source?.file === file && !lines.has(source.line))
        lines.set(source.line, { hint: last.hint, key: last.comparison.key });
  }
  return lines;
}
