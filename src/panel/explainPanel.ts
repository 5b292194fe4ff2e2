import * as vscode from 'vscode';
import type { SourceRange } from '../graph/types';
import {
  type ExplainTarget,
  explainPanelState,
  type FromExplainPanel,
  fromExplainPanel,
  type InFile,
  type ShownActivation,
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
  readonly describe: (request: ExplainTarget) => ShownActivation | undefined;
  /** What the file at hand has to do with an activation that was opened from a place. */
  readonly inFile: (activation: string, source: SourceRange | undefined) => Promise<InFile>;
  /** What `inFile` says may be different now. */
  readonly onDidChangeFile: vscode.Event<void>;
  /** Where a new panel opens. */
  readonly column: () => vscode.ViewColumn;
  readonly replace: (source: SourceRange) => void;
  readonly showRule: (code: string) => void;
  readonly compare: (activation: string, source: SourceRange | undefined) => void;
  readonly reveal: (source: SourceRange) => void;
}

/**
 * The explainer: one panel beside the editor or the comparison, shown again with what was asked for last. Its page is cheap to build and
 * keeps its state with `setState`, so it is not retained while hidden.
 */
export class ExplainPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly posted = new vscode.EventEmitter<ToExplainPanel>();
  /** Every message sent to the page. */
  readonly onDidPost = this.posted.event;
  private readonly subscriptions: readonly vscode.Disposable[];
  private panel: vscode.WebviewPanel | undefined;
  private shown: ShownActivation | undefined;
  /** The places that the page knows by their numbers. */
  private places: InFile['sites'] = [];
  private asked = 0;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly services: ExplainServices,
  ) {
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(explainViewType, this),
      services.onDidChangeFile(() => void this.sendFile()),
    ];
  }

  show(request: ExplainTarget): void {
    const message = this.services.describe(request);
    if (!message) return;
    this.shown = message;
    if (this.panel) {
      this.panel.title = message.title;
      this.panel.reveal(undefined, true);
      this.send();
      return;
    }
    this.adopt(
      vscode.window.createWebviewPanel(
        explainViewType,
        message.title,
        { viewColumn: this.services.column(), preserveFocus: true },
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
    for (const subscription of this.subscriptions) subscription.dispose();
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
      case 'goTo':
        this.at(message.site, this.services.reveal);
        break;
      case 'replace':
        this.at(message.site, this.services.replace);
        break;
      case 'rule':
        this.services.showRule(message.code);
        break;
      default:
        message satisfies never;
    }
  }

  private at(site: number, act: (source: SourceRange) => void): void {
    const place = this.places[site];
    if (place) act(place.source);
  }

  private send(): void {
    if (!this.shown) return;
    this.post(this.shown);
    void this.sendFile();
  }

  /** Looks at the file at hand; of several looks the last one counts. */
  private async sendFile(): Promise<void> {
    if (!this.panel?.visible || !this.shown) return;
    const look = ++this.asked;
    const found = await this.services.inFile(this.shown.activation, this.shown.source);
    if (look !== this.asked) return;
    this.places = found.sites;
    this.post(found);
  }

  private post(message: ToExplainPanel): void {
    if (!this.panel) return;
    this.posted.fire(message);
    void this.panel.webview.postMessage(pack(message));
  }
}
