import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { reveal } from '../../src/editor/reveal';
import type { ToComparePanel } from '../../src/protocol/compare';
import { activate, closeAll, eventually, next, positionOf, withSetting } from './support';

type Model = Extract<ToComparePanel, { type: 'model' }>;
const isModel = (message: ToComparePanel): message is Model => message.type === 'model';
const isUnreadable = (message: ToComparePanel): message is Extract<ToComparePanel, { type: 'unreadable' }> =>
  message.type === 'unreadable';

const imports = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F';
const net = `class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.fc1 = nn.Linear(4, width)
        self.act = nn.SiLU()
        self.fc2 = nn.Linear(width, 3)

    def forward(self, x):
        return F.softmax(self.fc2(self.act(self.fc1(x))), dim=1)`;
const training = `model = Net()
criterion = nn.CrossEntropyLoss()
loss = criterion(model(torch.randn(16, 4)), torch.randint(0, 3, (16,)))
loss.backward()`;

/** A notebook of the workspace with these cells of Python behind a heading. */
async function openCells(...cells: readonly string[]): Promise<vscode.NotebookDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder);
  const file = vscode.Uri.joinPath(folder, 'my lab.ipynb');
  const written = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: 'python' } },
    cells: [
      { cell_type: 'markdown', id: 'a', metadata: {}, source: ['# Lab'] },
      ...cells.map((source, index) => ({
        cell_type: 'code',
        id: `c${index}`,
        metadata: {},
        execution_count: null,
        outputs: [],
        source: [source],
      })),
    ],
  };
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(JSON.stringify(written)));
  const notebook = await vscode.workspace.openNotebookDocument(file);
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));

describe('notebooks', () => {
  before(activate);
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await closeAll();
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (folder) await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, 'my lab.ipynb'));
  });

  it('a model is compared across the cells, from where it is defined and where it is built', async () => {
    const api = await activate();
    const notebook = await openCells(imports, net, 'def build():\n    return Net(width=16)');
    const cell = (index: number) => notebook.cellAt(index).document;
    const lensOf = (document: vscode.TextDocument) =>
      eventually('a lens', async () => {
        const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          'vscode.executeCodeLensProvider',
          document.uri,
          10,
        );
        return found.find(({ command }) => command?.command === 'activationLens.compareActivations')?.command;
      });
    await withSetting('compare.autostart', false, async () => {
      const read = next(api.onDidPostToCompare, 'the model', isModel);
      const lens = await lensOf(cell(2));
      await vscode.commands.executeCommand(lens.command, ...(lens.arguments ?? []));
      const { label, sites, file } = await read;
      assert.equal(file, notebook.uri.toString());
      assert.match(label, /my lab\.ipynb · cell 3$/);
      assert.deepEqual(
        sites.map(({ activation, source }) => [activation, source?.file, source?.line]),
        [
          ['silu', cell(2).uri.toString(), 4],
          ['softmax', cell(2).uri.toString(), 8],
        ],
      );
      await eventually('the title', () => (tabs().includes('Compare: my lab.ipynb · cell 3') ? true : undefined));
      const built = next(api.onDidPostToCompare, 'the model', isModel);
      const other = await lensOf(cell(3));
      await vscode.commands.executeCommand(other.command, ...(other.arguments ?? []));
      assert.equal((await built).expression, 'build()');
      await eventually('the title', () => (tabs().includes('Compare: my lab.ipynb · cell 4') ? true : undefined));
    });
  });

  it('an error names the cell and its line', async () => {
    const api = await activate();
    const notebook = await openCells(imports, net.replace('F.softmax(', 'torch.nothing('));
    const failed = next(api.onDidPostToCompare, 'an error', isUnreadable);
    await vscode.commands.executeCommand('activationLens.compareActivations', {
      file: notebook.cellAt(2).document.uri.toString(),
      expression: 'Net',
    });
    const [obstacle] = (await failed).obstacles;
    assert.match(obstacle?.message ?? '', /my lab\.ipynb, cell 3, line 9/);
    assert.doesNotMatch(obstacle?.message ?? '', /:\/\/|%20|vscode-/);
    assert.equal(obstacle?.source?.file, notebook.cellAt(2).document.uri.toString());
  });

  it('what one cell feeds to the loss of another is a problem, and follows edits of either', async () => {
    const notebook = await openCells(imports, net, training);
    const problem = (uri: vscode.Uri) =>
      vscode.languages
        .getDiagnostics(uri)
        .find(({ code }) => typeof code === 'object' && code.value === 'softmax-before-cross-entropy');
    const [model, train] = [notebook.cellAt(2).document, notebook.cellAt(3).document];
    const found = await eventually('the problem', () => problem(model.uri));
    assert.equal(model.getText(found.range).startsWith('F.softmax('), true, model.getText(found.range));
    assert.ok(found.relatedInformation?.some(({ location }) => location.uri.toString() === train.uri.toString()));
    const at = positionOf(train, 'nn.CrossEntropyLoss', 0);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(train.uri, new vscode.Range(at, at.translate(0, 'nn.CrossEntropyLoss'.length)), 'nn.MSELoss');
    await vscode.workspace.applyEdit(edit);
    await eventually('no problem', () => (problem(model.uri) ? undefined : true));
  });

  it('a fix edits the cell that the problem is in', async () => {
    const notebook = await openCells(imports, net, training);
    const { document } = notebook.cellAt(2);
    const actions = await eventually('a fix', async () => {
      const at = positionOf(document, 'F.softmax', 3);
      const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(at, at),
        vscode.CodeActionKind.QuickFix.value,
      );
      return all.some(({ title }) => title === 'Remove the softmax') ? all : undefined;
    });
    const fix = actions.find(({ title }) => title === 'Remove the softmax');
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /return self\.fc2\(self\.act\(self\.fc1\(x\)\)\)$/);
  });

  it('says what an activation means in a model of several cells', async () => {
    const notebook = await openCells(imports, net, training);
    const { document } = notebook.cellAt(2);
    const role = await eventually('the role', async () => {
      const found = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        positionOf(document, 'nn.SiLU', 4),
      );
      const texts = found
        .flatMap(({ contents }) => contents)
        .map((each) => (typeof each === 'object' ? each.value : ''));
      return texts.map((each) => /In `Net[^\n]*/.exec(each)?.[0]).find((each) => each !== undefined);
    });
    assert.equal(role, 'In `Net`: its only SiLU; after a linear layer; feeds a linear layer');
  });

  it('a place is shown in its cell', async () => {
    const notebook = await openCells(imports, net, training);
    const { document } = notebook.cellAt(2);
    await reveal({ file: document.uri.toString(), line: 4, column: 19, endLine: 4, endColumn: 26 });
    const editor = vscode.window.activeNotebookEditor;
    assert.equal(editor?.notebook.uri.toString(), notebook.uri.toString());
    assert.deepEqual(editor?.selections[0], new vscode.NotebookRange(2, 3));
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all).length, 1);
  });
});
