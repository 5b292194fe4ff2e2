import assert from 'node:assert/strict';
import type { ExtractRequest } from '../../src/extract/extract';
import { formatInputSpecs, parseInputSpec } from '../../src/extract/spec';
import { countParameters } from '../../src/graph/swap';
import { readAmong } from '../support/project';

type Asked = Pick<ExtractRequest, 'expression' | 'inputs' | 'within' | 'training'>;

/** A model's state, what it is fed with and what is said of it. */
async function found(files: Record<string, string>, expression: string, asked: Asked = {}) {
  const extraction = await readAmong(files, { expression, ...asked });
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  const { graph, inputs, argumentOrigin, within } = extraction;
  return {
    parameters: countParameters(graph).all,
    state: graph.state.map(({ name }) => name),
    inputs: formatInputSpecs(inputs),
    outputs: graph.outputs.map(({ value }) => graph.values[value]?.type.shape.join('x')),
    origin: argumentOrigin?.message,
    notes: graph.notes.map(({ message }) => message),
    within,
  };
}

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
/** A scaled sum over the last dimension, of a width and a height that only its caller knows. */
const scale = `${head}
class Scale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
    def forward(self, x):
        return (x * self.weight).relu()
`;
/** A linear layer of a width that only its caller knows. */
const wide = `${head}
class Scale(nn.Module):
    def __init__(self, width, depth=1):
        super().__init__()
        self.fc = nn.Linear(width, depth, bias=False)
    def forward(self, x):
        return self.fc(x).relu()
`;
const net = `${head}from scale import Scale
class Net(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norms = nn.ModuleList([Scale(width), Scale(width + 1)])
        self.fc = nn.Linear(4, width)
    def forward(self, x):
        x = self.conv(x).mean((2, 3))
        return self.norms[0](self.fc(x)).sum()
`;

