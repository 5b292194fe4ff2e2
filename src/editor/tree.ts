import type * as vscode from 'vscode';
import { lastOf } from '../graph/access';
import { Edit, ignoreSlow, isHeldUp, type LanguageId, pause, type Syntax, type Tree } from '../syntax/syntax';

/** The tree of one document: edited along with the text, parsed again when asked for, freed when replaced. */
export class DocumentTree implements vscode.Disposable {
  private tree: Tree | undefined;
  private version = -1;
  /** The version that took too long to parse. */
  private slow = -1;
  /** Edits of the text that is being parsed. */
  private meanwhile: Edit[] | undefined;
  private disposed = false;
  /** One reader at a time: a parse frees the tree before it. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly syntax: Syntax,
    private readonly language: LanguageId,
    private readonly document: vscode.TextDocument,
  ) {}

  /** Moves the old tree along with the text, so that only what changed is parsed again. */
  edit(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    for (const change of changes) {
      const lines = change.text.split('\n');
      const last = lastOf(lines);
      const { start, end } = change.range;
      const edit = new Edit({
        startIndex: change.rangeOffset,
        oldEndIndex: change.rangeOffset + change.rangeLength,
        newEndIndex: change.rangeOffset + change.text.length,
        startPosition: { row: start.line, column: start.character },
        oldEndPosition: { row: end.line, column: end.character },
        newEndPosition: {
          row: start.line + lines.length - 1,
          column: lines.length > 1 ? last.length : start.character + last.length,
        },
      });
      this.tree?.edit(edit);
      this.meanwhile?.push(edit);
    }
  }

  /**
   * Hands the tree of the document's present text to a generator, which may work in several slices. Where the text
   * changes between two of them, the work is given up.
   * @returns undefined where it was given up, takes too long to parse, or the document was closed
   */
  readSliced<T>(work: (tree: Tree) => Generator<void, T>): Promise<T | undefined> {
    const result = this.queue.then(async () => {
      const tree = await this.readNow((each) => each);
      const { version } = this;
      const steps = tree && work(tree);
      while (steps) {
        if (isHeldUp()) {
          await pause();
          if (this.disposed || version !== this.document.version) return undefined;
        }
        const step = steps.next();
        if (step.done) return step.value;
      }
      return undefined;
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  /**
   * Hands the tree of the document's present text to `use`, which must not keep it: it is freed at the next edit.
   * Undefined where the document was closed meanwhile, or takes too long to parse.
   */
  read<T>(use: (tree: Tree) => T): Promise<T | undefined> {
    const result = this.queue.then(() => this.readNow(use));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async readNow<T>(use: (tree: Tree) => T): Promise<T | undefined> {
    while (!this.disposed && this.version !== this.document.version) {
      const { version } = this.document;
      if (version === this.slow) return undefined;
      this.meanwhile = [];
      try {
        const parsing = this.syntax.parse(this.language, this.document.getText(), this.tree);
        const fresh = await parsing.catch((error: unknown) => {
          console.info('Activation Lens', this.document.uri.toString(), error);
          return ignoreSlow(error);
        });
        if (!fresh) {
          this.slow = version;
          continue;
        }
        for (const edit of this.meanwhile) fresh.edit(edit);
        this.tree?.delete();
        this.tree = fresh;
        this.version = version;
      } finally {
        this.meanwhile = undefined;
      }
    }
    if (this.disposed) this.free();
    return this.tree && use(this.tree);
  }

  dispose(): void {
    this.disposed = true;
    this.queue.then(() => this.free());
  }

  private free(): void {
    this.tree?.delete();
    this.tree = undefined;
  }
}
