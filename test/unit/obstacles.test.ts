import assert from 'node:assert/strict';
import { type Extraction, extractModel } from '../../src/extract/extract';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

type Unread = Extract<Extraction, { ok: false }>;

async function extract(text: string, part?: string, expression?: string): Promise<Extraction> {
  const source = new MemorySource({ 'model.py': text });
  return extractModel({ syntax: testSyntax(), source, file: 'model.py', part, expression });
}

async function unread(text: string): Promise<Unread> {
  const found = await extract(text);
  assert.ok(!found.ok, 'the model was read');
  return found;
}

/** Each obstacle as its line and what it says. */
const said = ({ problem, others }: Unread) =>
  [problem, ...others].map(({ message, source }) => `${(source?.line ?? -1) + 1}: ${message}`);

const SPLIT = `${head}
class Block(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, padding=1)
        self.act = nn.ReLU()
    def forward(self, x):
        return self.act(self.conv(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(Block(3, 8), nn.MaxPool2d(2), Block(8, 16))
        self.decoder = nn.Sequential(Block(16, 8), nn.Conv2d(8, 3, 1))
        self.head = nn.Linear(3, 10)
    def forward(self, x):
        y = self.encoder(x)
        y = torch.fft.ihfft(y)
        y = self.decoder(y)
        z = torch.linalg.svd(x)
        return self.head(y.mean((2, 3))) + z
`;

const FANCY = `${head}
import fancy
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), fancy.Mixer(8), nn.ReLU())
        self.tail = nn.Sequential(nn.Conv2d(8, 8, 3), nn.GELU())
    def forward(self, x):
        return self.tail(self.body(x))
`;

