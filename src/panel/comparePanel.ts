import * as vscode from 'vscode';
import type { Report } from '../compare/report';
import {
  type CompareRequests,
  type FromComparePanel,
  fromComparePanel,
  type ModelWeights,
  type ToComparePanel,
} from '../protocol/compare';
import type { CompareTarget } from '../protocol/model';
import { pack } from '../protocol/numbers';
import { parse } from '../protocol/parse';
import { type RequestParameters, Responder } from '../protocol/requests';
import type { ChosenFiles, CompareServices, Reading } from './compareServices';
import { admit, refusal } from './folders';
import { html, resourceRoots } from './html';

export const compareViewType = 'activationLens.compare';

/**
 * One comparison: the host's half of a panel.
 *
 * The panel is retained while hidden: a run takes as long as the user allowed, the GPU's state can't be stored and
 * resumed, and people switch to another tab meanwhile. Closing the panel ends the page, its worker and the run.
 * What survives a restart of the editor is what the page keeps with `setState`: the model's request and the last report.
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
  private watching: vscode.Disposable | undefined;
  private stale = false;
  private pointed: boolean;
  private ready = false;
  /** Ends the reading under way. */
  private abort: AbortController | undefined;
  private readonly responder = new Responder<CompareRequests>(
    {
      read: (change, signal) => {
        this.ask = true;
        return this.read(this.changes(change), signal);
      },
      weights: async ({ choose }, signal) => {
        const weights = choose ? await this.services.chooseWeights(this.request) : '';
        return weights === undefined ? null : this.read({ weights }, signal);
      },
      data: async ({ choose }) => {
        const chosen = choose ? await this.services.chooseData(this.request) : undefined;
        if (choose && !chosen) return null;
        const refused = chosen && refusal(chosen.folder);
        if (refused) throw new Error(refused);
        this.data = chosen;
        if (!chosen || !admit(this.panel.webview, chosen.folder)) this.sendData();
        return null;
      },
      apply: async (change) => {
        if (!this.reading) throw new Error(vscode.l10n.t('No model has been read yet.'));
        const applied = await this.reading.apply(change);
        this.tellStale();
        return applied;
      },
      write: async (change) => {
        if (!this.reading) throw new Error(vscode.l10n.t('No model has been read yet.'));
        return this.reading.write(change);
      },
      export: async ({ report }) => {
        const message = this.reading?.message;
        await this.services.save(report, message?.type === 'model' ? message : undefined);
        return null;
      },
    },
    (reply) => this.post(reply),
  );

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly extensionUri: vscode.Uri,
    private readonly services: CompareServices,
    private request: CompareTarget,
    private ask: boolean,
  ) {
    this.pointed = pointsAt(request);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    this.subscriptions.push(
      this.closed,
      this.posted,
      this.received,
      panel.onDidDispose(() => {
        this.responder.dispose();
        this.abort?.abort();
        this.watching?.dispose();
        this.closed.fire();
        for (const subscription of this.subscriptions) subscription.dispose();
      }),
      panel.webview.onDidReceiveMessage((value: unknown) => {
        const message = parse(fromComparePanel, value);
        if (message) this.receive(message);
      }),
      vscode.workspace.onDidChangeTextDocument(() => this.tellStale()),
    );
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(extensionUri) };
    panel.webview.html = html(panel.webview, extensionUri, {
      name: 'compare',
      title: panel.title,
      language: services.language(),
    });
  }

  /** Brings the panel to the front and reads the model anew. */
  show(request: CompareTarget): void {
    this.panel.reveal(undefined, true);
    this.request = request;
    this.pointed = pointsAt(request);
    this.ask = true;
    if (this.ready) void this.read({});
  }

  dispose(): void {
    this.panel.dispose();
  }

  private receive(message: FromComparePanel): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.sendResources();
        if (this.data) this.sendData();
        // A page that starts anew, because it may load from another folder now, needs no other reading.
        if (this.reading && !this.abort && !this.reading.isStale()) this.sendReading(this.reading);
        else void this.read({});
        break;
      case 'reveal':
        if (this.files().has(message.source.file)) this.services.reveal(message.source);
        break;
      case 'explain':
        this.services.explain(message.activation);
        break;
      case 'report':
        this.received.fire(message.report);
        break;
      case 'cancel':
        this.responder.cancel(message.id);
        break;
      case 'read':
      case 'weights':
      case 'data':
      case 'apply':
      case 'write':
      case 'export':
        void this.responder.receive(message);
        break;
      default:
        message satisfies never;
    }
  }

  /** The files that what the page shows is about: no others are shown in an editor. */
  private files(): ReadonlySet<string> {
    const message = this.reading?.message;
    const named = message?.type === 'model' ? message.sites : (message?.obstacles ?? []);
    return new Set([this.request.file, ...named.flatMap(({ source }) => source?.file ?? [])]);
  }

  /** Reads the model, in place of a reading under way. @param signal gives it up */
  private async read(change: Partial<CompareTarget>, signal?: AbortSignal): Promise<null> {
    this.request = { ...this.request, ...change };
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    signal?.addEventListener('abort', () => abort.abort());
    this.post({ type: 'reading' });
    const reading = await this.services.read(this.request, this.ask, abort.signal);
    if (this.abort === abort) this.abort = undefined;
    if (abort.signal.aborted) return null;
    this.reading = reading;
    this.request = reading.request;
    this.stale = false;
    this.sendReading(reading);
    this.watching?.dispose();
    this.watching = reading.watch(() => this.tellStale());
    return null;
  }

  private sendReading({ message }: Reading): void {
    if (message.type === 'model') {
      const { weights, ...rest } = message;
      const file = weights?.uri === undefined ? undefined : vscode.Uri.parse(weights.uri, true);
      const folder = file && vscode.Uri.joinPath(file, '..');
      const refused = folder && refusal(folder);
      // A page that starts anew is told then.
      if (folder && !refused && admit(this.panel.webview, folder)) return;
      const loaded: Partial<ModelWeights> = refused
        ? { uri: undefined, matched: 0, problems: [refused] }
        : {
            uri: file && this.pageUri(file),
            beside: weights?.beside?.map(({ path, uri }) => ({ path, uri: this.pageUri(vscode.Uri.parse(uri, true)) })),
          };
      this.post({ ...rest, pointed: this.pointed, ...(weights && { weights: { ...weights, ...loaded } }) });
      this.pointed = false;
    } else this.post(message);
    this.tellStale();
  }

  /** What the page asked for; another model has another input, and other weights and parts. */
  private changes({
    expression,
    part,
    input,
    forInput,
  }: RequestParameters<CompareRequests, 'read'>): Partial<CompareTarget> {
    const shown = this.reading?.message.type === 'model' ? this.reading.message.expression : undefined;
    return {
      ...(expression === undefined ? {} : { expression, input: undefined }),
      ...(expression === undefined || expression === shown
        ? {}
        : { weights: undefined, part: undefined, forInput: undefined }),
      ...(part === undefined ? {} : { part, input: undefined }),
      ...(input === undefined ? {} : { input }),
      ...(forInput === undefined ? {} : { forInput }),
    };
  }

  private tellStale(): void {
    if (this.stale || !this.reading?.isStale()) return;
    this.stale = true;
    this.post({ type: 'stale' });
  }

  /** Where the page loads a file from. */
  private pageUri(uri: vscode.Uri): string {
    return this.panel.webview.asWebviewUri(uri).toString();
  }

  private sendData(): void {
    const { data } = this;
    const files = data?.files.map(({ path, uri }) => ({ path, uri: this.pageUri(uri) }));
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
    void this.panel.webview.postMessage(pack(message));
  }
}

const pointsAt = ({ site, sites, activation }: CompareTarget) =>
  site !== undefined || sites !== undefined || activation !== undefined;
