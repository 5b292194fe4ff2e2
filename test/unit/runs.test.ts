import assert from 'node:assert/strict';
import { detectPython } from '../../src/detect/python/detect';
import { Names } from '../../src/detect/python/names';
import { runsAt } from '../../src/resolve/runs';
import { testSyntax } from '../support/syntax';

const code = `import torch.nn as nn
import torch.nn.functional as F
from functools import partial
import copy

ACTS = {"relu": nn.ReLU, "gelu": partial(nn.GELU, approximate="tanh")}


def get_activation(name):
    if name == "swish":
        return nn.SiLU()
    return ACTS[name]()


class Base(nn.Module):
    def __init__(self, act_layer=nn.ReLU, activation=F.relu, drop=0.0):
        super().__init__()
        self.act = act_layer()
        self.fn = activation
        self.fixed = nn.Tanh() if drop else nn.Identity()
        self.layers = nn.Sequential(nn.Linear(2, 2), nn.ELU(), nn.Linear(2, 2))
        self.table = nn.ModuleDict({"a": nn.Mish(), "b": nn.SELU()})
        self.made = get_activation("swish")
        self.twin = copy.deepcopy(self.fixed)
        layers = [nn.Linear(2, 2)]
        layers.append(nn.Softplus())
        self.stack = nn.Sequential(*layers)


class Block(Base):
    pre = nn.Sigmoid()

    def forward(self, x):
        act = self.act
        x = self.act(x)
        x = self.fn(x)
        x = self.fixed(x)
        x = self.layers[1](x)
        x = self.layers[0](x)
        x = self.layers(x)
        x = self.table["b"](x)
        x = self.made(x)
        x = self.twin(x)
        x = self.pre(x)
        x = act(x)
        for layer in self.stack:
            x = layer(x)
        x = self.unknown(x)
        return nn.ReLU()(x)


def build(act_layer=nn.Hardswish, width=8):
    return make(act_layer=act_layer, width=width)


net = Block(nn.GELU, activation=F.silu)
other = Block(act_layer=partial(nn.LeakyReLU, 0.2))
`;

/** What runs at the first place where a text stands, with `?` where more may flow in. */
async function runs(text: string, offset = 0): Promise<string | undefined> {
  const tree = await testSyntax().parse('python', code);
  try {
    const names = new Names(tree.rootNode, code);
    const sites = detectPython(tree, { file: 'a.py', text: code, version: 1 });
    const before = code.slice(0, code.indexOf(text) + offset);
    const line = before.split('\n').length - 1;
    const column = before.length - before.lastIndexOf('\n') - 1;
    const found = runsAt({ file: 'a.py', root: tree.rootNode, names, sites }, { line, column });
    return found?.sites.length
      ? `${found.sites.map((site) => site.text).join(' ')}${found.complete ? '' : ' ?'}`
      : undefined;
  } finally {
    tree.delete();
  }
}

describe('what runs where no activation is named', () => {
  const cases: readonly (readonly [string, number, string | undefined])[] = [
    ['self.act(x)', 6, 'nn.ReLU nn.GELU nn.LeakyReLU ?'],
    ['act_layer()', 2, 'nn.ReLU nn.GELU nn.LeakyReLU ?'],
    ['self.fn(x)', 6, 'F.relu F.silu ?'],
    ['self.fixed(x)', 6, 'nn.Tanh nn.Identity'],
    ['self.layers[1](x)', 6, 'nn.ELU'],
    ['self.layers[0](x)', 6, undefined],
    ['self.layers(x)', 6, undefined],
    ['self.table["b"](x)', 6, 'nn.SELU'],
    ['self.made(x)', 6, 'nn.SiLU nn.ReLU nn.GELU'],
    ['self.twin(x)', 6, 'nn.Tanh nn.Identity'],
    ['self.pre(x)', 6, 'nn.Sigmoid'],
    ['= act(x)', 3, 'nn.ReLU nn.GELU nn.LeakyReLU ?'],
    ['layer(x)', 1, 'nn.Softplus ?'],
    ['self.unknown(x)', 6, undefined],
    ['Block(nn.GELU', 2, undefined],
    ['act_layer=act_layer', 12, 'nn.Hardswish ?'],
    ['act_layer=act_layer', 2, undefined],
    ['width=width', 8, undefined],
  ];
  for (const [text, offset, expected] of cases)
    it(text, async () => {
      assert.equal(await runs(text, offset), expected);
    });
});
