import type { ExtensionContext } from 'vscode';
import { compose } from './extension';
import { nodeThreads } from './reader/node';

/** The entry of the Node host. */
export function activate(context: ExtensionContext) {
  const thread = (name: string) => nodeThreads(context.asAbsolutePath(`dist/${name}.worker.js`));
  return compose(context, { python: thread('reader'), tfjs: thread('tfjs'), onnx: thread('onnx') });
}
