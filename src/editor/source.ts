import * as vscode from 'vscode';
import { readNotebook } from '../source/notebook';
import { isNotebook } from '../source/notebookSource';
import { MAX_BINARY_LENGTH, MAX_SOURCE_LENGTH, type Source, type SourceText } from '../source/source';
import { whenWritten } from './diskChanges';
import { openNotebook } from './notebooks';

/**
 * Text as the editor has it: open documents first (unsaved changes count), then the workspace's file systems, local,
 * remote or virtual. Files are named by their URIs. One instance serves one reading of a model, remembers what that
 * reading saw, and so can tell later whether anything has changed since.
 */
export class WorkspaceSource implements Source {
  private readonly seen = new Map<string, SourceText>();
  /** Binary files as the disk had them, by the time and the size of what was written; absent ones too. */
  private readonly written = new Map<string, string | undefined>();
  private overwritten: string | undefined;
  private readonly exists = new Map<string, Promise<boolean>>();

  async read(file: string): Promise<SourceText | undefined> {
    const known = this.seen.get(file);
    if (known) return known;
    const text = openNotebook(file) ?? (await readText(vscode.Uri.parse(file, true)));
    if (text) this.seen.set(file, text);
    return text;
  }

  async bytes(file: string): Promise<Uint8Array | undefined> {
    const uri = vscode.Uri.parse(file, true);
    const size = await this.remember(file);
    if (size === undefined) return undefined;
    if (size > MAX_BINARY_LENGTH) {
      const label = vscode.workspace.asRelativePath(uri);
      throw new Error(
        vscode.l10n.t('{0} has {1} GB, more than the {2} GB that are read.', label, (size / 2 ** 30).toFixed(1), 2),
      );
    }
    try {
      return await vscode.workspace.fs.readFile(uri);
    } catch (error) {
      if (error instanceof vscode.FileSystemError) return undefined;
      throw error;
    }
  }

  /** Remembers how a binary file is on disk, so that a later one is told from it. @returns its bytes; undefined: it is absent */
  async remember(file: string): Promise<number | undefined> {
    const stat = await statOf(file);
    if (!this.written.has(file)) this.written.set(file, stampOf(stat));
    return stat?.size;
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    const here = vscode.Uri.parse(from, true);
    const parts = module === '' ? [] : module.split('.');
    for (const base of level > 0 ? [ancestor(here, level)] : searchFolders(here)) {
      const stem = vscode.Uri.joinPath(base, parts.join('/'));
      const choices = [
        vscode.Uri.joinPath(stem, '__init__.py'),
        ...(parts.length > 0 ? [withSuffix(stem, '.py')] : []),
      ];
      for (const choice of choices) {
        if (await this.isFile(choice)) return choice.toString();
      }
    }
    return undefined;
  }

  async locate(from: string, path: string): Promise<string | undefined> {
    const here = vscode.Uri.parse(from, true);
    const isUri = /^[a-z][\w+.-]+:/i.test(path);
    const found = new Set<string>();
    for (const folder of searchFolders(here)) {
      const uri = isUri
        ? vscode.Uri.parse(path, true)
        : path.startsWith('/')
          ? here.with({ path })
          : vscode.Uri.joinPath(folder, path);
      if (vscode.workspace.getWorkspaceFolder(uri) && (await this.isFile(uri))) found.add(uri.toString());
    }
    const [only, ...others] = found;
    return others.length > 0 ? undefined : only;
  }

  /** The first file that this reading saw and that is another one now: its text, or on disk, as far as was noticed. */
  changedFile(): string | undefined {
    if (this.overwritten !== undefined) return this.overwritten;
    for (const [file, seen] of this.seen) {
      const now = openNotebook(file)?.text ?? openDocument(vscode.Uri.parse(file, true))?.getText();
      if (now !== undefined && now !== seen.text) return file;
    }
    return undefined;
  }

  /** The first binary file that this reading saw, or missed, and that was written since, or is gone. */
  async changedBinary(): Promise<string | undefined> {
    for (const [file, seen] of this.written) {
      if (stampOf(await statOf(file)) !== seen) this.overwritten ??= file;
    }
    return this.overwritten;
  }

