import * as vscode from 'vscode';
import { findActivation } from '../activations/catalogue';
import { type ExplainTarget, explainTarget } from '../protocol/explain';
import { type CompareTarget, linkTarget } from '../protocol/model';
import { parse } from '../protocol/parse';
import { isInTab } from './onnxTabs';

/** What a command is handed may come from a link, whoever wrote it: only files that are open or of the workspace count. */
export function isReachable(file: string): boolean {
  if (vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === file) || isInTab(file)) return true;
  // `..` goes first: a path is compared by how it begins.
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.joinPath(vscode.Uri.parse(file), '.')) !== undefined;
}

/** What a comparison is opened for; undefined where it isn't, or where no link may ask for it. */
export function parseCompareTarget(value: unknown): CompareTarget | undefined {
  const target = parse(linkTarget, value);
  return target && isReachable(target.file) ? target : undefined;
}

/** What the explainer is opened for; undefined where it isn't, or where no link may ask for it. */
export function parseExplainTarget(value: unknown): ExplainTarget | undefined {
  const target = parse(explainTarget, value);
  if (!target || !findActivation(target.activation)) return undefined;
  return target.source && !isReachable(target.source.file) ? undefined : target;
}
