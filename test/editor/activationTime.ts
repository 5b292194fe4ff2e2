import * as vscode from 'vscode';

/** Tells how long the extension takes to load and activate: run by `npm run bench` in a fresh editor. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('activation-lens.activation-lens');
  if (!extension) throw new Error('the extension is not there');
  if (extension.isActive) throw new Error('the extension is active before anything asked for it');
  const start = performance.now();
  await extension.activate();
  console.log(`activation time: ${performance.now() - start} ms`);
}