  /** Tells when there is such a file. */
  watch(tell: () => void): vscode.Disposable {
    let isWatched = true;
    const check = async () => {
      const changed = await this.changedBinary();
      // Whoever watched may be gone meanwhile.
      if (isWatched && changed !== undefined) tell();
    };
    const files = [...this.written.keys()].map((file) => vscode.Uri.parse(file, true));
    const watching = whenWritten(files, () => void check());
    return new vscode.Disposable(() => {
      isWatched = false;
      watching.dispose();
    });
  }

  has(uri: vscode.Uri): boolean {
    return this.seen.has(uri.toString());
  }

  private isFile(uri: vscode.Uri): Promise<boolean> {
    const key = uri.toString();
    let exists = this.exists.get(key);
    if (!exists) {
      exists = Promise.resolve(vscode.workspace.fs.stat(uri)).then(
        (stat) => (stat.type & vscode.FileType.File) !== 0,
        () => openDocument(uri) !== undefined,
      );
      this.exists.set(key, exists);
    }
    return exists;
  }
}

const statOf = async (file: string): Promise<vscode.FileStat | undefined> => {
  try {
    return await vscode.workspace.fs.stat(vscode.Uri.parse(file, true));
  } catch {
    return undefined;
  }
};

const stampOf = (stat: vscode.FileStat | undefined): string | undefined => stat && `${stat.mtime} ${stat.size}`;

async function readText(uri: vscode.Uri): Promise<SourceText | undefined> {
  const document = openDocument(uri);
  if (document) {
    const text = document.getText();
    refuseLarge(uri, text.length);
    return { file: uri.toString(), text, version: document.version };
  }
  try {
    const stat = await vscode.workspace.fs.stat(uri);
    // UTF-8 needs at most three bytes for a UTF-16 unit.
    refuseLarge(uri, stat.size / 3);
    const bytes = await vscode.workspace.fs.readFile(uri);
    const written = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const text = isNotebook(uri.path) ? readNotebook(written).text : written;
    refuseLarge(uri, text.length);
    return { file: uri.toString(), text, version: stat.mtime };
  } catch (error) {
    // No such file, or bytes that are not text.
    if (error instanceof vscode.FileSystemError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === key && !document.isClosed);
}

function refuseLarge(uri: vscode.Uri, length: number): void {
  if (length <= MAX_SOURCE_LENGTH) return;
  throw new Error(
    vscode.l10n.t(
      '{0} has {1} million characters, more than the {2} million that are read.',
      vscode.workspace.asRelativePath(uri),
      (length / 1e6).toFixed(1),
      (MAX_SOURCE_LENGTH / 1e6).toFixed(1),
    ),
  );
}

/** The package that `level` leading dots name: one dot is the file's own folder. */
function ancestor(file: vscode.Uri, level: number): vscode.Uri {
  return vscode.Uri.joinPath(file, '../'.repeat(level));
}

/** Where an absolute import is looked for: the file's folder, those above it in its workspace folder, and `src` in each. */
function searchFolders(file: vscode.Uri): vscode.Uri[] {
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri;
  const folders: vscode.Uri[] = [];
  let folder = vscode.Uri.joinPath(file, '..');
  const last = root?.path.replace(/\/$/, '') ?? folder.path;
  while (folder.path.startsWith(last)) {
    folders.push(folder);
    const parent = vscode.Uri.joinPath(folder, '..');
    if (parent.path === folder.path || folder.path === last) break;
    folder = parent;
  }
  for (const other of vscode.workspace.workspaceFolders ?? []) {
    if (!folders.some((known) => known.toString() === other.uri.toString())) folders.push(other.uri);
  }
  return folders.flatMap((each) => [each, vscode.Uri.joinPath(each, 'src')]);
}

function withSuffix(uri: vscode.Uri, suffix: string): vscode.Uri {
  return uri.with({ path: uri.path + suffix });
}
