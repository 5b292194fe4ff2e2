import * as vscode from 'vscode';
import { catalogue } from '../activations/catalogue';
import { parametersOf } from '../detect/parameters';
import type { ActivationSite } from '../detect/site';
import type { ExplainTarget } from '../protocol/explain';
import type { CompareTarget } from '../protocol/model';
import { commands } from './commands';
import { diagnosticSource } from './diagnosticSource';
import type { Documents } from './documents';
import { isChosen } from './hoverOptions';
import { selector } from './languages';
import { toRange } from './ranges';

const explain = vscode.CodeActionKind.Refactor.append('explain');
const replace = vscode.CodeActionKind.RefactorRewrite.append('activation');
const compare = vscode.CodeActionKind.Refactor.append('compare');
const check = vscode.CodeActionKind.Refactor.append('check');

/** What can be done with the activation under the cursor: explain it, put another in its place, compare others there, check its model. */
export function register(documents: Documents): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    selector,
    {
      async provideCodeActions(document, range, context, token) {
        const sites = await documents.sites(document);
        if (token.isCancellationRequested) return [];
        // The innermost, where a formula holds another.
        const site = sites.findLast(({ expression }) => toRange(expression).intersection(range));
        if (!site) return [];
        const { expression } = site;
        // Where there is a problem, its quick fixes explain and compare.
        const isTold = context.diagnostics.some(
          (each) => each.source === diagnosticSource && toRange(expression).intersection(each.range),
        );
        const hasModel = (await documents.models(document)).length > 0;
        if (token.isCancellationRequested) return [];
        return actionsAt(site, hasModel).filter(({ kind }) => !isTold || (kind !== explain && kind !== compare));
      },
    },
    { providedCodeActionKinds: [explain, replace, compare, check] },
  );
}

function actionsAt(site: ActivationSite, hasModel: boolean): vscode.CodeAction[] {
  const title = catalogue.get(site.activation)?.title ?? site.activation;
  const target: ExplainTarget = { activation: site.activation, parameters: parametersOf(site), source: site.range };
  const explained = command(vscode.l10n.t('Explain {0}', title), explain, commands.explain, target);
  // What is only inside of something, or is only named, has nothing to take its place.
  if (!isChosen(site)) return [explained];
  const place: CompareTarget = { file: site.range.file, site: site.range };
  return [
    explained,
    command(vscode.l10n.t('Replace {0} with…', title), replace, commands.replace, site.expression),
    command(vscode.l10n.t('Compare others in place of {0}', title), compare, commands.compare, place),
    ...(hasModel ? [command(vscode.l10n.t('Check this model'), check, commands.check, place)] : []),
  ];
}

function command(title: string, kind: vscode.CodeActionKind, name: string, argument: unknown): vscode.CodeAction {
  const action = new vscode.CodeAction(title, kind);
  action.command = { command: name, title, arguments: [argument] };
  return action;
}