describe('a part of a larger model', () => {
  it('is built and fed as the larger one does it', async () => {
    const model = await found({ 'scale.py': scale, 'net.py': net }, 'Scale');
    assert.deepEqual([model.parameters, model.state, model.inputs, model.outputs], [6, ['weight'], '1x6', ['1x6']]);
    assert.equal(model.origin, 'Scale is read as Net builds it');
    assert.ok(model.notes.includes('The input is what Net feeds Scale with'), String(model.notes));
  });

  it('is the one that is called, not the first that is made', async () => {
    const called = net.replace('self.norms[0](self.fc(x))', 'self.norms[1](F.pad(self.fc(x), (0, 1)))');
    assert.equal((await found({ 'scale.py': scale, 'net.py': called }, 'Scale')).parameters, 7);
  });

  it('is found where the larger model needs arguments that a third file gives', async () => {
    const main = 'from net import Net\ndef main():\n    model = Net(9)\n    model.train()\nmain()\n';
    const needing = net.replace('width=6', 'width');
    const model = await found({ 'scale.py': scale, 'net.py': needing, 'main.py': main }, 'Scale');
    assert.deepEqual([model.parameters, model.inputs], [9, '1x9']);
  });

  it('is found where its class is handed on, and under another name', async () => {
    const handed = net
      .replace('import Scale', 'import Scale as Norm')
      .replace('width=6', 'width=6, layer=Norm')
      .replace('[Scale(width), Scale(width + 1)]', '[layer(width)]');
    assert.equal((await found({ 'scale.py': scale, 'net.py': handed }, 'Scale')).parameters, 6);
  });

  it('of the same file is fed as the file does it, where its code tells nothing', async () => {
    const rotate = `${head}
class Rotate(nn.Module):
    def forward(self, a, b):
        return torch.stack((-b, a), -1).flatten(-2)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 8)
        self.rotate = Rotate()
    def forward(self, x):
        a, b = self.fc(x).relu().chunk(2, -1)
        return self.rotate(a, b=b)
`;
    const model = await found({ 'rotate.py': rotate }, 'Rotate');
    assert.deepEqual([model.inputs, model.outputs], ['1x4, b=1x4', ['1x8']]);
  });

  it('is fed as there even where a guess would run', async () => {
    const body = wide.replace('Scale', 'Body');
    const outer = `${head}from body import Body
class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(5, 3)
        self.body = Body(3)
    def forward(self, x):
        return self.body(self.stem(x).unsqueeze(1).expand(-1, 7, -1))
`;
    assert.equal((await found({ 'body.py': body, 'outer.py': outer }, 'Body')).inputs, '1x7x3');
  });

  it('is not fed with the last pixel of a small image', async () => {
    const blur = `${head}
class Blur(nn.Module):
    def forward(self, x):
        return F.avg_pool2d(x, 3, 1, 1)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 32, stride=32)
        self.blur = Blur()
    def forward(self, x):
        return self.blur(self.stem(x).relu())
`;
    assert.equal((await found({ 'blur.py': blur }, 'Blur')).inputs, '1x4x7x7');
  });

  it('takes plain values, None and several tensors in one', async () => {
    const mix = `${head}
class Mix(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
    def forward(self, pair, mask, steps, flag=True):
        a, b = pair
        return self.fc(a + b).relu() * steps if mask is None and not flag else a
`;
    const outer = `${head}from mix import Mix
class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(5, 3)
        self.mix = Mix(3)
    def forward(self, x):
        x = self.stem(x)
        return self.mix((x, x), None, 2, flag=False)
`;
    const model = await found({ 'mix.py': mix, 'outer.py': outer }, 'Mix');
    assert.deepEqual([model.inputs, model.outputs], ['(1x3, 1x3), None, 2:int, flag=False', ['1x3']]);
  });

  it('takes an object of a class of its own, which can be given as well', async () => {
    const boxed = `${head}
class Box:
    def __init__(self, tensors, mask):
        self.tensors = tensors
        self.mask = mask
class Body(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, 2)
    def forward(self, box):
        return Box(self.fc(box.tensors).relu(), box.mask)
class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(5, 3)
        self.body = Body(3)
    def forward(self, x):
        return self.body(Box(self.stem(x), None)).tensors
`;
    const model = await found({ 'body.py': boxed }, 'Body');
    assert.deepEqual([model.inputs, model.outputs], ['Box(tensors=1x3, mask=None)', ['1x2']]);
    const inputs = [parseInputSpec('box=Box(tensors=4x3, mask=4:bool)')];
    const given = await found({ 'body.py': boxed }, 'Body(3)', { inputs });
    assert.deepEqual([given.inputs, given.outputs], ['box=Box(tensors=4x3, mask=4:bool)', ['4x2', '4']]);
    const wrong = await readAmong(
      { 'body.py': boxed },
      { expression: 'Body(3)', inputs: [parseInputSpec('Bag(tensors=4x3)')] },
    );
    assert.ok(!wrong.ok && /There is no class Bag/.test(wrong.problem.message), JSON.stringify(wrong));
  });

  it('may be what a builder returns', async () => {
    const builder = `${scale}def make_scale(size):\n    return Scale(2 * size)\n`;
    const user = net
      .replace('import Scale', 'import make_scale')
      .replace(/Scale\((width(?: \+ 1)?)\)/g, 'make_scale($1)');
    const model = await found(
      { 'scale.py': builder, 'net.py': user.replace('self.fc(x))', 'self.fc(x).repeat(1, 2))') },
      'make_scale',
    );
    assert.deepEqual([model.parameters, model.inputs], [12, '1x12']);
  });

  it('that nothing calls is built as it is there, and its input is a guess', async () => {
    const head3 = `${head}
class Head(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, 2)
    def forward(self, x):
        return self.fc(x).relu()
`;
    const outer = `${head}from head import Head
class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 3)
        self.head = Head(3)
    def forward(self, x):
        return self.fc(x)
`;
    const model = await found({ 'head.py': head3, 'outer.py': outer }, 'Head');
    assert.deepEqual([model.parameters, model.inputs], [8, '1x3']);
  });

  it('that others derive from is read as the first that does', async () => {
    const base = `${head}
class Base(nn.Module):
    def forward(self, x):
        return self.head(self.body(x)).relu()
`;
    const derived = `${head}from base import Base
class Small(Base):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(7, 3)
        self.head = nn.Linear(3, 2)
`;
    const model = await found({ 'base.py': base, 'small.py': derived }, 'Base');
    assert.deepEqual([model.parameters, model.inputs], [32, '1x7']);
    assert.equal(model.origin, 'Base is read as Small builds it');
  });

  it('is read again, as it trains or with other inputs, in the same larger model', async () => {
    const files = { 'scale.py': scale.replace('.relu()', '.relu() if self.training else x'), 'net.py': net };
    const first = await found(files, 'Scale');
    const inputs = [{ dtype: 'float32', shape: [16, 6] }] as const;
    const again = await found(files, 'Scale', { within: first.within, inputs, training: true });
    assert.deepEqual([again.parameters, again.state, again.outputs], [6, ['weight'], ['16x6']]);
  });

  it('is asked for where the larger model does not have it', async () => {
    const without = net
      .replace('[Scale(width), Scale(width + 1)]', '[nn.Identity()]')
      .replace('width=6', 'width=6, use=None');
    const extraction = await readAmong(
      { 'scale.py': scale, 'net.py': `${without}\nprint(Scale)\n` },
      { expression: 'Scale' },
    );
    assert.ok(!extraction.ok && extraction.problem.kind === 'needs-argument');
  });

  it('is refused by its own reason where it is fed right', async () => {
    const broken = scale.replace('(x * self.weight)', 'x.gather(1, x.nonzero())');
    const extraction = await readAmong({ 'scale.py': broken, 'net.py': net }, { expression: 'Scale' });
    assert.ok(!extraction.ok && /nonzero/.test(extraction.problem.message), JSON.stringify(extraction));
  });
});

