import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, closeAll, eventually, openPython, positionOf, withSetting } from './support';

const code = `import torch.nn as nn

net = nn.Sequential(
    nn.Linear(4, 4),
    nn.Mish(),
    nn.Linear(4, 4),

    nn.
)
block = Block(4, activation="")
`;

async function completions(document: vscode.TextDocument, position: vscode.Position, resolved = 0) {
  return vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    position,
    undefined,
    resolved,
  );
}

const label = ({ label }: vscode.CompletionItem) => (typeof label === 'string' ? label : label.label);

describe('completions', () => {
  before(activate);
  afterEach(closeAll);

  it('offer activations behind nn., the one that the file uses before the others', async () => {
    const { document } = await openPython(code);
    const at = positionOf(document, '    nn.\n', '    nn.'.length);
    const [mish, relu] = await eventually('offers of modules', async () => {
      const { items } = await completions(document, at, 100);
      const named = (name: string) => items.find((item) => label(item) === name && item.detail);
      return named('Mish') && named('ReLU') ? [named('Mish'), named('ReLU')] : undefined;
    });
    assert.ok((mish?.sortText ?? '') < (relu?.sortText ?? ''));
    assert.ok(relu?.documentation instanceof vscode.MarkdownString);
    assert.match(relu.documentation.value, /\*\*ReLU\*\*.*data:image\/svg/s);
    assert.equal(typeof relu.label === 'string' ? '' : relu.label.description, relu.detail);
    assert.doesNotMatch(relu.documentation.value, /compareActivations/);
  });

  it('offer names into a string that chooses an activation, unless the user turned them off', async () => {
    const { document } = await openPython(code);
    const at = positionOf(document, 'activation=""', 'activation="'.length);
    await eventually('offers of names', async () => {
      const { items } = await completions(document, at);
      return items.some((item) => label(item) === 'gelu_new' && item.detail) ? true : undefined;
    });
    await withSetting('completions.enabled', false, async () => {
      const { items } = await completions(document, at);
      assert.ok(!items.some((item) => label(item) === 'gelu_new' && item.detail));
    });
  });
});
