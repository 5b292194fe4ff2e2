import type { ExtensionContext } from 'vscode';
import { compose } from './extension';
import { nodeThreads } from './reader/node';

/** The entry of the Node host. */
export function activate(context: ExtensionContext) {
  return compose(context, nodeThreads(context.asAbsolutePath('dist/reader.worker.js')));
}