describe('what pages and examples show', () => {
  const lone = scale.replace(
    'def __init__(self, width):',
    '"""Scales.\n\n    Example::\n\n        >>> m = Scale(4)\n        >>> y = m(torch.randn(2, 5, 4))\n    """\n    def __init__(self, width):',
  );

  it('a docstring gives the arguments and the input', async () => {
    const model = await found({ 'scale.py': lone }, 'Scale');
    assert.deepEqual([model.parameters, model.inputs], [4, '1x5x4']);
  });

  it('README.md does', async () => {
    const page =
      'Use it:\n\n```python\nimport torch\nfrom scale import Scale\n\nm = Scale(11)\nm(torch.randn(3, 11))\n```\n';
    const model = await found({ 'scale.py': scale, 'README.md': page }, 'Scale');
    assert.deepEqual([model.parameters, model.inputs], [11, '1x11']);
  });

  it('each block of a page stands for itself, the whole page where a block is a part', async () => {
    const two = scale.replace('width):', 'width, depth):').replaceAll('Scale', 'Two');
    const page =
      '```python\nfrom other import Scale\nm = Scale(1)\n```\n\n```python\nfrom scale import Scale\nimport torch\nm = Scale(13)\nm(torch.randn(2, 13))\n```\n\n```python\nfrom scale import Scale\n```\n';
    const files = { 'scale.py': scale, 'other.py': scale, 'README.md': page, 'two.py': two };
    assert.equal((await found(files, 'Scale')).parameters, 13);
    const parts =
      '```python\nfrom scale import Scale\n```\nthen\n```python\nimport torch\nm = Scale(17)\nm(torch.randn(2, 17))\n```\n';
    assert.equal((await found({ 'scale.py': scale, 'README.md': parts }, 'Scale')).parameters, 17);
  });

  it('a page counts for what its code blocks hold', async () => {
    const page = 'm = Scale(11)\n\n```sh\nm = Scale(12)\n```\n';
    const extraction = await readAmong({ 'scale.py': scale, 'README.md': page }, { expression: 'Scale' });
    assert.ok(!extraction.ok && extraction.problem.kind === 'needs-argument');
  });

  it('a class that refuses its defaults is built as another file calls it, by another name, too', async () => {
    const sized = scale
      .replace('def __init__(self, width):', 'def __init__(self, width=None):')
      .replace('torch.ones(width)', 'torch.ones(len(width))');
    const page = '```python\nfrom scale import Alias\nm = Alias([1, 2, 3])\nm(torch.randn(2, 3))\n```\n';
    const model = await found({ 'scale.py': `${sized}Alias = Scale\n`, 'README.md': page }, 'Scale');
    assert.equal(model.parameters, 3);
  });
});

