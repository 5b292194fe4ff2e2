import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, closeAll, eventually, openText } from './support';

const model = `import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return F.softmax(self.head(x), dim=1)
`;

const training = `import torch.nn as nn
from model import Net

net = Net()
criterion = nn.CrossEntropyLoss()


def step(x, y):
    return criterion(net(x), y)
`;

const script = `import * as tf from '@tensorflow/tfjs';

export const model = tf.sequential();
model.add(tf.layers.dense({ inputShape: [8], units: 16, activation: 'softMax' }));
`;

const formula = `import torch


def swish(x):
    return x * torch.sigmoid(x)
`;

/** Writes files into a folder of the workspace, and takes them away again. */
async function withFiles(
  name: string,
  files: Readonly<Record<string, string>>,
  use: (folder: vscode.Uri) => Promise<void>,
): Promise<void> {
  const [top] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(top);
  const folder = vscode.Uri.joinPath(top.uri, name);
  try {
    for (const [file, text] of Object.entries(files))
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, file), new TextEncoder().encode(text));
    await use(folder);
  } finally {
    await vscode.workspace.fs.delete(folder, { recursive: true });
  }
}

const codes = (uri: vscode.Uri) =>
  vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'Activation Lens')
    .map(({ code }) => (typeof code === 'object' ? String(code.value) : ''));

const open = async (folder: vscode.Uri, file: string) => {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, file));
  await vscode.window.showTextDocument(document);
  return document;
};

describe('advice for a project', () => {
  before(activate);
  afterEach(closeAll);

  it('checks files that nobody opened, joined with those that use them, in each language', async () => {
    await withFiles('lens_check', { 'model.py': model, 'train.py': training, 'net.ts': script }, async (folder) => {
      await vscode.commands.executeCommand('activationLens.checkWorkspace');
      const at = (file: string) => vscode.Uri.joinPath(folder, file);
      assert.deepEqual(codes(at('model.py')), ['softmax-before-cross-entropy']);
      assert.deepEqual(codes(at('train.py')), []);
      assert.deepEqual(codes(at('net.ts')), ['tfjs-unknown-activation']);
      const document = await open(folder, 'net.ts');
      const start = document.positionAt(script.indexOf('softMax'));
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, new vscode.Range(start, start.translate(0, 7)), 'softmax');
      await vscode.workspace.applyEdit(edit);
      await eventually('no problem', () => (codes(document.uri).length === 0 ? true : undefined));
    });
  });

  it('heeds the settings of pyproject.toml, as the terminal does', async () => {
    const off = '[tool.activation-lens.rules]\nhandwritten-silu = "off"\n';
    await withFiles('lens_project', { 'pyproject.toml': off, 'own.py': formula }, async (folder) => {
      const document = await open(folder, 'own.py');
      const api = await activate();
      await eventually('advice', () => (api.shownAdvice(document).length === 0 ? true : undefined));
      const settings = vscode.Uri.joinPath(folder, 'pyproject.toml');
      const write = (text: string) => vscode.workspace.fs.writeFile(settings, new TextEncoder().encode(text));
      await write(off.replace('off', 'error'));
      // A file that is being written may be read half.
      await eventually('an error', () =>
        vscode.languages
          .getDiagnostics(document.uri)
          .find(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
      );
      await write(off.replace('handwritten-silu', 'handwritten-selu'));
      await eventually('what is wrong with the settings', () =>
        vscode.languages.getDiagnostics(settings).find(({ message }) => message.includes('handwritten-selu')),
      );
    });
  });

  it('shows what is wrong with code of TensorFlow.js, and mends it', async () => {
    const { document } = await openText('typescript', script);
    const problem = await eventually('a problem', () =>
      vscode.languages.getDiagnostics(document.uri).find(({ source }) => source === 'Activation Lens'),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
    );
    const fix = actions.find(({ edit, isPreferred }) => edit && isPreferred) ?? actions.find(({ edit }) => edit?.size);
    assert.ok(fix?.edit && (await vscode.workspace.applyEdit(fix.edit)));
    assert.match(document.getText(), /activation: 'softmax' /);
  });

  it('offers to mend all of a kind, to explain, and to compare alternatives at the place', async () => {
    const twice = `import torch.nn.functional as F\n\n\ndef f(x, y):\n    return F.relu(F.relu(x)) + F.relu(F.relu(y))\n`;
    const { document } = await openText('python', twice);
    const problem = await eventually('a problem', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .find(({ code }) => typeof code === 'object' && code.value === 'double-activation'),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
    );
    const titled = (pattern: RegExp) => {
      const found = actions.find(({ title }) => pattern.test(title));
      assert.ok(found, `${pattern} is none of ${actions.map(({ title }) => title).join('; ')}`);
      return found;
    };
    assert.equal(titled(/^Explain this/).command?.command, 'activationLens.explainActivation');
    assert.equal(titled(/^Compare alternatives/).command?.command, 'activationLens.compareActivations');
    const { edit } = titled(/^Fix all 2/);
    assert.ok(edit && (await vscode.workspace.applyEdit(edit)));
    assert.match(document.getText(), /return F\.relu\(x\) \+ F\.relu\(y\)/);
  });
});
