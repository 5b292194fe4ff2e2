import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, closeAll, extension, openPython } from './support';

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

  it('works where the workspace is not trusted or not on a disk', () => {
    const { capabilities } = extension().packageJSON;
    assert.equal(capabilities.untrustedWorkspaces.supported, true);
    assert.equal(capabilities.virtualWorkspaces.supported, true);
  });
});
