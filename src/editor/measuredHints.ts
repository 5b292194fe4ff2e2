import * as vscode from 'vscode';
import { excerpt, MESSAGE } from '../language/legible';
import { commands } from './commands';
import { selector } from './languages';
import type { LastResults } from './lastResults';
import { measuredLines, type ToldLine } from './measuredLines';
import type { ModelReadings } from './modelReadings';
import { wholeOf } from './notebooks';
import type { ShownAdvice } from './prices';
import { section, settings } from './settings';

/**
 * What the last comparison came to, at the end of each line that it swapped an activation of: while the model and the
 * activations are those that were measured. A click opens its report again. Where a problem has the end of the line, it
 * stays with the problem.
 */
export function register(advised: ShownAdvice, readings: ModelReadings, results: LastResults): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.InlayHintsProvider = {
    onDidChangeInlayHints: changed.event,
    async provideInlayHints(document, range, token) {
      const file = wholeOf(document.uri.toString());
      if (!settings(document).hints || !(await results.lastOf(file)) || token.isCancellationRequested) return [];
      const found = await linesIn(document, readings, results);
      const taken = new Set(advised.shownAdvice(document).map((each) => each.range.line));
      return [...found]
        .filter(([line]) => range.contains(new vscode.Position(line, 0)) && !taken.has(line))
        .map(([line, told]) => hintAt(document, line, told));
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerInlayHintsProvider(selector, provider),
    results.onDidChange(() => changed.fire()),
    advised.onDidChangeAdvice(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.hints`)) changed.fire();
    }),
  );
}

/** The lines of a document's present text that were measured; none where it changes meanwhile. */
async function linesIn(
  document: vscode.TextDocument,
  readings: ModelReadings,
  results: LastResults,
): Promise<ReadonlyMap<number, ToldLine>> {
  const { version } = document;
  const lines = await measuredLines(document, readings.of(document).readAll(), results);
  return document.version === version ? lines : new Map();
}

function hintAt(document: vscode.TextDocument, line: number, { hint, key }: ToldLine): vscode.InlayHint {
  const part = new vscode.InlayHintLabelPart(excerpt(hint.label));
  part.command = { command: commands.reopen, title: vscode.l10n.t('Open the comparison'), arguments: [key] };
  part.tooltip = excerpt(hint.text, MESSAGE);
  const made = new vscode.InlayHint(document.lineAt(line).range.end, [part]);
  made.paddingLeft = true;
  return made;
}
