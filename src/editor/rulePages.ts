import * as vscode from 'vscode';
import { ruleScheme } from './rulePage';
import { language } from './surroundings';

/** Serves `docs/rules/`, which ships with the extension, in the editor's language. Read-only. */
export function register(extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.workspace.registerFileSystemProvider(ruleScheme, new RulePages(extensionUri), {
    isReadonly: true,
    isCaseSensitive: true,
  });
}

class RulePages implements vscode.FileSystemProvider {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  constructor(private readonly extensionUri: vscode.Uri) {}

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const translated = this.file(uri, language() === 'en' ? '' : `.${language()}`);
    try {
      return await vscode.workspace.fs.readFile(translated);
    } catch {
      return vscode.workspace.fs.readFile(this.file(uri, ''));
    }
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return { ...(await vscode.workspace.fs.stat(this.file(uri, ''))), permissions: vscode.FilePermission.Readonly };
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  private file(uri: vscode.Uri, suffix: string): vscode.Uri {
    const [, code] = /^\/([a-z0-9-]+)\.md$/.exec(uri.path) ?? [];
    if (!code) throw vscode.FileSystemError.FileNotFound(uri);
    return vscode.Uri.joinPath(this.extensionUri, 'docs', 'rules', `${code}${suffix}.md`);
  }
}
