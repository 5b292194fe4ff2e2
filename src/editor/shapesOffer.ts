import * as vscode from 'vscode';
import { keptSetting, section } from './settings';

const key = 'shapes.offered';

/**
 * The offer to show shapes, made once: above a model of the first file that has one, until it is taken or that file is
 * closed. Who has set the setting needs none.
 */
export class ShapesOffer implements vscode.Disposable {
  private document: vscode.TextDocument | undefined;
  private readonly ended = new vscode.EventEmitter<void>();
  readonly onDidEnd = this.ended.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly memento: vscode.Memento) {
    this.subscriptions = [
      this.ended,
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.document) this.end();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${section}.shapes`)) this.end();
      }),
    ];
  }

  /** Whether it is made in this document; the first that has a model is taken. */
  isOpenFor(document: vscode.TextDocument): boolean {
    if (this.memento.get(key) === true || isSet(document)) return false;
    this.document ??= document;
    return document === this.document;
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }

  private end(): void {
    void this.memento.update(key, true);
    this.document = undefined;
    this.ended.fire();
  }
}

/** Whether the user has said whether shapes are shown. */
const isSet = (document: vscode.TextDocument): boolean => keptSetting('shapes', document).value !== undefined;
