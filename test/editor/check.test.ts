import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ToHealthPanel } from '../../src/protocol/health';
import { activate, closeAll, eventually, next, openPython } from './support';

const net = `import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(20, 16)
        self.act = nn.ReLU()
        self.last = nn.Linear(16, 7)
        nn.init.constant_(self.first.bias, -20)

    def forward(self, x):
        return self.last(self.act(self.first(x)))
`;

async function lensesOf({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return found.filter(({ command }) => command?.command === 'activationLens.checkModel');
}

describe('Check This Model', () => {
  before(activate);
  afterEach(closeAll);

  it('checks the model above which its lens stands, and says when the text is another one', async function () {
    this.timeout(240_000);
    const api = await activate();
    const { document } = await openPython(net);
    const [lens] = await eventually('a lens', async () => {
      const found = await lensesOf(document);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(lens?.command?.title, 'Check this model');
    const checked = next(api.onDidCheck, 'a report', (report): report is typeof report => true, 120_000);
    await vscode.commands.executeCommand(lens.command?.command ?? '', ...(lens.command?.arguments ?? []));
    const report = await checked;
    const [finding] = report.findings;
    assert.equal(finding?.rule, 'dead');
    assert.equal(finding?.severity, 'error');
    const [place] = finding?.places ?? [];
    assert.equal(place?.source?.file, document.uri.toString());
    assert.equal(place?.source?.line, 12);

    type Stale = Extract<ToHealthPanel, { type: 'stale' }>;
    const stale = next(api.onDidPostToHealth, 'a note', (each): each is Stale => each.type === 'stale', 30_000);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# A net\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal((await stale).isStale, true);
  });

  it('takes the weights of a checkpoint, where the command says so, and keeps them', async function () {
    this.timeout(240_000);
    const api = await activate();
    const { document } = await openPython(net);
    const { window } = vscode;
    const { showOpenDialog } = window;
    const answers = [undefined, [vscode.Uri.parse('lens-weights:/none.pt')]];
    Object.assign(window, { showOpenDialog: async () => answers.shift() });
    type Model = Extract<ToHealthPanel, { type: 'model' }>;
    const isModel = (each: ToHealthPanel): each is Model => each.type === 'model';
    const target = { file: document.uri.toString() };
    try {
      const model = next(api.onDidPostToHealth, 'the model', isModel, 60_000);
      await vscode.commands.executeCommand('activationLens.checkWithWeights', target);
      await vscode.commands.executeCommand('activationLens.checkWithWeights', target);
      const { weights } = await model;
      assert.equal(weights?.file, 'lens-weights:/none.pt');
      assert.equal(weights.problems.length, 1);
      const again = next(api.onDidPostToHealth, 'the model', isModel, 60_000);
      await vscode.commands.executeCommand('activationLens.checkModel', target);
      assert.equal((await again).weights?.file, 'lens-weights:/none.pt');
      const cleared = next(api.onDidPostToHealth, 'the model', isModel, 60_000);
      await vscode.commands.executeCommand('activationLens.checkModel', { ...target, weights: '' });
      assert.equal((await cleared).weights, undefined);
    } finally {
      Object.assign(window, { showOpenDialog });
    }
  });

  it('says from the palette why a model cannot be read', async () => {
    const api = await activate();
    await openPython(net.replace('return self', 'x = x.quux()\n        return self'));
    const said = next(api.onDidPostToHealth, 'why', (message) => message.type === 'unreadable', 60_000);
    await vscode.commands.executeCommand('activationLens.checkModel');
    const message = await said;
    assert.ok(message.type === 'unreadable' && /quux/.test(message.message), JSON.stringify(message));
    assert.equal(message.source?.line, 12);
  });
});
