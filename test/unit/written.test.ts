import assert from 'node:assert/strict';
import { entryOf, findActivation } from '../../src/activations/catalogue';
import { swapSites } from '../../src/compare/sites';
import { swap } from '../../src/graph/swap';
import { type Form, modelWith, spelledOut } from '../support/spelledOut';
import { distance, outputOf, readText } from '../support/writtenModels';

const forms: readonly Form[] = ['inline', 'function', 'lambda', 'class', 'autograd'];
const places: Readonly<Record<Form, string>> = {
  inline: 'expression',
  function: 'expression',
  lambda: 'expression',
  class: 'module',
  autograd: 'call',
};

describe('an activation that is written out', () => {
  let plain: Float64Array;
  before(async () => {
    const named = modelWith('F.relu(x)', 'inline');
    assert.ok(named);
    plain = outputOf(await readText(named));
  });

  for (const { activation, parameters = {}, ways, slope } of spelledOut) {
    const words = Object.values(parameters).join(' ');
    for (const form of slope ? forms : forms.filter((each) => each !== 'autograd')) {
      it(`is one site: ${activation} ${words}, ${form}`, async () => {
        let count = 0;
        for (const [i, way] of ways.entries()) {
          // Each way inline and in one more form; test/parity/written.test.ts walks all forms of all of them.
          if (form !== 'inline' && i % (forms.length - 1) !== forms.indexOf(form) - 1 && i > 0) continue;
          const text = modelWith(way, form, slope);
          if (text === undefined) continue;
          count += 1;
          const graph = await readText(text);
          const sites = swapSites(graph);
          assert.deepEqual(
            sites.map((site) => [site.activation, site.nodes.length, site.written?.as, site.kept]),
            [[activation, 1, places[form], undefined]],
            way,
          );
          const [site] = sites;
          assert.ok(site);
          for (const [name, value] of Object.entries(parameters)) assert.equal(site.parameters[name], value, way);
          const entry = findActivation(activation);
          assert.ok(entry);
          // The same by name is the model itself, but for the digits that were written.
          const same = distance(outputOf(swap(graph, site.nodes, entry, site.parameters)), outputOf(graph));
          assert.ok(same < 1e-4, `${way}: ${same}`);
          const swapped = swap(graph, site.nodes, entryOf('relu'), {});
          assert.equal(swapped.written, undefined);
          assert.equal(swapped.nodes.length, 3, way);
          assert.ok(distance(outputOf(swapped), plain) < 1e-12, way);
        }
        assert.ok(count > 0);
      });
    }
  }

  it('stands where its class is constructed, and all calls of it are one', async () => {
    const graph = await readText(`
import torch
import torch.nn as nn

class Swish(nn.Module):
    def __init__(self):
        super().__init__()
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        return x * self.sigmoid(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
        self.act = Swish()

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x
`);
    const [site, ...more] = swapSites(graph);
    assert.deepEqual(more, []);
    assert.deepEqual([site?.activation, site?.nodes.length, site?.source?.line], ['silu', 3, 16]);
    assert.deepEqual(site?.written, { as: 'module', name: 'Swish' });
  });

  it('is found in the reading as it trains, too', async () => {
    const text = `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)

    def forward(self, x):
        x = self.a(x)
        x = x * torch.sigmoid(x) if self.training else F.silu(x)
        return self.b(x)
`;
    const ids = async (training: boolean) =>
      swapSites(await readText(text, 'Net', training)).map((site) => site.activation);
    assert.deepEqual([await ids(true), await ids(false)], [['silu'], ['silu']]);
    assert.ok(swapSites(await readText(text, 'Net', true))[0]?.written);
  });
});

/** A model whose forward has `body` between its layers. */
const around = (body: string, init = '', definitions = '') => `
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
${definitions}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)
        self.c = nn.Linear(4, 3)
${init.replace(/^(?=.)/gm, '        ')}
    def forward(self, x):
${body.replace(/^/gm, '        ')}
`;

