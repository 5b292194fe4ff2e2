import * as vscode from 'vscode';
import { ImportIndex, importKey } from '../detect/python/imports';
import type { Imported } from '../detect/python/names';
import { joinCells } from '../source/notebook';
import type { SourceText } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import { WorkspaceSource } from './source';

/** A hover does not wait longer for other files; what they say is used when it is there. */
const PATIENCE = 300;

interface Known {
  readonly key: string;
  readonly index: ImportIndex;
  imported: Imported | undefined;
}

const nothing: Imported = new Map();

/** What open documents import: from other files of the workspace, and from earlier cells of a notebook. */
export class DocumentImports implements vscode.Disposable {
  private index: ImportIndex;
  private readonly known = new Map<string, Known>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly syntax: Syntax) {
    this.index = this.newIndex();
    const forget = () => {
      this.index = this.newIndex();
    };
    this.subscriptions = [
      vscode.workspace.onDidSaveTextDocument((document) => document.languageId === 'python' && forget()),
      vscode.workspace.onDidCreateFiles(forget),
      vscode.workspace.onDidDeleteFiles(forget),
      vscode.workspace.onDidRenameFiles(forget),
    ];
  }

  /**
   * Meanings of the names that a document imports.
   * @param late is called when they became known after the wait for them was over
   */
  async of(document: vscode.TextDocument, text: SourceText, late: () => void): Promise<Imported> {
    const prelude = earlierCells(document);
    const key = importKey(text.text) + (prelude?.text ?? '');
    if (key === '') return nothing;
    let known = this.known.get(text.file);
    if (known?.key === key && known.index === this.index) return known.imported ?? nothing;
    known = { key, index: this.index, imported: undefined };
    this.known.set(text.file, known);
    const entry = known;
    const load = this.load(text, prelude).then((imported) => {
      entry.imported = imported;
    });
    let waiting = true;
    load.then(() => waiting || late()).catch(() => undefined);
    await Promise.race([load, new Promise((done) => setTimeout(done, PATIENCE))]);
    waiting = false;
    return entry.imported ?? nothing;
  }

  forget(document: vscode.TextDocument): void {
    this.known.delete(document.uri.toString());
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async load(text: SourceText, prelude: SourceText | undefined): Promise<Imported> {
    const imported = await this.index.importedMeanings(text);
    if (!prelude) return imported;
    return new Map([...(await this.index.exports(prelude)), ...imported]);
  }

  private newIndex(): ImportIndex {
    return new ImportIndex(this.syntax, new WorkspaceSource());
  }
}

/** The Python of a notebook above a cell. */
function earlierCells(document: vscode.TextDocument): SourceText | undefined {
  if (document.uri.scheme !== 'vscode-notebook-cell') return undefined;
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cells = notebook.getCells();
    const here = cells.findIndex((cell) => cell.document === document);
    if (here < 0) continue;
    const earlier = cells
      .slice(0, here)
      .filter(({ document: { languageId } }) => languageId === 'python')
      .map((cell) => ({ cell: cell.index + 1, text: cell.document.getText() }));
    return { file: notebook.uri.toString(), text: joinCells(earlier).text, version: notebook.version };
  }
  return undefined;
}
