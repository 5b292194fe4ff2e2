import type * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import type { RuleSettings } from '../advise/configuration';
import { type AdviseOptions, adviseTree, mayBeAdvised } from '../advise/engine';
import { type AdvisedModel, adviseModels } from '../advise/models/adviseModels';
import { answersOf } from '../advise/models/answers';
import { CodeTexts } from '../advise/texts';
import { adviseScriptTree } from '../advise/tfjs/engine';
import { detectTree, mayName } from '../detect/detect';
import { finish, PythonSites } from '../detect/python/detect';
import type { Imported } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import type { Fault } from '../graph/fault';
import { convertSliced } from '../python/syntax/convert';
import { MAX_SOURCE_LENGTH, type SourceText } from '../source/source';
import type { LanguageId, Syntax, Tree } from '../syntax/syntax';
import type { DocumentImports } from './imports';
import type { DocumentNeighbours } from './neighbours';
import type { NotebookAdvice } from './notebookAdvice';
import { notebookAround } from './notebooks';
import type { ProjectRules } from './projectRules';
import { settings } from './settings';
import { survivingAdvice } from './settle';
import { shiftAdvice } from './shifting';
import { language } from './surroundings';
import { DocumentTree } from './tree';

/** After the last key press: findings that are gone disappear. */
const QUICK_DELAY = 120;
/** After that: new findings appear. */
const SETTLE_DELAY = 600;
/** Copies of a file beside the file (diffs, output): problems there would be shown twice. */
const COPIES = new Set([
  'git',
  'gitlens',
  'output',
  'debug',
  'vscode-local-history',
  'comment',
  'chat-editing-text-model',
]);

/** Works on a document as it stands; must not keep the tree. */
export type Use<T> = (tree: Tree, text: SourceText, sites: readonly ActivationSite[], imported: Imported) => T;

const nothing: Imported = new Map();

/** A document's present text. */
export function sourceText(document: vscode.TextDocument): SourceText {
  return { file: document.uri.toString(), text: document.getText(), version: document.version };
}

const placeKey = ({ code, range: { line, column } }: Advice): string => `${code} ${line} ${column}`;

/** All findings in the order of their places, each place once. */
function mergeAdvice(known: readonly Advice[], more: readonly Advice[]): readonly Advice[] {
  const before = new Set(known.map(placeKey));
  const all = [...known, ...more.filter((each) => !before.has(placeKey(each)))];
  return all.sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}

/** What a document shares with the others. */
export interface Around {
  readonly imports: DocumentImports;
  readonly neighbours: DocumentNeighbours;
  readonly notebooks: NotebookAdvice;
  readonly projectRules: ProjectRules;
  /** Its advice may have changed. */
  readonly changed: () => void;
}

/** One open document: its tree, its sites and its advice, worked out anew after each pause in typing. */
export class TrackedDocument implements vscode.Disposable {
  shown: readonly Advice[] = [];
  /** Files that took part in its advice. */
  beside: ReadonlySet<string> = new Set();
  private readonly tree: DocumentTree;
  private readonly detector = new PythonSites();
  private known:
    | { readonly version: number; readonly imported: Imported; readonly sites: readonly ActivationSite[] }
    | undefined;
  /** What the graphs of its models show, at the places of the present text. */
  private ofModels: readonly Advice[] = [];
  /** Its models were looked at, and no change since has taken away what they show. */
  isJudged = false;
  private found: { readonly version: number; readonly advice: Promise<readonly Advice[]> } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private disposed = false;

  constructor(
    syntax: Syntax,
    private readonly around: Around,
    readonly document: vscode.TextDocument,
    readonly grammar: LanguageId,
  ) {
    this.tree = new DocumentTree(syntax, grammar, document);
  }

  /** The sites of the present text, where somebody has looked for them. */
  get knownSites(): readonly ActivationSite[] | undefined {
    return this.known?.version === this.document.version ? this.known.sites : undefined;
  }

