import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hintLines } from '../../src/editor/hints';
import type { ToPricePanel } from '../../src/protocol/price';
import { activate, closeAll, eventually, next, openPython, positionOf } from './support';

const classifier = `import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(20, 7)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        return self.softmax(self.last(x))


def train(x, y):
    return nn.CrossEntropyLoss()(Net()(x), y)
`;

const code = 'softmax-before-cross-entropy';

function problemIn({ uri }: vscode.TextDocument): vscode.Diagnostic | undefined {
  return vscode.languages.getDiagnostics(uri).find((each) => typeof each.code === 'object' && each.code.value === code);
}

async function actionsOn(document: vscode.TextDocument): Promise<vscode.CodeAction[]> {
  const problem = await eventually('a problem', () => problemIn(document));
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    problem.range,
    vscode.CodeActionKind.QuickFix.value,
  );
}

async function measure(document: vscode.TextDocument): Promise<void> {
  const action = (await actionsOn(document)).find(({ title }) => title === 'Measure this');
  assert.ok(action?.command, 'there is a quick fix that measures');
  await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
}

const isMeasured = (document: vscode.TextDocument) =>
  /Measured at initialisation/.test(problemIn(document)?.message ?? '');

describe('measuring', () => {
  before(activate);
  afterEach(closeAll);

  it('says the number at the problem, until the graph of the model changes', async function () {
    this.timeout(240_000);
    const api = await activate();
    const { document } = await openPython(classifier);
    const measured = next(api.onDidMeasure, 'a report', (report): report is typeof report => true, 120_000);
    await measure(document);
    const report = await measured;
    assert.equal(report.model, 'Net');
    assert.equal(report.least?.classes, 7);
    await eventually('the number in the message', () => isMeasured(document) || undefined);
    const [line] = hintLines(document, api.shownAdvice(document));
    assert.match(line?.renderOptions?.after?.contentText ?? '', /^gradient ×\d/);
    assert.match(problemIn(document)?.message ?? '', /\nMeasured at initialisation/);

    // Lines move, the graph is the same: the number goes, and comes back.
    const comment = new vscode.WorkspaceEdit();
    comment.insert(document.uri, new vscode.Position(0, 0), '# A classifier\n');
    type Fresh = Extract<ToPricePanel, { type: 'fresh' }>;
    const fresh = next(api.onDidPostToPrice, 'the place', (each): each is Fresh => each.type === 'fresh', 30_000);
    assert.ok(await vscode.workspace.applyEdit(comment));
    await eventually('the problem where it is now', () =>
      problemIn(document)?.range.start.line === 11 && isMeasured(document) ? true : undefined,
    );
    assert.match((await fresh).place, /line 12$/);

    const wider = new vscode.WorkspaceEdit();
    const at = positionOf(document, '20, 7', 0);
    wider.replace(document.uri, new vscode.Range(at, at.translate(0, 5)), '24, 7');
    assert.ok(await vscode.workspace.applyEdit(wider));
    await eventually('no number', () => (problemIn(document) && !isMeasured(document) ? true : undefined));
    // It does not come back either.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    assert.equal(isMeasured(document), false);
  });

  it('says why a model cannot be read', async () => {
    const api = await activate();
    const { document } = await openPython(
      classifier.replace('def forward(self, x):', 'def forward(self, x):\n        x = x.quux()'),
    );
    const said = next(api.onDidPostToPrice, 'why', (message) => message.type === 'unreadable');
    await measure(document);
    const message = await said;
    assert.ok(message.type === 'unreadable' && /quux/.test(message.message), JSON.stringify(message));
  });

  it('is offered only where a rule claims what can be measured', async () => {
    const { document } = await openPython('import torch\n\n\ndef swish(x):\n    return x * torch.sigmoid(x)\n');
    await eventually('a problem', () => vscode.languages.getDiagnostics(document.uri)[0]);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(4, 11, 4, 30),
      vscode.CodeActionKind.QuickFix.value,
    );
    assert.ok(actions.length > 0 && actions.every(({ title }) => title !== 'Measure this'));
  });
});
