import * as vscode from 'vscode';
import type { Advice, Severity } from '../advise/advice';
import { excerpt } from '../language/legible';
import type { ShownAdvice } from './prices';
import { section, settings } from './settings';

const colors: Record<Severity, string> = {
  error: 'activationLens.hint.errorForeground',
  warning: 'activationLens.hint.warningForeground',
  information: 'activationLens.hint.informationForeground',
};
const order: readonly Severity[] = ['error', 'warning', 'information'];

/** A problem in a few words at the end of its line, in the colours of the theme. */
export function register(advised: ShownAdvice): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 2em', fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  const show = (editor: vscode.TextEditor) => {
    const { document } = editor;
    const advice = settings(document).hints ? advised.shownAdvice(document) : [];
    editor.setDecorations(type, hintLines(document, advice));
  };
  const showAll = (document?: vscode.TextDocument) => {
    for (const editor of vscode.window.visibleTextEditors) {
      if (!document || editor.document === document) show(editor);
    }
  };
  showAll();
  return vscode.Disposable.from(
    type,
    advised.onDidChangeAdvice(showAll),
    vscode.window.onDidChangeVisibleTextEditors(() => showAll()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.hints`)) showAll();
    }),
  );
}

/** One decoration a line: the gravest finding's words, and how many more there are. */
export function hintLines(document: vscode.TextDocument, advice: readonly Advice[]): vscode.DecorationOptions[] {
  const lines = new Map<number, Advice[]>();
  for (const each of advice) {
    // While an edit waits to be analysed, a range may lie beyond the text.
    if (each.range.line >= document.lineCount) continue;
    const known = lines.get(each.range.line);
    if (known) known.push(each);
    else lines.set(each.range.line, [each]);
  }
  return [...lines].map(([line, found]) => {
    const sorted = [...found].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    const first = sorted[0] as Advice;
    const more = sorted.length > 1 ? ` (+${sorted.length - 1})` : '';
    const end = document.lineAt(line).range.end;
    return {
      range: new vscode.Range(end, end),
      renderOptions: {
        after: { contentText: `${excerpt(first.hint)}${more}`, color: new vscode.ThemeColor(colors[first.severity]) },
      },
    };
  });
}
