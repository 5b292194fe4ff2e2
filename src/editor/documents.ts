import * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import type { AdvisedModel } from '../advise/models/adviseModels';
import type { ActivationSite } from '../detect/site';
import type { ModelCandidate } from '../extract/models';
import { rangeIn } from '../extract/relocate';
import type { Fault } from '../graph/fault';
import type { Syntax } from '../syntax/syntax';
import { DocumentImports } from './imports';
import { grammarOf } from './languages';
import { modelsIn } from './listedModels';
import { DocumentNeighbours } from './neighbours';
import { NotebookAdvice } from './notebookAdvice';
import { cellPlace, openNotebook, rangeOfCell, wholeOf } from './notebooks';
import { ProjectRules } from './projectRules';
import { section } from './settings';
import { sourceText, TrackedDocument, type Use } from './trackedDocument';

/** What is known of the open documents: sites, models and advice, each for the text as it stands. */
export class Documents implements vscode.Disposable {
  private readonly tracked = new Map<string, TrackedDocument>();
  /** Of each document, the version whose advice was told last. */
  private readonly versions = new Map<string, number>();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  /** The advice to show for a document changed. */
  readonly onDidChangeAdvice = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  /** What projects say of rules. */
  readonly projectRules = new ProjectRules();
  private readonly imports: DocumentImports;
  private readonly neighbours: DocumentNeighbours;
  private readonly notebooks: NotebookAdvice;

  constructor(readonly syntax: Syntax) {
    this.imports = new DocumentImports(syntax);
    this.neighbours = new DocumentNeighbours(syntax);
    this.notebooks = new NotebookAdvice(syntax);
    this.subscriptions = [
      this.changed,
      this.imports,
      this.neighbours,
      this.notebooks,
      this.projectRules,
      this.projectRules.onDidChange(() => {
        for (const tracked of this.tracked.values()) tracked.restart();
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.track(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0) this.track(event.document)?.edit(event.contentChanges);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(`${section}.advice`)) return;
        for (const tracked of this.tracked.values()) tracked.restart();
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.track(document);
  }

  /** Activations named in the document's present text, in order. */
  async sites(document: vscode.TextDocument): Promise<readonly ActivationSite[]> {
    return (await this.track(document)?.sites()) ?? [];
  }

  /** The same as far as somebody has looked for them already. */
  knownSites(document: vscode.TextDocument): readonly ActivationSite[] | undefined {
    return this.tracked.get(document.uri.toString())?.knownSites;
  }

  /** Works on the document's tree and sites as they stand; `use` must not keep the tree. */
  async read<T>(document: vscode.TextDocument, use: Use<T>): Promise<T | undefined> {
    return this.track(document)?.read(use);
  }

  /** Models that the document's present text defines or builds. */
  async models(document: vscode.TextDocument): Promise<readonly ModelCandidate[]> {
    const tracked = this.track(document);
    if (!tracked) return [];
    const file = document.uri.toString();
    const cell = rangeOfCell(file);
    const whole = cell && openNotebook(wholeOf(file));
    if (!cell || !whole) return modelsIn(this.syntax, sourceText(document), tracked.grammar);
    // What a cell builds, another one may define.
    const models = await modelsIn(this.syntax, whole, tracked.grammar);
    return models
      .map((model) => ({ ...model, range: rangeIn(model.range, cellPlace) }))
      .filter(({ range }) => range.file === file);
  }

  /** Advice to show now; its ranges fit the text that was analysed last. */
  shownAdvice(document: vscode.TextDocument): readonly Advice[] {
    return this.tracked.get(document.uri.toString())?.shown ?? [];
  }

  /** Advice for the document's present text, shown or not yet. */
  async advice(document: vscode.TextDocument): Promise<readonly Advice[]> {
    return (await this.track(document)?.advice()) ?? [];
  }

  /** Whether what the graphs of a document's models show is among its advice, as far as anybody knows. */
  hasModelAdvice(document: vscode.TextDocument): boolean {
    return this.tracked.get(document.uri.toString())?.isJudged ?? false;
  }

  /** Adds what the graphs of a document's models show, which were read of its present text, and what others end in. */
  async adviseModels(
    document: vscode.TextDocument,
    models: readonly AdvisedModel[],
    faults: readonly Fault[],
  ): Promise<void> {
    await this.track(document)
      ?.adviseModels(models, faults)
      .catch((error: unknown) => console.error('Activation Lens could not judge the models of', document.uri, error));
  }

  dispose(): void {
    for (const tracked of this.tracked.values()) tracked.dispose();
    this.tracked.clear();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private track(document: vscode.TextDocument): TrackedDocument | undefined {
    const key = document.uri.toString();
    const grammar = grammarOf(document);
    let tracked = this.tracked.get(key);
    if (tracked && (tracked.grammar !== grammar || tracked.document !== document || document.isClosed)) {
      this.forget(tracked.document);
      tracked = undefined;
    }
    if (!tracked && grammar && !document.isClosed) {
      const { imports, neighbours, notebooks, projectRules } = this;
      const around = { imports, neighbours, notebooks, projectRules, changed: () => this.showAdvice(document) };
      tracked = new TrackedDocument(this.syntax, around, document, grammar);
      this.tracked.set(key, tracked);
      tracked.restart();
    }
    return tracked;
  }

  /** Tells of a document's advice; other documents that it takes part in are looked at again once it has changed. */
  private showAdvice(document: vscode.TextDocument): void {
    this.changed.fire(document);
    const key = document.uri.toString();
    const before = this.versions.get(key);
    this.versions.set(key, document.version);
    if (before === document.version) return;
    const own = this.tracked.get(key);
    for (const [other, tracked] of this.tracked) {
      // A document that was just opened may show what is wrong in those that it imports.
      const isTouched = tracked.beside.has(key) || (before === undefined && own?.beside.has(other));
      if (other !== key && isTouched) tracked.restart();
    }
  }

  private forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const tracked = this.tracked.get(key);
    // A file may be open again, as another document, when the word of its closing comes.
    if (tracked?.document !== document) return;
    this.tracked.delete(key);
    this.versions.delete(key);
    this.imports.forget(document);
    tracked.dispose();
    this.changed.fire(document);
  }
}
