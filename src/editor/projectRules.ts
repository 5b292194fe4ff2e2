import ignore from 'ignore';
import * as vscode from 'vscode';
import type { RuleSettings } from '../advise/configuration';
import { type ProjectSettings, projectSettings, settingFiles } from '../advise/projectSettings';
import { problemOfFile } from './problems';
import { WorkspaceSource } from './source';

/**
 * What `pyproject.toml` and `activation-lens.json` say of a document's rules, which the terminal reads too. A file that
 * can't be read is told in the Problems list, at the file.
 */
export class ProjectRules implements vscode.Disposable {
  private readonly known = new Map<string, Promise<ProjectSettings | undefined>>();
  private readonly problems = vscode.languages.createDiagnosticCollection('activation-lens-settings');
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/{${settingFiles.join(',')}}`);
    const forget = () => {
      this.known.clear();
      this.problems.clear();
      this.changed.fire();
    };
    this.subscriptions = [
      this.problems,
      this.changed,
      watcher,
      watcher.onDidChange(forget),
      watcher.onDidCreate(forget),
      watcher.onDidDelete(forget),
    ];
  }

  /** The rules that hold for a file, by its project; undefined where the project leaves the file out. */
  async of(uri: vscode.Uri): Promise<RuleSettings | undefined> {
    const folder = vscode.Uri.joinPath(uri, '..');
    const key = folder.toString();
    const read = this.known.get(key) ?? this.read(folder);
    this.known.set(key, read);
    const found = await read;
    return found && isExcluded(uri, found) ? undefined : (found?.rules ?? {});
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async read(folder: vscode.Uri): Promise<ProjectSettings | undefined> {
    const top = vscode.workspace.getWorkspaceFolder(folder)?.uri;
    if (!top) return undefined;
    const folders: string[] = [];
    for (let at = folder; ; at = vscode.Uri.joinPath(at, '..')) {
      folders.push(at.toString());
      if (at.path.length <= top.path.length) break;
    }
    try {
      return await projectSettings(new WorkspaceSource(), folders);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const file = folders
        .flatMap((each) => settingFiles.map((name) => `${each}/${name}`))
        .find((each) => message.includes(each));
      if (file) {
        this.problems.set(vscode.Uri.parse(file, true), [problemOfFile(message.replace(`${file}: `, ''))]);
      }
      return undefined;
    }
  }
}

function isExcluded(uri: vscode.Uri, { exclude, file }: ProjectSettings): boolean {
  const folder = vscode.Uri.joinPath(vscode.Uri.parse(file, true), '..').path;
  const inside = uri.path.startsWith(`${folder}/`) ? uri.path.slice(folder.length + 1) : undefined;
  return (
    inside !== undefined &&
    exclude.length > 0 &&
    ignore()
      .add([...exclude])
      .ignores(inside)
  );
}
