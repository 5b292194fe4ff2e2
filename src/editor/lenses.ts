import * as vscode from 'vscode';
import { excerpt } from '../language/legible';
import type { CompareTarget } from '../protocol/model';
import { commands } from './commands';
import type { Documents } from './documents';
import { grammarOf, selector } from './languages';
import { toRange } from './ranges';
import { section, settings } from './settings';

/** `Compare activations` above each model, and the context key that shows the editor's title button. */
export function register(documents: Documents): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document, token) {
      const models = await documents.models(document);
      if (token.isCancellationRequested) return [];
      if (document === vscode.window.activeTextEditor?.document) setHasModel(models.length > 0, document);
      if (!settings(document).codeLens) return [];
      return models.map((model) => {
        const target: CompareTarget = { file: document.uri.toString(), expression: model.expression };
        return new vscode.CodeLens(toRange(model.range), {
          command: commands.compare,
          title: vscode.l10n.t('Compare activations'),
          tooltip: vscode.l10n.t('Measure {0} with other activation functions on this machine', excerpt(model.name)),
          arguments: [target],
        });
      });
    },
  };
  const follow = async (editor: vscode.TextEditor | undefined) => {
    const models = editor ? await documents.models(editor.document) : [];
    if (editor === vscode.window.activeTextEditor) setHasModel(models.length > 0, editor?.document);
  };
  void follow(vscode.window.activeTextEditor);
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(selector, provider),
    vscode.window.onDidChangeActiveTextEditor(follow),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.codeLens`)) changed.fire();
    }),
  );
}

/** The context keys that show the title button and, once a TensorFlow.js model was seen, the menu of such files. */
function setHasModel(value: boolean, document: vscode.TextDocument | undefined): void {
  void vscode.commands.executeCommand('setContext', 'activationLens.hasModel', value);
  if (value && document && grammarOf(document) !== 'python')
    void vscode.commands.executeCommand('setContext', 'activationLens.usesTensorFlow', true);
}
