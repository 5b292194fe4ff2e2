import * as vscode from 'vscode';
import type { Advice, TextEdit } from '../advise/advice';
import { ignoreEdit } from '../advise/ignore';
import type { ActivationSite } from '../detect/site';
import { excerpt } from '../language/legible';
import { pricingOf } from '../price/rules';
import type { ExplainTarget } from '../protocol/explain';
import type { CompareTarget } from '../protocol/model';
import type { PriceTarget } from '../protocol/price';
import { commands } from './commands';
import { diagnosticSource } from './diagnosticSource';
import type { Documents } from './documents';
import { completeStep } from './firsts';
import { isChosen } from './hoverOptions';
import { grammarOf, selector } from './languages';
import { toRange, toWorkspaceEdit } from './ranges';

/** Quick fixes for the problems shown, and the two ways to silence a rule. */
export function register(documents: Documents): vscode.Disposable {
  const completed = vscode.commands.registerCommand(commands.completeAdvice, () => completeStep('advice'));
  const provided = vscode.languages.registerCodeActionsProvider(
    selector,
    {
      async provideCodeActions(document, range, context, token) {
        const problems = context.diagnostics.filter((each) => each.source === diagnosticSource);
        if (problems.length === 0) return [];
        // Fixes are worked out for the text as it stands, never for the text that the problem was found in.
        const advice = await documents.advice(document);
        const sites = await documents.sites(document);
        if (token.isCancellationRequested) return [];
        return problems.flatMap((problem) => {
          const found =
            advice.find((each) => each.code === codeOf(problem) && toRange(each.range).isEqual(problem.range)) ??
            advice.find((each) => each.code === codeOf(problem) && toRange(each.range).intersection(range));
          return found ? [...actions(document, found, problem, advice), ...siteActions(found, problem, sites)] : [];
        });
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
  return vscode.Disposable.from(completed, provided);
}

/** Runs once a fix was applied. */
const mended: vscode.Command = { command: commands.completeAdvice, title: '' };

function codeOf(problem: vscode.Diagnostic): string {
  return String(typeof problem.code === 'object' ? problem.code.value : problem.code);
}

function actions(
  document: vscode.TextDocument,
  advice: Advice,
  problem: vscode.Diagnostic,
  all: readonly Advice[],
): vscode.CodeAction[] {
  const fixes = advice.fixes.map((fix) => {
    const action = new vscode.CodeAction(excerpt(fix.title), vscode.CodeActionKind.QuickFix);
    action.edit = toWorkspaceEdit(fix.edits);
    action.command = mended;
    action.isPreferred = fix.preferred;
    action.diagnostics = [problem];
    return action;
  });

  const sign = grammarOf(document) === 'python' ? '#' : '//';
  const ignoreHere = new vscode.CodeAction(
    vscode.l10n.t("Don't show '{0}' here", advice.code),
    vscode.CodeActionKind.QuickFix,
  );
  ignoreHere.edit = toWorkspaceEdit([ignoreEdit(document.getText(), advice, sign)]);
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

  return [...fixes, ...fixAll(advice, problem, all), ...measuring(document, advice, problem), why, ignoreHere, turnOff];
}

/** What the finding costs, where the rule claims something that a model tells. */
function measuring(document: vscode.TextDocument, advice: Advice, problem: vscode.Diagnostic): vscode.CodeAction[] {
  if (grammarOf(document) !== 'python' || !pricingOf(advice.code)) return [];
  const measure = new vscode.CodeAction(vscode.l10n.t('Measure this'), vscode.CodeActionKind.QuickFix);
  const { code, range } = advice;
  const target: PriceTarget = { code, range };
  measure.command = { command: commands.measure, title: measure.title, arguments: [target] };
  measure.diagnostics = [problem];
  return [measure];
}

/** Mends every finding of one rule in the document, where there are several. */
function fixAll({ code }: Advice, problem: vscode.Diagnostic, all: readonly Advice[]): vscode.CodeAction[] {
  const { count, edits } = editsOfAll(all.filter((each) => each.code === code && each.fixes.length > 0));
  if (count < 2) return [];
  const action = new vscode.CodeAction(
    vscode.l10n.t("Fix all {0} of '{1}' in this file", count, code),
    vscode.CodeActionKind.QuickFix,
  );
  action.edit = toWorkspaceEdit(edits);
  action.command = mended;
  action.diagnostics = [problem];
  return [action];
}

/** The first fix of each, those left out that touch one before them; what several want, such as an import, once. */
function editsOfAll(all: readonly Advice[]): { count: number; edits: TextEdit[] } {
  const edits: TextEdit[] = [];
  let count = 0;
  for (const { fixes } of all) {
    const wanted = (fixes[0]?.edits ?? []).filter((edit) => !edits.some((known) => isSame(known, edit)));
    const touches = wanted.some(({ range }) =>
      edits.some((known) => toRange(known.range).intersection(toRange(range))),
    );
    if (touches) continue;
    count++;
    for (const edit of wanted) edits.push(edit);
  }
  return { count, edits };
}

const isSame = (a: TextEdit, b: TextEdit) => a.text === b.text && toRange(a.range).isEqual(toRange(b.range));

/** What the activation is that a finding is about, and what others would do in its place. */
function siteActions(
  advice: Advice,
  problem: vscode.Diagnostic,
  sites: readonly ActivationSite[],
): vscode.CodeAction[] {
  const site = sites.find(({ expression }) => toRange(expression).intersection(toRange(advice.range)));
  if (!site) return [];
  const explain = new vscode.CodeAction(vscode.l10n.t('Explain this activation'), vscode.CodeActionKind.QuickFix);
  const { activation, range } = site;
  const target: ExplainTarget = { activation, source: range };
  explain.command = { command: commands.explain, title: explain.title, arguments: [target] };
  explain.diagnostics = [problem];
  // Nothing takes the place of what is only inside of something.
  if (!isChosen(site)) return [explain];
  const compare = new vscode.CodeAction(vscode.l10n.t('Compare alternatives here'), vscode.CodeActionKind.QuickFix);
  const place: CompareTarget = { file: range.file, site: range };
  compare.command = { command: commands.compare, title: compare.title, arguments: [place] };
  compare.diagnostics = [problem];
  return [explain, compare];
}