  async sites(): Promise<readonly ActivationSite[]> {
    const imported = await this.importedMeanings();
    if (this.known?.version === this.document.version && this.known.imported === imported) return this.known.sites;
    const text = this.document.getText();
    if (text.length > MAX_SOURCE_LENGTH || (!mayName(this.grammar, text) && imported.size === 0)) return [];
    await this.tree.readSliced((tree) => this.detect(tree, imported));
    return this.known?.sites ?? [];
  }

  /** Brings the sites up to date with the tree. */
  private *detect(tree: Tree, imported: Imported): Generator<void, readonly ActivationSite[]> {
    const text = sourceText(this.document);
    if (this.known?.version === text.version && this.known.imported === imported) return this.known.sites;
    const { sites, skipped } = yield* detectTree(tree, this.grammar, text, imported, this.detector);
    for (const { range, reason } of skipped) console.info('Activation Lens', range.file, range.line + 1, reason);
    this.known = { version: text.version, imported, sites };
    return sites;
  }

  async read<T>(use: Use<T>): Promise<T | undefined> {
    if (this.document.getText().length > MAX_SOURCE_LENGTH) return undefined;
    const imported = await this.importedMeanings();
    // In slices first; what an edit meanwhile has outdated is the definition around the cursor.
    await this.sites();
    return this.tree.read((tree) =>
      use(tree, sourceText(this.document), finish(this.detect(tree, imported)), imported),
    );
  }

  /** What other files say of the names in this one; where that comes late, everything is worked out anew. */
  private async importedMeanings(): Promise<Imported> {
    if (this.grammar !== 'python') return nothing;
    return this.around.imports.of(this.document, sourceText(this.document), () => !this.disposed && this.restart());
  }

  advice(): Promise<readonly Advice[]> {
    const { version } = this.document;
    if (this.found?.version !== version) this.found = { version, advice: this.findAdvice() };
    return this.found.advice.then((advice) => mergeAdvice(advice, this.ofModels));
  }

  async adviseModels(models: readonly AdvisedModel[], faults: readonly Fault[]): Promise<void> {
    const { version } = this.document;
    const known = await this.advice().then(() => this.found?.advice);
    // Without a model there is nothing that the text alone has not told.
    const found = models.length + faults.length > 0 ? await this.findAdvice(models, faults) : [];
    if (this.disposed || !known || this.document.version !== version) return;
    const before = new Set((await known).map(placeKey));
    this.ofModels = found.filter((each) => !before.has(placeKey(each)));
    this.isJudged = true;
    await this.refresh(true);
  }

  edit(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.tree.edit(changes);
    const [change, ...more] = changes;
    const text = sourceText(this.document);
    const { length } = this.ofModels;
    this.ofModels = change && more.length === 0 ? shiftAdvice(this.ofModels, text.file, change, text.text) : [];
    if (this.ofModels.length < length) this.isJudged = false;
    this.schedule(QUICK_DELAY, () => this.refresh(false));
  }

  /** Settings changed, or the document was just opened: everything found is shown at once. */
  restart(): void {
    this.found = undefined;
    this.ofModels = [];
    this.isJudged = false;
    this.schedule(0, () => this.refresh(true));
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.tree.dispose();
    this.shown = [];
  }

