import * as vscode from 'vscode';
import type { ShownAdvice } from './prices';
import { toDiagnostic } from './problems';

/** The advice in the Problems list. */
export function register(advised: ShownAdvice): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('activation-lens');
  const show = (document: vscode.TextDocument) => {
    const advice = advised.shownAdvice(document);
    if (advice.length > 0) collection.set(document.uri, advice.map(toDiagnostic));
    else collection.delete(document.uri);
  };
  const subscription = advised.onDidChangeAdvice(show);
  for (const document of vscode.workspace.textDocuments) show(document);
  return vscode.Disposable.from(collection, subscription);
}
