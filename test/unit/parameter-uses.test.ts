import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

/** The call by which a class or a builder is read that nothing builds. */
async function chosen(text: string, expression = 'Layer'): Promise<string> {
  const source = new MemorySource({ 'layer.py': head + text });
  const request = { syntax: testSyntax(), source, file: 'layer.py', expression, choosesSizes: true };
  const extraction = await extractModel({ ...request, callers: async () => [] });
  return extraction.ok ? extraction.expression : extraction.problem.message;
}

const layer = (parameters: string, build: string, run = 'return self.body(x)', before = ''): string => `
${before}
class Layer(nn.Module):
    def __init__(self, ${parameters}):
        super().__init__()
        ${build.replaceAll('\n', '\n        ')}
    def forward(self, x):
        ${run.replaceAll('\n', '\n        ')}
`;

describe('what code does with a parameter', () => {
  for (const [title, text, wanted] of [
    ['a layer takes it', layer('foo, bar', 'self.body = nn.Conv2d(foo, bar, 3)'), 'Layer(foo=64, bar=64)'],
    ['by name', layer('a, b, z', 'self.body = nn.Conv2d(a, b, kernel_size=z)'), 'Layer(a=64, b=64, z=3)'],
    ['by another name', layer('dim, size', 'self.body = nn.Conv2d(dim, dim, size)'), 'Layer(dim=64, size=3)'],
    ['computed', layer('foo', 'self.body = nn.Linear(foo, int(foo * 2))'), 'Layer(foo=64)'],
    [
      'in a field, when it runs',
      layer(
        'dim, zeta',
        'self.zeta = zeta\nself.body = nn.Linear(dim, dim)',
        'return F.dropout(self.body(x), self.zeta)',
      ),
      'Layer(dim=64, zeta=0.1)',
    ],
    [
      'a loop goes round it',
      layer('dim, rungs', 'self.body = nn.Sequential(*[nn.Linear(dim, dim) for _ in range(rungs)])'),
      'Layer(dim=64, rungs=2)',
    ],
    [
      'a loop goes through it',
      layer(
        'dim, sides',
        'steps = []\nfor side in sides:\n    steps.append(nn.Linear(dim, side))\n    dim = side\nself.body = nn.Sequential(*steps)',
      ),
      'Layer(dim=64, sides=[64, 64])',
    ],
    [
      'pairs of it',
      layer('spans', 'self.body = nn.Sequential(*[nn.Linear(a, b) for a, b in zip(spans[:-1], spans[1:])])'),
      'Layer(spans=[64, 64])',
    ],
    [
      'lists inside of a list',
      layer(
        'rows',
        'self.body = nn.Sequential()\nlast = 64\nfor row in rows:\n    for one in row:\n        self.body.append(nn.Linear(last, one))\n        last = one',
      ),
      'Layer(rows=[[64, 64], [64, 64]])',
    ],
    [
      'it is unpacked',
      layer('dims', 'height, width, depth = dims\nself.body = nn.Linear(64, height + width + depth)'),
      'Layer(dims=[64, 64, 64])',
    ],
    [
      'it has an index',
      layer('dim, kernel', 'self.body = nn.Conv3d(dim, dim, (1, kernel[1], kernel[2]))'),
      'Layer(dim=64, kernel=[3, 3, 3])',
    ],
    [
      'its length is asserted',
      layer('dims', 'assert len(dims) == 4\nself.body = nn.Linear(dims[0], dims[-1])'),
      'Layer(dims=[64, 64, 64, 64])',
    ],
    [
      'it is compared with texts',
      layer(
        'dim, cell',
        "if cell in ('lstm', 'gru'):\n    self.body = nn.Linear(dim, dim)\nelse:\n    raise ValueError(cell)",
      ),
      "Layer(dim=64, cell='lstm')",
    ],
    [
      'it is a key',
      layer('dim, act', "self.body = nn.Sequential(nn.Linear(dim, dim), {'tanh': nn.Tanh, 'relu': nn.ReLU}[act]())"),
      "Layer(dim=64, act='tanh')",
    ],
    [
      'it names a layer',
      layer('dim, rnn_type', 'self.rnn = getattr(nn, rnn_type)(dim, dim, batch_first=True)', 'return self.rnn(x)[0]'),
      "Layer(dim=64, rnn_type='LSTM')",
    ],
    [
      'it names a function',
      layer('dim, act', 'self.act = getattr(F, act)\nself.body = nn.Linear(dim, dim)', 'return self.act(self.body(x))'),
      "Layer(dim=64, act='relu')",
    ],
    [
      'it is one of some numbers',
      layer('dim, pace', 'assert pace in [2, 4]\nself.body = nn.Conv2d(dim, dim, 3, stride=pace)'),
      'Layer(dim=64, pace=2)',
    ],
    [
      'tokens are looked up',
      layer('words, dim, pad', 'self.body = nn.Embedding(words, dim, padding_idx=pad)'),
      'Layer(words=1000, dim=64, pad=0)',
    ],
    [
      'it is only asked whether it is true',
      layer('dim, fancy', 'self.body = nn.Linear(dim, dim)\nif fancy:\n    self.body = nn.Identity()'),
      'Layer(dim=64, fancy=False)',
    ],
    [
      'it may be left out',
      layer(
        'dim, extra',
        'self.extra = extra\nself.body = nn.Linear(dim, dim)',
        'y = self.body(x)\nreturn y if self.extra is None else self.extra(y)',
      ),
      'Layer(dim=64, extra=None)',
    ],
    [
      'it makes a norm',
      layer('dim, norm_layer', 'self.body = nn.Sequential(nn.Conv1d(dim, dim, 3), norm_layer(dim))'),
      'Layer(dim=64, norm_layer=nn.BatchNorm1d)',
    ],
    [
      'a norm of features',
      layer('dim, norm', 'self.body = nn.Sequential(nn.Linear(dim, dim), norm(dim))'),
      'Layer(dim=64, norm=nn.LayerNorm)',
    ],
    [
      'an activation that runs',
      layer('dim, act', 'self.fc = nn.Linear(dim, dim)\nself.act = act', 'return self.act(self.fc(x))'),
      'Layer(dim=64, act=nn.ReLU())',
    ],
    [
      'a class of the file takes it',
      layer(
        'foo',
        'self.body = Inner(foo)',
        undefined,
        'class Inner(nn.Module):\n    def __init__(self, q):\n        super().__init__()\n        self.fc = nn.Linear(q, q)\n    def forward(self, x):\n        return self.fc(x)',
      ),
      'Layer(foo=64)',
    ],
    [
      'a base takes it',
      layer('foo, bar', 'super().__init__(foo, bar, 3)', 'return super().forward(x)')
        .replace('nn.Module', 'nn.Conv2d')
        .replace('super().__init__()\n', 'pass\n'),
      'Layer(foo=64, bar=64)',
    ],
    [
      'a method takes it',
      `${layer('foo', 'self.build(foo)')}    def build(self, q):\n        self.body = nn.Linear(q, 8)\n`,
      'Layer(foo=64)',
    ],
    [
      'it is left out by default and asserted',
      layer('dim, size=None', 'assert size is not None\nself.body = nn.Linear(dim, dim)'),
      'Layer(dim=64, size=64)',
    ],
    [
      'axes trade places',
      layer('dims', 'self.dims = dims', 'return x.permute(*self.dims).relu()'),
      'Layer(dims=(0, 3, 2, 1))',
    ],
  ] as const)
    it(`tells its kind: ${title}`, async () => {
      assert.equal(await chosen(text), wanted);
    });

  it('tells the kind of what a builder takes', async () => {
    const text = 'def build(foo, bar):\n    return nn.Sequential(nn.Linear(foo, bar), nn.ReLU())\n';
    assert.equal(await chosen(text, 'build'), 'build(foo=64, bar=64)');
  });

  it('tells that a list is documented', async () => {
    const text = `
class Layer(nn.Module):
    """A layer.

    Args:
        dim (int): the width
        kernel (list): of three
    """
    def __init__(self, dim, kernel):
        super().__init__()
        self.body = nn.Conv3d(dim, dim, kernel)
    def forward(self, x):
        return self.body(x)
`;
    assert.match(await chosen(text), /^Layer\(dim=64, kernel=\[3, 3, 3\]\)$/);
  });
});

