import * as vscode from 'vscode';
import { mayComputeLoss, type Neighbours, neighboursOf } from '../advise/neighbours';
import { NEAR_FILES } from '../extract/callers';
import type { Program } from '../python/syntax/ast';
import type { Source, SourceText } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import { WorkspaceSource } from './source';

/** Files with a loss that are looked at after each pause in typing; Check Workspace looks at all. */
const MAX_USERS = 8;

/** Files that take part in a document's advice: what it imports; and of open editors and its folder, who imports it. */
export class DocumentNeighbours implements vscode.Disposable {
  private disk = new WorkspaceSource();
  private readonly folders = new Map<string, Promise<readonly string[]>>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly syntax: Syntax) {
    const forget = () => {
      this.disk = new WorkspaceSource();
      this.folders.clear();
    };
    this.subscriptions = [
      vscode.workspace.onDidSaveTextDocument((document) => document.languageId === 'python' && forget()),
      vscode.workspace.onDidCreateFiles(forget),
      vscode.workspace.onDidDeleteFiles(forget),
      vscode.workspace.onDidRenameFiles(forget),
    ];
  }

  async of(document: vscode.TextDocument, text: SourceText, program: Program): Promise<Neighbours> {
    const users: string[] = [];
    for (const file of await this.filesNear(document)) {
      if (users.length === MAX_USERS) break;
      const other = file === text.file ? undefined : await this.source.read(file).catch(() => undefined);
      if (other && mayComputeLoss(other.text)) users.push(file);
    }
    return neighboursOf(this.syntax, this.source, text, program, users);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Open documents as they stand, everything else as it was on the disk when something was last saved. */
  private readonly source: Source = {
    read: async (file) => {
      const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file);
      return open ? { file, text: open.getText(), version: open.version } : this.disk.read(file);
    },
    resolve: (from, module, level) => this.disk.resolve(from, module, level),
  };

  private async filesNear(document: vscode.TextDocument): Promise<readonly string[]> {
    const open = vscode.workspace.textDocuments
      .filter(({ languageId, uri }) => languageId === 'python' && uri.scheme === document.uri.scheme)
      .map(({ uri }) => uri.toString());
    const folder = vscode.Uri.joinPath(document.uri, '..');
    const key = folder.toString();
    const beside = this.folders.get(key) ?? pythonFilesIn(folder);
    this.folders.set(key, beside);
    return [...new Set([...open, ...(await beside)])].slice(0, NEAR_FILES);
  }
}

async function pythonFilesIn(folder: vscode.Uri): Promise<readonly string[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder).then(
    (all) => all,
    () => [],
  );
  return entries.flatMap(([name, type]) =>
    type === vscode.FileType.File && name.endsWith('.py') ? [vscode.Uri.joinPath(folder, name).toString()] : [],
  );
}
