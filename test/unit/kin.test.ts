import assert from 'node:assert/strict';
import { countParameters } from '../../src/graph/swap';
import { readAmong } from '../support/project';

const head = 'import torch\nimport torch.nn as nn\n';
const net = (name: string, body = 'self.fc = nn.Linear(width, depth, bias=False)', parameters = 'width, depth') => `
class ${name}(nn.Module):
    def __init__(self, ${parameters}):
        super().__init__()
        ${body}
    def forward(self, x):
        return self.fc(x).relu()
`;

/** All weights of what `expression` comes to, and what is said of its arguments. */
async function built(files: Record<string, string>, expression: string): Promise<[number, string]> {
  const found = await readAmong(files, { expression });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return [countParameters(found.graph).all, found.argumentOrigin?.message ?? ''];
}

async function refusal(files: Record<string, string>, expression: string): Promise<string> {
  const found = await readAmong(files, { expression });
  assert.ok(!found.ok, 'it was read');
  return found.problem.message;
}

const page = (code: string) => `# Use\n\n\`\`\`python\n${code}\`\`\`\n`;

describe('a class that nothing calls, with the arguments of its kin', () => {
  it('another class of its name', async () => {
    const files = {
      'deep/net.py': `${head}${net('Net', 'self.fc = nn.Linear(width, depth)')}`,
      'wide.py': `${head}${net('Net')}`,
      'README.md': page('from wide import Net\nnet = Net(3, depth=4)\n'),
    };
    const [weights, message] = await built(files, 'Net');
    assert.equal(weights, 16);
    assert.match(message, /a call of Net/);
  });

  it('the class that it is derived from, what it does not take left out', async () => {
    const files = {
      'own.py': `${head}from base import Base\n${net('Own', 'self.fc = nn.Linear(width, depth + more, bias=False)', 'width, depth, more=1').replace('nn.Module', 'Base').replace('__init__()', '__init__(width, depth)')}`,
      'base.py': `${head}${net('Base', undefined, 'width, depth, other=None')}`,
      'train.py': 'from base import Base\nBase(3, 4, other=5)\n',
    };
    assert.equal((await built(files, 'Own'))[0], 15);
  });

  const around = (name: string, parameters: string) => net(name, 'self.fc = model', parameters);
  it('what takes the same beside it', async () => {
    const files = {
      'pkg/fast.py': `${head}${around('FastDiffusion', 'model, *, image_size')}`,
      'pkg/slow.py': `${head}${around('SlowDiffusion', 'model, *, image_size, steps=3')}`,
      'README.md': page(
        'import torch.nn as nn\nfrom pkg.slow import SlowDiffusion\nSlowDiffusion(nn.Linear(2, 7), image_size=4)\n',
      ),
    };
    assert.equal((await built(files, 'FastDiffusion'))[0], 21);
  });

  it('not a layer of PyTorch', async () => {
    const files = {
      'net.py': `${head}class Same(nn.Conv2d):\n    def forward(self, x):\n        return super().forward(x)\n`,
      'other.py': `${head}first = nn.Conv2d(3, 8, 3)\n`,
    };
    assert.match(await refusal(files, 'Same'), /needs the arguments/);
  });

  it('not where another model is meant, or where it refuses them', async () => {
    const files = (parameters: string, refuses = '') => ({
      'pkg/fast.py': `${head}${net('Special')}${net('FastDiffusion', `${refuses}self.fc = model`, parameters)}`,
      'pkg/slow.py': `${head}${around('SlowDiffusion', 'model, image_size')}`,
      'README.md': page(
        'import torch.nn as nn\nfrom pkg.slow import SlowDiffusion\nSlowDiffusion(nn.Linear(2, 7), image_size=4)\n',
      ),
    });
    assert.match(await refusal(files('model: Special, image_size'), 'FastDiffusion'), /needs the argument/);
    const refuses = 'assert image_size > 9\n        ';
    assert.match(await refusal(files('model, image_size', refuses), 'FastDiffusion'), /needs the arguments/);
  });

  it('a part of it', async () => {
    const files = {
      'deep/net.py': `${head}def Down(width):\n    return nn.Sequential(nn.Linear(width, width), nn.ReLU())\n${net('Net', 'self.fc = nn.ModuleList([Down(width)])[0]')}`,
      'wide.py': `${head}${net('Net')}`,
      'README.md': page('from wide import Net\nnet = Net(3, depth=4)\n'),
    };
    assert.equal((await built(files, 'Down'))[0], 12);
  });
});

