import * as vscode from 'vscode';
import type { CellPlace } from '../extract/relocate';
import { fileName } from '../language/legible';
import { type CellRange, cellAt, joinCells, type NotebookText } from '../source/notebook';
import type { SourceText } from '../source/source';

/** The Python of an open notebook, cell after cell, as its editor has it; undefined for every other file. */
export function openNotebook(file: string): SourceText | undefined {
  const notebook = notebookOf(file);
  return notebook && { file, text: joinedCells(notebook).text, version: notebook.version };
}

/** The notebook that a cell is of; undefined for every other file. */
export function notebookAround(file: string): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find((each) =>
    each.getCells().some(({ document }) => document.uri.toString() === file),
  );
}

/** What is read for a file: for a cell the notebook that it is of. */
export function wholeOf(file: string): string {
  return notebookAround(file)?.uri.toString() ?? file;
}

/** The cell at a line of an open notebook's joined text. */
export function cellPlace(file: string, line: number): CellPlace | undefined {
  const notebook = notebookOf(file);
  const found = notebook && cellAt(joinedCells(notebook), line);
  if (!notebook || !found) return undefined;
  const { cell, firstLine } = found;
  return {
    file: notebook.cellAt(cell - 1).document.uri.toString(),
    firstLine,
    lineName: (at) => vscode.l10n.t('{0}, cell {1}, line {2}', fileName(notebook.uri.path), cell, at),
  };
}

/** Where a cell of Python lies in the joined text of its notebook; undefined for every other file. */
export function rangeOfCell(file: string): CellRange | undefined {
  const notebook = notebookAround(file);
  const index = notebook?.getCells().findIndex(({ document }) => document.uri.toString() === file);
  return notebook && joinedCells(notebook).cells.find(({ cell }) => cell - 1 === index);
}

/** A file's name in titles: of a cell `lab.ipynb · cell 3`. */
export const titleOf = (file: string): string => nameFile(file, ({ path }) => fileName(path));

/** A file as people find it in the workspace, cells by their number. */
export const labelOf = (file: string): string => nameFile(file, (uri) => vscode.workspace.asRelativePath(uri));

function nameFile(file: string, show: (uri: vscode.Uri) => string): string {
  const notebook = notebookAround(file);
  const cell = notebook?.getCells().find(({ document }) => document.uri.toString() === file);
  if (!notebook || !cell) return show(vscode.Uri.parse(file, true));
  return vscode.l10n.t('{0} · cell {1}', show(notebook.uri), cell.index + 1);
}

function notebookOf(file: string): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === file);
}

/** The last joined text of each notebook, by the versions of its cells: many places are looked up in one. */
const joined = new WeakMap<vscode.NotebookDocument, { readonly key: string; readonly text: NotebookText }>();

function joinedCells(notebook: vscode.NotebookDocument): NotebookText {
  const cells = notebook.getCells().filter(({ document: { languageId } }) => languageId === 'python');
  const key = cells.map(({ index, document: { uri, version } }) => `${index} ${uri} ${version}`).join('\n');
  const known = joined.get(notebook);
  if (known?.key === key) return known.text;
  const text = joinCells(cells.map(({ index, document }) => ({ cell: index + 1, text: document.getText() })));
  joined.set(notebook, { key, text });
  return text;
}