describe('what is no written-out activation', () => {
  for (const [title, body, sites] of [
    ['a product with another gate', 'x = self.a(x)\nreturn self.c(x * torch.sigmoid(self.b(x)))', ['sigmoid']],
    ['Mish of two values', 'h = self.a(x)\nreturn self.c(h * torch.tanh(F.softplus(self.b(x))))', ['softplus', 'tanh']],
    [
      'a sigmoid that something else reads',
      'h = self.a(x)\ns = torch.sigmoid(h)\nreturn self.c(h * s), s',
      ['sigmoid'],
    ],
    ['a step', 'h = self.a(x)\nreturn self.c((h > 0).float())', []],
    ['a bound that keeps from zero', 'h = self.a(x)\nreturn self.c(h.clamp(min=1e-3))', []],
    ['a bound far from layers', 'h = self.a(x)\nreturn torch.log(h.clamp(min=0) + 1)', []],
    ['an area', 'h = self.a(x)\nreturn (h[:, :2] - h[:, 2:]).clamp(min=0).prod(1)', []],
    ['a sine and a cosine of one angle', 'h = self.a(x)\nreturn self.c(torch.sin(h) + torch.cos(h))', []],
    ['a sine of the input', 'return self.c(self.b(torch.sin(x)))', []],
    ['a straight line', 'h = self.a(x)\nreturn self.c(2 * h + 1)', []],
    [
      'scaled differently in each place',
      'h = self.a(x)\nreturn self.c(h * torch.sigmoid(h * torch.tensor([1., 2., 3., 4.])))',
      ['sigmoid'],
    ],
    [
      'attention by hand',
      'q, k = self.a(x), self.b(x)\nreturn torch.exp(q) / torch.exp(q).sum(-1, keepdim=True) @ k.t()',
      [],
    ],
    ['a normalisation', 'h = self.a(x)\nreturn self.c(h / (h.norm(dim=-1, keepdim=True) + 1e-6))', []],
  ] as const) {
    it(title, async () => {
      const graph = await readText(around(body));
      assert.equal(graph.written, undefined);
      assert.deepEqual(
        swapSites(graph).map(({ activation }) => activation),
        sites,
      );
    });
  }

  it('one ReLU after another that a module names', async () => {
    const graph = await readText(around('return self.c(torch.clamp(F.relu(self.a(x)), min=0) * 1.0)'));
    assert.deepEqual(
      swapSites(graph).map(({ activation, written }) => [activation, written?.as]),
      [['relu', undefined]],
    );
  });

  it('a Function with a gradient of its own, which is noted', async () => {
    const spike = `
class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g / (1 + x.abs()) ** 2
`;
    const graph = await readText(around('return self.c(Spike.apply(self.a(x)))', '', spike));
    assert.equal(graph.written, undefined);
    assert.match(graph.notes.map(({ message }) => message).join(), /backward of Spike is not the derivative/);
  });

  it('a reversed gradient is noted, though its forward does nothing', async () => {
    const reverse = `
class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.scale = scale
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return g.neg() * ctx.scale, None
`;
    const graph = await readText(around('return self.c(F.relu(Reverse.apply(self.a(x), 0.5)))', '', reverse));
    assert.match(graph.notes.map(({ message }) => message).join(), /backward of Reverse is not the derivative/);
  });

  it('a Function whose backward gives the derivative is noted nowhere', async () => {
    const swish = `
class Swish(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * torch.sigmoid(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx, g):
        s = torch.sigmoid(ctx.saved_tensors[0])
        return g * s * (1 + ctx.saved_tensors[0] * (1 - s))
`;
    const graph = await readText(around('return self.c(Swish.apply(self.a(x)))', '', swish));
    assert.deepEqual(
      graph.written?.map(({ op }) => op.activation),
      ['silu'],
    );
    assert.doesNotMatch(graph.notes.map(({ message }) => message).join(), /backward/);
  });
});

