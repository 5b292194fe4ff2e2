import * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import { ignoreEdit } from '../advise/ignore';
import { excerpt } from '../language/legible';
import { commands } from './commands';
import { diagnosticSource } from './diagnosticSource';
import type { Documents } from './documents';
import { pythonSelector } from './languages';
import { toRange, toWorkspaceEdit } from './ranges';

/** Quick fixes for the problems shown, and the two ways to silence a rule. */
export function register(documents: Documents): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    pythonSelector,
    {
      async provideCodeActions(document, range, context, token) {
        const problems = context.diagnostics.filter((each) => each.source === diagnosticSource);
        if (problems.length === 0) return [];
        // Fixes are worked out for the text as it stands, never for the text that the problem was found in.
        const advice = await documents.advice(document);
        if (token.isCancellationRequested) return [];
        return problems.flatMap((problem) => {
          const found =
            advice.find((each) => each.code === codeOf(problem) && toRange(each.range).isEqual(problem.range)) ??
            advice.find((each) => each.code === codeOf(problem) && toRange(each.range).intersection(range));
          return found ? actions(document, found, problem) : [];
        });
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function codeOf(problem: vscode.Diagnostic): string {
  return String(typeof problem.code === 'object' ? problem.code.value : problem.code);
}

function actions(document: vscode.TextDocument, advice: Advice, problem: vscode.Diagnostic): vscode.CodeAction[] {
  const fixes = advice.fixes.map((fix) => {
    const action = new vscode.CodeAction(excerpt(fix.title), vscode.CodeActionKind.QuickFix);
    action.edit = toWorkspaceEdit(fix.edits);
    action.isPreferred = fix.preferred;
    action.diagnostics = [problem];
    return action;
  });

  const ignoreHere = new vscode.CodeAction(
    vscode.l10n.t("Don't show '{0}' here", advice.code),
    vscode.CodeActionKind.QuickFix,
  );
  ignoreHere.edit = toWorkspaceEdit([ignoreEdit(document.getText(), advice)]);
  ignoreHere.diagnostics = [problem];

  const turnOff = new vscode.CodeAction(
    vscode.l10n.t("Turn '{0}' off everywhere", advice.code),
    vscode.CodeActionKind.QuickFix,
  );
  turnOff.command = { command: commands.turnRuleOff, title: turnOff.title, arguments: [advice.code] };
  turnOff.diagnostics = [problem];

  const why = new vscode.CodeAction(
    vscode.l10n.t("Why: open the page of '{0}'", advice.code),
    vscode.CodeActionKind.QuickFix,
  );
  why.command = { command: commands.showRule, title: why.title, arguments: [advice.code] };
  why.diagnostics = [problem];

  return [...fixes, why, ignoreHere, turnOff];
}
