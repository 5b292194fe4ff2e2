import * as vscode from 'vscode';
import type { TextEdit } from '../advise/advice';
import { fileName } from '../language/legible';
import { toRange } from './ranges';

const scheme = 'activation-lens-preview';

/** Shows edits without making them: each file beside what it would be, in the editor's own comparison. */
export class Previews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  /** What files would be, by their addresses. */
  private readonly texts = new Map<string, string>();
  private readonly provider = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** @param edits of one or more files, none over another */
  async show(edits: readonly TextEdit[], title: string): Promise<void> {
    const files = [...new Set(edits.map(({ range }) => range.file))];
    const pairs: (readonly [label: vscode.Uri, before: vscode.Uri, after: vscode.Uri])[] = [];
    for (const file of files) {
      const before = vscode.Uri.parse(file, true);
      const after = before.with({ scheme, query: file });
      const document = await vscode.workspace.openTextDocument(before);
      const inFile = edits.filter(({ range }) => range.file === file);
      this.texts.set(after.toString(), textAfter(document, inFile));
      this.changed.fire(after);
      pairs.push([before, before, after]);
    }
    const [first] = pairs;
    if (!first) return;
    if (pairs.length > 1) await vscode.commands.executeCommand('vscode.changes', title, pairs);
    else
      await vscode.commands.executeCommand('vscode.diff', first[1], first[2], `${fileName(first[0].path)}: ${title}`, {
        preview: true,
      });
  }

  dispose(): void {
    this.provider.dispose();
    this.changed.dispose();
  }
}

function textAfter(document: vscode.TextDocument, edits: readonly TextEdit[]): string {
  const text = document.getText();
  const placed = edits
    .map(({ range, text: put }) => {
      const { start, end } = toRange(range);
      return { from: document.offsetAt(start), to: document.offsetAt(end), put };
    })
    .sort((a, b) => a.from - b.from || a.to - b.to);
  let [made, at] = ['', 0];
  for (const { from, to, put } of placed) {
    made += text.slice(at, from) + put;
    at = to;
  }
  return made + text.slice(at);
}
