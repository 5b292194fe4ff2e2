import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, closeAll, eventually, openPython, openSample, positionOf, withSetting } from './support';

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

  it('explains what runs under another name, and where it was named', async () => {
    const { document } = await openPython(code);
    const { value } = await ours(document, 'self.act(x)', 6);
    assert.match(value, /`self\.act` runs \*\*LeakyReLU\*\* \(\[line 7\]\(.*#L7\)\)/);
    assert.match(value, /negative\\_slope = 0\.2/);
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
