import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hintLines } from '../../src/editor/hints';
import { activate, closeAll, eventually, openPython, pause, positionOf, withSetting } from './support';

const handwritten = `import torch
import torch.nn.functional as F


def swish(x):
    return x * torch.sigmoid(x)
`;

const linear = `import torch.nn as nn

model = nn.Sequential(
    nn.Linear(8, 16),
    nn.Linear(16, 4),
)
`;

const softmax = `import torch.nn as nn
import torch.nn.functional as F


def loss(logits, target):
    return F.cross_entropy(F.softmax(logits, dim=1), target)
`;

/** Layers that only the model's graph joins. */
const named = `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        for i, made in enumerate((nn.Linear(8, 8), nn.Sigmoid())):
            self.add_module(f'layer{i}', made)

    def forward(self, x):
        for name in self._modules:
            x = getattr(self, name)(x)
        return torch.sigmoid(x)


def main():
    print(Net())
`;

/** Features of an image that is larger than the linear layer was made for, as the file itself runs it. */
const refused = `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 14 * 14, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv(x), 2)
        return self.fc(x.flatten(1))


net = Net()
print(net(torch.randn(4, 3, 32, 32)))
`;

function problems(uri: vscode.Uri, code?: string): vscode.Diagnostic[] {
  const ours = vscode.languages.getDiagnostics(uri).filter((each) => each.source === 'Activation Lens');
  return ours.filter((each) => code === undefined || codeOf(each) === code);
}

function codeOf(problem: vscode.Diagnostic): unknown {
  return typeof problem.code === 'object' ? problem.code.value : problem.code;
}

const problem = (uri: vscode.Uri, code: string) => eventually(`a problem ${code}`, () => problems(uri, code)[0]);
const none = (uri: vscode.Uri) => eventually('no problem', () => (problems(uri).length === 0 ? true : undefined));

async function fixes(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
  return found;
}

async function replace(document: vscode.TextDocument, range: vscode.Range, text: string): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  change.replace(document.uri, range, text);
  await vscode.workspace.applyEdit(change);
}

const edit = (document: vscode.TextDocument, at: vscode.Position, text: string) =>
  replace(document, new vscode.Range(at, at), text);

