import * as vscode from 'vscode';
import type { Documents } from './documents';
import { toDiagnostic } from './problems';

/** The advice in the Problems list. */
export function register(documents: Documents): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('activation-lens');
  const show = (document: vscode.TextDocument) => {
    const advice = documents.shownAdvice(document);
    if (advice.length > 0) collection.set(document.uri, advice.map(toDiagnostic));
    else collection.delete(document.uri);
  };
  const subscription = documents.onDidChangeAdvice(show);
  for (const document of vscode.workspace.textDocuments) show(document);
  return vscode.Disposable.from(collection, subscription);
}
