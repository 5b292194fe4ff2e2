/** What a class or a builder is handed that is no plain size: weights, blocks, tables, and sizes that suit one another. */
import assert from 'node:assert/strict';
import { mayUse } from '../../src/extract/callers';
import { extractModel } from '../../src/extract/extract';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

async function read(files: Record<string, string> | string, expression = 'Layer') {
  const all: Record<string, string> = typeof files === 'string' ? { 'layer.py': head + files } : files;
  const callers = async (name: string) => Object.keys(all).filter((file) => mayUse(all[file] ?? '', name));
  const request = { syntax: testSyntax(), source: new MemorySource(all), file: Object.keys(all)[0] ?? '', callers };
  return extractModel({ ...request, expression, choosesSizes: true });
}

/** The call by which it is read, or what stands in the way. */
async function chosen(files: Record<string, string> | string, expression = 'Layer'): Promise<string> {
  const extraction = await read(files, expression);
  return extraction.ok ? extraction.expression : extraction.problem.message;
}

const layer = (parameters: string, build: string, run = 'return self.body(x)', base = 'nn.Module'): string => `
class Layer(${base}):
    def __init__(self, ${parameters}):
        super().__init__()
        ${build.replaceAll('\n', '\n        ')}
    def forward(self, x):
        ${run.replaceAll('\n', '\n        ')}
`;

describe('weights that are handed in', () => {
  const table = 'Layer(words=1000, dim=64, table=torch.randn(1000, 64))';
  const embedding = 'self.body = nn.Embedding(words, dim)\n';
  for (const [spelling, wanted] of [
    [`${embedding}self.body.weight = nn.Parameter(table, requires_grad=False)`, table],
    [`${embedding}self.body.weight.data = table`, table],
    [`${embedding}self.body.weight.data.copy_(table)`, table],
    [`self.words = words\n${embedding}with torch.no_grad():\n    self.body.weight.copy_(table)`, table],
    // A linear layer has what comes out first.
    [
      'self.body = nn.Linear(dim, 10)\nself.body.weight = torch.nn.Parameter(table)\nself.more = nn.Embedding(words, dim)',
      'Layer(words=1000, dim=64, table=torch.randn(10, 64))',
    ],
  ] as const)
    it(`are as large as the layer's own: ${spelling.split('\n').at(-1)}`, async () => {
      assert.equal(await chosen(layer('words, dim, table', spelling)), wanted);
    });

  it('are those of an embedding that is made of them', async () => {
    const text = layer('table', 'self.body = nn.Embedding.from_pretrained(table)');
    assert.equal(await chosen(text), 'Layer(table=torch.randn(1000, 64))');
  });

  it('come before the sizes that belong to them', async () => {
    const text = layer('table, words, dim', `${embedding}self.body.weight = nn.Parameter(table)`);
    assert.equal(await chosen(text), 'Layer(table=torch.randn(1000, 64), words=1000, dim=64)');
  });

  it('have the sizes that a call of the project gives', async () => {
    const text = head + layer('words, dim, table', `${embedding}self.body.weight = nn.Parameter(table)`);
    const main = 'from layer import Layer\nimport numpy\nmodel = Layer(50, 12, numpy.load("table.npy"))\n';
    const found = await chosen({ 'layer.py': text, 'main.py': main });
    assert.equal(found, 'Layer(words=50, dim=12, table=torch.randn(50, 12))');
  });

  it('are asked for where nothing tells how large they are', async () => {
    const text = layer('dim, table', 'self.body = nn.Linear(dim, dim)\nself.table = nn.Parameter(table)');
    assert.match(await chosen(text), /^Layer needs the arguments dim, table/);
  });
});

describe('sizes that suit one another', () => {
  const block = (times: string) =>
    layer(
      'in_planes, planes',
      `self.one = nn.Conv2d(in_planes, planes, 1)\nself.two = nn.Conv2d(planes, planes * ${times}, 1)`,
      'return self.two(self.one(x)) + x',
    );
  it('make what is added as wide as what went in', async () => {
    assert.equal(await chosen(block('4')), 'Layer(in_planes=256, planes=64)');
    assert.equal(await chosen(block('2').replaceAll('in_planes', 'inplanes')), 'Layer(inplanes=128, planes=64)');
  });

  it('make a layer as wide as what others make', async () => {
    const run = 'return self.body(self.words(x).unsqueeze(1))';
    const build = 'self.words = nn.Embedding(100, 64)\nself.body = nn.Conv2d(in_channels, out_channels, 3)';
    const text = layer('in_channels, out_channels', build, run);
    assert.equal(await chosen(text), 'Layer(in_channels=1, out_channels=64)');
  });

  it('are another of the numbers that the code tells apart where the first is refused', async () => {
    const build = 'assert level in [3, 7, 9]\nself.body = nn.Linear(dim, {7: 5}[level])';
    assert.equal(await chosen(layer('dim, level', build)), 'Layer(dim=64, level=7)');
  });

  it('are three colours of a picture', async () => {
    assert.equal(
      await chosen(layer('img_channels, dim', 'self.body = nn.Conv2d(img_channels, dim, 3)')),
      'Layer(img_channels=3, dim=64)',
    );
  });

  it('are those of observations and actions', async () => {
    const build = 'self.body = nn.Linear(obs_dim, act_dim)\nself.spread = nn.Parameter(-0.5 * torch.ones(act_dim))';
    const text = layer(
      'obs_dim, act_dim, act',
      `${build}\nself.act = act()`,
      'return self.act(self.body(x) * self.spread)',
    );
    assert.equal(await chosen(text), 'Layer(obs_dim=64, act_dim=64, act=nn.ReLU)');
  });

  it('feed both halves of what is split in two', async () => {
    const text = layer(
      'channels',
      'self.half = channels // 2\nself.body = nn.Conv1d(self.half, self.half, 1)',
      'a, b = torch.split(x, [self.half] * 2, 1)\nreturn torch.cat([a, b + self.body(a)], 1)',
    );
    const extraction = await read(text);
    assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
    assert.deepEqual(
      extraction.graph.outputs.map(({ value }) => extraction.graph.values[value]?.type.shape[1]),
      [64],
    );
  });
});

