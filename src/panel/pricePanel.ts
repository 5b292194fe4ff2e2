import * as vscode from 'vscode';
import type { PriceReport } from '../price/report';
import { pack } from '../protocol/numbers';
import { parse } from '../protocol/parse';
import {
  type FromPricePanel,
  fromPricePanel,
  type PriceRequests,
  type PriceTarget,
  type ToPricePanel,
} from '../protocol/price';
import { Responder } from '../protocol/requests';
import { html, resourceRoots, runnerResources } from './html';

/** A finding with the model that it is about, as far as that could be read. */
export interface PriceReading {
  readonly message: Extract<ToPricePanel, { type: 'model' | 'unreadable' }>;
  /** Whether a file that the model was read from has other text now. */
  readonly isStale: () => boolean;
  /** Keeps what was measured beside the problem. */
  readonly keep: (report: PriceReport) => void;
}

/** What the panel needs from the editor. */
export interface PriceServices {
  readonly language: () => string;
  /** What is told of a finding before its model is read; undefined where it is gone. */
  readonly describe: (target: PriceTarget) => Promise<Extract<ToPricePanel, { type: 'finding' }> | undefined>;
  /** Reads the model that a finding is about; the user may be asked for what the code doesn't say. Never throws. */
  readonly read: (target: PriceTarget, signal: AbortSignal) => Promise<PriceReading>;
  /** Mends what was found. @throws Error why it can't be mended */
  readonly fix: (target: PriceTarget) => Promise<void>;
  readonly reveal: (target: PriceTarget) => void;
  /** Where a finding is after a change of a text. */
  readonly follow: (target: PriceTarget, change: vscode.TextDocumentChangeEvent) => PriceTarget;
  /** Where it is, as people say it. */
  readonly place: (target: PriceTarget) => string;
  /** After every change of a text, when it is known what that means for what was measured. */
  readonly onDidSettle: vscode.Event<unknown>;
}

/**
 * What a finding costs: one panel beside the editor, for the finding that was asked for last. Measuring takes seconds, so
 * that the page is not retained while hidden: it starts anew, and has the report where there is one.
 */
export class PricePanel implements vscode.Disposable {
  private readonly posted = new vscode.EventEmitter<ToPricePanel>();
  /** Every message sent to the page. */
  readonly onDidPost = this.posted.event;
  private readonly measured = new vscode.EventEmitter<PriceReport>();
  /** Every report that the page measured. */
  readonly onDidMeasure = this.measured.event;
  private panel: vscode.WebviewPanel | undefined;
  private target: PriceTarget | undefined;
  private finding: Extract<ToPricePanel, { type: 'finding' }> | undefined;
  private reading: PriceReading | undefined;
  private report: PriceReport | undefined;
  private abort = new AbortController();
  private ready = false;
  /** What the page was told of the code. */
  private isStale = false;
  private readonly changes: vscode.Disposable;
  private readonly responder = new Responder<PriceRequests>(
    {
      fix: async () => {
        if (!this.target) throw new Error(vscode.l10n.t('No finding has been measured yet.'));
        await this.services.fix(this.target);
        return null;
      },
    },
    (reply) => this.post(reply),
  );

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly services: PriceServices,
  ) {
    this.changes = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (this.target) this.target = services.follow(this.target, change);
        this.tellWhetherStale();
      }),
      services.onDidSettle(() => this.tellWhetherStale()),
    );
  }

  /** Brings the panel to the front with a finding, and measures it. */
  async show(target: PriceTarget): Promise<void> {
    this.target = target;
    if (this.panel) this.panel.reveal(undefined, true);
    else this.adopt();
    await this.read();
  }

  dispose(): void {
    this.panel?.dispose();
    this.changes.dispose();
    this.posted.dispose();
    this.measured.dispose();
  }

  private adopt(): void {
    const panel = vscode.window.createWebviewPanel(
      'activationLens.price',
      vscode.l10n.t('What it costs'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      {},
    );
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'icon.svg');
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.ready = false;
      this.abort.abort();
      this.responder.dispose();
    });
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = parse(fromPricePanel, value);
      if (message) this.receive(message);
    });
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(this.extensionUri) };
    const page = { name: 'price', title: panel.title, language: this.services.language() } as const;
    panel.webview.html = html(panel.webview, this.extensionUri, page);
  }

  private receive(message: FromPricePanel): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        if (this.panel) this.post(runnerResources(this.panel.webview, this.extensionUri));
        this.send();
        break;
      case 'reveal':
        if (this.target) this.services.reveal(this.target);
        break;
      case 'again':
        void this.read();
        break;
      case 'report':
        this.report = message.report;
        this.measured.fire(message.report);
        this.reading?.keep(message.report);
        break;
      case 'cancel':
        this.responder.cancel(message.id);
        break;
      case 'fix':
        void this.responder.receive(message);
        break;
      default:
        message satisfies never;
    }
  }

  /** Reads the finding's model, in place of a reading under way. */
  private async read(): Promise<void> {
    const { target } = this;
    if (!target) return;
    this.abort.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.reading = undefined;
    this.report = undefined;
    const finding = await this.services.describe(target);
    if (abort.signal.aborted) return;
    this.finding = finding;
    this.send();
    const reading = await this.services.read(target, abort.signal);
    if (abort.signal.aborted) return;
    this.reading = reading;
    this.send();
  }

  /** Tells the page what is known by now. */
  private send(): void {
    if (!this.ready) return;
    if (this.finding) this.post(this.finding);
    if (!this.reading) return;
    const { message } = this.reading;
    this.post(message.type === 'model' && this.report ? { ...message, report: this.report } : message);
    this.isStale = false;
    this.tellWhetherStale();
  }

  private tellWhetherStale(): void {
    const { reading, target } = this;
    if (!this.ready || !reading || !target || reading.isStale() === this.isStale) return;
    this.isStale = !this.isStale;
    this.post(this.isStale ? { type: 'stale' } : { type: 'fresh', place: this.services.place(target) });
  }

  private post(message: ToPricePanel): void {
    this.posted.fire(message);
    void this.panel?.webview.postMessage(pack(message));
  }
}
