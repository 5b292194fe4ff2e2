import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import {
  formatInputSpec,
  formatInputSpecs,
  type InputSpec,
  parseInputSpec,
  parseInputSpecs,
} from '../../src/extract/spec';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom einops import rearrange\n';

async function read(text: string, expression?: string, inputs?: readonly InputSpec[]) {
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': head + text }),
    file: 'model.py',
    expression,
    inputs,
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  const { graph } = found;
  const shapes = graph.inputs.map(({ name, value }) => {
    const { dtype = '', shape = [] } = graph.values[value]?.type ?? {};
    return `${name} ${shape.join('x')}${dtype === 'float32' ? '' : ` ${dtype}`}`;
  });
  return {
    inputs: shapes.join(', '),
    fed: formatInputSpecs(found.inputs),
    notes: graph.notes.map(({ message }) => message),
    misfits: graph.notes.filter(({ misfit }) => misfit).map(({ source }) => source?.line),
    origin: found.inputOrigin,
  };
}

async function refuse(text: string, expression?: string) {
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': head + text }),
    file: 'model.py',
    expression,
  });
  assert.ok(!found.ok, 'it is read');
  return found.problem;
}

const conv = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    def forward(self, x):
        return self.net(x)
`;

const pair = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 4)
        self.ids = nn.Embedding(10, 4)
    def forward(self, batch):
        return torch.relu(self.a(batch['table'])) + self.ids(batch['ids']).mean(1)
`;

describe('inputs as a file feeds its model', () => {
  const cases: [what: string, text: string, inputs: string, note?: RegExp][] = [
    [
      'a call in __main__',
      `${conv}\nif __name__ == '__main__':\n    model = Net().eval()\n    x = torch.randn(8, 3, 20, 24)\n    print(model(x).shape)\n`,
      'x 1x3x20x24',
      /model\(…\) at line 16, with a batch of 1/,
    ],
    [
      'a call in main()',
      `${conv}\ndef main(size=48):\n    device = torch.device('cpu')\n    net = Net().to(device)\n    with torch.no_grad():\n        image = torch.rand((2, 3, size, size)).to(device)\n        net(image)\n`,
      'x 1x3x48x48',
    ],
    ['a call of the model as it is made', `${conv}\nNet()(torch.zeros(1, 3, 40, 40))\n`, 'x 1x3x40x40'],
    ['torchsummary', `${conv}\nfrom torchsummary import summary\nsummary(Net(), (3, 56, 56))\n`, 'x 1x3x56x56'],
    [
      'torchinfo',
      `${conv}\nfrom torchinfo import summary\nmodel = Net()\nsummary(model, input_size=(4, 3, 56, 56))\n`,
      'x 1x3x56x56',
    ],
    [
      'torch.onnx.export',
      `${conv}\ndef export():\n    model = Net()\n    example = torch.randn(1, 3, 72, 72)\n    torch.onnx.export(model, (example,), 'net.onnx')\n`,
      'x 1x3x72x72',
    ],
    ['torch.jit.trace', `${conv}\ntorch.jit.trace(Net(), torch.randn(1, 3, 36, 36))\n`, 'x 1x3x36x36'],
    [
      'a builder of the file',
      `${conv}\ndef net():\n    return Net()\ndef test():\n    m = net()\n    m(torch.randn(2, 3, 52, 52))\n`,
      'x 1x3x52x52',
    ],
    [
      'a dictionary',
      `${pair}\nm = Net()\nbatch = {'ids': torch.randint(0, 10, (4, 12)), 'table': torch.randn(4, 6)}\nm(batch)\n`,
      'batch.ids 1x12 int64, batch.table 1x6',
    ],
    [
      'example_input_array',
      conv.replace(
        '        self.net',
        '        self.example_input_array = torch.zeros(4, 3, 44, 44)\n        self.net',
      ),
      'x 1x3x44x44',
    ],
    [
      'transforms',
      `${conv}\nfrom torchvision import transforms\nready = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(176)])\n`,
      'x 1x3x176x176',
    ],
  ];
  for (const [what, text, inputs, note] of cases) {
    it(what, async () => {
      const found = await read(text, /class Net/.test(text) ? 'Net' : undefined);
      assert.equal(found.inputs, inputs);
      if (note) assert.match(found.notes.join('\n'), note);
    });
  }

  it('as written, where one sample would be no batch of the model', async () => {
    const found = await read(`
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(5, 7)
    def forward(self, x):
        return self.rnn(x)[0]
Net()(torch.randn(12, 3, 5))
`);
    assert.equal(found.inputs, 'x 12x3x5');
  });

  it('of a variable that is asked for', async () => {
    const found = await read(`${conv}\nmodel = Net()\nmodel(torch.randn(2, 3, 60, 60))\n`, 'model');
    assert.equal(found.inputs, 'x 1x3x60x60');
  });

  it('leave alone what takes long to make', async () => {
    const started = performance.now();
    const found = await read(
      `${conv}\ndef main():\n    model = Net()\n    total = sum(i * i for i in range(10 ** 9))\n    model(torch.zeros(1, 3, total, total))\n`,
      'Net',
    );
    assert.equal(found.inputs, 'x 1x3x32x32');
    assert.ok(performance.now() - started < 10_000);
  });

  it('tells a call that does not fit', async () => {
    const found = await read(`${conv}\nmodel = Net()\ndef test():\n    model(torch.randn(2, 1, 28, 28))\n`, 'Net');
    assert.equal(found.inputs, 'x 1x3x32x32');
    assert.match(found.notes.join('\n'), /does not run as in model\(…\) at line \d+: .*to have 3 channels, but got 1/);
    // With the line that fails.
    assert.equal(found.misfits.length, 1);
    assert.ok(found.misfits[0] !== undefined);
  });
});

