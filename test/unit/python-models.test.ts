import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { listModels } from '../../src/extract/models';
import { parseInputSpec } from '../../src/extract/spec';
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

  const head = 'import torch\nimport torch.nn as nn\n';
  const module = (name: string, body = 'pass') =>
    `class ${name}(nn.Module):\n    def __init__(self):\n        ${body}\n    def forward(self, x):\n        return x\n`;
  const three = head + module('First') + module('Second') + module('Third');
  const ranked: [string, string, string[]][] = [
    ['made where the file runs', `${three}model = Second().to(device)\n`, ['Second', 'Third', 'First']],
    [
      'made by what runs then',
      `${three}def main():\n    net = Second()\nif __name__ == '__main__':\n    main()\n`,
      ['Second', 'Third', 'First'],
    ],
    ['made by some function', `${three}def train(args):\n    net = First()\n`, ['First', 'Third', 'Second']],
    [
      'of two that are made, the first',
      `${three}def main():\n    First()\n    Third()\n`,
      ['First', 'Third', 'Second'],
    ],
    ['no losses', head + module('Net') + module('FocalLoss'), ['Net', 'FocalLoss']],
    [
      'the one that has others',
      `${head}${module('Block')}${module('Net', 'self.block = Block()')}${module('Extra')}`,
      ['Net', 'Extra'],
    ],
    [
      'a builder that a test calls',
      `${head}${module('Net')}def net18():\n    return Net()\ndef net34():\n    return Net()\ndef test():\n    net34()\n`,
      ['net34()', 'Net', 'net18()'],
    ],
  ];
  const variables: [string, string, string[]][] = [
    ['none that the class says as well', `${three}net = Second()\nnet.train()\n`, ['Second', 'Third', 'First']],
    [
      'a whole before its parts',
      `${head}from m import *\nencoder = Enc(3)\nmodel = Seq(encoder, 2)\n`,
      ['model', 'encoder'],
    ],
    [
      'no copy before the original',
      `${head}from m import Net\nema_model = copy(1)\nmodel = Net(2)\nema = Net(2)\nema.eval()\n`,
      ['model', 'ema'],
    ],
    ['of several values', `${head}import clip\nmodel, preprocess = clip.load('x')\nmodel.eval()\n`, ['model']],
    [
      'what functions make that main calls',
      `${head}from m import Net\ndef run():\n    g = Net(3)\n    g.train()\ndef main():\n    run()\nif __name__ == '__main__':\n    main()\n`,
      ['g'],
    ],
    ['what a table of classes makes', `${head}from m import table\nthing = table['a'](3)\nthing.eval()\n`, ['thing']],
    [
      'no class or table of models',
      `${head}from m import namedtuple, optional\nModelOutput = namedtuple('ModelOutput', 'a')\nmodels, _ = optional('x')\n`,
      [],
    ],
    [
      'no data, no optimiser',
      `${head}from m import D, O\ndata = D(3)\nopt = O(1)\nopt.step()\nloader = D(2)\nloader.train()\n`,
      [],
    ],
  ];
  for (const [what, text, expected] of variables) {
    it(`that variables hold: ${what}`, async () => assert.deepEqual(await models('a.py', text), expected));
  }
  for (const [what, text, expected] of ranked) {
    it(`come first: ${what}`, async () => assert.deepEqual(await models('a.py', text), expected));
  }
});

describe('input shapes', () => {
  it('are read as written', () => {
    assert.deepEqual(parseInputSpec('1x3x32x32'), { shape: [1, 3, 32, 32], dtype: 'float32' });
    assert.deepEqual(parseInputSpec('größe=1x3').name, 'größe');
    assert.deepEqual(parseInputSpec('2×16:int64'), { shape: [2, 16], dtype: 'int64' });
    assert.deepEqual(parseInputSpec('mask=1x16:bool'), { name: 'mask', shape: [1, 16], dtype: 'bool' });
    assert.deepEqual(parseInputSpec('1x0x256'), { shape: [1, 0, 256], dtype: 'float32' });
    for (const wrong of ['', 'x', '1x0', '0x3', '1x-3', '1x-3x4', '1x3:float31', '1.5x3', 'abc', '1e99x3']) {
      assert.throws(() => parseInputSpec(wrong), /is not/, wrong);
    }
  });
});
