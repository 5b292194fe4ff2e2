import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, closeAll, eventually, openSample, withSetting } from './support';

async function lenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return found.filter((lens) => lens.command?.command === 'activationLens.compareActivations');
}

describe('CodeLens', () => {
  before(activate);
  after(closeAll);

  it('offers a comparison above the model, and can be turned off without a reload', async () => {
    const { document } = await openSample('resnet.py');
    const found = await eventually('lenses', async () => {
      const now = await lenses(document.uri);
      return now.length > 0 ? now : undefined;
    });
    const targets = found.map((lens) => lens.command?.arguments?.[0]);
    assert.ok(targets.every((target) => target.file === document.uri.toString()));
    assert.ok(
      targets.some((target) => /ResNet|resnet/.test(target.expression)),
      JSON.stringify(targets),
    );
    await withSetting('codeLens.enabled', false, async () => {
      await eventually('no lenses', async () => ((await lenses(document.uri)).length === 0 ? true : undefined));
    });
  });
});
