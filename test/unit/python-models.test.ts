import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { listModels } from '../../src/python/models';
import { parseInputSpec } from '../../src/python/spec';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

async function models(file: string, text: string): Promise<string[]> {
  return (await listModels(testSyntax(), { file, text, version: 1 })).map((model) => model.expression);
}

function sample(name: string): Promise<string[]> {
  return models(name, readFileSync(inRoot('samples', name), 'utf8'));
}

describe('models of a file', () => {
  it('are found in the samples, likeliest first', async () => {
    assert.deepEqual(await sample('mlp.py'), ['MLP']);
    assert.deepEqual(await sample('cifar_cnn.py'), ['CifarCNN']);
    assert.deepEqual(await sample('vit.py'), ['ViT']);
    assert.deepEqual(await sample('mistakes.py'), ['Classifier']);
    assert.deepEqual(await sample('resnet.py'), ['resnet14()', 'ResNet', 'resnet20()', 'resnet29()']);
  });

  it('stand where their class or function stands', async () => {
    const text = 'import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x\n';
    const [net] = await listModels(testSyntax(), { file: 'a.py', text, version: 1 });
    assert.equal(net?.range.line, 3);
    assert.equal(net?.range.column, 0);
  });

  it('are found through inheritance in the file, in half-typed files, and not in others', async () => {
    const text = [
      'from torch.nn import Module',
      'class Base(Module):',
      '    def forward(self, x): return x',
      'class Net(Base):',
      '    pass',
      'class Data(Dataset):',
      '    pass',
      'x = foo(',
      'def build(n):',
      '    model = Net()',
      '    return model',
    ].join('\n');
    assert.deepEqual(await models('a.py', text), ['Net', 'build']);
    assert.deepEqual(await models('b.py', 'x = 1\n'), []);
    assert.deepEqual(await models('c.py', ''), []);
  });
});

describe('input shapes', () => {
  it('are read as written', () => {
    assert.deepEqual(parseInputSpec('1x3x32x32'), { shape: [1, 3, 32, 32], dtype: 'float32' });
    assert.deepEqual(parseInputSpec('2×16:int64'), { shape: [2, 16], dtype: 'int64' });
    assert.deepEqual(parseInputSpec('mask=1x16:bool'), { name: 'mask', shape: [1, 16], dtype: 'bool' });
    for (const wrong of ['', 'x', '1x0', '1x-3', '1x3:float31', '1.5x3', 'abc', '1e99x3']) {
      assert.throws(() => parseInputSpec(wrong), /is not/, wrong);
    }
  });
});
