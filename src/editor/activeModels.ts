import * as vscode from 'vscode';
import type { ModelCandidate } from '../extract/models';
import type { Documents } from './documents';
import { grammarOf } from './languages';

/** The models of the active editor's document, by syntax alone: looked for once, for all who show that there are some. */
export class ActiveModels implements vscode.Disposable {
  document: vscode.TextDocument | undefined;
  models: readonly ModelCandidate[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscription = vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor));

  constructor(private readonly documents: Documents) {
    void this.follow(vscode.window.activeTextEditor);
  }

  /** Takes the models of a document's present text from whoever has looked for them. */
  tell(document: vscode.TextDocument | undefined, models: readonly ModelCandidate[]): void {
    if (document !== vscode.window.activeTextEditor?.document) return;
    this.document = document;
    this.models = models;
    // They show the title's button and, once a TensorFlow.js model was seen, the menu of such files.
    void vscode.commands.executeCommand('setContext', 'activationLens.hasModel', models.length > 0);
    if (models.length > 0 && document && grammarOf(document) !== 'python')
      void vscode.commands.executeCommand('setContext', 'activationLens.usesTensorFlow', true);
    this.changed.fire();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private async follow(editor: vscode.TextEditor | undefined): Promise<void> {
    const document = editor?.document;
    this.tell(document, document ? await this.documents.models(document) : []);
  }
}
