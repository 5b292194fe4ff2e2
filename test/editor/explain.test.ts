import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { InFile, ShownActivation, ToExplainPanel } from '../../src/protocol/explain';
import { activate, closeAll, next, openPython, positionOf } from './support';

const shown = (message: ToExplainPanel): message is ShownActivation => message.type === 'show';
const ofFile = (message: ToExplainPanel): message is InFile => message.type === 'inFile' && message.sites.length > 0;

describe('explainer', () => {
  afterEach(closeAll);

  it('opens with the parameters of the hover and is sent its formula once its page runs', async () => {
    const api = await activate();
    const message = next(api.onDidPostToExplain, 'a message to the page', shown);
    await vscode.commands.executeCommand('activationLens.explainActivation', {
      activation: 'leaky_relu',
      parameters: { negative_slope: 0.3 },
    });
    const { activation, parameters, formula } = await message;
    assert.equal(activation, 'leaky_relu');
    assert.equal(parameters.negative_slope, 0.3);
    assert.match(formula.value, /^<svg/);
    assert.match(formula.derivative, /^<svg/);
  });

  it('explains what stands at the cursor when called from the menu', async () => {
    const api = await activate();
    const editor = await openPython('import torch.nn as nn\nact = nn.ELU(alpha=0.5)\n');
    const position = positionOf(editor.document, 'nn.ELU', 4);
    editor.selection = new vscode.Selection(position, position);
    const message = next(api.onDidPostToExplain, 'a message to the page', shown);
    await vscode.commands.executeCommand('activationLens.explainActivation', editor.document.uri);
    const { activation, parameters, source } = await message;
    assert.equal(activation, 'elu');
    assert.equal(parameters.alpha, 0.5);
    assert.equal(source?.line, 1);
  });

  it('tells the places of the file at hand, under the name of the activation', async () => {
    const api = await activate();
    const editor = await openPython('import torch.nn as nn\na = nn.ELU()\nb = nn.ReLU()\nc = nn.ELU(0.5)\n');
    const position = positionOf(editor.document, 'nn.ELU', 4);
    editor.selection = new vscode.Selection(position, position);
    const message = next(api.onDidPostToExplain, 'the places', ofFile);
    await vscode.commands.executeCommand('activationLens.explainActivation', editor.document.uri);
    const { activation, sites } = await message;
    assert.equal(activation, 'elu');
    assert.deepEqual(
      sites.map(({ source, text }) => [source.line, text]),
      [
        [1, 'nn.ELU'],
        [3, 'nn.ELU'],
      ],
    );
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.ok(tabs.some(({ label, input }) => label === 'ELU' && input instanceof vscode.TabInputWebview));
  });
});
