import * as vscode from 'vscode';

/** Milliseconds without another change: a large file is written in many pieces. */
const SETTLED = 300;

/** Tells when one of some files was written, made or removed on disk, once they are left alone, and once to begin with. */
export function whenWritten(files: readonly vscode.Uri[], tell: () => void): vscode.Disposable {
  const wanted = new Set(files.map(String));
  const folders = new Map(
    files.map((file) => vscode.Uri.joinPath(file, '..')).map((folder) => [String(folder), folder]),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLED);
  };
  const changed = (uri: vscode.Uri) => {
    if (wanted.has(String(uri))) wait();
  };
  const watchers = [...folders.values()].flatMap((folder) => {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
    return [watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed)];
  });
  wait();
  return vscode.Disposable.from(...watchers, new vscode.Disposable(() => clearTimeout(timer)));
}
