import * as vscode from 'vscode';
import { certainModel } from '../reader/certain';
import type { AskedFiles } from './asked';
import type { Documents } from './documents';
import { grammarOf } from './languages';
import type { ModelReadings } from './modelReadings';
import { settings } from './settings';

/** Milliseconds after the advice of the text alone was told, before the file's models are read. */
const PAUSE = 1500;

/**
 * Advice from the graphs of the models in the documents that are looked at. They are read in the background once nobody
 * types, and again where the text has changed by more than comments and empty lines. TensorFlow.js models are read once a
 * user has asked for their file; rules look at PyTorch's alone.
 */
export function register(documents: Documents, readings: ModelReadings, asked: AskedFiles): vscode.Disposable {
  const watch = new ModelAdvice(documents, readings, asked);
  return vscode.Disposable.from(
    watch,
    documents.onDidChangeAdvice((document) => watch.schedule(document)),
    asked.onDidAdmit((file) => {
      const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file);
      if (document) watch.schedule(document);
    }),
    vscode.workspace.onDidCloseTextDocument((document) => watch.forget(document)),
    vscode.window.onDidChangeVisibleTextEditors((editors) => {
      for (const { document } of editors) watch.schedule(document);
    }),
  );
}

class ModelAdvice implements vscode.Disposable {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** The code of each document whose models were looked at. */
  private readonly seen = new Map<string, string>();

  constructor(
    private readonly documents: Documents,
    private readonly readings: ModelReadings,
    private readonly asked: AskedFiles,
  ) {}

  schedule(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    if (!this.isLookedAt(document)) return;
    const timer = setTimeout(() => {
      this.timers.delete(key);
      // A file that can't be had shows nothing: a comparison says why.
      this.look(document, key).catch(() => undefined);
    }, PAUSE);
    this.timers.set(key, timer);
  }

  private async look(document: vscode.TextDocument, key: string): Promise<void> {
    if (!this.isLookedAt(document)) return;
    const code = codeOf(document);
    if (this.seen.get(key) === code && this.documents.hasModelAdvice(document)) return;
    const { version } = document;
    const models = [];
    const faults = [];
    const reading = this.readings.of(document);
    for await (const { candidate, extraction } of reading.readAll()) {
      const model = grammarOf(document) === 'python' && certainModel(extraction, candidate);
      if (model) models.push(model);
      if (extraction.fault) faults.push(extraction.fault);
    }
    if (!reading.isCurrent || document.version !== version) return;
    if (reading.isWhole) this.seen.set(key, code);
    await this.documents.adviseModels(document, models, faults);
  }

  forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.seen.delete(key);
  }

  /** Whether the document stands in an editor, may be read, and such advice is wanted. */
  private isLookedAt(document: vscode.TextDocument): boolean {
    const mayBeRead = grammarOf(document) !== undefined && this.asked.has(document.uri.toString());
    if (document.isClosed || !mayBeRead) return false;
    const { advice, adviceModels } = settings(document);
    return advice && adviceModels && vscode.window.visibleTextEditors.some((editor) => editor.document === document);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}

/** The text without comments at the ends of lines, and without empty lines. */
const codeOf = (document: vscode.TextDocument): string =>
  document
    .getText()
    .replace(grammarOf(document) === 'python' ? /[ \t]*(?:#[^'"\n]*)?$/gm : /[ \t]*(?:\/\/[^'"`\n]*)?$/gm, '')
    .replace(/\n+/g, '\n');
