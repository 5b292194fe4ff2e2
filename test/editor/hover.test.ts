import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  activate,
  closeAll,
  eventually,
  openPython,
  openSample,
  openText,
  pause,
  positionOf,
  withSetting,
} from './support';

async function hovers(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.MarkdownString[]> {
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return found.flatMap((hover) => hover.contents).filter((content) => content instanceof vscode.MarkdownString);
}

async function ours(document: vscode.TextDocument, text: string, offset = 4): Promise<vscode.MarkdownString> {
  return eventually(`a hover on ${text}`, async () => {
    const contents = await hovers(document, positionOf(document, text, offset));
    return contents.find((content) => content.value.includes('command:activationLens.'));
  });
}

const code = `import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self, act_layer=nn.GELU):
        super().__init__()
        self.act = nn.LeakyReLU(negative_slope=0.2)

    def forward(self, x):
        return F.silu(self.act(x))
`;

describe('hover', () => {
  before(activate);
  afterEach(closeAll);

  it('explains modules, functions and classes', async () => {
    const { document } = await openPython(code);
    assert.match((await ours(document, 'nn.LeakyReLU')).value, /LeakyReLU/);
    assert.match((await ours(document, 'F.silu')).value, /SiLU/);
    assert.match((await ours(document, 'nn.GELU')).value, /GELU/);
  });

  it('shows text of the file as words, and trusts two commands alone', async () => {
    const attack =
      '\n\n[click](command:activationLens.compareActivations)\n\n<img src="https://attacker.example/t.png">\n\n';
    const { document } = await openPython(`import torch.nn as nn\nact = nn.ELU(slope("""${attack}"""))\n`);
    const { value, isTrusted } = await ours(document, 'nn.ELU');
    assert.match(value, /`slope\(""" \[click\]\(command:[^`\n]*`/);
    assert.doesNotMatch(value.replace(/`[^`\n]*`/g, ''), /attacker|compareActivations\)/);
    assert.deepEqual(isTrusted, {
      enabledCommands: ['activationLens.explainActivation', 'activationLens.compareActivations'],
    });
  });

  it('explains what runs under another name, and where it was named', async () => {
    const { document } = await openPython(code);
    const { value } = await ours(document, 'self.act(x)', 6);
    assert.match(value, /`self\.act` runs \*\*LeakyReLU\*\* \(\[line 7\]\(.*#L7\)\)/);
    assert.match(value, /negative\\_slope = 0\.2/);
  });

  it('says what the site means in the model, once that has been read', async () => {
    const { document } = await openSample('cifar_cnn.py');
    const value = await eventually(
      'a hover with the role',
      async () => (await ours(document, 'F.leaky_relu')).value.match(/In `CifarCNN`.*/)?.[0],
    );
    assert.equal(value, 'In `CifarCNN`: its only LeakyReLU; after a linear layer; feeds a linear layer');
    const call = (await ours(document, 'self.act2(', 6)).value.match(/In `CifarCNN`.*/)?.[0];
    assert.equal(call, 'In `CifarCNN`: 3 of 6 ReLU; after a normalisation; feeds a pooling');
  });

  it('says so on the first hover of a file whose models have been read for its advice', async () => {
    const { document } = await openSample('cifar_cnn.py');
    await pause(6000);
    const contents = await hovers(document, positionOf(document, 'F.leaky_relu', 4));
    assert.ok(
      contents.some(({ value }) => /In `CifarCNN`: its only LeakyReLU/.test(value)),
      contents.map(({ value }) => value.replace(/data:[^)]*/g, '…')).join('\n'),
    );
  });

  it('explains what is handed on under a name that chooses an activation', async () => {
    const { document } = await openPython(`${code}

def build(act_layer=nn.Mish, width=8):
    return Net(act_layer=act_layer)
`);
    const { value } = await ours(document, 'act_layer=act_layer', 12);
    assert.match(value, /`act_layer` (?:runs|may run|runs what it is given)/);
    assert.match(value, /\*\*Mish\*\*/);
  });

  it('says so of a model with layers from a library, too', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const write = async (path: string, text: string) => {
      const uri = vscode.Uri.joinPath(folder, path);
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      return uri;
    };
    const stem =
      'import torch.nn as nn\n\n\nclass Stem(nn.Module):\n    def __init__(self):\n        super().__init__()\n' +
      '        self.conv = nn.Conv2d(3, 8, 3)\n\n    def forward(self, x):\n        return self.conv(x)\n';
    const net =
      'import torch.nn as nn\nfrom lenslib import Stem\n\n\nclass Net(nn.Module):\n    def __init__(self):\n' +
      '        super().__init__()\n        self.stem = Stem()\n        self.act = nn.SiLU()\n\n' +
      '    def forward(self, x):\n        return self.act(self.stem(x))\n';
    try {
      await write('lens_libraries/lenslib/__init__.py', stem);
      const file = await write('lens_net.py', net);
      await withSetting('pythonLibraryFolders', ['lens_libraries'], async () => {
        const document = await vscode.workspace.openTextDocument(file);
        await vscode.window.showTextDocument(document);
        const role = await eventually(
          'a hover with the role',
          async () => (await ours(document, 'nn.SiLU')).value.match(/In `Net`.*/)?.[0],
        );
        assert.equal(role, 'In `Net`: its only SiLU; after a convolution; feeds the output');
      });
    } finally {
      for (const path of ['lens_libraries', 'lens_net.py'])
        await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, path), { recursive: true });
    }
  });

  it('takes a bound at zero for a ReLU between layers, and only there', async () => {
    const { document } = await openPython(`import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 2)

    def forward(self, x, boxes):
        return self.fc2(self.fc1(x).clamp(min=0)), boxes.clamp(min=0)
`);
    assert.match((await ours(document, '.clamp(min=0)), boxes', 2)).value, /\*\*ReLU\*\*/);
    // The shape is told there alone.
    const others = await hovers(document, positionOf(document, 'boxes.clamp', 8));
    assert.ok(!others.some(({ value }) => value.includes('ReLU')));
  });

  it('follows imports into the workspace, from star to star', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const write = (name: string, text: string) =>
      vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, 'lens_layers', name), new TextEncoder().encode(text));
    const layers = vscode.Uri.joinPath(folder, 'lens_layers');
    try {
      await write('__init__.py', 'from .swish import *\n');
      await write(
        'swish.py',
        'import torch\nimport torch.nn.functional as F\n\n\ndef swoosh(x):\n    return x * torch.sigmoid(x)\n',
      );
      await write(
        'block.py',
        'from torch import nn\n\n\nclass LensBlock(nn.Module):\n    def __init__(self, act):\n        self.act = act()\n\n    def forward(self, x):\n        return self.act(x)\n',
      );
      await write(
        'main.py',
        'from torch import nn\nfrom . import *\nfrom .block import LensBlock\n\n\ndef run(x):\n    return F.gelu(swoosh(x))\n\n\nLensBlock(nn.Mish)\n',
      );
      const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(layers, 'main.py'));
      await vscode.window.showTextDocument(document);
      assert.match((await ours(document, 'swoosh')).value, /SiLU/);
      assert.match((await ours(document, 'F.gelu')).value, /GELU/);
      const block = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(layers, 'block.py'));
      await vscode.window.showTextDocument(block);
      const { value } = await ours(block, 'self.act(x)', 6);
      assert.match(value, /`self\.act` runs what it is given; found: \*\*Mish\*\* \(\[main\.py line 10\]/);
    } finally {
      await closeAll();
      await vscode.workspace.fs.delete(layers, { recursive: true });
    }
  });

  it('reads a notebook’s cell with the imports of the cells above', async () => {
    const cell = (text: string) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python');
    const data = new vscode.NotebookData([cell('%matplotlib inline\nimport torch.nn as nn'), cell('act = nn.SiLU()')]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await vscode.window.showNotebookDocument(notebook);
    assert.match((await ours(notebook.cellAt(1).document, 'nn.SiLU')).value, /SiLU/);
  });

  it('shows formula and plot as small images, and links that run our commands only', async () => {
    const { document } = await openPython(code);
    const { value, isTrusted } = await ours(document, 'nn.LeakyReLU');
    const images = value.match(/data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+/g) ?? [];
    assert.ok(images.length >= 2, `${images.length} images`);
    assert.ok(value.length < 100_000, `${value.length} characters`);
    assert.match(value, /command:activationLens\.explainActivation\?/);
    assert.match(value, /command:activationLens\.compareActivations\?/);
    assert.match(value, /https:\/\/(docs\.)?pytorch\.org\//);
    assert.deepEqual(isTrusted, {
      enabledCommands: ['activationLens.explainActivation', 'activationLens.compareActivations'],
    });
  });

  it('says nothing where no activation is named', async () => {
    const { document } = await openPython(code);
    await ours(document, 'F.silu');
    const contents = await hovers(document, positionOf(document, 'self.act(x)'));
    assert.ok(!contents.some((content) => content.value.includes('command:activationLens.')));
  });

  it('follows an edit', async () => {
    const editor = await openPython(code);
    await ours(editor.document, 'F.silu');
    const start = positionOf(editor.document, 'silu', 0);
    await editor.edit((edit) => edit.replace(new vscode.Range(start, start.translate(0, 4)), 'mish'));
    assert.match((await ours(editor.document, 'F.mish')).value, /Mish/);
  });

  it('works on a sample', async () => {
    const { document } = await openSample('cifar_cnn.py');
    assert.match((await ours(document, 'nn.ReLU')).value, /ReLU/);
  });

  it("explains TensorFlow.js's layers, ops and words in every language that it is written in", async () => {
    const tfjs = `import * as tf from '@tensorflow/tfjs';
const model = tf.sequential();
model.add(tf.layers.dense({ units: 8, activation: 'swish' }));
model.add(tf.layers.leakyReLU());
const y = tf.tanh(x);
`;
    for (const language of ['typescript', 'javascript', 'typescriptreact', 'javascriptreact']) {
      const { document } = await openText(language, tfjs);
      const word = (await ours(document, 'swish', 1)).value;
      assert.match(word, /\*\*SiLU\*\*/);
      assert.match(word, /https:\/\/js\.tensorflow\.org\/api\/latest\/#layers\.activation/);
      const layer = (await ours(document, 'tf.layers.leakyReLU', 12)).value;
      assert.match(layer, /`alpha` is 0\.3 here: TensorFlow\.js's default/);
      assert.match(layer, /https:\/\/js\.tensorflow\.org\/api\/latest\/#layers\.leakyReLU/);
      assert.match((await ours(document, 'tf.tanh')).value, /https:\/\/js\.tensorflow\.org\/api\/latest\/#tanh/);
      assert.match(word, /command:activationLens\.compareActivations/);
      assert.doesNotMatch(word + layer, /pytorch\.org/);
    }
  });

  it('says nothing in TypeScript that has nothing to do with TensorFlow.js, and offers no comparison there', async () => {
    const { document } = await openSample('tfjs_mnist.ts');
    assert.match((await ours(document, "'softmax'", 3)).value, /Softmax/);
    const other = await openText('typescript', "const style = { activation: 'relu' };\nlib.layers.dense(style);\n");
    const contents = await hovers(other.document, positionOf(other.document, 'relu'));
    assert.ok(!contents.some((content) => content.value.includes('command:activationLens.')));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      other.document.uri,
      100,
    );
    assert.ok(!lenses.some(({ command }) => command?.command.startsWith('activationLens.')));
  });

  it('follows an edit in TypeScript', async () => {
    const editor = await openText('typescript', "import * as tf from '@tensorflow/tfjs';\nconst y = tf.relu(x);\n");
    await ours(editor.document, 'tf.relu');
    const start = positionOf(editor.document, 'relu', 0);
    await editor.edit((edit) => edit.replace(new vscode.Range(start, start.translate(0, 4)), 'selu'));
    assert.match((await ours(editor.document, 'tf.selu')).value, /SELU/);
  });

  it('is turned off by its setting, without a reload', async () => {
    const { document } = await openPython(code);
    await ours(document, 'F.silu');
    await withSetting('hover.enabled', false, async () => {
      await eventually('no hover', async () => {
        const contents = await hovers(document, positionOf(document, 'F.silu'));
        return contents.some((content) => content.value.includes('command:activationLens.')) ? undefined : true;
      });
    });
    await ours(document, 'F.silu');
  });
});
