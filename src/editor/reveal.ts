import * as vscode from 'vscode';
import type { SourceRange } from '../graph/types';
import { fail } from './notices';
import { toRange } from './ranges';

/**
 * Shows a place in the source, in the editor that has it already where there is one.
 * @param preserveFocus leaves the keyboard where it is
 */
export async function reveal(source: SourceRange, preserveFocus = false): Promise<void> {
  const uri = vscode.Uri.parse(source.file, true);
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  await vscode.window.showTextDocument(uri, {
    selection: toRange(source),
    preserveFocus,
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
  });
}

/** The same for a page, which has no use for an error: the editor says that the file is gone. */
export function revealOrSay(source: SourceRange): void {
  reveal(source).catch(fail);
}