describe('what holds the class itself', () => {
  const block = scale.replace('class Scale', 'class Block');

  it('is a variable whose class it is handed to', async () => {
    const text = `${block}
class Net(nn.Module):
    def __init__(self, block, width):
        super().__init__()
        self.block = block(width)
    def forward(self, x):
        return self.block(x)
model = Net(Block, 5).to('cpu')
`;
    const model = await found({ 'net.py': text }, 'Block');
    assert.deepEqual([model.parameters, model.inputs], [5, '1x5']);
  });

  it('is its own function that makes it, called in another file', async () => {
    const named = `${wide}    @classmethod
    def from_name(cls, name, **more):
        return cls({'small': 3, 'large': 6}[name], **more)
`;
    const use = "from scale import Scale\nmodel = Scale.from_name('large', depth=2)\n";
    const model = await found({ 'scale.py': named, 'use.py': use }, 'Scale');
    assert.deepEqual([model.parameters, model.inputs, model.outputs], [12, '1x6', ['1x2']]);
    assert.equal(model.origin, 'Scale is read as Scale.from_name makes it');
    // Parts of it, too, where its defaults are refused.
    const holder = `${head}from scale import Scale
class Net(nn.Module):
    def __init__(self, width=None):
        super().__init__()
        assert width
        self.scale = Scale(width)
    @staticmethod
    def build(width):
        return Net(width)
    def forward(self, x):
        return self.scale(x)
`;
    const build = 'from net import Net\nNet.build(4)\n';
    assert.equal((await found({ 'scale.py': scale, 'net.py': holder, 'use.py': build }, 'Scale')).parameters, 4);
  });

  it('may derive from what is not installed: its own code tells what it gives the part', async () => {
    const base = net.replace('class Net(nn.Module)', 'from nowhere import Base\nclass Net(Base)');
    const model = await found({ 'scale.py': scale, 'net.py': base }, 'Scale');
    assert.deepEqual([model.parameters, model.inputs], [6, '1x6']);
    // Alone it is not read.
    const extraction = await readAmong({ 'net.py': base, 'scale.py': scale }, { expression: 'Net' });
    assert.ok(!extraction.ok && /Base|nowhere/.test(extraction.problem.message));
  });

  it('is not another of the same name', async () => {
    const other = `${head}from other import Scale\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.s = Scale(3)\n    def forward(self, x):\n        return self.s(x)\nNet()(torch.randn(2, 3))\n`;
    const files = { 'scale.py': scale, 'other.py': scale.replaceAll('width', 'size'), 'net.py': other };
    const extraction = await readAmong(files, { expression: 'Scale' });
    assert.ok(!extraction.ok && extraction.problem.kind === 'needs-argument');
    // Handed on by a file between, it is.
    const between = { ...files, 'other.py': 'from scale import Scale\n' };
    assert.equal((await found(between, 'Scale')).parameters, 3);
  });

  it('is what a function chooses', async () => {
    const chooser = `${head}from scale import Scale\ndef choose(kind='s'):\n    return Scale if kind == 's' else nn.Identity\n`;
    const text = net.replace('from scale import Scale', 'from choose import choose').replaceAll('Scale(', 'choose()(');
    assert.equal((await found({ 'scale.py': scale, 'choose.py': chooser, 'net.py': text }, 'Scale')).parameters, 6);
  });
});

describe('a builder that chooses by a text', () => {
  const imports = `${head}from scale import Scale\n`;
  const builders: [string, string][] = [
    [
      'a condition',
      "def build(name='other', width=5):\n    if name.lower() == 'scale':\n        return Scale(width)\n    return nn.ReLU()\n",
    ],
    [
      'one of several',
      "def build(name='other', width=5):\n    if name == 'relu':\n        return nn.ReLU()\n    elif name in ('scale', 's'):\n        return Scale(width)\n    return nn.Tanh()\n",
    ],
    [
      'a table',
      "TABLE = {'relu': nn.ReLU, 'scale': Scale}\ndef build(name='relu', **kw):\n    return TABLE[name](5, **kw)\n",
    ],
    [
      'a table inside',
      "def build(name='relu'):\n    return {'relu': nn.ReLU, 'scale': lambda: Scale(5)}.get(name)()\n",
    ],
    [
      'a setting of what another file calls it with',
      "import argparse\ndef build(args):\n    cls = {'relu': nn.ReLU, 'scale': Scale}[args.model]\n    return cls(args.width)\ndef main():\n    parser = argparse.ArgumentParser()\n    parser.add_argument('--model', default='relu')\n    parser.add_argument('--width', type=int, default=5)\n    args = parser.parse_args()\n    build(args)\nmain()\n",
    ],
  ];
  for (const [what, text] of builders) {
    it(`is told which: ${what}`, async () => {
      const model = await found({ 'scale.py': scale, 'build.py': imports + text }, 'Scale');
      assert.deepEqual([model.parameters, model.inputs], [5, '1x5']);
      // Another reading finds it again.
      const again = await found({ 'scale.py': scale, 'build.py': imports + text }, 'Scale', { within: model.within });
      assert.equal(again.parameters, 5);
    });
  }
});

