import * as vscode from 'vscode';
import { OnnxPanel, type OnnxServices, onnxViewType } from '../panel/onnxPanel';
import type { ToOnnxPanel } from '../protocol/onnx';

/** A file, of which nothing is loaded before its page asks. */
class OnnxDocument implements vscode.CustomDocument {
  constructor(readonly uri: vscode.Uri) {}
  dispose(): void {}
}

/**
 * The editor of ONNX files, beside those of others: it shows and never changes them.
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
      panel.onDidPost(posted);
      editor.onDidDispose(() => panel.dispose());
    },
  };
  return vscode.window.registerCustomEditorProvider(onnxViewType, provider, {
    supportsMultipleEditorsPerDocument: true,
  });
}
