import assert from 'node:assert/strict';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { applyEdits } from '../../src/advise/applyEdits';
import { literal, ReplaceError, replaceActivation } from '../../src/advise/replace';
import { type WrittenOut, writtenSite } from '../../src/advise/written';
import { detectPython } from '../../src/detect/python/detect';
import type { SiteArgument } from '../../src/detect/site';
import type { ActivationParameters } from '../../src/graph/types';
import { testSyntax } from '../support/syntax';

async function replace(code: string, to: string, parameters: ActivationParameters = {}, which = 0): Promise<string> {
  const activation = catalogue.get(to);
  assert.ok(activation);
  const text = { file: 'a.py', text: code, version: 1 };
  const tree = await testSyntax().parse('python', code);
  try {
    const site = detectPython(tree, text)[which];
    assert.ok(site, `no activation in ${code}`);
    return applyEdits(code, replaceActivation(tree, text, [site], activation, parameters));
  } finally {
    tree.delete();
  }
}

async function sites(code: string) {
  const tree = await testSyntax().parse('python', code);
  try {
    assert.equal(tree.rootNode.hasError, false, code);
    return detectPython(tree, { file: 'a.py', text: code, version: 1 });
  } finally {
    tree.delete();
  }
}

const cases: readonly (readonly [string, string, ActivationParameters, string, string])[] = [
  ['the name alone', 'gelu', {}, 'import torch.nn as nn\na = nn.ReLU()\n', 'import torch.nn as nn\na = nn.GELU()\n'],
  [
    'in place stays in place',
    'silu',
    {},
    'import torch.nn as nn\na = nn.ReLU(True)\n',
    'import torch.nn as nn\na = nn.SiLU(inplace=True)\n',
  ],
  [
    'an argument that is passed on stays',
    'silu',
    {},
    'import torch.nn as nn\na = nn.ReLU(inplace=ip)\n',
    'import torch.nn as nn\na = nn.SiLU(inplace=ip)\n',
  ],
  [
    'an argument that the new one lacks goes, its trailing comma with it',
    'gelu',
    {},
    'import torch.nn as nn\na = nn.ReLU(True,)\n',
    'import torch.nn as nn\na = nn.GELU()\n',
  ],
  [
    'defaults are not written',
    'leaky_relu',
    { negative_slope: 0.01, inplace: false },
    'import torch.nn as nn\na = nn.ReLU()\n',
    'import torch.nn as nn\na = nn.LeakyReLU()\n',
  ],
  [
    'comments inside arguments stay',
    'leaky_relu',
    { negative_slope: 0.2 },
    'import torch.nn.functional as F\ny = F.relu(\n    x,  # the residual\n)  # end\n',
    'import torch.nn.functional as F\ny = F.leaky_relu(\n    x, negative_slope=0.2,  # the residual\n)  # end\n',
  ],
  [
    'a bare name joins its import',
    'gelu',
    {},
    'from torch.nn import ReLU\na = ReLU()\n',
    'from torch.nn import ReLU, GELU\na = GELU()\n',
  ],
  [
    'a bare name behind an alias, in parentheses',
    'silu',
    {},
    'from torch.nn import (\n    Linear,\n    ReLU as R,  # act\n)\na = R()\n',
    'from torch.nn import (\n    Linear,\n    ReLU as R, SiLU,  # act\n)\na = SiLU()\n',
  ],
  [
    'a bare name that is imported already, under its alias',
    'gelu',
    {},
    'from torch.nn import ReLU, GELU as G\na = ReLU()\n',
    'from torch.nn import ReLU, GELU as G\na = G()\n',
  ],
  [
    'a bare name that the file uses for something else',
    'gelu',
    {},
    'import torch\nfrom torch.nn import ReLU\nclass GELU: pass\na = ReLU()\n',
    'import torch\nfrom torch.nn import ReLU\nimport torch.nn as nn\nclass GELU: pass\na = nn.GELU()\n',
  ],
  ['a star import', 'gelu', {}, 'from torch.nn import *\na = ReLU()\n', 'from torch.nn import *\na = GELU()\n'],
  ['torch.x stays torch.x', 'tanh', {}, 'import torch\ny = torch.sigmoid(x)\n', 'import torch\ny = torch.tanh(x)\n'],
  [
    'torch.x that torch lacks',
    'gelu',
    {},
    'import torch  # noqa\ny = torch.sigmoid(x)\n',
    'import torch  # noqa\nimport torch.nn.functional as F\ny = F.gelu(x)\n',
  ],
  [
    'a method stays a method',
    'sigmoid',
    {},
    'import torch\ny = (a + b).tanh()\n',
    'import torch\ny = (a + b).sigmoid()\n',
  ],
  [
    'a method that tensors lack',
    'gelu',
    {},
    'import torch.nn.functional as F\ny = x.relu()\n',
    'import torch.nn.functional as F\ny = F.gelu(x)\n',
  ],
  [
    'line breaks are the file’s',
    'gelu',
    {},
    'import torch\r\ny = torch.sigmoid(x)\r\n',
    'import torch\r\nimport torch.nn.functional as F\r\ny = F.gelu(x)\r\n',
  ],
  [
    'a class with parameters becomes a partial',
    'leaky_relu',
    { negative_slope: 0.2 },
    'import torch.nn as nn\nm = Block(act=nn.ReLU)\n',
    'import torch.nn as nn\nimport functools\nm = Block(act=functools.partial(nn.LeakyReLU, negative_slope=0.2))\n',
  ],
  [
    'a partial that the file imports',
    'elu',
    { alpha: 2 },
    'from functools import partial\nimport torch.nn as nn\nm = Block(act=nn.ReLU)\n',
    'from functools import partial\nimport torch.nn as nn\nm = Block(act=partial(nn.ELU, alpha=2))\n',
  ],
  [
    'a partial without parameters is the class',
    'gelu',
    {},
    'from functools import partial\nimport torch.nn as nn\nm = partial(nn.ELU, alpha=2)\n',
    'from functools import partial\nimport torch.nn as nn\nm = nn.GELU\n',
  ],
  [
    'a tensor named behind its parameters',
    'elu',
    { alpha: 3 },
    'import torch.nn.functional as F\ny = F.leaky_relu(negative_slope=0.1, input=x)\n',
    'import torch.nn.functional as F\ny = F.elu(input=x, alpha=3)\n',
  ],
  [
    'a half-typed call keeps what was typed',
    'gelu',
    {},
    'import torch.nn as nn\na = nn.ReLU(\n',
    'import torch.nn as nn\na = nn.GELU(\n',
  ],
  [
    'the identity of a tensor is the tensor',
    'identity',
    {},
    'import torch.nn.functional as F\ny = F.relu(a + b) * 2\n',
    'import torch.nn.functional as F\ny = (a + b) * 2\n',
  ],
  [
    'a softmax keeps the dimension that it is given',
    'softmax',
    { dim: 1 },
    'import torch.nn as nn\na = nn.ReLU(True)\n',
    'import torch.nn as nn\na = nn.Softmax(dim=1)\n',
  ],
  [
    'an import goes below shebang and comments',
    'gelu',
    {},
    '#!/usr/bin/env python\n# -*- coding: utf-8 -*-\ndef f():\n    import torch\n    return torch.tanh(x)\n',
    '#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport torch.nn.functional as F\ndef f():\n    import torch\n    return F.gelu(x)\n',
  ],
];