describe('a written-out activation that learns', () => {
  for (const [title, init, body, activation, parameters] of [
    ['Swish', 'self.beta = nn.Parameter(torch.ones(1))', 'h * torch.sigmoid(self.beta * h)', 'swish_beta', { beta: 1 }],
    ['PReLU', 'self.w = nn.Parameter(torch.tensor(0.25))', 'F.relu(h) - self.w * F.relu(-h)', 'prelu', { init: 0.25 }],
    [
      'PReLU by channel',
      'self.w = nn.Parameter(torch.full((4,), 0.1))',
      'torch.where(h > 0, h, self.w * h)',
      'prelu',
      {},
    ],
    [
      'StarReLU',
      'self.s = nn.Parameter(torch.tensor(0.8))\nself.t = nn.Parameter(torch.tensor(-0.4))',
      'self.s * F.relu(h) ** 2 + self.t',
      'star_relu',
      {},
    ],
    [
      'Snake with the logarithm of α',
      'self.w = nn.Parameter(torch.zeros(4))',
      'h + (1 / (self.w.exp() + 1e-9)) * torch.sin(h * self.w.exp()) ** 2',
      'snake',
      { alpha: 1 },
    ],
  ] as const) {
    it(title, async () => {
      const graph = await readText(around(`h = self.a(x)\nreturn self.c(${body})`, init));
      const [site, ...more] = swapSites(graph);
      assert.deepEqual(more, []);
      assert.deepEqual([site?.activation, site?.learns, site?.kept], [activation, true, undefined]);
      for (const [name, value] of Object.entries(parameters))
        assert.ok(Math.abs(Number(site?.parameters[name]) - value) < 1e-6);
      const swapped = swap(graph, site?.nodes ?? [], entryOf('relu'), {});
      // What only the formula learnt is gone with it.
      assert.deepEqual(
        swapped.state.map(({ name }) => name),
        ['a.weight', 'a.bias', 'b.weight', 'b.bias', 'c.weight', 'c.bias'],
      );
      assert.deepEqual(
        swapped.nodes.map(({ op }) => op.kind),
        ['linear', 'activation', 'linear'],
      );
    });
  }

  it('is no activation where its scale is learnt as well', async () => {
    const graph = await readText(
      around('h = self.a(x)\nreturn self.c(self.g * F.silu(h))', 'self.g = nn.Parameter(torch.ones(1))'),
    );
    assert.equal(graph.written, undefined);
    assert.deepEqual(
      swapSites(graph).map(({ activation, kept }) => [activation, kept]),
      [['silu', undefined]],
    );
  });
});

