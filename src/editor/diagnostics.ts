import * as vscode from 'vscode';
import type { Advice, Severity } from '../advise/advice';
import { excerpt, MESSAGE } from '../language/legible';
import { diagnosticSource } from './diagnosticSource';
import type { Documents } from './documents';
import { toLocation, toRange } from './ranges';
import { rulePage } from './rulePage';

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** The advice in the Problems list; each problem's code is a link to its rule's page. */
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

const shorten = (message: string) => excerpt(message, MESSAGE);

function toDiagnostic(advice: Advice): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(advice.range), shorten(advice.message), severities[advice.severity]);
  diagnostic.source = diagnosticSource;
  diagnostic.code = { value: advice.code, target: rulePage(advice.code) };
  diagnostic.relatedInformation = advice.related.map(
    ({ range, message }) => new vscode.DiagnosticRelatedInformation(toLocation(range), shorten(message)),
  );
  return diagnostic;
}