const refused: readonly (readonly [string, string, ActivationParameters, RegExp])[] = [
  [
    'import torch.nn as nn\na = nn.ReLU()\n',
    'softmax',
    {},
    /nn\.ReLU at line 2 can't become Softmax: it needs a dimension/,
  ],
  ['import torch.nn.functional as F\ny = F.relu(x)\n', 'prelu', {}, /needs a weight; use nn\.PReLU/],
  ['import torch\ntorch.relu_(x)\n', 'gelu', {}, /works in place here, and the result is not taken/],
  ['import torch.nn.functional as F\ny = F.relu(*args)\n', 'gelu', {}, /its tensor is not written out/],
  ['import torch.nn as nn\na = nn.ReLU(\n', 'elu', { alpha: 2 }, /its arguments are not complete/],
  ['import torch.nn as nn\na = nn.RNN(2, 2, nonlinearity="relu")\n', 'elu', {}, /a name in a string/],
  ['import torch.nn as nn\na = nn.MultiheadAttention(8, 2)\n', 'elu', {}, /part of what is named/],
];

describe('replacement', () => {
  for (const [title, to, parameters, before, after] of cases)
    it(title, async () => assert.equal(await replace(before, to, parameters), after));

  for (const [before, to, parameters, message] of refused)
    it(`refuses: ${before.split('\n')[1]} → ${to}`, () =>
      assert.rejects(replace(before, to, parameters), (error: unknown) => {
        assert.ok(error instanceof ReplaceError);
        assert.match(error.message, message);
        return true;
      }));

  it('writes values as Python does', () => {
    assert.equal(literal(true), 'True');
    assert.equal(literal(1e-7), '1e-7');
    assert.equal(literal(Number.POSITIVE_INFINITY), 'float("inf")');
    assert.equal(literal(Number.NEGATIVE_INFINITY), 'float("-inf")');
    assert.equal(literal('it\'s "a" \\ \n'), `'it\\'s "a" \\\\ \\n'`);
  });

  const forms = [
    'import torch.nn as nn\na = nn.ReLU()\n',
    'import torch.nn as nn\na = nn.LeakyReLU(\n    0.3,  # slope\n    inplace=True,\n)\n',
    'import torch\na = torch.nn.Softmax(dim=1)\n',
    'from torch.nn import SiLU\na = [SiLU(), 1]\n',
    'from torch.nn import SiLU as S\na = S\n',
    'from torch.nn import *\na = Tanh()\n',
    'import torch.nn as nn\ndef f(act=nn.GELU): pass\n',
    'import functools\nfrom torch import nn\na = functools.partial(nn.ELU, alpha=2)\n',
    'import torch.nn.functional as F\ny = F.relu(x, inplace=True)\n',
    'import torch.nn.functional as F\ny = F.elu(alpha=2, input=x)\n',
    'from torch.nn.functional import leaky_relu as lr\ny = lr(x, 0.2)\n',
    'import torch\ny = torch.sigmoid(x) * 2\n',
    'import torch\ny = torch.softmax(x, -1)\n',
    'import torch\ny = x.tanh().sum()\n',
    'from functools import partial\nimport torch.nn.functional as F\ng = partial(F.elu, alpha=0.5)\n',
    'import torch.nn.functional as F\ng = F.silu\n',
  ];
  const other: Readonly<Record<string, unknown>> = { approximate: 'tanh', dim: 1, inplace: false };
  for (const activation of catalogue.values())
    it(`${activation.id} is found again with its parameters, in every form`, async () => {
      const changed = Object.fromEntries(
        activation.parameters.map(({ name, default: usual }) => [name, other[name] ?? Number(usual) + 0.5]),
      ) as ActivationParameters;
      for (const code of forms)
        for (const parameters of [defaultParameters(activation), changed]) {
          let after: string;
          try {
            after = await replace(code, activation.id, parameters);
          } catch (error) {
            assert.ok(error instanceof ReplaceError, String(error));
            assert.match(
              error.message,
              /needs a weight|needs a dimension|has no (function|module)|halves its input|draws random/,
              `${code} → ${activation.id}`,
            );
            continue;
          }
          const found = await sites(after);
          if (activation.id === 'identity' && found.length === 0) continue;
          assert.equal(found.length, 1, after);
          assert.equal(found[0]?.activation, activation.id, after);
          for (const [name, value] of Object.entries(parameters)) {
            const argument: SiteArgument | undefined = found[0]?.parameters[name];
            if (name === 'inplace' || (argument === undefined && defaultParameters(activation)[name] === value))
              continue;
            assert.deepEqual(argument, { value }, after);
          }
        }
    });
});

