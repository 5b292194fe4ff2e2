import type * as vscode from 'vscode';
import { certainModel } from '../reader/certain';
import type { ModelShapes } from '../shapes/types';
import type { ModelReadings, QuietReading } from './modelReadings';

/** Milliseconds that a hover waits for a model that is being read; what comes later the next one says. */
const PATIENCE = 400;

/** What is known of the shapes of documents' present text. */
export class DocumentShapes {
  /** What is being read, or was: of each text once. */
  private readonly begun = new WeakMap<ReturnType<ModelReadings['of']>, Promise<void>>();

  constructor(private readonly readings: ModelReadings) {}

  get onDidRead(): vscode.Event<vscode.TextDocument> {
    return this.readings.onDidRead;
  }

  /** Of the models that have been read so far, the likeliest first; none of a text that is no more. */
  shapesOf(document: vscode.TextDocument): readonly ModelShapes[] {
    return this.readings.resultsOf(document).flatMap((each) => certainShapes(each) ?? []);
  }

  /** Reads the document's models, in the background. */
  async read(document: vscode.TextDocument): Promise<void> {
    const reading = this.readings.of(document);
    const begun = this.begun.get(reading) ?? readAll(reading);
    this.begun.set(reading, begun);
    await begun;
  }

  /** The same, for somebody who waits: what has been read after a moment. */
  async readSoon(document: vscode.TextDocument): Promise<readonly ModelShapes[]> {
    await Promise.race([this.read(document), new Promise((done) => setTimeout(done, PATIENCE))]);
    return this.shapesOf(document);
  }
}

async function readAll(reading: ReturnType<ModelReadings['of']>): Promise<void> {
  // What can't be read has no shapes: a comparison says why.
  try {
    for await (const _ of reading.readAll(true));
  } catch {}
}

const certainShapes = ({ extraction, candidate, shapes }: QuietReading): ModelShapes | undefined =>
  certainModel(extraction, candidate) && shapes;
