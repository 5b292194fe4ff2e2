import type { ExtensionContext } from 'vscode';
import { compose } from './extension';
import { nodeThreads } from './reader/node';
import { resolveLinks } from './source/links';

/** The entry of the Node host. */
export function activate(context: ExtensionContext) {
  const thread = (name: string) => nodeThreads(context.asAbsolutePath(`dist/${name}.worker.js`));
  const threads = { python: thread('reader'), tfjs: thread('tfjs'), onnx: thread('onnx') };
  return compose(context, threads, { resolveLinks, command: process.execPath });
}