describe('replacement of what a model writes out', () => {
  const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

  /** The code with another activation where `text` last stands. */
  async function replaceWritten(
    code: string,
    text: string,
    written: Omit<WrittenOut, 'activation'> & { readonly activation: string },
    to = 'relu',
    parameters: ActivationParameters = {},
  ): Promise<string | undefined> {
    const activation = catalogue.get(to);
    assert.ok(activation);
    const whole = head + code;
    const tree = await testSyntax().parse('python', whole);
    try {
      const start = whole.lastIndexOf(text);
      assert.ok(start >= 0);
      const before = whole.slice(0, start).split('\n');
      const [line, column] = [before.length - 1, before.at(-1)?.length ?? 0];
      const place = { file: 'a.py', line, column, endLine: line, endColumn: column + text.length };
      const site = writtenSite(tree, place, written);
      if (!site) return undefined;
      const edits = replaceActivation(tree, { file: 'a.py', text: whole, version: 1 }, [site], activation, parameters);
      return applyEdits(whole, edits).slice(head.length);
    } finally {
      tree.delete();
    }
  }

  for (const [code, text, activation, result, to, parameters] of [
    ['y = self.a(x * torch.sigmoid(x))\n', 'x * torch.sigmoid(x)', 'silu', 'y = self.a(F.relu(x))\n'],
    ['y = x.clamp(min=0)\n', 'x.clamp(min=0)', 'relu', 'y = F.gelu(x)\n', 'gelu'],
    [
      'y = torch.maximum(self.b(x), torch.zeros_like(self.b(x)))\n',
      'torch.maximum(self.b(x), torch.zeros_like(self.b(x)))',
      'relu',
      'y = F.elu(self.b(x))\n',
      'elu',
    ],
    ['def act(x):\n    x = torch.exp(-x)\n    return 1 / (1 + x)\n', '1 / (1 + x)', 'sigmoid', undefined],
    [
      'def act(x):\n    s = torch.sigmoid(x)\n    return x * s\n',
      'x * s',
      'silu',
      'def act(x):\n    s = torch.sigmoid(x)\n    return F.leaky_relu(x, negative_slope=0.2)\n',
      'leaky_relu',
      { negative_slope: 0.2 },
    ],
    [
      'act = lambda h: 0.5 * h * (1 + torch.erf(h / 1.41421))\n',
      '0.5 * h * (1 + torch.erf(h / 1.41421))',
      'gelu',
      'act = lambda h: F.mish(h)\n',
      'mish',
    ],
    ['y = 2 + x * torch.sigmoid(x)\n', 'x * torch.sigmoid(x)', 'silu', 'y = 2 + x\n', 'identity'],
  ] as const) {
    it(`of ${activation}: ${text}`, async () => {
      const replaced = replaceWritten(code, text, { activation, as: 'expression' }, to, parameters);
      if (result === undefined) await assert.rejects(replaced, /what it is applied to/);
      else assert.equal(await replaced, result);
    });
  }

  it('of a module where its class is named, and of a Function where it is applied', async () => {
    const module = { activation: 'mish', as: 'module', name: 'Mish' } as const;
    assert.equal(await replaceWritten('self.act = Mish()\n', 'Mish()', module), 'self.act = nn.ReLU()\n');
    assert.equal(await replaceWritten('self.act = layers.Mish()\n', 'layers.Mish()', module), 'self.act = nn.ReLU()\n');
    // Which class that is stands elsewhere.
    assert.equal(await replaceWritten('self.act = act_layer()\n', 'act_layer()', module), undefined);
    const applied = { activation: 'mish', as: 'call', name: 'MishFunction' } as const;
    assert.equal(
      await replaceWritten('y = MishFunction.apply(self.a(x))\n', 'MishFunction.apply(self.a(x))', applied),
      'y = F.relu(self.a(x))\n',
    );
    assert.equal(await replaceWritten('y = mish(self.a(x))\n', 'mish(self.a(x))', applied), undefined);
  });
});
