import type * as vscode from 'vscode';
import { certainModel } from '../reader/certain';
import type { ModelShapes } from '../shapes/types';
import type { AskedFiles } from './asked';
import type { ModelReadings, QuietReading } from './modelReadings';

/** Milliseconds that a hover waits for a model that is being read; what comes later the next one says. */
const PATIENCE = 400;

/** What is known of the shapes of documents' present text. */
export class DocumentShapes {
  constructor(
    private readonly readings: ModelReadings,
    private readonly asked: AskedFiles,
  ) {}

  get onDidRead(): vscode.Event<vscode.TextDocument> {
    return this.readings.onDidRead;
  }

  /** A file may be read that might not before. */
  get onDidAdmit(): vscode.Event<string> {
    return this.asked.onDidAdmit;
  }

  /** Of the models that have been read so far, the likeliest first; none of a text that is no more. */
  shapesOf(document: vscode.TextDocument): readonly ModelShapes[] {
    return this.readings.resultsOf(document).flatMap((each) => certainShapes(each) ?? []);
  }

  /** Reads the document's models, in the background, unless that would run code that nobody asked for. */
  async read(document: vscode.TextDocument): Promise<void> {
    if (!this.asked.has(document.uri.toString())) return;
    // What can't be read has no shapes: a comparison says why.
    try {
      for await (const _ of this.readings.of(document).readAll(true));
    } catch {}
  }

  /** The same, for somebody who waits: what has been read after a moment. */
  async readSoon(document: vscode.TextDocument): Promise<readonly ModelShapes[]> {
    await Promise.race([this.read(document), new Promise((done) => setTimeout(done, PATIENCE))]);
    return this.shapesOf(document);
  }
}

const certainShapes = ({ extraction, candidate, shapes }: QuietReading): ModelShapes | undefined =>
  certainModel(extraction, candidate) && shapes;
