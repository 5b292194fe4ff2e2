import * as vscode from 'vscode';
import type { Report } from '../compare/report';
import type { SourceRange } from '../graph/types';
import type { ComparePanelState, FromComparePanel, ToComparePanel } from '../protocol/compare';
import { parseMessage } from './compareMessages';
import { html, resourceRoots } from './html';

export const compareViewType = 'activationLens.compare';

/** What a comparison is about: a model in a file, read with an input. */
export interface CompareRequest extends ComparePanelState {
  /** Tick this site only. */
  readonly site?: SourceRange;
  /** Tick this candidate too. */
  readonly activation?: string;
}

/** A model as it was read: what the page is told, and whether the text is still the same. */
export interface Reading {
  readonly message:
    | Omit<Extract<ToComparePanel, { type: 'model' }>, 'pointed'>
    | Extract<ToComparePanel, { type: 'unreadable' }>;
  /** What was read in the end: with the expression and the input that the user was asked for. */
  readonly request: CompareRequest;
  /** Whether a file that the model was read from has other text now. */
  readonly isStale: () => boolean;
  /** Edits the source so that the sites use the activation. */
  readonly apply: (change: Extract<FromComparePanel, { type: 'apply' }>) => Promise<ToComparePanel>;
}

/** Files that the user chose, and the folder that they are all in. */
export interface ChosenFiles {
  readonly label: string;
  readonly folder: vscode.Uri;
  readonly files: readonly { readonly path: string; readonly uri: vscode.Uri }[];
}

/** What the panel needs from the editor. */
export interface CompareServices {
  readonly language: () => string;
  /** Reads the model. With `ask`, the user may be asked for what the text doesn't say. Never throws. */
  readonly read: (request: CompareRequest, ask: boolean, signal: AbortSignal) => Promise<Reading>;
  /** Asks for a checkpoint's file; undefined where the user thinks better of it. */
  readonly chooseWeights: (request: CompareRequest) => Promise<string | undefined>;
  /** Asks for data to learn from: a file, or the images of a folder; undefined where the user thinks better of it. */
  readonly chooseData: (request: CompareRequest) => Promise<ChosenFiles | undefined>;
  readonly explain: (activation: string) => void;
  readonly reveal: (source: SourceRange) => void;
  readonly save: (report: Report) => void;
}

/**
 * One comparison: the host's half of a panel.
 *
 * The panel is retained while hidden: a run takes as long as the user allowed, the GPU's state can't be stored and
 * resumed, and people switch to another tab meanwhile. Closing the panel ends the page, its worker and the run.
 * What survives a restart of the editor is what the page keeps with `setState`: the request and the last report.
 */
