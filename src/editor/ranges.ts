import * as vscode from 'vscode';
import type { TextEdit } from '../advise/advice';
import type { SourceRange } from '../graph/types';

/** The core's ranges and the editor's agree: lines and UTF-16 columns from 0, ends exclusive. */
export function toRange(range: SourceRange): vscode.Range {
  return new vscode.Range(range.line, range.column, range.endLine, range.endColumn);
}

/** In the editor a file is named by its URI. */
export function toLocation(range: SourceRange): vscode.Location {
  return new vscode.Location(vscode.Uri.parse(range.file, true), toRange(range));
}

export function contains(range: SourceRange, position: vscode.Position): boolean {
  return toRange(range).contains(position);
}

/** One edit of the workspace, so that one undo takes it back. */
export function toWorkspaceEdit(edits: readonly TextEdit[]): vscode.WorkspaceEdit {
  const workspaceEdit = new vscode.WorkspaceEdit();
  for (const edit of edits) {
    workspaceEdit.replace(vscode.Uri.parse(edit.range.file, true), toRange(edit.range), edit.text);
  }
  return workspaceEdit;
}
