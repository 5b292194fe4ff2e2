import * as vscode from 'vscode';
import { pack } from '../protocol/numbers';
import { type FromOnnxPanel, fromOnnxPanel, type OnnxRequests, type ToOnnxPanel } from '../protocol/onnx';
import { parse } from '../protocol/parse';
import { type Ok, Responder } from '../protocol/requests';
import { html, resourceRoots } from './html';

export const onnxViewType = 'activationLens.onnx';

/** A file as it was read. */
export interface OnnxFileReading {
  /** What the page is told. */
  readonly messages: readonly Extract<ToOnnxPanel, { type: 'file' | 'model' | 'unreadable' }>[];
  /** Activations of the model's sites, by the sites' ids; empty where it can't be read. */
  readonly sites: ReadonlyMap<string, string>;
  /** Shapes of the inputs, where sizes were given. */
  readonly input?: string;
  /** Tells when the file, or one that it names, is another one on disk. */
  readonly watch: (tell: () => void) => vscode.Disposable;
  /** Asks what to write, and where to, and writes it; no message where the user thinks better of it. @throws Error why it can't */
  readonly write: (choice: OnnxChoice) => Promise<Ok<OnnxRequests, 'write'>>;
}

/** Sites of a file. */
export interface OnnxChoice {
  /** Absent: those that a comparison chooses. */
  readonly sites?: readonly string[];
  /** Activations that are there. */
  readonly activations: readonly string[];
}

/** What the panel needs from the editor. */
export interface OnnxServices {
  readonly language: () => string;
  /** The file as people name it. */
  readonly label: (file: vscode.Uri) => string;
  /** Reads the file. Never throws. @param sizes of what it leaves open, as the user wrote them */
  readonly read: (file: vscode.Uri, sizes: string | undefined, signal: AbortSignal) => Promise<OnnxFileReading>;
  /** @param input shapes of the inputs, where sizes were given */
  readonly compare: (file: vscode.Uri, choice: OnnxChoice, input: string | undefined) => void;
  readonly explain: (activation: string) => void;
}

/**
 * An ONNX file in an editor: the host's half. The page is not retained while hidden: it is told again what is known. A
 * file that changes on disk is read again.
 */
export class OnnxPanel implements vscode.Disposable {
  private readonly posted = new vscode.EventEmitter<ToOnnxPanel>();
  /** Every message sent to the page. */
  readonly onDidPost = this.posted.event;
  private readonly subscriptions: vscode.Disposable[] = [];
  private reading: OnnxFileReading | undefined;
  private watching: vscode.Disposable | undefined;
  private sizes: string | undefined;
  private abort = new AbortController();
  private ready = false;
  private readonly responder = new Responder<OnnxRequests>(
    {
      write: async ({ sites }) => {
        if (!this.reading) throw new Error(vscode.l10n.t('No model has been read yet.'));
        return this.reading.write(this.choice(sites));
      },
    },
    (reply) => this.post(reply),
  );

  constructor(
    private readonly panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly services: OnnxServices,
    readonly file: vscode.Uri,
  ) {
    this.subscriptions.push(
      this.posted,
      panel.webview.onDidReceiveMessage((value: unknown) => {
        const message = parse(fromOnnxPanel, value);
        if (message) this.receive(message);
      }),
    );
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(extensionUri) };
    const page = { name: 'onnx', title: services.label(file), language: services.language() } as const;
    panel.webview.html = html(panel.webview, extensionUri, page);
    void this.read();
  }

  /** Reads the file, in place of a reading under way. */
  private async read(): Promise<void> {
    this.abort.abort();
    this.watching?.dispose();
    const abort = new AbortController();
    this.abort = abort;
    this.reading = undefined;
    this.send();
    const reading = await this.services.read(this.file, this.sizes, abort.signal);
    if (abort.signal.aborted) return;
    this.reading = reading;
    this.send();
    this.watching = reading.watch(() => void this.read());
  }

  dispose(): void {
    this.abort.abort();
    this.watching?.dispose();
    this.responder.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private receive(message: FromOnnxPanel): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.send();
        break;
      case 'again':
        if (message.sizes !== undefined) this.sizes = message.sizes || undefined;
        void this.read();
        break;
      case 'compare':
        this.services.compare(this.file, this.choice(message.sites), this.reading?.input);
        break;
      case 'explain':
        if (this.choice().activations.includes(message.activation)) this.services.explain(message.activation);
        break;
      case 'cancel':
        this.responder.cancel(message.id);
        break;
      case 'write':
        void this.responder.receive(message);
        break;
      default:
        message satisfies never;
    }
  }

  /** The page is not to be trusted: only sites that were read are chosen. */
  private choice(ids?: readonly string[]): OnnxChoice {
    const known = this.reading?.sites ?? new Map<string, string>();
    const chosen = ids?.filter((id) => known.has(id));
    const activations = (chosen ?? [...known.keys()]).flatMap((id) => known.get(id) ?? []);
    return { activations, ...(chosen && { sites: chosen }) };
  }

  /** Tells the page what is known by now. */
  private send(): void {
    if (!this.ready) return;
    this.post({ type: 'reading', label: this.services.label(this.file) });
    for (const message of this.reading?.messages ?? []) this.post(message);
  }

  private post(message: ToOnnxPanel): void {
    this.posted.fire(message);
    void this.panel.webview.postMessage(pack(message));
  }
}