const module = (body: string, forward: string, takes = 'x') => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
${body
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}
    def forward(self, ${takes}):
${forward
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}
`;

describe('inputs by how forward uses them', () => {
  const cases: [what: string, text: string, inputs: string][] = [
    [
      'the layer that is used first',
      module(
        'self.head = nn.Linear(8, 2)\nself.stem = nn.Conv2d(3, 8, 3)',
        'return self.head(self.stem(x).mean((2, 3)))',
      ),
      'x 1x3x32x32',
    ],
    [
      'as many dimensions as are unpacked',
      module('self.fc = nn.Linear(8, 2)', 'b, t, v, c = x.shape\nreturn self.fc(x.reshape(b, t * v, c)).mean(1)'),
      'x 1x16x16x8',
    ],
    [
      'a tensor, where a dictionary would do, too',
      module('self.stem = nn.Conv2d(3, 8, 3)', "if isinstance(x, dict):\n    x = x['image']\nreturn self.stem(x)"),
      'x 1x3x32x32',
    ],
    [
      'a tensor, where a name says whether it is something else',
      module(
        'self.stem = nn.Conv2d(3, 8, 3)',
        'held = isinstance(x, (list, tuple))\nif held:\n    x = torch.cat([x[0], x[1]], 1)\nreturn self.stem(x)',
      ),
      'x 1x3x32x32',
    ],
    [
      'images with channels last',
      module('self.stem = nn.Conv2d(3, 8, 3)', 'return self.stem(x.permute(0, 3, 1, 2))'),
      'x 1x32x32x3',
    ],
    [
      'a sequence that is turned for a convolution',
      module('self.stem = nn.Conv1d(6, 8, 3)', 'return self.stem(x.transpose(1, 2))'),
      'x 1x32x6',
    ],
    [
      'a signal that gets its channel',
      module('self.stem = nn.Conv1d(1, 8, 3)', 'return self.stem(x.unsqueeze(1))'),
      'x 1x32',
    ],
    [
      'a pattern of einops',
      module(
        'self.p = 4\nself.fc = nn.Linear(48, 2)',
        "x = rearrange(x, 'b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=self.p, p2=self.p)\nreturn self.fc(x)",
      ),
      'x 1x3x32x32',
    ],
    ['time first', module('self.enc = nn.TransformerEncoderLayer(8, 2)', 'return self.enc(x)'), 'x 16x1x8'],
    ['time second', module('self.rnn = nn.GRU(5, 7, batch_first=True)', 'return self.rnn(x)[0]'), 'x 1x16x5'],
    [
      'an image that is flattened',
      module('self.fc = nn.Linear(784, 10)', 'return self.fc(x.view(-1, 784))'),
      'x 1x1x28x28',
    ],
    [
      'a colour image that is flattened',
      module('self.fc = nn.Linear(3072, 10)', 'return self.fc(torch.flatten(x, 1))'),
      'x 1x3x32x32',
    ],
    [
      'indices behind another module',
      module(
        'self.pos = nn.Parameter(torch.zeros(1, 16, 8))\nself.tok = nn.ModuleDict(dict(wte=nn.Embedding(20, 8)))',
        "return self.tok['wte'](x) + self.pos",
      ),
      'x 1x16 int64',
    ],
    [
      'a length that an error asks for',
      module(
        'self.pos = nn.Parameter(torch.zeros(1, 40, 8))\nself.fc = nn.Linear(8, 8)',
        'b, n, c = x.shape\nreturn self.fc(x) + self.pos',
      ),
      'x 1x40x8',
    ],
    [
      'a length with a token in front',
      module(
        'self.cls = nn.Parameter(torch.zeros(1, 1, 8))\nself.pos = nn.Parameter(torch.zeros(1, 26, 8))\nself.fc = nn.Linear(8, 8)',
        'b, n, c = x.shape\nx = torch.cat([self.cls.expand(b, -1, -1), self.fc(x)], 1)\nreturn x + self.pos',
      ),
      'x 1x25x8',
    ],
    [
      'a width that a later layer asks for',
      module(
        'self.fc = nn.Linear(24, 2)',
        'b, n, c = x.shape\ny = x.reshape(b * n, c).clone().reshape(b, n, c)\nreturn self.fc(y)',
      ),
      'x 1x16x24',
    ],
    [
      'two inputs, each by its layer',
      module(
        'self.a = nn.Linear(6, 4)\nself.b = nn.Conv2d(2, 4, 3)',
        'return self.a(x) + self.b(image).mean((2, 3))',
        'x, image',
      ),
      'x 1x6, image 1x2x32x32',
    ],
    ['a dictionary by its keys', pair, 'batch.table 1x6, batch.ids 1x16 int64'],
    [
      'a pair that is unpacked',
      module(
        'self.a = nn.Linear(6, 4)\nself.b = nn.Linear(5, 4)',
        'left, right = x\nreturn self.a(left) + self.b(right)',
      ),
      'x.0 1x6, x.1 1x5',
    ],
    [
      'what *args hands on',
      module(
        'self.fc = nn.Linear(8, 2)\nself.stem = nn.Conv2d(3, 8, 3)',
        'return self.look(*args, **kwargs)',
        '*args, is_training=False, **kwargs',
      ).concat('    def look(self, x, more=None):\n        return self.fc(self.stem(x).mean((2, 3)))\n'),
      'input 1x3x32x32',
    ],
    [
      'parts of given widths together',
      module(
        'self.places = 3\nself.views = 5\nself.a = nn.Linear(3, 4)\nself.b = nn.Linear(9, 2)',
        'p, v = torch.split(x, [self.places, self.views], dim=-1)\nreturn self.b(torch.cat([self.a(p), v], -1))',
      ),
      'x 1x8',
    ],
    [
      'an image that may come as a list of some',
      module(
        'self.norm = nn.BatchNorm2d(8)\nself.conv = nn.Conv2d(3, 8, 3)',
        'many = isinstance(x, tuple) or isinstance(x, list)\nif many:\n    x = torch.cat(x, dim=0)\nreturn self.norm(self.conv(x))',
      ),
      'x 1x3x32x32',
    ],
    [
      'features that are stretched over an image beside it',
      module(
        'self.net = nn.Sequential(nn.Conv2d(3 + 5, 8, 3))',
        'c = c.view(c.size(0), c.size(1), 1, 1).repeat(1, 1, x.size(2), x.size(3))\nreturn self.net(torch.cat((x, c), 1))',
        'x, c',
      ),
      'x 1x3x32x32, c 1x5',
    ],
    [
      'what is None by default and is needed all the same, at a size that fits',
      module(
        'self.net = nn.Sequential(nn.Conv2d(6, 8, 3, padding=1), nn.AvgPool2d(48))',
        "up = F.interpolate(small, x.shape[2:], mode='bilinear')\nreturn self.net(torch.cat([x, up], 1))",
        'x, small=None',
      ),
      'x 1x3x224x224, small 1x3x224x224',
    ],
    [
      'one class for each sample beside noise, as much as the first layer has room for',
      module(
        'self.table = nn.Embedding(10, 6)\nself.fc = nn.Linear(6 + 100, 4)',
        'return self.fc(torch.cat((self.table(labels), noise), -1))',
        'noise, labels',
      ),
      'noise 1x100, labels 1 int64',
    ],
    [
      'an image beside a class, with as many channels as there is room for',
      module(
        'self.table = nn.Embedding(10, 6)\nself.fc = nn.Linear(6 + 1024, 4)',
        'return self.fc(torch.cat((img.view(img.size(0), -1), self.table(labels)), -1))',
        'img, labels',
      ),
      'img 1x1x32x32, labels 1 int64',
    ],
    [
      'halves that are put together',
      module('self.fc = nn.Linear(40, 4)', 'return self.fc(torch.cat((a, b), 1))', 'a, b'),
      'a 1x20, b 1x20',
    ],
    [
      'an image by its name beside features',
      module(
        'self.fc = nn.Linear(10, 3 * 32 * 32)\nself.conv = nn.Conv2d(6, 2, 3)',
        'return self.conv(torch.cat((img, self.fc(z).view(*img.shape)), 1))',
        'img, z',
      ),
      'img 1x3x32x32, z 1x10',
    ],
    [
      'an image that is no square, and what stands beside its features',
      module(
        'self.conv = nn.Conv2d(1, 2, 5)\nself.fc = nn.Linear(2 * 16 * 28, 6)\nself.out = nn.Linear(8, 2)',
        'x = F.max_pool2d(self.conv(x), 2).flatten(1)\nreturn self.out(torch.cat([self.fc(x), y], dim=1))',
        'x, y',
      ),
      'x 1x1x36x60, y 1x2',
    ],
    [
      'a mask of one channel beside a signal',
      module('self.conv = nn.Conv1d(8, 8, 1)', 'x = x * x_mask\nreturn self.conv(x) * x_mask', 'x, x_mask'),
      'x 1x8x32, x_mask 1x1x32',
    ],
    [
      'the one of several whose length an error is about',
      module(
        'self.a = nn.Linear(4, 6)\nself.b = nn.Linear(4, 6)\nself.c = nn.Linear(7, 6)',
        'b, n, c = x.shape\nlong = torch.cat([self.c(x), torch.zeros(b, 5, 6)], 1)\nreturn (self.c(x) + self.a(near)).sum() + (long + self.b(far)).sum()',
        'x, near, far',
      ),
      'x 1x16x7, near 1x16x4, far 1x21x4',
    ],
    [
      'as many dimensions as are unpacked of what nothing is told of',
      module('self.kernel = torch.ones(1, 1, 3, 3)', 'return self.blur(x)').concat(
        '    def blur(self, x):\n        y = torch.flip(x, [-1])\n        b, c, h, w = y.shape\n        return y * h\n',
      ),
      'x 1x3x32x32',
    ],
    [
      'a sequence beside a table of positions',
      module('self.register_buffer("pe", torch.zeros(1, 50, 12))', 'return x + self.pe[:, : x.size(1)]'),
      'x 1x16x12',
    ],
    [
      'a width that is doubled on the way',
      module(
        'self.fc = nn.Linear(14, 2)',
        'b, n, c = x.shape\nstats = torch.cat([x.mean(1, keepdim=True), x.std(1, keepdim=True)], 1)\nreturn self.fc(stats.view(b, -1))',
      ),
      'x 1x16x7',
    ],
    [
      'features beside an image',
      module(
        'self.a = nn.Conv2d(3, 4, 3)\nself.b = nn.Linear(5, 4)',
        'return self.a(x) + self.b(style)[:, :, None, None]',
        'x, style',
      ),
      'x 1x3x32x32, style 1x5',
    ],
    [
      'a list of dictionaries',
      module(
        'self.stem = nn.Conv2d(3, 8, 3)',
        "images = torch.stack([self.stem(each['image']) for each in batch])\nreturn images.sum(0)",
        'batch',
      ),
      'batch.0.image 1x3x32x32',
    ],
    [
      'a class for each sample',
      module(
        'self.fc = nn.Linear(8, 6)\nself.y = nn.Embedding(10, 6)',
        'return self.fc(x) + self.y(classes)',
        'x, classes',
      ),
      'x 1x8, classes 1 int64',
    ],
    [
      'a channel without a name',
      module(
        'self.fc = nn.Conv2d(3, 8, 3)',
        'b, n, _, h_in, w_in = x.size()\nreturn self.fc(x.reshape(b * n, -1, h_in, w_in))',
      ),
      'x 1x16x3x32x32',
    ],
    [
      'jaxtyping',
      module('self.fc = nn.Linear(8, 2)', 'return self.fc(x)', "x: Float[torch.Tensor, 'batch frames joints dim']"),
      'x 1x16x16x8',
    ],
    [
      'a docstring',
      module('self.fc = nn.Linear(8, 2)', '"""Looks.\n\n    x: features of shape (B, T, C)\n"""\nreturn self.fc(x)'),
      'x 1x16x8',
    ],
    [
      'what a docstring says of the keys of a dictionary, what may be missing left out',
      module(
        'self.fc = nn.Conv2d(3, 2, 3)',
        '"""Looks.\n\n    records (list(dict)): each with\n      \'image\': The image in 3xHxW format,\n      \'size\': (tuple(int, int)) as (H, W)\n      \'points\': with shape BxNx2\n    """\nx = torch.stack([r["image"] for r in records])\nfor r in records:\n    if "points" in r:\n        x = x + r["labels"].sum()\n    x = F.interpolate(self.fc(x), r["size"])\nreturn x',
        'records',
      ),
      'records.0.image 3x32x32',
    ],
    [
      'a key of a dictionary that is no pattern',
      module('self.fc = nn.Linear(4, 2)', '"""Looks at x(1."""\nreturn self.fc(x["a(b"]) + self.fc(x["(c+)+["])'),
      'x.a(b 1x4, x.(c+)+[ 1x4',
    ],
    ['a comment', module('self.fc = nn.Linear(8, 2)', '# x: [B, 5, C]\nreturn self.fc(x)'), 'x 1x5x8'],
    [
      'no comment on something else',
      module('self.fc = nn.Linear(8, 2)', '# max: [B, 5, C]\nreturn self.fc(x)'),
      'x 1x8',
    ],
    [
      'a keyword',
      module('self.a = nn.Linear(6, 4)\nself.b = nn.Linear(5, 4)', 'return self.a(x) + self.b(y)', 'x, *, y'),
      'x 1x6, y 1x5',
    ],
    [
      'a whole number',
      module('self.a = nn.Linear(6, 6)', 'for _ in range(steps):\n    x = self.a(x)\nreturn x', 'x, steps: int'),
      'x 1x6',
    ],
    [
      'rows of a table',
      module(
        'self.table = nn.Parameter(torch.zeros(10, 4))\nself.fc = nn.Linear(4, 2)',
        'return self.fc(self.table[x])',
      ),
      'x 1x16 int64',
    ],
    [
      'a list by its annotation',
      module('self.a = nn.Conv2d(3, 4, 3)', 'return [self.a(x) for x in images]', 'images: List[torch.Tensor]'),
      'images.0 1x3x32x32',
    ],
    [
      'what a branch for the settings leaves out',
      module(
        'self.patch = None\nself.a = nn.Conv2d(3, 4, 3)\nself.b = nn.Linear(7, 4)',
        'if self.patch is not None:\n    return self.b(x)\nreturn self.a(x)',
      ),
      'x 1x3x32x32',
    ],
    [
      'a module inside another',
      `class Stem(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.ModuleList([nn.Sequential(nn.BatchNorm1d(width), nn.Conv1d(width, 8, 3))])
    def forward(self, signal):
        for layer in self.layers:
            signal = layer(signal)
        return signal
${module('self.head = nn.Linear(8, 2)\nself.stem = Stem(5)', 'return self.head(self.stem(x).mean(-1))')}`,
      'x 1x5x32',
    ],
  ];
  for (const [what, text, inputs] of cases) {
    it(what, async () => assert.equal((await read(text, 'Net')).inputs, inputs));
  }

  it('are doubtful where no sample comes out for one that goes in', async () => {
    const { notes } = await read(module('self.fc = nn.Linear(4, 2)', 'return self.fc(x.reshape(-1, 4))', 'x'));
    assert.deepEqual(
      notes.filter((note) => /may be wrong/.test(note)),
      [],
    );
    const many = await read(
      module(
        'self.conv = nn.Conv2d(3, 4, 4, stride=4)\nself.fc = nn.Linear(2, 2)',
        'return self.fc(self.conv(x).permute(0, 2, 3, 1).reshape(-1, 2))',
      ),
    );
    assert.match(
      many.notes.join('\n'),
      /a guess that may be wrong: 1 samples go in and \d+ come out\. Give yours in place of 1x3x/,
    );
  });

  it('are asked for where a key is used for nothing that is known', async () => {
    const { kind, message } = await refuse(
      module('self.a = nn.Linear(6, 4)', "return F.interpolate(self.a(batch['x'])[None], size=batch['size'])", 'batch'),
    );
    assert.equal(kind, 'needs-input');
    assert.match(message, /shapes of what batch holds; give them, in the form "\{x: 1x6, size: [\dx]+\}"/);
  });

  it('are told where the model fails on them', async () => {
    const { message, guessed } = await refuse(
      module('self.a = nn.Linear(6, 4)', 'return self.a(x) @ torch.zeros(5, 5)'),
    );
    assert.match(
      message,
      /cannot be multiplied \(1x4 and 5x5\).*\. The input was a guess; give yours in place of 1x6$/,
    );
    assert.equal(guessed, '1x6');
  });

  it('are told as those of a call, where none fits', async () => {
    const { message } = await refuse(
      `${module('self.a = nn.Linear(6, 4)', 'return self.a(x) @ torch.zeros(5, 5)')}\nNet()(torch.randn(3, 6))\n`,
      'Net',
    );
    assert.match(message, /The input is that of forward\(…\) at line \d+: 1x6/);
  });
});

describe('inputs that are given', () => {
  const texts = [
    '1x3x32x32',
    '2x16:int64',
    'mask=1x16:bool',
    'state=(1x2x8, 1x2x8)',
    '(1x2x8,)',
    '[1x3x8x8, 1x3x4x4]',
    'batch={ids: 1x16:int64, mask: 1x16:bool}',
    "{'two words': (1x2, None), x: [True, False]}",
    'start=3:int',
    'scale=-0.5:float',
    "mode='train'",
    'past=None',
    't=:int64',
    'ids=tensor([[3, -1], [0, 2]])',
    'tensor([1.0, -0.5])',
    'tensor([True, False])',
    'tensor([], dtype=int64)',
    '(tensor([[2]], dtype=int32), 1x2)',
  ];
  for (const text of texts)
    it(`are written as they are read: ${text}`, () => assert.equal(formatInputSpec(parseInputSpec(text)), text));

  it('may stand side by side', () => {
    const specs = parseInputSpecs('1x3, {a: 1x2, b: (1x2, 1x3)} mask=1x4:bool');
    assert.equal(formatInputSpecs(specs), '1x3, {a: 1x2, b: (1x2, 1x3)}, mask=1x4:bool');
  });

  it('are refused with what is wrong', () => {
    for (const wrong of [
      'tensor([[1], [2, 3]])',
      'tensor([1, [2]])',
      'tensor([x])',
      `tensor(${'['.repeat(99)}${']'.repeat(99)})`,
    ])
      assert.throws(() => parseInputSpec(wrong), /holds no numbers in lists of equal lengths/, wrong);
    assert.throws(() => parseInputSpec('tensor([1], dtype=real)'), /is not one of/);
    for (const wrong of ['(1x2', '{1x2}', '{a: }', '3.5:int', '[1x0]', '(1x2]', '1e400:float']) {
      assert.throws(() => parseInputSpec(wrong), /is not/, wrong);
    }
  });

  it('are put together for forward', async () => {
    const text = module(
      'self.a = nn.Linear(6, 4)',
      "if flag:\n    x = x * scale\nh, c = state\nreturn self.a(x) + h + c + batch['more'][0] + count",
      'x, state, batch, *, flag, scale=1.0, count=None',
    );
    const given = ['1x6', '(1x4, 1x4)', '{more: [1x4]}', 'flag=True', 'scale=2.0:float', 'count=3:int'].map(
      parseInputSpec,
    );
    const found = await read(text, 'Net', given);
    assert.equal(found.inputs, 'x 1x6, state.0 1x4, state.1 1x4, batch.more.0 1x4');
    assert.equal(found.fed, '1x6, (1x4, 1x4), {more: [1x4]}, flag=True, scale=2:float, count=3:int');
  });
});

describe("a model of transformers, by what the library's names of inputs hold", () => {
  const base = `
import functools
from transformers import PreTrainedModel, PretrainedConfig

class Settings(PretrainedConfig):
    def __init__(self, vocab_size=11, hidden_size=8, **kwargs):
        super().__init__(**kwargs)
        self.vocab_size, self.hidden_size = vocab_size, hidden_size

def checked(forward):
    @functools.wraps(forward)
    def wrapper(self, *args, **kwargs):
        return forward(self, *args, **kwargs)
    return wrapper
`;
  const body = (name: string, init: string, forward: string) => `${base}
class ${name}(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
${init}
    @checked
${forward}
`;
  const text = '        self.embed = nn.Embedding(config.vocab_size, config.hidden_size)\n';

  it('text and its answer', async () => {
    const forward =
      '    def forward(self, input_ids=None, attention_mask=None, decoder_input_ids=None, labels=None):\n' +
      '        if input_ids is None or decoder_input_ids is None: raise ValueError("input_ids and decoder_input_ids are needed")\n' +
      '        return self.embed(decoder_input_ids) @ self.embed(input_ids).transpose(1, 2)';
    const { inputs, notes } = await read(body('Both', text, forward), 'Both(Settings())');
    assert.equal(inputs, 'input_ids 1x16 int64, decoder_input_ids 1x16 int64');
    assert.deepEqual(notes, ['The input is what transformers documents for input_ids, decoder_input_ids']);
  });

  it('text and an image, of the size that a part of the settings has', async () => {
    const init = `${text}        self.config.vision_config = Settings(image_size=28, num_channels=1)
        self.patch = nn.Conv2d(1, config.hidden_size, 14, 14)`;
    const forward =
      '    def forward(self, input_ids=None, pixel_values=None):\n' +
      '        return self.embed(input_ids).mean(1) * self.patch(pixel_values).flatten(2).mean(2)';
    const { inputs } = await read(body('Pair', init, forward), 'Pair(Settings())');
    assert.equal(inputs, 'input_ids 1x16 int64, pixel_values 1x1x28x28');
  });

  it('an image whose channels only the first convolution tells, and answers to choose from', async () => {
    const init = '        self.patch = nn.Conv2d(5, 4, 14, 14)';
    const forward = '    def forward(self, pixel_values=None):\n        return self.patch(pixel_values)';
    assert.equal((await read(body('Image', init, forward), 'Image(Settings())')).inputs, 'pixel_values 1x5x224x224');
    const choice =
      '    def forward(self, input_ids=None):\n' +
      '        flat = input_ids.view(-1, input_ids.size(-1))\n' +
      '        return self.embed(flat).mean((1, 2)).view(-1, input_ids.shape[1])';
    const found = await read(body('TinyForMultipleChoice', text, choice), 'TinyForMultipleChoice(Settings())');
    assert.equal(found.inputs, 'input_ids 1x2x16 int64');
  });

  it('sound: waves, spectrograms by their settings, features as long as there are positions', async () => {
    const sound = async (input: string, settings: string) => {
      const init = '        self.scale = nn.Parameter(torch.ones(1))';
      const forward = `    def forward(self, ${input}=None):\n        return self.scale * ${input}`;
      return (await read(body('Sound', init, forward), `Sound(Settings(${settings}))`)).inputs;
    };
    assert.equal(await sound('input_values', ''), 'input_values 1x16000');
    assert.equal(await sound('input_values', 'num_mel_bins=12, max_length=40'), 'input_values 1x40x12');
    assert.equal(await sound('input_features', 'num_mel_bins=8, max_source_positions=15'), 'input_features 1x8x30');
    assert.equal(
      await sound('input_features', 'input_feat_per_channel=8, input_channels=2'),
      'input_features 1x128x16',
    );
  });
});

describe('objects as inputs', () => {
  const files = {
    'model.py': `${head}from util.misc import Nested\nclass Net(nn.Module):\n    def forward(self, x: Nested):\n        return x.tensors * x.scale\n`,
    'util/__init__.py': '',
    'util/misc.py':
      'class Nested:\n    def __init__(self, path):\n        self.file = open(path)\nclass Other(Nested):\n    pass\n',
  };
  const fed = (input: string) =>
    extractModel({
      syntax: testSyntax(),
      source: new MemorySource(files),
      file: 'model.py',
      expression: 'Net',
      inputs: [parseInputSpec(input)],
    });

  it('are of classes that the file imports and never calls, of others by their full names, and plain', async () => {
    for (const cls of ['Nested', 'util.misc.Other', 'SimpleNamespace', 'types.SimpleNamespace']) {
      const input = `${cls}(tensors=2x3, scale=0.5:float)`;
      const found = await fed(input);
      assert.ok(found.ok, found.ok ? '' : `${cls}: ${found.problem.message}`);
      assert.equal(formatInputSpecs(found.inputs), input);
      assert.deepEqual(
        found.graph.outputs.map(({ value }) => found.graph.values[value]?.type.shape),
        [[2, 3]],
      );
    }
  });

  it('of a class that is nowhere are refused with the way out', async () => {
    for (const cls of ['Nowhere', 'util.nowhere.Nested']) {
      const found = await fed(`${cls}(tensors=2x3)`);
      assert.ok(!found.ok);
      assert.match(found.problem.message, /^There is no class .*; name it with the module that has it/);
    }
  });
});