  /**
   * @param models what was read of the text, where its graphs are to be looked at as well
   * @param faults what others of its models end in
   */
  private async findAdvice(
    models: readonly AdvisedModel[] = [],
    faults: readonly Fault[] = [],
  ): Promise<readonly Advice[]> {
    const { advice, rules } = settings(this.document);
    if (!advice || COPIES.has(this.document.uri.scheme)) return [];
    if (this.document.getText().length > MAX_SOURCE_LENGTH) return [];
    const notebook = notebookAround(this.document.uri.toString());
    const project = await this.around.projectRules.of(notebook?.uri ?? this.document.uri);
    if (!project) return [];
    if (notebook && this.grammar === 'python')
      return this.findCellAdvice(notebook, { ...project, ...rules }, models, faults);
    if (this.grammar !== 'python') return this.findScriptAdvice({ ...project, ...rules }, faults);
    if (!mayBeAdvised(this.document.getText())) return [];
    const imported = await this.importedMeanings();
    const text = sourceText(this.document);
    const program = await this.tree.readSliced((tree) => convertSliced(tree, text.file));
    const neighbours = program && (await this.around.neighbours.of(this.document, text, program));
    this.beside = new Set(neighbours?.texts.map(({ file }) => file));
    // The text may have been changed while others were looked for.
    const own = this.document.version === text.version ? program : undefined;
    const settled = { settings: { ...project, ...rules }, language: language() };
    const texts = new CodeTexts([...(neighbours?.texts ?? []), text]);
    const isNear = (file: string) => file === text.file || this.beside.has(file);
    const answers = models.length > 0 ? { answers: answersOf(models, texts, isNear) } : {};
    const options = { ...settled, ...answers, imported, neighbours, program: own };
    const known = (await this.tree.readSliced((tree) => this.advise(tree, imported, options))) ?? [];
    const isOwn = (file: string) => file === text.file;
    return mergeAdvice(known, adviseModels(models, { ...settled, texts, isOwn, known, faults }));
  }

  /** What is wrong in a cell of a notebook: the others take part, as one program. */
  private async findCellAdvice(
    notebook: vscode.NotebookDocument,
    rules: RuleSettings,
    models: readonly AdvisedModel[],
    faults: readonly Fault[],
  ): Promise<readonly Advice[]> {
    const text = sourceText(this.document);
    this.beside = new Set(notebook.getCells().map(({ document }) => document.uri.toString()));
    const known = await this.around.notebooks.of(notebook.uri.toString(), text.file, rules);
    const isOwn = (file: string) => file === text.file;
    const options = { settings: rules, language: language(), texts: new CodeTexts([text]), isOwn, known, faults };
    return mergeAdvice(known, adviseModels(models, options));
  }

  /** What is wrong with code of TensorFlow.js. */
  private async findScriptAdvice(rules: RuleSettings, faults: readonly Fault[]): Promise<readonly Advice[]> {
    if (!mayName(this.grammar, this.document.getText())) return [];
    const advise = (tree: Tree) =>
      adviseScriptTree(tree, sourceText(this.document), { settings: rules, language: language() });
    const known = (await this.tree.readSliced(advise)) ?? [];
    const text = sourceText(this.document);
    const isOwn = (file: string) => file === text.file;
    const options = { settings: rules, language: language(), texts: new CodeTexts([text]), isOwn, known, faults };
    return mergeAdvice(known, adviseModels([], options));
  }

  private *advise(tree: Tree, imported: Imported, options: AdviseOptions): Generator<void, readonly Advice[]> {
    const sites = yield* this.detect(tree, imported);
    return yield* adviseTree(tree, sourceText(this.document), { ...options, sites });
  }

  private async refresh(settled: boolean): Promise<void> {
    const { version } = this.document;
    const found = await this.advice();
    if (this.disposed) return;
    if (version !== this.document.version) {
      // An edit meanwhile has scheduled the next refresh; a new version without one (of line ends, say) has not.
      if (this.timer === undefined) this.schedule(QUICK_DELAY, () => this.refresh(settled));
      return;
    }
    this.shown = settled ? found : survivingAdvice(this.shown, found);
    this.around.changed();
    if (this.shown.length < found.length) this.schedule(SETTLE_DELAY - QUICK_DELAY, () => this.refresh(true));
  }

  private schedule(delay: number, run: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      run().catch((error: unknown) =>
        console.error('Activation Lens could not check', this.document.uri.toString(), error),
      );
    }, delay);
  }
}