describe('activations that a comparison leaves alone', () => {
  for (const [title, body, expected] of [
    [
      'the deviation of a Gaussian',
      'h = F.relu(self.a(x))\nreturn self.b(h) + F.softplus(self.c(h)).sum(-1, keepdim=True) * torch.randn(1)',
      { relu: undefined, softplus: /positive/ },
    ],
    [
      'a deviation that is returned',
      'h = torch.tanh(self.a(x))\nreturn self.b(h), F.softplus(self.c(h)) + 1e-3',
      { tanh: undefined, softplus: /last word/ },
    ],
    ['a hidden Softplus', 'return self.c(F.softplus(self.a(x)))', { softplus: undefined }],
    [
      'a step size',
      'h = F.silu(self.a(x))\nd = F.softplus(self.b(h))\nreturn self.c(torch.exp(-d) * h + d * h)',
      { silu: undefined, softplus: /positive/ },
    ],
    [
      'the logarithm of a deviation',
      'h = F.relu(self.a(x))\nreturn self.b(h) * torch.exp(3 * torch.tanh(self.a(h)) - 1)',
      { relu: undefined, tanh: /in a range/ },
    ],
    [
      'a gate',
      'h = torch.tanh(self.a(x))\ng = torch.sigmoid(self.b(x))\nreturn self.c(g * h + (1 - g) * x)',
      { tanh: undefined, sigmoid: /gate/ },
    ],
    [
      'a written-out gate',
      'g = 1 / (1 + torch.exp(-self.b(x)))\nreturn self.c(F.relu(self.a(x)) * g)',
      { relu: undefined, sigmoid: /gate/ },
    ],
    [
      'gates of a scan, made at once',
      'f = torch.sigmoid(self.a(x.expand(80, 1, 4)))\nz = torch.tanh(self.b(x.expand(80, 1, 4)))\nc = z[0]\nfor t in range(80):\n    c = f[t] * c + (1 - f[t]) * z[t]\nreturn self.c(c)',
      { tanh: undefined, sigmoid: /gate/ },
    ],
    [
      'attention',
      'h = F.gelu(self.a(x))\nreturn self.c(torch.softmax(h @ h.t(), -1) @ h)',
      { gelu: undefined, softmax: /shares of 1/ },
    ],
    ['probabilities', 'return torch.sigmoid(self.c(F.relu(self.a(x))))', { relu: undefined, sigmoid: /last word/ }],
    [
      'a part of an unknown formula',
      'h = self.a(x)\nreturn self.c(h * torch.tanh(torch.exp(F.elu(h))))',
      { elu: /longer formula/, tanh: /longer formula/ },
    ],
    [
      'a sum of two curves',
      'h = self.a(x)\nreturn self.c(torch.tanh(h) - torch.relu(h - 1))',
      { tanh: /longer formula/, relu: /longer formula/ },
    ],
    ['a residual sum is none', 'h = self.a(x)\nreturn self.c(h + F.relu(h))', { relu: undefined }],
    [
      'GLU by hand',
      'v, g = self.a(x).chunk(2, -1)\nh = v * torch.sigmoid(g)\nreturn torch.cat([h, h], -1) @ self.b.weight',
      { glu: undefined },
    ],
    [
      'GLU beside an activation',
      'v, g = self.a(x).chunk(2, -1)\nh = v * torch.sigmoid(g)\nreturn self.c(F.relu(self.b(torch.cat([h, h], -1))))',
      { glu: /halves/, relu: undefined },
    ],
    [
      'GEGLU keeps its GELU',
      'v, g = self.a(x).chunk(2, -1)\nh = v * F.gelu(g)\nreturn self.c(torch.cat([h, h], -1))',
      { gelu: undefined },
    ],
  ] as const) {
    it(title, async () => {
      const sites = swapSites(await readText(around(body)));
      assert.deepEqual(sites.map(({ activation }) => activation).sort(), Object.keys(expected).sort());
      for (const { activation, kept } of sites) {
        const wanted = (expected as Readonly<Record<string, RegExp | undefined>>)[activation];
        if (wanted) assert.match(kept ?? '', wanted, activation);
        else assert.equal(kept, undefined, activation);
      }
    });
  }
});

describe('gated units that are written out', () => {
  for (const [title, body, unit] of [
    ['by a chunk', 'v, g = self.a(x).chunk(2, -1)\nh = v * F.gelu(g)\nreturn self.c(torch.cat([h, h], -1))', 'GEGLU'],
    [
      'with the gate first',
      'g, v = self.a(x).split(2, -1)\nh = F.silu(g) * v\nreturn self.c(torch.cat([h, h], -1))',
      'SwiGLU',
    ],
    ['with a written-out gate', 'return self.c(self.a(x) * torch.sigmoid(self.a(x)) * self.b(x))', undefined],
    ['by two layers', 'return self.c(F.silu(self.a(x)) * self.b(x))', 'SwiGLU'],
    ['by two layers, written out', 'g = self.a(x)\nreturn self.c((g * torch.sigmoid(g)) * self.b(x))', 'SwiGLU'],
    ['with a ReLU', 'return self.c(self.b(x) * torch.relu(self.a(x)))', 'ReGLU'],
    ['a product with what is not a layer of the same', 'return self.c(F.silu(self.a(x)) * x)', undefined],
  ] as const) {
    it(title, async () => {
      const units = swapSites(await readText(around(body))).flatMap(({ unit: found }) => found ?? []);
      assert.deepEqual(units, unit === undefined ? [] : [unit]);
    });
  }
});
