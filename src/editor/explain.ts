import * as vscode from 'vscode';
import { catalogue } from '../activations/catalogue';
import { parseProse } from '../activations/prose';
import { parametersOf } from '../detect/parameters';
import type { ExplainTarget } from '../protocol/explain';
import { commands } from './commands';
import type { Documents } from './documents';
import { pick } from './notices';
import { contains } from './ranges';
import { language } from './surroundings';
import { parseExplainTarget } from './targets';

/** The command behind the hover's link, the menu and the palette. */
export function register(documents: Documents, show: (target: ExplainTarget) => void): vscode.Disposable {
  return vscode.commands.registerCommand(commands.explain, async (argument?: unknown) => {
    const target = parseExplainTarget(argument);
    if (target) {
      show(target);
      return;
    }
    const here = await targetAtCursor(documents);
    // From the menu, what stands under the pointer; from the palette, a choice that starts there.
    const chosen = argument !== undefined && here ? here.activation : await pickActivation(here?.activation);
    if (chosen) show(chosen === here?.activation ? here : { activation: chosen });
  });
}

async function targetAtCursor(documents: Documents): Promise<ExplainTarget | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const sites = await documents.sites(editor.document);
  const site = sites.findLast((each) => contains(each.expression, editor.selection.active));
  return site && { activation: site.activation, parameters: parametersOf(site), source: site.range };
}

async function pickActivation(first: string | undefined): Promise<string | undefined> {
  const entries = [...catalogue.values()].sort((a, b) => Number(b.id === first) - Number(a.id === first));
  const items = entries.map(({ id, title, prose }) => {
    const { line } = parseProse(prose[language()]);
    return { label: title, description: id, detail: line, id };
  });
  const chosen = await pick(items, {
    title: vscode.l10n.t('Explain an activation function'),
    placeHolder: vscode.l10n.t('Name of the activation function'),
    matchOnDescription: true,
  });
  return chosen?.id;
}
