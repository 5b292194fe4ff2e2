import * as vscode from 'vscode';
import { noFolder, notAbsolute, refuseOutside } from '../agents/refusals';

/** Where a path of this machine leads, links resolved, whether anything is there or not; undefined in a circle. */
export type ResolveLinks = (path: string) => Promise<string | undefined>;

/** What a workspace's environment calls its libraries may lie outside of it only in a folder of such a name. */
const LIBRARIES = /\/(?:(?:site|dist)-packages|huggingface\/hub)$/;

/** What agents may read: files of the workspace's folders, links resolved first, and for imports what is installed. */
export class AgentFiles {
  /** @param resolveLinks absent where there is no disk of one's own: then nothing is read behind a link */
  constructor(private readonly resolveLinks: ResolveLinks | undefined) {}

  /**
   * The file of a path inside of the workspace's folders.
   * @throws ToolError, the same whether there is a file or not, where it leads outside
   */
  async admit(path: string): Promise<string> {
    if (!/^(?:[\\/]|[A-Za-z]:[\\/])/.test(path)) throw notAbsolute();
    for (const { uri: folder } of vscode.workspace.workspaceFolders ?? []) {
      const file = folder.scheme === 'file' ? vscode.Uri.file(path) : folder.with({ path: path.replaceAll('\\', '/') });
      const found = await this.find(file);
      if (found) return found.toString();
    }
    const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => pathOf(uri));
    throw refuseOutside(roots, noFolder);
  }

  /** Where a file of the workspace's folders leads; undefined where that is outside. */
  async find(file: vscode.Uri): Promise<vscode.Uri | undefined> {
    if (file.path.includes('\0')) return undefined;
    // `..` goes first: a path is compared by how it begins.
    const plain = vscode.Uri.joinPath(file, '.');
    const folder = vscode.workspace.getWorkspaceFolder(plain)?.uri;
    if (!folder) return undefined;
    if (folder.scheme !== 'file' || !this.resolveLinks)
      return (await this.isBehindLink(folder, plain)) ? undefined : plain;
    const real = await this.resolve(plain);
    for (const { uri: root } of vscode.workspace.workspaceFolders ?? []) {
      const from = root.scheme === 'file' ? await this.resolve(root) : undefined;
      // By the name under which editors have it.
      if (real && from && isWithin(from, real)) return vscode.Uri.joinPath(root, real.path.slice(from.path.length));
    }
    return undefined;
  }

  /**
   * Says of files whether they may be read for a file's imports.
   * @param libraries folders that the environment has, by their addresses
   */
  admitter(libraries: readonly string[]): (file: string) => Promise<string | undefined> {
    const roots = libraries.map(async (each) => {
      const folder = vscode.Uri.parse(each, true);
      const real = await this.resolve(folder);
      const isOwn = real && (LIBRARIES.test(real.path) || (await this.find(folder)) !== undefined);
      return isOwn ? [{ folder, real }] : [];
    });
    return async (file) => {
      const uri = vscode.Uri.parse(file, true);
      const found = await this.find(uri);
      if (found) return found.toString();
      for (const { folder, real } of (await Promise.all(roots)).flat()) {
        if (!isWithin(folder, vscode.Uri.joinPath(uri, '.'))) continue;
        const leads = await this.resolve(uri);
        if (leads && isWithin(real, leads)) return leads.toString();
      }
      return undefined;
    };
  }

  private async resolve(file: vscode.Uri): Promise<vscode.Uri | undefined> {
    if (file.scheme !== 'file' || !this.resolveLinks) return vscode.Uri.joinPath(file, '.');
    const path = await this.resolveLinks(file.fsPath);
    return path === undefined ? undefined : vscode.Uri.file(path);
  }

  /** Whether a link stands on the way from a folder to a file. */
  private async isBehindLink(folder: vscode.Uri, file: vscode.Uri): Promise<boolean> {
    let at = folder;
    for (const part of file.path.slice(folder.path.length).split('/').filter(Boolean)) {
      at = vscode.Uri.joinPath(at, part);
      const type = await Promise.resolve(vscode.workspace.fs.stat(at)).then(
        (stat) => stat.type,
        () => vscode.FileType.Unknown,
      );
      if ((type & vscode.FileType.SymbolicLink) !== 0) return true;
    }
    return false;
  }
}

const isWithin = (folder: vscode.Uri, file: vscode.Uri): boolean =>
  folder.scheme === file.scheme &&
  folder.authority === file.authority &&
  (file.path === folder.path || file.path.startsWith(folder.path.endsWith('/') ? folder.path : `${folder.path}/`));

/** A file as agents name it. */
export const pathOf = (uri: vscode.Uri): string => (uri.scheme === 'file' ? uri.fsPath : uri.path);
