import * as vscode from 'vscode';
import type { Severity } from '../advise/advice';
import { excerpt, MESSAGE } from '../language/legible';
import { diagnosticSource } from './diagnosticSource';
import type { PricedAdvice } from './prices';
import { toLocation, toRange } from './ranges';
import { rulePage } from './rulePage';

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

const shorten = (message: string) => excerpt(message, MESSAGE);

/** A finding in the Problems list; its code is a link to its rule's page. */
export function toDiagnostic(advice: PricedAdvice): vscode.Diagnostic {
  const { message, measured } = advice;
  // The editor doesn't wrap messages: behind a sentence the number would lie far to the right.
  const text = measured ? `${shorten(message)}\n${shorten(measured)}` : shorten(message);
  const diagnostic = new vscode.Diagnostic(toRange(advice.range), text, severities[advice.severity]);
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
