import * as vscode from 'vscode';
import type { Advice, Severity } from '../advise/advice';
import { excerpt, MESSAGE } from '../language/legible';
import { diagnosticSource } from './diagnosticSource';
import { toLocation, toRange } from './ranges';
import { rulePage } from './rulePage';

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

const shorten = (message: string) => excerpt(message, MESSAGE);

/** A finding in the Problems list; its code is a link to its rule's page. */
export function toDiagnostic(advice: Advice): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(advice.range), shorten(advice.message), severities[advice.severity]);
  diagnostic.source = diagnosticSource;
  diagnostic.code = { value: advice.code, target: rulePage(advice.code) };
  diagnostic.relatedInformation = advice.related.map(
    ({ range, message }) => new vscode.DiagnosticRelatedInformation(toLocation(range), shorten(message)),
  );
  return diagnostic;
}

/** What is wrong with a file as a whole, at its beginning. */
export function problemOfFile(message: string): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), shorten(message));
  diagnostic.source = diagnosticSource;
  return diagnostic;
}
