import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, closeAll, eventually, extension, lensTitles, openPython } from './support';

describe('the extension', () => {
  after(closeAll);

  it('is activated by a Python file', async () => {
    await openPython('import torch\n');
    for (const start = Date.now(); !extension().isActive && Date.now() - start < 20_000; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(extension().isActive);
  });

  it('registers every command of its manifest', async () => {
    await activate();
    const known = new Set(await vscode.commands.getCommands(true));
    for (const { command } of extension().packageJSON.contributes.commands) assert.ok(known.has(command), command);
  });

  it('offers to show shapes above the first model, until that was done, and never again', async () => {
    const configuration = () => vscode.workspace.getConfiguration('activationLens');
    const code = 'import torch.nn as nn\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x\n';
    const offer = 'Show shapes';
    const { document } = await openPython(code);
    await eventually('the offer', async () => ((await lensTitles(document)).includes(offer) ? true : undefined));
    await vscode.commands.executeCommand('activationLens.toggleShapes');
    assert.equal(configuration().get('shapes'), 'calls');
    const isGone = async (where: vscode.TextDocument) => {
      const titles = await lensTitles(where);
      return titles.includes('Check this model') && !titles.includes(offer) ? true : undefined;
    };
    await eventually('no offer once it was taken', () => isGone(document));
    await configuration().update('shapes', undefined, vscode.ConfigurationTarget.Global);
    assert.equal(configuration().get('shapes'), 'off');
    await eventually('no offer in the same file', () => isGone(document));
    await closeAll();
    const next = await openPython(code);
    await eventually('no offer in another file', () => isGone(next.document));
  });

  it('works where the workspace is not trusted or not on a disk', () => {
    const { capabilities } = extension().packageJSON;
    assert.equal(capabilities.untrustedWorkspaces.supported, true);
    assert.equal(capabilities.virtualWorkspaces.supported, true);
  });
});
