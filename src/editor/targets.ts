import * as vscode from 'vscode';
import { findActivation } from '../activations/catalogue';
import { isObject, isOptionalString, isParameters, isSourceRange, isString } from '../panel/checks';
import type { CompareTarget, ExplainTarget } from './commands';

/** What a command is handed may come from a link, whoever wrote it: only files that are open or of the workspace count. */
export function isReachable(file: string): boolean {
  if (vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === file)) return true;
  // `..` goes first: a path is compared by how it begins.
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.joinPath(vscode.Uri.parse(file), '.')) !== undefined;
}

export function isCompareTarget(value: unknown): value is CompareTarget {
  if (!isObject(value) || !isString(value.uri) || !isReachable(value.uri)) return false;
  const { expression, part, site, activation, weights } = value;
  return (
    [expression, part, activation].every(isOptionalString) &&
    (site === undefined || isSourceRange(site)) &&
    (weights === undefined || weights === '')
  );
}

export function isExplainTarget(value: unknown): value is ExplainTarget {
  if (!isObject(value) || !isString(value.activation) || !findActivation(value.activation)) return false;
  const { parameters, source } = value;
  return (
    (parameters === undefined || isParameters(parameters)) &&
    (source === undefined || (isSourceRange(source) && isReachable(source.file)))
  );
}