describe('a table of classes', () => {
  const tables = `${head}from scale import Scale\nSCALES = {'relu': {'cls': nn.ReLU}, 'scale': {'cls': Scale, 'params': {'width': 7}}}\n`;
  const registry = `from tables import SCALES
ALL = {}
ALL.update(SCALES)
def get_layer(name, **more):
    entry = ALL[name]
    return entry['cls'](**entry.get('params', {}), **more)
`;
  it('or a list of them, is chosen from by a class, or handed to one', async () => {
    const chosen = net
      .replace('class Net', "BLOCKS = {'scale': Scale}\nclass Net")
      .replace('width=6', "width=6, kind='scale'")
      .replace('[Scale(width), Scale(width + 1)]', '[BLOCKS[kind](width)]');
    assert.equal((await found({ 'scale.py': scale, 'net.py': chosen }, 'Scale')).parameters, 6);
    const handed = `${net
      .replace('width=6', 'width, blocks')
      .replace('[Scale(width), Scale(width + 1)]', '[block(width) for block in blocks]')}
blocks = [Scale, Scale]
if __name__ == '__main__':
    model = Net(5, blocks)
`;
    assert.equal((await found({ 'scale.py': scale, 'net.py': handed }, 'Scale')).parameters, 5);
  });

  it('of one file is looked into by another: that is told the key', async () => {
    const files = { 'scale.py': scale, 'tables.py': tables, 'registry.py': registry };
    const model = await found(files, 'Scale');
    assert.deepEqual([model.parameters, model.inputs, model.origin], [7, '1x7', 'Scale is read as get_layer makes it']);
    const merged = registry.replace('ALL = {}\nALL.update(SCALES)', "ALL = {**SCALES, 'none': {}}");
    assert.equal((await found({ ...files, 'registry.py': merged }, 'Scale')).parameters, 7);
  });
});

describe('a model that a file of settings lists the layers of', () => {
  const listed = `${head}import yaml
from ultralytics.utils.ops import make_divisible
from scale import Scale
def parse_layers(layers, known=(Scale, nn.Flatten)):
    return nn.Sequential(*[eval(name)(make_divisible(width, 8)) for name, width in layers])
class Net(nn.Module):
    def __init__(self, cfg='plain.yaml'):
        super().__init__()
        with open(cfg) as f:
            self.layers = parse_layers(yaml.safe_load(f)['layers'])
    def forward(self, x):
        return self.layers(x)
`;
  it('is read with the file that names the part', async () => {
    const files = {
      'scale.py': scale,
      'net.py': listed,
      'plain.yaml': 'layers:\n  - [nn.Flatten, 0]\n',
      'scaled.yaml': 'layers:\n  - [Scale, 13]\n  - [Scale, 16]\n',
    };
    const model = await found(files, 'Scale');
    assert.deepEqual([model.parameters, model.inputs], [16, '1x16']);
    assert.equal(model.within?.choice?.name, 'cfg');
  });
});

describe('a model whose arguments are known', () => {
  it('is refused by what it does with them, not asked for them', async () => {
    const drawn = `${head}
class Scale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.prior = torch.distributions.Chi2(torch.ones(width))
    def forward(self, x):
        return self.fc(x) + self.prior.sample()
`;
    const files = { 'scale.py': drawn, 'use.py': 'from scale import Scale\nScale(4)\n' };
    const extraction = await readAmong(files, { expression: 'Scale' });
    assert.ok(!extraction.ok);
    assert.equal(extraction.problem.kind, 'unsupported');
    assert.match(extraction.problem.message, /torch\.distributions\.Chi2 is not read yet/);
  });
});

describe('settings with defaults', () => {
  it('that leave nothing of a class are not taken for it', async () => {
    const experts = `${head}
class Config:
    n_experts = 0
    width = 4
class Mixture(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.gate = nn.Linear(config.width, config.n_experts)
    def forward(self, x):
        return self.gate(x)
`;
    const extraction = await readAmong({ 'mixture.py': experts }, { expression: 'Mixture' });
    assert.ok(!extraction.ok && extraction.problem.kind === 'needs-argument');
    assert.equal((await found({ 'mixture.py': experts.replace('= 0', '= 2') }, 'Mixture')).parameters, 10);
  });
});

