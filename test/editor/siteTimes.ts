import * as vscode from 'vscode';
import type { ToComparePanel } from '../../src/protocol/compare';
import { activate, closeAll, next, openSample, withSetting } from './support';

type Model = Extract<ToComparePanel, { type: 'model' }>;
const isModel = (message: ToComparePanel): message is Model => message.type === 'model';

/**
 * Tells how long a comparison takes to list a model's sites, from the command to the message that the page shows: run by
 * `npm run bench` in a fresh editor, where no thread has read anything yet.
 */
export async function run(): Promise<void> {
  const api = await activate();
  await withSetting('compare.autostart', false, async () => {
    for (const [what, sample] of [
      ['the first site list of a model', 'resnet.py'],
      ['the site list of another model', 'vit.py'],
    ] as const) {
      const { document } = await openSample(sample);
      const listed = next(api.onDidPostToCompare, 'the model', isModel);
      const start = performance.now();
      await vscode.commands.executeCommand('activationLens.compareActivations', { file: document.uri.toString() });
      if ((await listed).sites.length === 0) throw new Error(`${sample} has no sites`);
      console.log(`time of ${what}: ${performance.now() - start} ms`);
      await closeAll();
    }
  });
}
