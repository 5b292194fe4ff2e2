import { type ExtensionContext, Uri, workspace } from 'vscode';
import { compose } from './extension';
import { webThreads } from './reader/web';

/** The entry of the web worker host. */
export function activate(context: ExtensionContext) {
  const thread = (name: string) =>
    webThreads(() => workspace.fs.readFile(Uri.joinPath(context.extensionUri, 'dist', `${name}.worker.js`)));
  return compose(context, { python: thread('reader'), tfjs: thread('tfjs'), onnx: thread('onnx') });
}
