import type * as vscode from 'vscode';
import { Edit, type LanguageId, type Syntax, type Tree } from '../syntax/syntax';

/** The tree of one document: edited along with the text, parsed again when asked for, freed when replaced. */
export class DocumentTree implements vscode.Disposable {
  private tree: Tree | undefined;
  private version = -1;
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
    if (!this.tree) return;
    for (const change of changes) {
      const lines = change.text.split('\n');
      const last = lines[lines.length - 1] ?? '';
      const { start, end } = change.range;
      this.tree.edit(
        new Edit({
          startIndex: change.rangeOffset,
          oldEndIndex: change.rangeOffset + change.rangeLength,
          newEndIndex: change.rangeOffset + change.text.length,
          startPosition: { row: start.line, column: start.character },
          oldEndPosition: { row: end.line, column: end.character },
          newEndPosition: {
            row: start.line + lines.length - 1,
            column: lines.length > 1 ? last.length : start.character + last.length,
          },
        }),
      );
    }
  }

  /**
   * Hands the tree of the document's present text to `use`, which must not keep it: it is freed at the next edit.
   * Undefined where the document was closed meanwhile.
   */
  read<T>(use: (tree: Tree) => T): Promise<T | undefined> {
    const result = this.queue.then(() => this.readNow(use));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async readNow<T>(use: (tree: Tree) => T): Promise<T | undefined> {
    // The parser loads once; after that nothing can change between the text being taken and the parse.
    await this.syntax.language(this.language);
    while (!this.disposed && this.version !== this.document.version) {
      const { version } = this.document;
      const fresh = await this.syntax.parse(this.language, this.document.getText(), this.tree);
      this.tree?.delete();
      this.tree = fresh;
      this.version = version;
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