it('a class is made as one makes its base that derives from it and runs otherwise', async () => {
  const derived = `${head}from net import Net
class Encoder(Net):
    def __init__(self, size, *more):
        super().__init__(size, *more, bias=True)
    def forward(self, x):
        return [x, super().forward(x)]
encoder = Encoder(3, 4)
`;
  const own = net('Net', 'self.fc = nn.Linear(width, depth, bias=bias)', 'width, depth, *, bias');
  assert.equal((await built({ 'net.py': `${head}${own}`, 'encoder.py': derived }, 'Net'))[0], 16);
});

it('a part is made as a test makes what holds it, which it is given by a table', async () => {
  const files = {
    'part.py': `${head}${net('Part')}`,
    'net.py': `${head}from part import Part\n${net('Net', 'self.fc = Part(width + 1, depth)')}${net('Other')}`,
    'test_net.py': `from net import Net, Other\nCASES = [[Other, (1, 2)], [Net, (3, 5)]]\nclass TestNet:\n    @parameterized.expand(CASES)\n    def test(self, cls, sizes):\n        cls(*sizes)\n`,
  };
  assert.equal((await built(files, 'Part'))[0], 20);
});

it('settings of a project are a tree of defaults, too', async () => {
  const config = `from yacs.config import CfgNode as CN
_C = CN()
_C.MODEL_WIDTH = 3
_C.MODEL_DEPTH = 4
_C.MODEL_SLOPE = 0.1
def get_config(args):
    return _C.clone()
`;
  const body = 'self.fc = nn.Linear(config.MODEL_WIDTH, config.MODEL_DEPTH)\n        self.slope = config.MODEL_SLOPE';
  assert.deepEqual(await built({ 'net.py': `${head}${net('Net', body, 'config')}`, 'config.py': config }, 'Net'), [
    16,
    'Net is built with config.py:_C as its config',
  ]);
});

it('a part is made as the block of a page does that builds what holds it', async () => {
  const files = {
    'net.py': `${head}def Down(width):\n    return nn.Sequential(nn.Linear(width, width), nn.ReLU())\n${net('Net', 'self.fc = nn.ModuleList([Down(width)])[0]')}${net('Net1D')}`,
    'README.md': `${page('from net import Net\nnet = Net(3, depth=4)\n')}${page('from net import Net\nnet = Net(5, depth=4)\n')}${page('from net import Net1D\nNet1D(1, 2)\n')}`,
  };
  assert.equal((await built(files, 'Down'))[0], 30);
});

describe('a class that is called by way of a choice', () => {
  const choices: readonly (readonly [what: string, code: string])[] = [
    ['a table', "TABLE = {'small': Small, 'deep': Deep}\nnet = TABLE[name](3, 4)\n"],
    [
      'what is taken out of one',
      'table = dict(small=Small, deep=Deep)\ncls = table.get(name)\nnet = cls(3, depth=4)\n',
    ],
    ['an attribute of a table of modules', 'net = self_modules[name].Small(3, 4)\n'],
    ['a module that is imported by its name', 'nets = importlib.import_module(name)\nnet = nets.Small(3, 4)\n'],
    ['a module by getattr', 'net = getattr(models, name).Small(3, 4)\n'],
  ];
  for (const [what, code] of choices) {
    it(what, async () => {
      const files = {
        'nets/small.py': `${head}${net('Small')}`,
        'nets/deep.py': `${head}${net('Deep', 'self.fc = nn.Linear(width, 2 * depth, bias=False)')}`,
        'train.py': `import importlib, sys\nfrom nets.deep import Deep\nfrom nets.small import Small\nname = sys.argv[1]\n${code}`,
      };
      assert.equal((await built(files, 'Small'))[0], 12);
    });
  }

  it('not by a list of one, and not where the key is written', async () => {
    for (const code of ['pair = {"a": other.Small}\npair["a"](3, 4)\n', 'parts["a"].Small(3, 4)\n']) {
      const files = {
        'nets/small.py': `${head}${net('Small')}`,
        'train.py': `from things import other, parts\n${code}`,
      };
      assert.match(await refusal(files, 'Small'), /needs the arguments/);
    }
  });
});