describe('an object that a call may have filled', () => {
  it('is not known where the call could not be read', async () => {
    const words = `${wide}
class Corpus:
    def __init__(self):
        self.words = {}
    def load(self, path):
        for line in open(path):
            self.words[line] = 1
        return len(self.words)
corpus = Corpus()
count = corpus.load('words.txt')
model = Scale(len(corpus.words))
`;
    const extraction = await readAmong({ 'scale.py': words }, { expression: 'Scale' });
    assert.ok(!extraction.ok && extraction.problem.kind === 'needs-argument');
  });
});

describe('what files of settings say', () => {
  const files: [string, string, number][] = [
    ['a type beside its arguments', 'net:\n  type: Scale\n  width: 5\n', 5],
    ['a target with its arguments below', 'model:\n  target: scale.Scale\n  params:\n    width: 6\n', 6],
    ['what Hydra makes, with a reference', 'size: 7\nnet:\n  _target_: scale.Scale\n  width: 7\n', 7],
    ['a list of several, the first that has all', '- type: Scale\n- {type: Scale, width: 8}\n', 8],
    ['numbers whose sort is written', 'net: {type: Scale, width: !!int 9}\nlr: !!float 1e-4\n', 9],
    ['JSON', '{"model": {"class_path": "scale.Scale", "init_args": {"width": 5, "depth": 2}}}', 10],
  ];
  for (const [title, text, parameters] of files) {
    it(`${title} gives the arguments`, async () => {
      const name = title === 'JSON' ? 'run.json' : 'run.yaml';
      const model = await found({ 'scale.py': wide, [name]: text }, 'Scale');
      assert.deepEqual([model.parameters, model.origin], [parameters, `Scale is built with the settings of ${name}`]);
    });
  }

  it('several arguments are what a file has under their names', async () => {
    const three = scale
      .replace('self, width)', 'self, width, height, depth, *, eps=0)')
      .replace('ones(width)', 'ones(width * height)');
    const files = { 'scale.py': three, 'conf.json': '{"lr": 1, "net_config": {"width": 3, "height": 2, "depth": 1}}' };
    const model = await found(files, 'Scale');
    assert.deepEqual([model.parameters, model.origin], [6, 'Scale is built with the settings of conf.json']);
    const more = {
      'scale.py': three,
      'conf.json': '{"width": 3, "height": 2, "depth": 1, "lr": 2, "a": 1, "b": 1, "c": 1}',
    };
    const extraction = await readAmong(more, { expression: 'Scale' });
    assert.ok(!extraction.ok && extraction.problem.kind === 'needs-argument');
    // A few names more are the only settings there are; those of a file without them go before.
    const some = { ...more, 'conf.json': '{"width": 3, "height": 2, "depth": 1, "lr": 2}' };
    assert.equal((await found(some, 'Scale')).parameters, 6);
    const own = { ...some, 'own.json': '{"width": 5, "height": 2, "depth": 1}' };
    assert.equal((await found(own, 'Scale')).parameters, 10);
  });

  it('settings that are refused are followed by those of another kind', async () => {
    const three = scale
      .replace('self, width)', 'self, width, height, depth)')
      .replace('ones(width)', 'ones(width * sum(height))');
    const files = {
      'scale.py': three,
      'a.json': '{"width": 3, "height": 2, "depth": 1}',
      'b.json': '{"width": 4, "height": 2, "depth": 1}',
      'c.json': '{"width": 5, "height": [2, 1], "depth": 1}',
    };
    assert.equal((await found(files, 'Scale')).parameters, 15);
  });

  it('a part is made with the settings that fit what holds it', async () => {
    const held = `${head}from scale import Scale
class Net(nn.Module):
    def __init__(self, width, height, depth):
        super().__init__()
        self.s = Scale(width + 1)
    def forward(self, x):
        return self.s(x)
`;
    const files = { 'scale.py': scale, 'net.py': held, 'net.json': '{"width": 3, "height": 2, "depth": 1}' };
    assert.equal((await found(files, 'Scale')).parameters, 4);
  });

  it('one object of settings is what a file has with all names that the code reads', async () => {
    const code = `${head}
class Net(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.fc = nn.Linear(h.width_in, h.width_out)
        self.slope = h.slope
    def forward(self, x):
        return F.leaky_relu(self.fc(x), self.slope)
`;
    const [few, all] = ['{"width_in": 3, "slope": 0.1}', '{"width_in": 3, "width_out": 4, "slope": 0.1, "lr": 1e-4}'];
    const model = await found({ 'net.py': code, 'a.json': few, 'b.json': all }, 'Net');
    assert.deepEqual([model.parameters, model.origin], [16, 'Net is built with the settings of b.json']);
  });

  it('what another file makes of its command line is, with what holds the model of which a part is asked', async () => {
    const code = `${head}from scale import Scale
class Model(nn.Module):
    def __init__(self, configs):
        super().__init__()
        self.fc = nn.Linear(configs.seq_len, configs.pred_len)
        self.scale = Scale(configs.pred_len)
        if configs.task == 'classes':
            self.head = nn.Linear(configs.pred_len, configs.num_class)
    def forward(self, x):
        return self.scale(self.fc(x).relu())
`;
    const run = `import argparse
if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--seq_len', type=int, default=9)
    parser.add_argument('--pred_len', type=int, default=4)
    parser.add_argument('--task', required=True, default='forecast')
    args = parser.parse_args()
`;
    const files = { 'model.py': code, 'scale.py': scale, 'run.py': run };
    const model = await found(files, 'Model');
    assert.deepEqual([model.parameters, model.inputs], [44, '1x9']);
    assert.equal(model.origin, 'Model is built with run.py:parse_args() as its configs');
    const part = await found({ 'scale.py': scale, 'model.py': code, 'run.py': run }, 'Scale');
    assert.deepEqual([part.parameters, part.inputs], [4, '1x4']);
    const again = await found({ 'scale.py': scale, 'model.py': code, 'run.py': run }, 'Scale', {
      within: part.within,
      inputs: [{ dtype: 'float32', shape: [2, 4] }],
    });
    assert.deepEqual(again.outputs, ['2x4']);
  });

  const others: [string, string][] = [
    ['of another module of that name', 'net:\n  target: other.Scale\n  params:\n    width: 6\n'],
    ['with names that it does not take', 'net:\n  type: Scale\n  width: 5\n  colour: red\n'],
    ['that are no YAML', 'net: [type: Scale\n  width: 5'],
  ];
  for (const [title, text] of others) {
    it(`settings ${title} are not taken`, async () => {
      const extraction = await readAmong({ 'scale.py': wide, 'run.yaml': text }, { expression: 'Scale' });
      assert.ok(!extraction.ok && extraction.problem.kind === 'needs-argument', JSON.stringify(extraction));
    });
  }
});

