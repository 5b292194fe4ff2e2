import * as vscode from 'vscode';
import type { HealthReport } from '../health/report';
import { type FromHealthPanel, fromHealthPanel, type ToHealthPanel } from '../protocol/health';
import type { CompareTarget } from '../protocol/model';
import { pack } from '../protocol/numbers';
import { parse } from '../protocol/parse';
import type { CompareServices, Reading } from './compareServices';
import { weightsForPage } from './folders';
import { html, resourceRoots, runnerResources } from './html';

/** What the panel needs from the editor. */
export interface HealthServices extends Pick<CompareServices, 'language' | 'read' | 'reveal' | 'chooseWeights'> {
  readonly device: Pick<CompareServices['device'], 'get'>;
  /** A file, as people say it. */
  readonly label: (file: string) => string;
}

/**
 * The health of a model: one panel beside the editor, for the model that was asked for last. Checking takes seconds, so that
 * the page is not retained while hidden: it starts anew, and has the report where there is one.
 */
export class HealthPanel implements vscode.Disposable {
  private readonly posted = new vscode.EventEmitter<ToHealthPanel>();
  /** Every message sent to the page. */
  readonly onDidPost = this.posted.event;
  private readonly checked = new vscode.EventEmitter<HealthReport>();
  /** Every report that the page made. */
  readonly onDidCheck = this.checked.event;
  private panel: vscode.WebviewPanel | undefined;
  private target: CompareTarget | undefined;
  private reading: Reading | undefined;
  private report: HealthReport | undefined;
  private abort = new AbortController();
  private ready = false;
  /** What the page was told of the text. */
  private isStale = false;
  private watching: vscode.Disposable | undefined;
  private readonly changes = vscode.workspace.onDidChangeTextDocument(() => this.tellWhetherStale());

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly services: HealthServices,
  ) {}

  /** Brings the panel to the front with a model, and checks it. */
  async show(target: CompareTarget): Promise<void> {
    this.target = target;
    if (this.panel) this.panel.reveal(undefined, true);
    else this.adopt();
    await this.read();
  }

  dispose(): void {
    this.panel?.dispose();
    this.changes.dispose();
    this.watching?.dispose();
    this.posted.dispose();
    this.checked.dispose();
  }

  private adopt(): void {
    const panel = vscode.window.createWebviewPanel(
      'activationLens.health',
      vscode.l10n.t('Model Check'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      {},
    );
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'icon.svg');
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.ready = false;
      this.abort.abort();
      this.watching?.dispose();
    });
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = parse(fromHealthPanel, value);
      if (message) this.receive(message);
    });
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(this.extensionUri) };
    const page = { name: 'health', title: panel.title, language: this.services.language() } as const;
    panel.webview.html = html(panel.webview, this.extensionUri, page);
  }

  private receive(message: FromHealthPanel): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        if (this.panel) this.post(runnerResources(this.panel.webview, this.extensionUri));
        this.send();
        break;
      case 'reveal':
        if (this.files().has(message.source.file)) this.services.reveal(message.source);
        break;
      case 'again':
        void this.read();
        break;
      case 'weights':
        void this.readWith(message.choose);
        break;
      case 'report':
        this.report = message.report;
        this.checked.fire(message.report);
        break;
      default:
        message satisfies never;
    }
  }

  /** The files that what the page shows is about: no others are shown in an editor. */
  private files(): ReadonlySet<string | undefined> {
    const message = this.reading?.message;
    const named =
      message?.type === 'model'
        ? [...message.graph.nodes, ...(message.graph.modules ?? [])].flatMap((each) => [
            each.site,
            'source' in each ? each.source : undefined,
          ])
        : message?.obstacles.map(({ source }) => source);
    return new Set([this.target?.file, ...(named ?? []).map((source) => source?.file)]);
  }

  /** Reads the model with other weights: nothing happens where none are chosen. */
  private async readWith(choose: boolean): Promise<void> {
    const { target, reading } = this;
    if (!target) return;
    const used = reading?.message.type === 'model' ? reading.message.weights?.file : undefined;
    const weights = choose ? await this.services.chooseWeights({ ...target, ...(used && { weights: used }) }) : '';
    if (weights === undefined || this.target !== target) return;
    this.target = { ...target, weights };
    await this.read();
  }

  /** Reads the model, in place of a reading under way. */
  private async read(): Promise<void> {
    const { target } = this;
    if (!target) return;
    this.abort.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.watching?.dispose();
    this.reading = undefined;
    this.report = undefined;
    this.send();
    const reading = await this.services.read(target, true, abort.signal);
    if (abort.signal.aborted) return;
    this.reading = reading;
    this.watching = reading.watch(() => this.tellWhetherStale());
    this.send();
  }

  /** Tells the page what is known by now. */
  private send(): void {
    const { panel, target, reading, report } = this;
    if (!this.ready || !panel || !target) return;
    if (!reading) {
      this.post({ type: 'reading', label: this.services.label(target.file) });
      return;
    }
    const { message } = reading;
    if (message.type === 'unreadable') {
      const [obstacle] = message.obstacles;
      this.post({ type: 'unreadable', message: '', ...obstacle });
    } else {
      const { graph, batched, training, label, expression, part, weights } = message;
      const loaded = weights && weightsForPage(panel.webview, weights);
      // A page that starts anew is told then.
      if (loaded === 'anew') return;
      const device = this.services.device.get();
      this.post({
        type: 'model',
        ...{ graph, label, expression },
        ...(batched && { batched }),
        ...(training && { training }),
        ...(part !== undefined && { part }),
        ...(loaded && { weights: loaded }),
        ...(device !== 'auto' && { backend: device }),
        ...(report && { report }),
      });
    }
    this.isStale = false;
    this.tellWhetherStale();
  }

  private tellWhetherStale(): void {
    const { reading } = this;
    if (!this.ready || !reading || reading.isStale() === this.isStale) return;
    this.isStale = !this.isStale;
    this.post({ type: 'stale', isStale: this.isStale });
  }

  private post(message: ToHealthPanel): void {
    this.posted.fire(message);
    void this.panel?.webview.postMessage(pack(message));
  }
}
