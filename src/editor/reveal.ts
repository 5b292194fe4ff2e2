import * as vscode from 'vscode';
import type { SourceRange } from '../graph/types';
import { isNotebook } from '../source/notebookSource';
import { notebookAround } from './notebooks';
import { fail } from './notices';
import { toRange } from './ranges';

/**
 * Shows a place in the source, in the editor that has it already where there is one.
 * @param preserveFocus leaves the keyboard where it is
 */
export async function reveal(source: SourceRange, preserveFocus = false): Promise<void> {
  const uri = vscode.Uri.parse(source.file, true);
  if (isNotebook(uri.path)) return revealCell(source, preserveFocus);
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  await vscode.window.showTextDocument(uri, {
    selection: toRange(source),
    preserveFocus,
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
  });
}

/** The same in a notebook: its cell, or its beginning where the file as a whole is meant. */
async function revealCell(source: SourceRange, preserveFocus: boolean): Promise<void> {
  const uri = vscode.Uri.parse(source.file, true);
  const notebook = notebookAround(source.file) ?? (await vscode.workspace.openNotebookDocument(uri));
  const cell = notebook.getCells().find(({ document }) => document.uri.toString() === source.file);
  const index = cell?.index ?? 0;
  const shown = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
  const editor = await vscode.window.showNotebookDocument(notebook, {
    selections: [new vscode.NotebookRange(index, index + 1)],
    preserveFocus,
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
  });
  editor.revealRange(
    new vscode.NotebookRange(index, index + 1),
    vscode.NotebookEditorRevealType.InCenterIfOutsideViewport,
  );
  const text = vscode.window.visibleTextEditors.find(({ document }) => document === cell?.document);
  if (text) text.selection = new vscode.Selection(toRange(source).start, toRange(source).end);
}

/** The same for a page, which has no use for an error: the editor says that the file is gone. */
export function revealOrSay(source: SourceRange): void {
  reveal(source).catch(fail);
}
