import * as vscode from 'vscode';
import { type LineChoice, type LineHint, lineHints } from '../shapes/lines';
import { commands } from './commands';
import type { DocumentShapes } from './documentShapes';
import { grammarOf, selector } from './languages';
import type { LastResults } from './lastResults';
import { measuredLines } from './measuredLines';
import type { ModelReadings } from './modelReadings';
import type { ShownAdvice } from './prices';
import { toRange } from './ranges';
import { activeFile, keptSetting, section, settings } from './settings';

/** Milliseconds after the last key, before a model is read. */
const PAUSE = 300;

/** What comes out of a line, at its end: of the present text alone, where neither a problem nor what was measured is told. */
export function register(
  shapes: DocumentShapes,
  readings: ModelReadings,
  advised: ShownAdvice,
  results: LastResults,
): vscode.Disposable {
  const provider = new ShapeHints(shapes, readings, advised, results);
  const retold = () => provider.changed.fire();
  return vscode.Disposable.from(
    provider,
    vscode.languages.registerInlayHintsProvider(selector, provider),
    shapes.onDidRead(retold),
    shapes.onDidAdmit(retold),
    advised.onDidChangeAdvice(retold),
    results.onDidChange(retold),
    // A text that another one imports may have changed.
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && grammarOf(document)) retold();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (['shapes', 'shapeNames', 'hints'].some((name) => event.affectsConfiguration(`${section}.${name}`))) retold();
    }),
    vscode.commands.registerCommand(commands.toggleShapes, toggle),
  );
}

/** Where the user keeps it. */
async function toggle(): Promise<void> {
  const scope = activeFile();
  await keptSetting<LineChoice | 'off'>('shapes', scope).change(settings(scope).shapes === 'off' ? 'calls' : 'off');
}

class ShapeHints implements vscode.InlayHintsProvider, vscode.Disposable {
  readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.changed.event;
  /** Of each document the text that will be read, and when. */
  private readonly waiting = new Map<
    string,
    { readonly version: number; readonly timer: ReturnType<typeof setTimeout> }
  >();

  constructor(
    private readonly shapes: DocumentShapes,
    private readonly readings: ModelReadings,
    private readonly advised: ShownAdvice,
    private readonly results: LastResults,
  ) {}

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlayHint[]> {
    const { shapes: choice } = settings(document);
    if (choice === 'off') return [];
    const known = this.shapes.shapesOf(document);
    // Whoever looks at a text that is not read has it read once nobody types.
    if (known.length === 0) {
      this.schedule(document);
      return [];
    }
    const { version } = document;
    const told = await this.toldLines(document);
    if (token.isCancellationRequested || document.version !== version) return [];
    return lineHints(known, document.uri.toString(), choice)
      .filter((each) => !told.has(each.line) && each.line >= range.start.line && each.line <= range.end.line)
      .filter((each) => each.kind === 'shape' || isCall(document, each))
      .map((each) => hintAt(document, each));
  }

  /** Lines whose ends have another text of ours. */
  private async toldLines(document: vscode.TextDocument): Promise<ReadonlySet<number>> {
    if (!settings(document).hints) return new Set();
    const measured = await measuredLines(document, this.readings.resultsOf(document), this.results);
    return new Set([...this.advised.shownAdvice(document).map((each) => each.range.line), ...measured.keys()]);
  }

  dispose(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.changed.dispose();
  }

  private schedule(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const { version } = document;
    const waiting = this.waiting.get(key);
    // Who looks often, as in scrolling, does not put it off.
    if (waiting?.version === version) return;
    clearTimeout(waiting?.timer);
    const timer = setTimeout(() => {
      this.waiting.delete(key);
      if (!document.isClosed) void this.shapes.read(document);
    }, PAUSE);
    this.waiting.set(key, { version, timer });
  }
}

function hintAt(document: vscode.TextDocument, { line, text }: LineHint): vscode.InlayHint {
  const hint = new vscode.InlayHint(document.lineAt(line).range.end, text);
  hint.paddingLeft = true;
  return hint;
}

/** Whether a layer is constructed there: a class that is only named as an argument is constructed elsewhere. */
const isCall = (document: vscode.TextDocument, { source }: LineHint): boolean =>
  document.getText(toRange(source)).endsWith(')');