export class ComparePanel implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly closed = new vscode.EventEmitter<void>();
  readonly onDidClose = this.closed.event;
  private readonly posted = new vscode.EventEmitter<ToComparePanel>();
  /** Every message sent to the page. */
  readonly onDidPost = this.posted.event;
  private readonly received = new vscode.EventEmitter<Report>();
  /** Every report that the page measured. */
  readonly onDidReport = this.received.event;
  private reading: Reading | undefined;
  private data: ChosenFiles | undefined;
  private stale = false;
  private pointed: boolean;
  private ready = false;
  private abort = new AbortController();

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly extensionUri: vscode.Uri,
    private readonly services: CompareServices,
    private request: CompareRequest,
    private ask: boolean,
  ) {
    this.pointed = pointsAt(request);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    this.subscriptions.push(
      this.closed,
      this.posted,
      this.received,
      panel.onDidDispose(() => {
        this.abort.abort();
        this.closed.fire();
        for (const subscription of this.subscriptions) subscription.dispose();
      }),
      panel.webview.onDidReceiveMessage((value: unknown) => {
        const message = parseMessage(value);
        if (message) void this.receive(message);
      }),
      vscode.workspace.onDidChangeTextDocument(() => this.tellStale()),
    );
    const folders = vscode.workspace.workspaceFolders?.map(({ uri }) => uri) ?? [];
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(extensionUri, ...folders) };
    panel.webview.html = html(panel.webview, extensionUri, {
      name: 'compare',
      title: panel.title,
      language: services.language(),
    });
  }

  /** Brings the panel to the front and reads the model anew. */
  show(request: CompareRequest): void {
    this.panel.reveal(undefined, true);
    this.request = request;
    this.pointed = pointsAt(request);
    this.ask = true;
    if (this.ready) void this.read();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async receive(message: FromComparePanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.sendResources();
        if (this.data) this.sendData();
        await this.read();
        break;
      case 'read':
        this.request = { ...this.request, ...this.changes(message) };
        this.ask = true;
        await this.read();
        break;
      case 'weights': {
        const weights = message.choose ? await this.services.chooseWeights(this.request) : '';
        if (weights === undefined) break;
        this.request = { ...this.request, weights };
        await this.read();
        break;
      }
      case 'data': {
        const chosen = message.choose ? await this.services.chooseData(this.request) : undefined;
        if (message.choose && !chosen) break;
        this.data = chosen;
        if (!chosen || !this.admit(chosen.folder)) this.sendData();
        break;
      }
      case 'reveal':
        if (this.names(message.source.file)) this.services.reveal(message.source);
        break;
      case 'explain':
        this.services.explain(message.activation);
        break;
      case 'apply':
        if (!this.reading) break;
        this.post(await this.reading.apply(message));
        this.tellStale();
        break;
      case 'report':
        this.received.fire(message.report);
        break;
      case 'export':
        this.services.save(message.report);
        break;
      default:
        message satisfies never;
    }
  }

  /** Whether the page was told of a file: of the model's, or of one where a place or an obstacle stands. */
  private names(file: string): boolean {
    const told = this.reading?.message;
    const places = told?.type === 'model' ? told.sites : (told?.obstacles ?? []);
    return file === this.request.file || places.some(({ source }) => source?.file === file);
  }

  private async read(): Promise<void> {
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.post({ type: 'reading' });
    const reading = await this.services.read(this.request, this.ask, signal);
    if (signal.aborted) return;
    this.reading = reading;
    this.request = reading.request;
    this.stale = false;
    this.post(reading.message.type === 'model' ? this.modelMessage(reading.message) : reading.message);
    if (reading.message.type === 'model') this.pointed = false;
    this.tellStale();
  }

  private modelMessage(message: Omit<Extract<ToComparePanel, { type: 'model' }>, 'pointed'>): ToComparePanel {
    const { weights, ...rest } = message;
    const model = { ...rest, pointed: this.pointed };
    if (!weights?.uri) return { ...model, ...(weights && { weights }) };
    const file = vscode.Uri.parse(weights.uri, true);
    this.admit(vscode.Uri.joinPath(file, '..'));
    return { ...model, weights: { ...weights, uri: this.panel.webview.asWebviewUri(file).toString() } };
  }

  /**
   * Lets the page load from a folder. A new one starts the page anew, which then asks for everything again.
   * @returns whether it is new
   */
  private admit(folder: vscode.Uri): boolean {
    const inside = (root: vscode.Uri) =>
      root.scheme === folder.scheme &&
      root.authority === folder.authority &&
      `${folder.path}/`.startsWith(`${root.path}/`);
    const roots = this.panel.webview.options.localResourceRoots ?? [];
    if (roots.some(inside)) return false;
    this.panel.webview.options = { enableScripts: true, localResourceRoots: [...roots, folder] };
    return true;
  }

  /** What the page asked for; another model has another input, and other weights and parts. */
  private changes({ expression, part, input }: Extract<FromComparePanel, { type: 'read' }>): Partial<CompareRequest> {
    const shown = this.reading?.message.type === 'model' ? this.reading.message.expression : undefined;
    return {
      ...(expression === undefined ? {} : { expression, input: undefined }),
      ...(expression === undefined || expression === shown ? {} : { weights: undefined, part: undefined }),
      ...(part === undefined ? {} : { part, input: undefined }),
      ...(input === undefined ? {} : { input }),
    };
  }

  private tellStale(): void {
    if (this.stale || !this.reading?.isStale()) return;
    this.stale = true;
    this.post({ type: 'stale' });
  }

  private sendData(): void {
    const { data } = this;
    const uriOf = (uri: vscode.Uri) => this.panel.webview.asWebviewUri(uri).toString();
    const files = data?.files.map(({ path, uri }) => ({ path, uri: uriOf(uri) }));
    this.post({ type: 'data', ...(data && files && { data: { label: data.label, files } }) });
  }

  private sendResources(): void {
    const uri = (...path: string[]) =>
      this.panel.webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, 'dist', ...path)).toString();
    this.post({
      type: 'resources',
      wasm: uri('ort', 'ort-wasm-simd-threaded.jspi.wasm'),
      worker: uri('webview', 'runner.worker.js'),
    });
  }

  private post(message: ToComparePanel): void {
    this.posted.fire(message);
    void this.panel.webview.postMessage(message);
  }
}

const pointsAt = ({ site, activation }: CompareRequest) => site !== undefined || activation !== undefined;
