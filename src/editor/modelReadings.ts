import * as vscode from 'vscode';
import type { Extraction } from '../extract/extract';
import type { ModelCandidate } from '../extract/models';
import type { ModelShapes } from '../shapes/types';
import type { Documents } from './documents';
import { wholeOf } from './notebooks';
import type { ModelReader } from './reading';
import { section, settings } from './settings';
import { WorkspaceSource } from './source';

/** Models of a file that are read quietly, likeliest first. */
const MODELS = 4;
/** Documents whose models are kept. */
const DOCUMENTS = 8;
/** Milliseconds for one model: nobody asked for it. */
const LONGEST = 1500;
/** How often a model is read that takes longer: the machine may have been busy. */
const TRIES = 3;

/** A model of a document as it was read, or why it was not. */
export interface QuietReading {
  readonly candidate: ModelCandidate;
  readonly extraction: Extraction;
  /** The shapes of the file's lines, where they were asked for. */
  readonly shapes?: ModelShapes | undefined;
}

/** Readings by the rank of their model. */
class Results {
  private readonly begun = new Map<number, Promise<QuietReading | undefined>>();
  private readonly tries = new Map<number, number>();
  /** Those to be read again when somebody asks. */
  readonly open = new Set<number>();
  readonly finished = new Map<number, QuietReading>();

  constructor(private readonly told: () => void) {}

  at(index: number, read: () => Promise<QuietReading | undefined>): Promise<QuietReading | undefined> {
    const known = this.begun.get(index);
    if (known) return known;
    const reading = this.finish(index, read);
    this.begun.set(index, reading);
    return reading;
  }

  private async finish(
    index: number,
    read: () => Promise<QuietReading | undefined>,
  ): Promise<QuietReading | undefined> {
    this.open.delete(index);
    let isKept = false;
    try {
      const found = await read();
      isKept = !found || this.isOfText(found, index);
      if (found && isKept) {
        this.finished.set(index, found);
        this.told();
      }
      return found;
    } finally {
      if (!isKept) {
        this.begun.delete(index);
        this.open.add(index);
      }
    }
  }

  /** Whether another reading of the text would say the same: not where nobody was to read it yet, or time ran out. */
  private isOfText({ extraction }: QuietReading, index: number): boolean {
    const kind = extraction.ok ? undefined : extraction.problem.kind;
    if (kind !== 'budget') return kind !== 'cancelled';
    const tries = (this.tries.get(index) ?? 0) + 1;
    this.tries.set(index, tries);
    return tries >= TRIES;
  }
}

/** The models of a document's text, each read when it is first asked for. */
class DocumentReading {
  readonly stop = new AbortController();
  readonly source = new WorkspaceSource();
  readonly version: number;
  /** Whether shapes have the names of arguments: where that is changed, all is read anew. */
  private readonly names: boolean;
  private candidates: Promise<readonly ModelCandidate[]> | undefined;
  private readonly plain: Results;
  private readonly shaped: Results;

  constructor(
    private readonly document: vscode.TextDocument,
    private readonly documents: Documents,
    private readonly reader: ModelReader,
    told: (document: vscode.TextDocument) => void,
  ) {
    this.plain = new Results(() => told(document));
    this.shaped = new Results(() => told(document));
    this.version = document.version;
    this.names = settings(document).shapeNames;
  }

  get isCurrent(): boolean {
    return (
      !this.stop.signal.aborted &&
      this.version === this.document.version &&
      !this.document.isClosed &&
      this.source.changedFile() === undefined
    );
  }

  /** Whether what was read can't be more when it is asked for again. */
  get isWhole(): boolean {
    return this.plain.open.size + this.shaped.open.size === 0;
  }

  /** What has been read so far, likeliest first. */
  get finished(): readonly QuietReading[] {
    if (!this.isCurrent) return [];
    const all = new Map([...this.plain.finished, ...this.shaped.finished]);
    return [...all].sort(([a], [b]) => a - b).map(([, each]) => each);
  }

  /**
   * The models in turn; ends where the document's text is another one.
   * @param shapes whether the shapes of its lines are wanted, too; where they are shown, all readings tell them
   */
  async *readAll(shapes = settings(this.document).shapes !== 'off'): AsyncGenerator<QuietReading> {
    const results = shapes ? this.shaped : this.plain;
    for (let index = 0; index < MODELS && this.isCurrent; index++) {
      const found = await results.at(index, () => this.read(index, shapes));
      if (!found) return;
      if (this.isCurrent) yield found;
    }
  }

  private async read(index: number, shapes: boolean): Promise<QuietReading | undefined> {
    this.candidates ??= this.documents.models(this.document);
    const candidate = [...(await this.candidates)].sort((a, b) => b.score - a.score)[index];
    if (!candidate || !this.isCurrent) return undefined;
    const request = { file: wholeOf(this.document.uri.toString()), expression: candidate.expression };
    const quietly = { milliseconds: LONGEST, signal: this.stop.signal, shapes, names: shapes && this.names };
    const read = await this.reader.readQuietly(request, this.source, quietly);
    return { candidate, ...read };
  }
}

/** The models of open documents, read in the background, once for all who look at them. */
export class ModelReadings implements vscode.Disposable {
  private readonly readings = new Map<string, DocumentReading>();
  private readonly read = new vscode.EventEmitter<vscode.TextDocument>();
  /** A model of a document's present text was read. */
  readonly onDidRead = this.read.event;
  private readonly renaming: vscode.Disposable;

  constructor(
    private readonly documents: Documents,
    private readonly reader: ModelReader,
  ) {
    this.renaming = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${section}.shapeNames`)) this.forget();
    });
  }

  /** The reading of a document's present text. */
  of(document: vscode.TextDocument): DocumentReading {
    const key = document.uri.toString();
    const known = this.readings.get(key);
    if (known?.isCurrent) return known;
    known?.stop.abort();
    this.readings.delete(key);
    const reading = new DocumentReading(document, this.documents, this.reader, (read) => this.read.fire(read));
    this.readings.set(key, reading);
    for (const [oldest, { stop }] of this.readings) {
      if (this.readings.size <= DOCUMENTS) break;
      stop.abort();
      this.readings.delete(oldest);
    }
    return reading;
  }

  /** What has been read of a document's present text, whoever asked for it. */
  resultsOf(document: vscode.TextDocument): readonly QuietReading[] {
    return this.readings.get(document.uri.toString())?.finished ?? [];
  }

  dispose(): void {
    this.renaming.dispose();
    this.read.dispose();
    this.forget();
  }

  private forget(): void {
    for (const { stop } of this.readings.values()) stop.abort();
    this.readings.clear();
  }
}