describe('what stands in the way of reading a model', () => {
  it('is told whole, with its places', async () => {
    const found = await unread(SPLIT);
    assert.equal(found.problem.kind, 'unsupported');
    const [first, second, ...more] = said(found);
    assert.match(first ?? '', /^21: torch\.fft\.ihfft is not read yet; leave it out to compare the rest of the model/);
    assert.match(second ?? '', /^23: torch\.linalg\.svd of values that are known only when/);
    assert.deepEqual(more, []);
  });

  it('is told once, however often it is met, and what only depends on it is not told', async () => {
    const found = await unread(`${head}
class Odd(nn.Module):
    def forward(self, x):
        y = x.cholesky()
        y += 1
        b, c = y.shape
        if y.sum() > 0:
            y = y * 2
        for i in range(c):
            y = y + i
        return F.relu(y.view(b, -1))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3)
        self.blocks = nn.Sequential(*[Odd() for _ in range(3)])
    def forward(self, x):
        return self.blocks(self.first(x)).sigmoid()
`);
    assert.deepEqual(
      said(found).map((line) => line.slice(0, 40)),
      ['7: torch.linalg.cholesky of values that '],
    );
    assert.deepEqual(found.parts, []);
  });

  it('conditions on tensors and modules of a missing library are met in one go', async () => {
    const found = await unread(`${head}
import fancy
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.mixer = fancy.Mixer(8)
    def forward(self, x):
        x = self.conv(x)
        if x.sum() > 0:
            x = x * 2
        y = self.conv(x[:, :3])
        z = torch.fft.hfft(y)
        return F.relu(self.mixer(y)) + z
`);
    const [condition, fourier, mixer, ...more] = said(found);
    assert.match(condition ?? '', /^13: This branch depends on the values of x,/);
    assert.match(fourier ?? '', /^16: torch\.fft\.hfft is not read yet/);
    assert.match(mixer ?? '', /^17: .* because fancy is neither/);
    assert.deepEqual(more, []);
  });

  it('parts that can be read are named; those behind an obstacle are tried', async () => {
    const { parts } = await unread(SPLIT);
    assert.deepEqual(parts, [
      { path: 'encoder', name: 'Sequential' },
      { path: 'decoder', name: 'Sequential' },
    ]);
  });

  it('a part is read as the model has it: names, paths, and a state of its own', async () => {
    const found = await extract(SPLIT, 'decoder.0');
    assert.ok(found.ok);
    const { graph } = found;
    assert.equal(graph.name, 'Net.decoder.0');
    assert.deepEqual(
      graph.state.map(({ name }) => name),
      ['decoder.0.conv.weight', 'decoder.0.conv.bias'],
    );
    assert.equal(graph.storages.length, 2);
    assert.deepEqual(
      graph.nodes.map(({ path }) => path),
      ['decoder.0.conv', 'decoder.0.act'],
    );
  });

  it('a part is fed as the model feeds it, where that is known', async () => {
    for (const [part, shape, origin] of [
      ['encoder.2', [1, 8, 16, 16], 'model'],
      ['decoder', [1, 16, 32, 32], 'first-layer'],
    ] as const) {
      const found = await extract(SPLIT, part);
      assert.ok(found.ok);
      const [input] = found.graph.inputs;
      assert.deepEqual(found.graph.values[input?.value ?? -1]?.type.shape, shape);
      assert.equal(found.inputOrigin, origin);
    }
  });

  it('a part is read beside a module that can’t be; a note says so', async () => {
    const { parts } = await unread(FANCY);
    assert.deepEqual(
      parts.map(({ path }) => path),
      ['tail'],
    );
    const found = await extract(FANCY, 'tail');
    assert.ok(found.ok);
    assert.match(found.graph.notes.map(({ message }) => message).join('\n'), /^Outside of this part: .* fancy is/m);
    const body = await extract(FANCY, 'body');
    assert.ok(!body.ok);
    assert.match(body.problem.message, /fancy is neither/);
  });

  it('a part is refused where a statement that builds the model had to be passed over', async () => {
    const text = `${head}
import fancy
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.tail = nn.Sequential(nn.Conv2d(8, 8, 3), nn.GELU())
        for layer in fancy.layers():
            self.tail.append(layer)
    def forward(self, x):
        return self.tail(x)
`;
    const found = await extract(text, 'tail');
    assert.ok(!found.ok);
    assert.match(found.problem.message, /what this loops over cannot be known from the source, because fancy is/);
  });

  it('a path that is none says what is there', async () => {
    for (const [path, message] of [
      ['nothing', /Net has no submodule nothing \(it has encoder, decoder, head\)/],
      ['head.x', /Linear has no submodule x \(it has none\)/],
    ] as const) {
      const found = await extract(SPLIT, path);
      assert.ok(!found.ok);
      assert.match(found.problem.message, message);
    }
  });

  it('a call that lacks arguments comes with a draft that has places for them', async () => {
    const text = `${head}
class Net(nn.Module):
    def __init__(self, channels, num_classes, *, depth):
        super().__init__()
    def forward(self, x):
        return x
`;
    for (const [expression, draft] of [
      [undefined, 'Net(channels=, num_classes=, depth=)'],
      ['Net()', 'Net(channels=, num_classes=, depth=)'],
      ['Net(3, depth=(1, 2))', 'Net(3, depth=(1, 2), num_classes=)'],
      ['Net(3, 4,)', 'Net(3, 4, depth=)'],
    ] as const) {
      const found = await extract(text, undefined, expression);
      assert.ok(!found.ok);
      assert.deepEqual([found.problem.kind, found.problem.draft], ['needs-argument', draft]);
    }
  });

  it('a model that is not in the file is none, called or not', async () => {
    for (const expression of ['Nothing', 'Nothing(3)']) {
      const found = await extract(SPLIT, undefined, expression);
      assert.ok(!found.ok);
      assert.equal(found.problem.kind, 'no-model');
      assert.match(found.problem.message, /^There is no Nothing in this file/);
    }
    const source = new MemorySource({ 'model.py': 'from layers import *\n', 'layers.py': SPLIT });
    const request = { syntax: testSyntax(), source, file: 'model.py', part: 'decoder' };
    for (const expression of ['Net', 'Net()']) assert.ok((await extractModel({ ...request, expression })).ok);
  });

  it('an error of Python’s own is told alone', async () => {
    const found = await unread(SPLIT.replace('torch.fft.ihfft(y)', 'undefined_name(y)'));
    assert.match(found.problem.message, /^NameError: name 'undefined_name' is not defined/);
    assert.deepEqual([found.others, found.parts], [[], []]);
  });
});
