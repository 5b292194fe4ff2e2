import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AskedFiles } from '../../src/editor/asked';
import { Documents } from '../../src/editor/documents';
import { OnnxWriting } from '../../src/editor/onnxWriting';
import { Previews } from '../../src/editor/previews';
import { Questions } from '../../src/editor/questions';
import { ModelReader } from '../../src/editor/reading';
import type { Reading } from '../../src/panel/compareServices';
import { nodeThreads } from '../../src/reader/node';
import { Reader, type ReadPart } from '../../src/reader/reader';
import { Readers } from '../../src/reader/readers';
import { type ReadGrammar, Syntax } from '../../src/syntax/syntax';
import { activate, closeAll, extension, openPython, openText, positionOf } from './support';

const code = `import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.act = nn.ReLU()
        self.last = nn.Linear(8, 2)

    def forward(self, x):
        return self.last(self.act(self.first(x)))
`;

/** The services behind the panel's buttons, since a test can't press them in another process. */
function reader(previews = new Previews()): { documents: Documents; reader: ModelReader } {
  const grammars = vscode.Uri.joinPath(extension().extensionUri, 'dist', 'grammars');
  const readGrammar: ReadGrammar = (file) =>
    Promise.resolve(vscode.workspace.fs.readFile(vscode.Uri.joinPath(grammars, file)));
  const documents = new Documents(new Syntax(readGrammar));
  const dist = (...path: string[]) => vscode.Uri.joinPath(extension().extensionUri, 'dist', ...path);
  const readPart: ReadPart = (name) => Promise.resolve(vscode.workspace.fs.readFile(dist('sealed', name)));
  const readerOf = (name: string) =>
    new Reader(nodeThreads(dist(`${name}.worker.js`).fsPath), readGrammar, undefined, readPart);
  const onnx = readerOf('onnx');
  const thread = new Readers({ python: readerOf('reader'), tfjs: readerOf('tfjs'), onnx });
  const memory = new Map<string, unknown>();
  const memento = {
    keys: () => [...memory.keys()],
    get: (key: string) => memory.get(key),
    update: async (key: string, value: unknown) => void memory.set(key, value),
  } as vscode.Memento;
  const writing = new OnnxWriting(onnx);
  const questions = new Questions(memento);
  return { documents, reader: new ModelReader(documents, thread, questions, new AskedFiles(), writing, previews) };
}

function sitesOf(reading: Reading): string[] {
  assert.ok(
    reading.message.type === 'model',
    reading.message.type === 'unreadable' ? reading.message.obstacles[0]?.message : '',
  );
  return reading.message.sites.map((site) => site.id);
}

