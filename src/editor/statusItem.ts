import * as vscode from 'vscode';
import type { CompareTarget } from '../protocol/model';
import type { ActiveModels } from './activeModels';
import { commands } from './commands';
import type { Documents } from './documents';
import { pick, statusEntry } from './notices';
import { section, settings } from './settings';

/**
 * What the active file has, in the editor's frame: its models and how many activations are named. Nothing is parsed for
 * it: models are those that the lenses look for, activations those that the advice has found.
 */
export function register(documents: Documents, active: ActiveModels): vscode.Disposable {
  const entry = statusEntry('activationLens.models', vscode.l10n.t('Activation Lens: models of the file'), {
    icon: 'graph-line',
    command: commands.compareInFile,
    isLeft: false,
  });
  let counted: { readonly document: vscode.TextDocument; readonly sites: number } | undefined;
  const draw = () => {
    const { document, models } = active;
    const [first, ...others] = models;
    if (!document || !first || !settings(document).statusBar) return entry.hide();
    const sites = documents.knownSites(document)?.filter(({ form }) => form !== 'mention').length;
    // After an edit the count is the last one until the text was looked at.
    if (sites !== undefined) counted = { document, sites };
    const names = others.length > 0 ? vscode.l10n.t('{0} and {1} more', first.name, others.length) : first.name;
    const count = counted?.document === document ? counted.sites : undefined;
    const told = count === undefined ? names : vscode.l10n.t('{0} · activations: {1}', names, count);
    const all = models.map(({ name }) => name).join(', ');
    entry.show(told, {
      tooltip: vscode.l10n.t('Models: {0}. Compare their activation functions', all),
      label: vscode.l10n.t('{0}: compare activation functions', told),
    });
  };
  draw();
  return vscode.Disposable.from(
    entry,
    active.onDidChange(draw),
    documents.onDidChangeAdvice((document) => {
      if (document === active.document) draw();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.statusBar`)) draw();
    }),
    vscode.commands.registerCommand(commands.compareInFile, async () => {
      const { document, models } = active;
      if (!document) return;
      const items = models.map(({ name, expression, range }) => ({
        label: name,
        description: vscode.l10n.t('line {0}', range.line + 1),
        expression,
      }));
      const [only, ...others] = items;
      const title = vscode.l10n.t('Compare the activation functions of a model');
      const chosen = others.length > 0 ? await pick(items, { title }) : only;
      const target: CompareTarget | undefined = chosen && {
        file: document.uri.toString(),
        expression: chosen.expression,
      };
      if (target) await vscode.commands.executeCommand(commands.compare, target);
    }),
  );
}