describe('inputs that are None where they are not given', () => {
  const forward = (body: string) => `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.steps = nn.Embedding(10, 4)
    def forward(self, x, t=None, y=None):
        ${body}
`;

  it('are given where the code uses them all the same', async () => {
    const model = await found(
      { 'net.py': forward('return self.fc(x).relu() + self.steps(t) * (1 if y is None else 2)') },
      'Net',
    );
    assert.deepEqual(model.inputs, '1x4, 1:int64');
  });

  it('are left out where it does without them', async () => {
    const model = await found(
      { 'net.py': forward('return self.fc(x).relu() + (self.steps(t) if t is not None else 0)') },
      'Net',
    );
    assert.deepEqual(model.inputs, '1x4');
  });
});

describe('a model that takes any shape', () => {
  const small = (code: string) => `${head}${code}`;

  it('is fed with features, or with an image where its file is about images, and says so', async () => {
    const act = 'class Act(nn.Module):\n    @staticmethod\n    def forward(x):\n        return x * torch.sigmoid(x)\n';
    const features = await found({ 'act.py': small(act) }, 'Act');
    assert.equal(features.inputs, '1x64');
    assert.ok(features.notes.some((note) => /Nothing in the code asks for a shape/.test(note)));
    const image = await found({ 'act.py': small(`${act}layer = nn.Conv2d\n`) }, 'Act');
    assert.equal(image.inputs, '1x3x32x32');
  });

  it('with weights is asked about', async () => {
    const sum = scale.replace('width):', 'width=4):').replace('self.weight)', 'self.weight.sum())');
    const extraction = await readAmong({ 'scale.py': sum }, { expression: 'Scale' });
    assert.ok(!extraction.ok && extraction.problem.kind === 'needs-input');
  });
});
