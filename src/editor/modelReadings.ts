import type * as vscode from 'vscode';
import type { Extraction } from '../extract/extract';
import type { ModelCandidate } from '../extract/models';
import type { Documents } from './documents';
import { wholeOf } from './notebooks';
import type { ModelReader } from './reading';
import { WorkspaceSource } from './source';

/** Models of a file that are read quietly, likeliest first. */
const MODELS = 4;
/** Documents whose models are kept. */
const DOCUMENTS = 8;
/** Milliseconds for one model: nobody asked for it. */
const LONGEST = 1500;

/** A model of a document as it was read, or why it was not. */
export interface QuietReading {
  readonly candidate: ModelCandidate;
  readonly extraction: Extraction;
}

/** The models of a document's text, each read when it is first asked for. */
class DocumentReading {
  readonly stop = new AbortController();
  readonly source = new WorkspaceSource();
  readonly version: number;
  private candidates: Promise<readonly ModelCandidate[]> | undefined;
  private readonly results = new Map<number, Promise<QuietReading | undefined>>();

  constructor(
    private readonly document: vscode.TextDocument,
    private readonly documents: Documents,
    private readonly reader: ModelReader,
  ) {
    this.version = document.version;
  }

  get isCurrent(): boolean {
    return (
      !this.stop.signal.aborted &&
      this.version === this.document.version &&
      !this.document.isClosed &&
      this.source.changedFile() === undefined
    );
  }

  /** The models in turn; ends where the document's text is another one. */
  async *readAll(): AsyncGenerator<QuietReading> {
    for (let index = 0; index < MODELS && this.isCurrent; index++) {
      const known = this.results.get(index) ?? this.read(index);
      this.results.set(index, known);
      const found = await known;
      if (!found) return;
      if (this.isCurrent) yield found;
    }
  }

  private async read(index: number): Promise<QuietReading | undefined> {
    this.candidates ??= this.documents.models(this.document);
    const candidate = [...(await this.candidates)].sort((a, b) => b.score - a.score)[index];
    if (!candidate || !this.isCurrent) return undefined;
    const request = { file: wholeOf(this.document.uri.toString()), expression: candidate.expression };
    const extraction = await this.reader.readQuietly(request, this.source, LONGEST, this.stop.signal);
    return { candidate, extraction };
  }
}

/** The models of open documents, read in the background, once for all who look at them. */
export class ModelReadings implements vscode.Disposable {
  private readonly readings = new Map<string, DocumentReading>();

  constructor(
    private readonly documents: Documents,
    private readonly reader: ModelReader,
  ) {}

  /** The reading of a document's present text. */
  of(document: vscode.TextDocument): DocumentReading {
    const key = document.uri.toString();
    const known = this.readings.get(key);
    if (known?.isCurrent) return known;
    known?.stop.abort();
    this.readings.delete(key);
    const reading = new DocumentReading(document, this.documents, this.reader);
    this.readings.set(key, reading);
    for (const [oldest, { stop }] of this.readings) {
      if (this.readings.size <= DOCUMENTS) break;
      stop.abort();
      this.readings.delete(oldest);
    }
    return reading;
  }

  dispose(): void {
    for (const { stop } of this.readings.values()) stop.abort();
    this.readings.clear();
  }
}
