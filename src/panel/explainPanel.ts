import * as vscode from 'vscode';
import type { SourceRange } from '../graph/types';
import {
  type ExplainTarget,
  explainPanelState,
  type FromExplainPanel,
  fromExplainPanel,
  type ToExplainPanel,
} from '../protocol/explain';
import { pack } from '../protocol/numbers';
import { parse } from '../protocol/parse';
import { html, resourceRoots } from './html';

const explainViewType = 'activationLens.explain';

/** What the panel needs from the editor. */
export interface ExplainServices {
  readonly language: () => string;
  /** The message for a request, or undefined where the catalogue has no such activation. */
  readonly describe: (request: ExplainTarget) => ToExplainPanel | undefined;
  readonly compare: (activation: string, source: SourceRange | undefined) => void;
  readonly reveal: (source: SourceRange) => void;
}

/**
 * The explainer: one panel beside the editor, shown again with what was asked for last. Its page is cheap to build and
 * keeps its state with `setState`, so it is not retained while hidden.
 */
export class ExplainPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly posted = new vscode.EventEmitter<ToExplainPanel>();
  /** Every message sent to the page. */
  readonly onDidPost = this.posted.event;
  private readonly serializer: vscode.Disposable;
  private panel: vscode.WebviewPanel | undefined;
  private shown: ToExplainPanel | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly services: ExplainServices,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(explainViewType, this);
  }

  show(request: ExplainTarget): void {
    const message = this.services.describe(request);
    if (!message) return;
    this.shown = message;
    if (this.panel) {
      this.panel.reveal(undefined, true);
      this.send();
      return;
    }
    this.adopt(
      vscode.window.createWebviewPanel(
        explainViewType,
        vscode.l10n.t('Activation'),
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        {},
      ),
    );
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const known = parse(explainPanelState, state);
    const message = known && this.services.describe(known);
    if (!message || this.panel) {
      panel.dispose();
      return;
    }
    this.shown = message;
    this.adopt(panel);
  }

  dispose(): void {
    this.panel?.dispose();
    this.serializer.dispose();
    this.posted.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'icon.svg');
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = parse(fromExplainPanel, value);
      if (message) this.receive(message);
    });
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(this.extensionUri) };
    panel.webview.html = html(panel.webview, this.extensionUri, {
      name: 'explain',
      title: panel.title,
      language: this.services.language(),
    });
  }

  private receive(message: FromExplainPanel): void {
    switch (message.type) {
      case 'ready':
        this.send();
        break;
      case 'explain':
        this.show({ activation: message.activation });
        break;
      case 'compare':
        this.services.compare(message.activation, this.shown?.source);
        break;
      case 'reveal':
        // The page names no place of its own.
        if (this.shown?.source) this.services.reveal(this.shown.source);
        break;
      default:
        message satisfies never;
    }
  }

  private send(): void {
    if (!this.panel || !this.shown) return;
    this.posted.fire(this.shown);
    void this.panel.webview.postMessage(pack(this.shown));
  }
}
