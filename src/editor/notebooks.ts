import * as vscode from 'vscode';
import type { CellPlace } from '../extract/relocate';
import { cellAt, joinCells } from '../source/notebook';
import type { SourceText } from '../source/source';

/** The Python of an open notebook, cell after cell, as its editor has it; undefined for every other file. */
export function openNotebook(file: string): SourceText | undefined {
  const notebook = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === file);
  return notebook && { file, text: joinedCells(notebook).text, version: notebook.version };
}

/** What is read for a file: for a cell the notebook that it is of. */
export function wholeOf(file: string): string {
  const notebook = vscode.workspace.notebookDocuments.find((each) =>
    each.getCells().some(({ document }) => document.uri.toString() === file),
  );
  return notebook?.uri.toString() ?? file;
}

/** The cell at a line of an open notebook's joined text. */
export function cellPlace(file: string, line: number): CellPlace | undefined {
  const notebook = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === file);
  const found = notebook && cellAt(joinedCells(notebook), line);
  if (!notebook || !found) return undefined;
  const { document } = notebook.cellAt(found.cell - 1);
  return {
    file: document.uri.toString(),
    name: vscode.l10n.t('cell {0}', found.cell),
    firstLine: found.firstLine,
  };
}

function joinedCells(notebook: vscode.NotebookDocument) {
  const cells = notebook.getCells().filter(({ document: { languageId } }) => languageId === 'python');
  return joinCells(cells.map(({ index, document }) => ({ cell: index + 1, text: document.getText() })));
}
