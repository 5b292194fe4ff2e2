import * as vscode from 'vscode';
import { excerpt } from '../language/legible';
import type { CompareTarget } from '../protocol/model';
import type { ActiveModels } from './activeModels';
import { commands } from './commands';
import type { Documents } from './documents';
import { selector } from './languages';
import { toRange } from './ranges';
import { section, settings } from './settings';

/** `Compare activations` and `Check this model` above each model. */
export function register(documents: Documents, active: ActiveModels): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document, token) {
      const models = await documents.models(document);
      if (token.isCancellationRequested) return [];
      active.tell(document, models);
      if (!settings(document).codeLens) return [];
      return models.flatMap((model) => {
        const target: CompareTarget = { file: document.uri.toString(), expression: model.expression };
        const range = toRange(model.range);
        const name = excerpt(model.name);
        return [
          new vscode.CodeLens(range, {
            command: commands.compare,
            title: vscode.l10n.t('Compare activations'),
            tooltip: vscode.l10n.t('Measure {0} with other activation functions on this machine', name),
            arguments: [target],
          }),
          new vscode.CodeLens(range, {
            command: commands.check,
            title: vscode.l10n.t('Check this model'),
            tooltip: vscode.l10n.t(
              'Measure signal, gradient, dead units and weights of {0} as it stands, in a few seconds',
              name,
            ),
            arguments: [target],
          }),
        ];
      });
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(selector, provider),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.codeLens`)) changed.fire();
    }),
  );
}