describe('advice', () => {
  before(activate);
  afterEach(closeAll);

  for (const [code, text] of Object.entries({
    'handwritten-silu': handwritten,
    'no-nonlinearity': linear,
    'softmax-before-cross-entropy': softmax,
  })) {
    it(`reports ${code}, with a link to the page of the rule`, async () => {
      const { document } = await openPython(text);
      const found = await problem(document.uri, code);
      assert.ok(typeof found.code === 'object');
      const page = new TextDecoder().decode(await vscode.workspace.fs.readFile(found.code.target));
      assert.ok(page.includes(code) && page.length > 300, page);
      assert.ok(found.message.length > 20);
    });
  }

  it('shows the hint at the end of the line', async () => {
    const api = await activate();
    const { document } = await openPython(handwritten);
    await problem(document.uri, 'handwritten-silu');
    const shown = api.shownAdvice(document);
    const [line] = hintLines(document, shown);
    assert.ok(line?.range instanceof vscode.Range);
    assert.ok(line.range.isEmpty);
    assert.equal(line.range.start.line, 5);
    assert.ok(line.range.start.isEqual(document.lineAt(5).range.end));
    assert.ok(line.renderOptions?.after?.contentText?.includes(shown[0]?.hint ?? '-'));
  });

  it('fixes the problem by a quick fix that one undo takes back', async () => {
    const { document } = await openPython(handwritten);
    const found = await problem(document.uri, 'handwritten-silu');
    const fix = (await fixes(document, found.range)).find(
      (action) => action.edit?.size && action.isPreferred !== false,
    );
    assert.ok(fix?.edit);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /return F\.silu\(x\)/);
    await none(document.uri);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), handwritten);
  });

  it('can be silenced where it stands', async () => {
    const { document } = await openPython(handwritten);
    const found = await problem(document.uri, 'handwritten-silu');
    const ignore = (await fixes(document, found.range)).find((action) => /here/.test(action.title));
    assert.ok(ignore?.edit);
    assert.ok(await vscode.workspace.applyEdit(ignore.edit));
    await none(document.uri);
  });

  it('can be turned off everywhere, without a reload', async () => {
    const { document } = await openPython(handwritten);
    const found = await problem(document.uri, 'handwritten-silu');
    const off = (await fixes(document, found.range)).find((action) => /everywhere/.test(action.title));
    assert.ok(off?.command);
    const configuration = () => vscode.workspace.getConfiguration('activationLens');
    const before = configuration().inspect('advice.rules')?.globalValue;
    try {
      await vscode.commands.executeCommand(off.command.command, ...(off.command.arguments ?? []));
      await none(document.uri);
    } finally {
      await configuration().update('advice.rules', before, vscode.ConfigurationTarget.Global);
    }
    await problem(document.uri, 'handwritten-silu');
  });

  it('is turned off by its setting', async () => {
    const { document } = await openPython(linear);
    await problem(document.uri, 'no-nonlinearity');
    await withSetting('advice.enabled', false, async () => {
      await none(document.uri);
    });
    await problem(document.uri, 'no-nonlinearity');
  });

  it('removes a problem that is gone at once and lets a new one wait for a pause', async () => {
    const editor = await openPython(handwritten);
    await problem(editor.document.uri, 'handwritten-silu');
    const start = positionOf(editor.document, 'x * torch.sigmoid(x)', 0);
    await editor.edit((edit) => edit.replace(new vscode.Range(start, start.translate(0, 20)), 'x'));
    await none(editor.document.uri);
    await editor.edit((edit) => edit.replace(new vscode.Range(start, start.translate(0, 1)), 'x * torch.sigmoid(x)'));
    await pause(250);
    assert.equal(problems(editor.document.uri).length, 0);
    await problem(editor.document.uri, 'handwritten-silu');
  });

  it('leaves nothing behind when the file is closed', async () => {
    const { document } = await openPython(handwritten);
    await problem(document.uri, 'handwritten-silu');
    await closeAll();
    await none(document.uri);
  });

  it('opens the page of a rule', async () => {
    await vscode.commands.executeCommand('activationLens.showRule', 'no-nonlinearity');
    await eventually('a preview of the page', () =>
      vscode.window.tabGroups.all.flatMap((group) => group.tabs).find((tab) => /no-nonlinearity/.test(tab.label)),
    );
  });

  it('adds what the graphs of models show, moves it along, and takes it away where its class changes', async () => {
    const { document } = await openPython(named);
    const found = await problem(document.uri, 'double-activation');
    assert.equal(found.range.start.line, 13);
    await edit(document, new vscode.Position(0, 0), 'import math\n');
    await eventually('the problem a line below', () => problems(document.uri)[0]?.range.start.line === 14 || undefined);
    const place = document.positionAt(document.getText().indexOf('torch.sigmoid(x)'));
    await replace(document, new vscode.Range(place, place.translate(0, 'torch.sigmoid(x)'.length)), 'torch.tanh(x)');
    await none(document.uri);
    await pause(4000);
    assert.deepEqual(problems(document.uri), []);
  });

  it('shows an error of PyTorch on its line with both shapes, and mends it', async () => {
    const { document } = await openPython(refused);
    const found = await problem(document.uri, 'cannot-run');
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(found.range), 'self.fc(x.flatten(1))');
    assert.match(found.message, /^mat1 and mat2 shapes cannot be multiplied \(4x2048 and 1568x10\)/);
    const related = (found.relatedInformation ?? []).map(({ location, message }) => [
      location.range.start.line,
      message,
    ]);
    assert.deepEqual(related.map(([line]) => line).sort(), [12, 16, 8].sort());
    assert.match(related.map(([, message]) => message).join('\n'), /4×2048[\s\S]*`fc`[\s\S]*net/);
    const fix = (await fixes(document, found.range)).find(({ edit: change }) => change !== undefined);
    assert.ok(fix?.edit && fix.isPreferred);
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /nn\.Linear\(2048, 10\)/);
    await none(document.uri);
    await pause(4000);
    assert.deepEqual(problems(document.uri), []);
  });

  it('reads no models for advice where that is turned off', async () => {
    await withSetting('advice.models', false, async () => {
      const { document } = await openPython(named);
      await pause(5000);
      assert.deepEqual(problems(document.uri), []);
    });
  });
});