describe('apply', () => {
  before(activate);
  afterEach(closeAll);

  it('writes the chosen activation as one edit that one undo takes back', async () => {
    const { document } = await openPython(code);
    const { documents, reader: models } = reader();
    try {
      const reading = await models.read({ file: document.uri.toString() }, false, new AbortController().signal);
      const sites = sitesOf(reading);
      const result = await reading.apply({ activation: 'gelu', parameters: {}, sites });
      assert.equal(result.edits, 1);
      assert.equal(document.getText(), code.replace('nn.ReLU()', 'nn.GELU()'));
      assert.ok(reading.isStale());
      assert.equal(vscode.window.activeTextEditor?.selection.active.line, 7);
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), code);
    } finally {
      documents.dispose();
    }
  });

  it('is previewed as exactly what it writes, and edits nothing', async () => {
    const { document } = await openPython(code);
    const previews = new Previews();
    const { documents, reader: models } = reader(previews);
    try {
      const reading = await models.read({ file: document.uri.toString() }, false, new AbortController().signal);
      const order = { activation: 'gelu', parameters: { approximate: 'tanh' }, sites: sitesOf(reading) };
      await reading.preview(order);
      assert.equal(document.getText(), code);
      const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(tab instanceof vscode.TabInputTextDiff);
      assert.equal(tab.original.toString(), document.uri.toString());
      const previewed = (await vscode.workspace.openTextDocument(tab.modified)).getText();
      await reading.apply(order);
      assert.notEqual(document.getText(), code);
      assert.equal(previewed, document.getText());
    } finally {
      documents.dispose();
      previews.dispose();
    }
  });

  it('takes the edit back where nothing was edited since, and reads the same model all the while', async () => {
    const { document } = await openPython(code);
    const { documents, reader: models } = reader();
    const { signal } = new AbortController();
    try {
      const first = await models.read({ file: document.uri.toString() }, false, signal);
      const sites = sitesOf(first);
      const keys = new Set([first.keyFor(undefined)]);
      const used = await first.apply({ activation: 'gelu', parameters: { approximate: 'tanh' }, sites });
      const second = await models.readAgain(first.request, signal);
      assert.ok(second.message.type === 'model');
      assert.deepEqual(
        second.message.sites.map(({ activation }) => activation),
        ['gelu'],
      );
      keys.add(second.keyFor(undefined));
      await used.undo();
      assert.equal(document.getText(), code);
      assert.equal(first.isStale(), false);
      keys.add((await models.readAgain(first.request, signal)).keyFor(undefined));
      assert.equal(keys.size, 1);
      assert.notEqual(first.keyFor('data'), first.keyFor(undefined));
      const again = await first.apply({ activation: 'silu', parameters: {}, sites });
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), '# mine\n');
      await vscode.workspace.applyEdit(edit);
      const text = document.getText();
      await assert.rejects(again.undo(), /edited since/);
      assert.equal(document.getText(), text);
    } finally {
      documents.dispose();
    }
  });

  it('writes over what is written out whole, and where the class that does nothing else is constructed', async () => {
    const mish = `import torch
import torch.nn.functional as F


class Mish(nn.Module):
    def forward(self, x):
        return x * torch.tanh(F.softplus(x))


`;
    const written = code
      .replace('import torch.nn as nn\n\n\n', `import torch.nn as nn\n${mish}`)
      .replace('nn.ReLU()', 'Mish()')
      .replace('self.act(self.first(x))', '(lambda h: h * torch.sigmoid(h))(self.act(self.first(x)))');
    const { document } = await openPython(written);
    const { documents, reader: models } = reader();
    try {
      const target = { file: document.uri.toString(), expression: 'Net' };
      const reading = await models.read(target, false, new AbortController().signal);
      const result = await reading.apply({ activation: 'relu', parameters: {}, sites: sitesOf(reading) });
      assert.equal(result.edits, 2);
      const wanted = written.replace('= Mish()', '= nn.ReLU()').replace('h * torch.sigmoid(h)', 'F.relu(h)');
      assert.equal(document.getText(), wanted);
    } finally {
      documents.dispose();
    }
  });

  it('writes it in every spelling of TensorFlow.js, imports included, as one edit', async () => {
    const lines = (
      first: string,
      second: string,
      imported: string,
      called: string,
      method: string,
    ) => `import * as tf from '@tensorflow/tfjs';
import { ${imported} } from '@tensorflow/tfjs';

class Block extends tf.layers.Layer {
  call([x]: tf.Tensor[]) {
    return ${method};
  }
  static className = 'Block';
}

class Other extends tf.layers.Layer {
  call([x]: tf.Tensor[]) {
    return ${called};
  }
  static className = 'Other';
}

export function createModel() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 8, activation: '${first}', inputShape: [4] }));
  model.add(tf.layers.dense({ units: 8 }));
  model.add(${second});
  model.add(tf.layers.dense({ units: 8 }));
  model.add(new Block());
  model.add(tf.layers.dense({ units: 8 }));
  model.add(new Other());
  model.add(tf.layers.dense({ units: 2 }));
  return model;
}
`;
    const before = lines('relu', 'tf.layers.reLU()', 'relu', 'relu(x)', 'x.relu()');
    const { document } = await openText('typescript', before);
    const { documents, reader: models } = reader();
    try {
      const target = { file: document.uri.toString(), expression: 'createModel()' };
      const reading = await models.read(target, true, new AbortController().signal);
      const sites = sitesOf(reading);
      assert.equal(sites.length, 4);
      const result = await reading.apply({ activation: 'elu', parameters: {}, sites });
      assert.equal(result.edits, 4);
      assert.equal(document.getText(), lines('elu', 'tf.layers.elu()', 'relu', 'tf.elu(x)', 'x.elu()'));
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), before);
    } finally {
      documents.dispose();
    }
  });

  it('refuses when the text has changed since the model was read', async () => {
    const editor = await openPython(code);
    const { documents, reader: models } = reader();
    try {
      const reading = await models.read({ file: editor.document.uri.toString() }, false, new AbortController().signal);
      const sites = sitesOf(reading);
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# changed\n'));
      await assert.rejects(reading.apply({ activation: 'gelu', parameters: {}, sites }), /changed/);
      assert.equal(editor.document.getText(), `# changed\n${code}`);
    } finally {
      documents.dispose();
    }
  });

  it('replaces what stands at the cursor in TypeScript', async () => {
    const code = "import * as tf from '@tensorflow/tfjs';\ntf.layers.dense({ units: 1, activation: 'relu' });\n";
    const editor = await openText('typescript', code);
    const position = positionOf(editor.document, "'relu'", 3);
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('activationLens.replaceActivation', 'silu');
    assert.equal(editor.document.getText(), code.replace('relu', 'swish'));
  });

  it('replaces what stands at the cursor', async () => {
    const editor = await openPython(code);
    const position = positionOf(editor.document, 'nn.ReLU', 5);
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('activationLens.replaceActivation', 'silu');
    assert.equal(editor.document.getText(), code.replace('nn.ReLU()', 'nn.SiLU()'));
  });

  it('says in a notification without links why it does not, whatever the file says', async () => {
    const attack = 'rnn = (nn  # [Repair](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22id%22%7D)';
    const editor = await openPython(`import torch\nfrom torch import nn\n${attack}\n    .LSTM(3, 4))\n`);
    const position = positionOf(editor.document, '(nn', 2);
    editor.selection = new vscode.Selection(position, position);
    const { window } = vscode;
    const { showErrorMessage } = window;
    const said: string[] = [];
    Object.assign(window, { showErrorMessage: async (text: string) => said.push(text) });
    try {
      await vscode.commands.executeCommand('activationLens.replaceActivation', 'silu');
    } finally {
      Object.assign(window, { showErrorMessage });
    }
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /\[Repair\] \(command:/);
  });

  it("writes it at every site of a TensorFlow.js sample, the file's own layer and a constant among them", async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, 'tfjs_mnist.ts'));
    await vscode.window.showTextDocument(document);
    const before = document.getText();
    const { documents, reader: models } = reader();
    try {
      const reading = await models.read({ file: document.uri.toString() }, true, new AbortController().signal);
      assert.ok(reading.message.type === 'model');
      const result = await reading.apply({ activation: 'gelu', parameters: {}, sites: reading.message.selected });
      assert.equal(result.edits, 3);
      const changed = document.getText().split('\n');
      const lines = before.split('\n').flatMap((line, i) => (line === changed[i] ? [] : [changed[i]?.trim()]));
      assert.deepEqual(lines, [
        "activation: 'gelu',",
        "model.add(tf.layers.activation({ activation: 'gelu' }));",
        "model.add(tf.layers.activation({ activation: 'gelu' }));",
      ]);
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), before);
    } finally {
      documents.dispose();
    }
  });
});