describe('a call of which a part is not known', () => {
  const builder = `${head}
def tower(sizes, act):
    steps = []
    for one, other in zip(sizes[:-1], sizes[1:]):
        steps += [nn.Linear(one, other), act()]
    return nn.Sequential(*steps)
class Agent(nn.Module):
    def __init__(self, space):
        super().__init__()
        self.body = tower([space.shape[0]] + [32] + [2], nn.Tanh)
    def forward(self, x):
        return self.body(x)
`;
  it('is not the last word, though the part stands in a list', async () => {
    assert.equal(await chosen(builder, 'tower'), 'tower(sizes=[64, 64], act=nn.ReLU)');
    const main =
      'from layer import tower\nimport json, torch.nn as nn\nnet = tower((json.load(open("a")), 3), nn.ELU)\n';
    assert.match(await chosen({ 'layer.py': builder, 'main.py': main }, 'tower'), /^tower\(sizes=\[64, 64\], act=/);
  });
});

describe('a class that is handed in', () => {
  const blocks = `
class Wide(nn.Module):
    def __init__(self, dim, depth):
        super().__init__()
    def forward(self, x):
        return x
class Block(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.conv = nn.Conv2d(dim, dim, 3, padding=1)
    def forward(self, x):
        return x + self.conv(x)
`;
  it('is one of the same file that is built with as much', async () => {
    const many = 'def stack(unit, count, **rest):\n    return nn.Sequential(*[unit(**rest) for _ in range(count)])\n';
    assert.equal(await chosen(`${blocks}${many}`, 'stack'), 'stack(unit=Block, count=2)');
  });

  it('is asked for where the file has none', async () => {
    const many = 'def stack(unit, count):\n    return nn.Sequential(*[unit(7, 8) for _ in range(count)])\n';
    assert.match(await chosen(many, 'stack'), /^stack needs the arguments unit, count/);
  });
});

describe('settings that are None by default', () => {
  const net = `${head}${layer(
    'cfg=None, phase="train"',
    "self.body = nn.Linear(cfg['width_in'], cfg['width_out'])\nself.kind = cfg['kind']",
  )}`;
  it('are a table of the project that has the keys that are read', async () => {
    const tables = "cfg_other = {'width_in': 3}\ncfg_small = {'width_in': 5, 'width_out': 6, 'kind': 'plain'}\n";
    const extraction = await read({ 'layer.py': net, 'conf/tables.py': tables });
    assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
    assert.equal(extraction.argumentOrigin?.message, 'Layer is built with tables.py:cfg_small as its cfg');
    assert.deepEqual(extraction.graph.storages[0]?.type.shape, [6, 5]);
  });

  it('are asked for where nothing has them', async () => {
    assert.match(await chosen({ 'layer.py': net }), /^Layer needs the argument cfg/);
  });

  it('stay None where the code does without', async () => {
    const text = layer('cfg=None', "self.body = nn.Linear(3, cfg['width'] if cfg else 4)");
    assert.equal(await chosen(text), 'Layer');
  });
});

describe('a class that a decorator puts another in the place of', () => {
  const kept = (last: string) => `
import copy, inspect, sys
texts = {}
def keeps(cls):
    module = sys.modules[cls.__module__]
    text = inspect.getsource(module)
    texts[text] = module
    class Kept(cls):
        own = cls.__name__
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.given = copy.deepcopy(args)
            assert len(list(super().__reduce__())) == 3 and 'class Layer' in text
    ${last}
    return Kept
@keeps
${layer('dim, config=0', 'self.body = nn.Linear(dim, dim)').trim()}
`;
  for (const last of ['Kept.__name__ = cls.__name__', 'Kept.more = 1'])
    it(`is built by its own name: ${last}`, async () => {
      assert.equal(await chosen(kept(last)), 'Layer(dim=64)');
      const asked = await chosen(kept(last).replace('config=0', 'config'));
      assert.match(asked, /^Layer needs the arguments dim, config, .*layer\.py:2\d\)$/);
    });

  it('has the arguments of a call by that name', async () => {
    const main = 'from layer import Layer\nmodel = Layer(12)\n';
    const extraction = await read({ 'layer.py': head + kept('Kept.more = 1'), 'main.py': main });
    assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
    assert.deepEqual(extraction.graph.storages[0]?.type.shape, [12, 12]);
  });
});
