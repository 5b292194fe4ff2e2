import * as vscode from 'vscode';
import { OnnxPanel, type OnnxServices, onnxViewType } from '../panel/onnxPanel';
import type { ToOnnxPanel } from '../protocol/onnx';

/** Milliseconds without another change: a large file is written in many pieces. */
const SETTLED = 300;

/** A file, of which nothing is loaded before its page asks. */
class OnnxDocument implements vscode.CustomDocument {
  constructor(readonly uri: vscode.Uri) {}
  dispose(): void {}
}

/**
 * The editor of ONNX files, beside those of others: it shows and never changes them. A file that changes on disk is read
 * again.
 * @param posted is told every message that is sent to a page
 */
export function register(
  extensionUri: vscode.Uri,
  services: OnnxServices,
  posted: (message: ToOnnxPanel) => void,
): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider<OnnxDocument> = {
    openCustomDocument: (uri) => new OnnxDocument(uri),
    resolveCustomEditor: ({ uri }, editor) => {
      const panel = new OnnxPanel(editor, extensionUri, services, uri);
      const changes = whenChanged(uri, () => void panel.read());
      panel.onDidPost(posted);
      editor.onDidDispose(() => {
        changes.dispose();
        panel.dispose();
      });
    },
  };
  return vscode.window.registerCustomEditorProvider(onnxViewType, provider, {
    supportsMultipleEditorsPerDocument: true,
  });
}

/** Tells when a file was written, made or removed, once it is left alone. */
function whenChanged(file: vscode.Uri, tell: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(file, '..'), '*'),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = (uri: vscode.Uri) => {
    // Weights may lie in a file of their own, which is named after the model's.
    if (!uri.path.startsWith(file.path)) return;
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLED);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(changed),
    watcher.onDidCreate(changed),
    watcher.onDidDelete(changed),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}
