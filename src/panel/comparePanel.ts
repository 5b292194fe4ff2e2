import * as vscode from 'vscode';
import type { Report } from '../compare/report';
import {
  type CompareRequests,
  type FromComparePanel,
  fromComparePanel,
  type ToComparePanel,
} from '../protocol/compare';
import type { CompareTarget } from '../protocol/model';
import { pack } from '../protocol/numbers';
import { parse } from '../protocol/parse';
import { type RequestParameters, Responder } from '../protocol/requests';
import type { StoredComparison } from '../protocol/stored';
import type { ChosenFiles, ComparePanelTarget, CompareServices, Reading } from './compareServices';
import { CompareWriting } from './compareWriting';
import { admit, refusal, weightsForPage } from './folders';
import { html, resourceRoots, runnerResources } from './html';

export const compareViewType = 'activationLens.compare';

/** Milliseconds after the last edit until the model is read again. */
const DELAY = 600;

/**
 * One comparison: the host's half of a panel.
 *
 * The panel is retained while hidden: a run takes as long as the user allowed, the GPU's state can't be stored and
 * resumed, and people switch to another tab meanwhile. Closing the panel ends the page, its worker and the run.
 * What survives a restart of the editor is what the page keeps with `setState`: the model's request and the last report.
 * Reports are kept under their keys besides, and shown again whenever a model with the same key is read.
 *
 * After an edit the model is read again quietly, while the panel can be seen. Where its key is the same, the page is told
 * where everything stands now; where it is not, or nothing can be read, that what it shows is stale.
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
  private readonly failed = new vscode.EventEmitter<string>();
  /** Why a run has come to nothing. */
  readonly onDidFail = this.failed.event;
  private reading: Reading | undefined;
  private data: ChosenFiles | undefined;
  private watching: vscode.Disposable | undefined;
  /** The last one of the text, which may be of another model than `reading`, or none that can be read. */
  private looked: Reading | undefined;
  /** The page was told that what it shows is stale. */
  private stale = false;
  /** What was measured earlier, for the page. */
  private stored: StoredComparison | undefined;
  private readonly writing = new CompareWriting({
    reading: () => this.reading,
    readAgain: () => this.readAgain(),
  });
  /** Until the model is read again. */
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Ends that reading. */
  private again = new AbortController();
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
      refresh: (_, signal) => {
        this.ask = true;
        return this.read({}, signal, true);
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
      setting: async ({ activation, parameters }) => this.services.setting(activation, parameters),
      curves: async (asked) => ({ curves: this.services.curves(asked) }),
      apply: (change) => this.writing.apply(change),
      preview: (change) => this.writing.preview(change),
      undo: () => this.writing.undo(),
      write: async (change) => {
        if (!this.reading) throw new Error(vscode.l10n.t('No model has been read yet.'));
        return this.reading.write(change);
      },
      copy: async ({ report, form }) => {
        await this.services.copy(report, form);
        return null;
      },
      picture: async (picture) => {
        await this.services.savePicture(picture);
        return null;
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
    private request: ComparePanelTarget,
    private ask: boolean,
    /** To be shown whatever the code has become. */
    private pinned?: StoredComparison,
  ) {
    this.pointed = pointsAt(request);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    this.subscriptions.push(
      this.closed,
      this.posted,
      this.received,
      this.failed,
      panel.onDidDispose(() => {
        this.responder.dispose();
        this.abort?.abort();
        this.watching?.dispose();
        this.again.abort();
        clearTimeout(this.timer);
        this.closed.fire();
        for (const subscription of this.subscriptions) subscription.dispose();
      }),
      panel.webview.onDidReceiveMessage((value: unknown) => {
        const message = parse(fromComparePanel, value);
        if (message) this.receive(message);
      }),
      services.device.onDidChange(() => this.sendDevice()),
      vscode.workspace.onDidChangeTextDocument(() => this.schedule()),
      panel.onDidChangeViewState(() => this.schedule()),
    );
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(extensionUri) };
    panel.webview.html = html(panel.webview, extensionUri, {
      name: 'compare',
      title: panel.title,
      language: services.language(),
    });
  }

  /** Reads the model while the page is loaded; else that waits until the page is seen. */
  begin(): void {
    void this.read({});
  }

  /** Brings the panel to the front and reads the model anew. */
  show(request: CompareTarget, stored?: StoredComparison): void {
    this.pinned = stored;
    this.panel.reveal(undefined, true);
    this.request = request;
    this.pointed = pointsAt(request);
    this.ask = true;
    void this.read({});
  }

  dispose(): void {
    this.panel.dispose();
  }

  private receive(message: FromComparePanel): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.post({
          ...runnerResources(this.panel.webview, this.extensionUri),
          checked: [...this.services.adapters.keys()],
        });
        this.sendDevice();
        if (this.data) this.sendData();
        // A page that starts anew, because it may load from another folder now, needs no other reading.
        if (this.abort) this.post({ type: 'reading' });
        else if (this.reading && !this.reading.isStale()) this.sendReading(this.reading, true);
        else void this.read({});
        break;
      case 'reveal':
        if (this.files().has(message.source.file)) this.services.reveal(message.source);
        break;
      case 'device':
        this.services.device.set(message.device);
        break;
      case 'checked':
        this.services.adapters.keep(message.key);
        break;
      case 'explain':
        this.services.explain(message.activation);
        break;
      case 'report':
        this.received.fire(message.report);
        this.keep(message.report);
        break;
      case 'failed':
        this.failed.fire(message.message);
        break;
      case 'cancel':
        this.responder.cancel(message.id);
        break;
      case 'read':
      case 'refresh':
      case 'weights':
      case 'data':
      case 'setting':
      case 'curves':
      case 'apply':
      case 'preview':
      case 'undo':
      case 'write':
      case 'copy':
      case 'picture':
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

  /**
   * Reads the model, in place of a reading under way.
   * @param signal gives it up
   * @param quietly the page knows already
   */
  private async read(change: Partial<CompareTarget>, signal?: AbortSignal, quietly = false): Promise<null> {
    this.request = { ...this.request, ...change };
    this.abort?.abort();
    this.again.abort();
    clearTimeout(this.timer);
    const abort = new AbortController();
    this.abort = abort;
    signal?.addEventListener('abort', () => abort.abort());
    if (!quietly && this.ready) this.post({ type: 'reading' });
    const reading = await this.services.read(this.request, this.ask, abort.signal);
    const stored = this.pinned ?? (abort.signal.aborted ? undefined : await this.find(reading));
    if (this.abort === abort) this.abort = undefined;
    if (abort.signal.aborted) return null;
    this.pinned = undefined;
    this.stored = stored;
    this.reading = reading;
    this.request = reading.request;
    if (reading.title !== undefined) this.panel.title = vscode.l10n.t('Compare: {0}', reading.title);
    this.watch(reading);
    if (this.ready) this.sendReading(reading, true);
    return null;
  }

  /** What was measured of a model: with the chosen data, else with whatever was built in. */
  private async find(reading: Reading): Promise<StoredComparison | undefined> {
    if (reading.message.type !== 'model' || this.request.run) return undefined;
    const { data } = this;
    const { find } = this.services;
    return (data && (await find(reading.keyFor(identityOf(data))))) ?? find(reading.keyFor(undefined));
  }

  /** @param anew what is known of the model is told, too: it need not be the one that the page shows */
  private sendReading(reading: Reading, anew: boolean): void {
    const { message } = reading;
    this.stale = false;
    const tellStored = () => {
      if (anew && this.stored) this.post({ type: 'stored', report: this.stored.report, key: this.stored.modelKey });
    };
    if (message.type === 'model') {
      const { weights, ...rest } = message;
      const loaded = weights && weightsForPage(this.panel.webview, weights);
      // A page that starts anew is told then.
      if (loaded === 'anew') return;
      tellStored();
      const key = reading.keyFor(undefined);
      this.post({ ...rest, key, pointed: this.pointed, ...(loaded && { weights: loaded }) });
      this.pointed = false;
    } else {
      tellStored();
      this.post(message);
    }
    this.schedule();
  }

  /** Keeps the last reading of the files, and an eye on those that no editor has open. */
  private watch(reading: Reading): void {
    this.looked = reading;
    this.watching?.dispose();
    this.watching = reading.watch(() => this.schedule());
  }

  /** Has the model read again a while after an edit, or once the panel is seen. */
  private schedule(): void {
    const { reading } = this;
    clearTimeout(this.timer);
    if (!this.panel.visible || reading?.message.type !== 'model') return;
    const changed = reading.isStale();
    // The edit was undone.
    if (!changed && this.stale) this.sendReading(reading, false);
    else if (changed && this.looked?.isStale()) this.timer = setTimeout(() => void this.readAgain(), DELAY);
  }

  /** Reads the model of the text as it is now; where it has another key, the page is told that it shows an earlier one. */
  private async readAgain(): Promise<void> {
    const { reading } = this;
    clearTimeout(this.timer);
    this.again.abort();
    if (this.abort || reading?.message.type !== 'model') return;
    const again = new AbortController();
    this.again = again;
    const later = await this.services.readAgain(reading.request, again.signal);
    if (again.signal.aborted || this.reading !== reading) return;
    this.watch(later);
    if (later.message.type === 'model' && later.keyFor(undefined) === reading.keyFor(undefined)) {
      this.reading = later;
      this.sendReading(later, false);
    } else if (!this.stale) {
      this.stale = true;
      this.post({ type: 'stale' });
    }
  }

  private keep(report: Report): void {
    const { reading } = this;
    // A text that no file has is not opened again.
    if (reading?.message.type !== 'model' || this.request.run?.isText) return;
    const { label } = reading.message;
    const { site: _, sites: __, activation: ___, run: ____, ...request } = reading.request;
    const key = reading.keyFor(this.data && identityOf(this.data));
    const graphKey = reading.graphKey?.();
    const keys = { key, modelKey: reading.keyFor(undefined), ...(graphKey !== undefined && { graphKey }) };
    this.stored = { ...keys, version: 1, label, request, report };
    this.services.keep(this.stored);
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

  /** Where the page loads a file from. */
  private pageUri(uri: vscode.Uri): string {
    return this.panel.webview.asWebviewUri(uri).toString();
  }

  private sendData(): void {
    const { data } = this;
    const files = data?.files.map(({ path, uri }) => ({ path, uri: this.pageUri(uri) }));
    this.post({ type: 'data', ...(data && files && { data: { label: data.label, files } }) });
  }

  private sendDevice(): void {
    this.post({ type: 'device', device: this.services.device.get() });
  }

  private post(message: ToComparePanel): void {
    this.posted.fire(message);
    void this.panel.webview.postMessage(pack(message));
  }
}

const pointsAt = ({ site, sites, activation }: CompareTarget) =>
  site !== undefined || sites !== undefined || activation !== undefined;

const identityOf = ({ label, files }: ChosenFiles) => [label, ...files.map(({ uri }) => uri.toString())].join('\n');
