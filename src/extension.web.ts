import { type ExtensionContext, Uri, workspace } from 'vscode';
import { compose } from './extension';
import { webThreads } from './reader/web';

/** The entry of the web worker host. */
export function activate(context: ExtensionContext) {
  const script = Uri.joinPath(context.extensionUri, 'dist', 'reader.worker.js');
  return compose(
    context,
    webThreads(() => workspace.fs.readFile(script)),
  );
}
