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
export class MeasuredHints implements vscode.InlayHintsProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.changed.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly advised: ShownAdvice,
    private readonly readings: ModelReadings,
    private readonly results: LastResults,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      vscode.languages.registerInlayHintsProvider(selector, this),
      results.onDidChange(() => this.changed.fire()),
      advised.onDidChangeAdvice(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${section}.hints`)) this.changed.fire();
      }),
    );
  }

  async provideInlayHints(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.InlayHint[]> {
    const { advised, results } = this;
    if (!settings(document).hints || !(await results.lastOf(wholeOf(document.uri.toString())))) return [];
    const found = await this.linesIn(document);
    const taken = new Set(advised.shownAdvice(document).map((each) => each.range.line));
    return [...found]
      .filter(([line]) => range.contains(new vscode.Position(line, 0)) && !taken.has(line))
      .map(([line, told]) => hintAt(document, line, told));
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** The lines of a document's present text that were measured; none where it changes meanwhile. */
  private async linesIn(document: vscode.TextDocument): Promise<ReadonlyMap<number, ToldLine>> {
    const { version } = document;
    const lines = await measuredLines(document, this.readings.of(document).readAll(), this.results);
    return document.version === version ? lines : new Map();
  }
}

function hintAt(document: vscode.TextDocument, line: number, { hint, key }: ToldLine): vscode.InlayHint {
  const part = new vscode.InlayHintLabelPart(excerpt(hint.label));
  part.command = { command: commands.reopen, title: vscode.l10n.t('Open the comparison'), arguments: [key] };
  part.tooltip = excerpt(hint.text, MESSAGE);
  const made = new vscode.InlayHint(document.lineAt(line).range.end, [part]);
  made.paddingLeft = true;
  return made;
}