describe('a layer that another is handed', () => {
  it('is a linear one where it is called with one thing', async () => {
    const residual = layer('fn', 'self.fn = fn', 'return self.fn(x) + x');
    assert.equal(await chosen(residual), 'Layer(fn=nn.Linear(64, 64))');
    const normed = layer('dim, fn', 'self.fn = fn\nself.norm = nn.LayerNorm(dim)', 'return self.fn(self.norm(x))');
    assert.equal(await chosen(normed), 'Layer(dim=64, fn=nn.Linear(64, 64))');
  });

  it('is a convolution among convolutions', async () => {
    const text = layer(
      'dim, block',
      'self.block = block\nself.conv = nn.Conv2d(dim, dim, 1)',
      'return self.block(self.conv(x))',
    );
    assert.equal(await chosen(text), 'Layer(dim=64, block=nn.Conv2d(64, 64, 3, padding=1))');
  });

  for (const [title, text] of [
    ['it is a whole model', layer('model', 'self.model = model', 'return self.model(x).relu()')],
    ['it gives several', layer('fn', 'self.fn = fn', 'one, two = self.fn(x)\nreturn one + two')],
    ['it is called with more', layer('fn', 'self.fn = fn', 'return self.fn(x, x)')],
    ['its settings are read', layer('dim, c', "self.body = nn.Linear(dim, c['width'])")],
    ['it is nothing of a layer', layer('dim, env', 'self.body = nn.Linear(dim, env.width)')],
  ] as const)
    it(`is asked for where ${title}`, async () => {
      assert.match(await chosen(text), /^Layer needs the argument/);
    });
});
