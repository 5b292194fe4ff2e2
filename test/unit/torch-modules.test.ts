import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractModel } from '../../src/extract/extract';
import { libraries } from '../../src/extract/libraries';
import { initialise } from '../../src/graph/initialise';
import { countParameters } from '../../src/graph/swap';
import { trainingGraph } from '../../src/graph/train';
import type { Graph } from '../../src/graph/types';
import { applyWeights, requireExact } from '../../src/weights/apply';
import type { WeightsPart } from '../../src/weights/tensor';
import { backward, gradientOf } from '../support/backward';
import { inRoot } from '../support/paths';
import { MemorySource, printed } from '../support/python';
import { testSyntax } from '../support/syntax';

/** The graph of a module with these lines in its constructor and its `forward(x)`. */
async function read(setup: readonly string[], forward: readonly string[], shape = [4, 3]): Promise<Graph> {
  const text = [
    'import torch, torch.nn as nn, torch.nn.functional as F',
    'class Model(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...setup.map((line) => `        ${line}`),
    '    def forward(self, x):',
    ...forward.map((line) => `        ${line}`),
  ].join('\n');
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': text }),
    file: 'model.py',
    expression: 'Model()',
    inputs: [{ shape, dtype: 'float32' }],
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

const frozenIn = ({ state, storages }: Graph) =>
  state.filter(({ kind, storage }) => kind === 'parameter' && !storages[storage]?.trainable).map(({ name }) => name);

describe('frozen parameters', () => {
  const layers = ['self.a = nn.Linear(3, 3)', 'self.b = nn.Linear(3, 2)'];
  const cases: readonly (readonly [line: string, frozen: readonly string[]])[] = [
    ['self.a.requires_grad_(False)', ['a.weight', 'a.bias']],
    ['self.a.weight.requires_grad_(False)', ['a.weight']],
    ['self.a.bias.requires_grad = False', ['a.bias']],
    ['for p in self.parameters(): p.requires_grad = False', ['a.weight', 'a.bias', 'b.weight', 'b.bias']],
    ['self.requires_grad_(False); self.b.requires_grad_(True)', ['a.weight', 'a.bias']],
    ['[p.requires_grad_(False) for n, p in self.named_parameters() if "bias" in n]', ['a.bias', 'b.bias']],
    ['self.c = nn.Parameter(torch.ones(2), requires_grad=False)', ['c']],
    ['self.e = nn.Embedding.from_pretrained(torch.rand(3, 2))', ['e.weight']],
  ];
  for (const [line, frozen] of cases)
    it(`are not trained, and are parameters: ${line}`, async () => {
      const graph = await read([...layers, line], ['return self.b(self.a(x))']);
      assert.deepEqual(frozenIn(graph), frozen);
      const sizes = new Map(
        graph.state.map(({ name, storage }) => [
          name,
          (graph.storages[storage]?.type.shape ?? []).reduce((product, size) => product * size, 1),
        ]),
      );
      const { all, trainable } = countParameters(graph);
      assert.equal(
        all,
        [...sizes.values()].reduce((sum, size) => sum + size, 0),
      );
      assert.equal(
        all - trainable,
        frozen.map((name) => sizes.get(name) ?? 0).reduce((sum, size) => sum + size, 0),
      );
    });
});

describe('buffers that decide what a model is', () => {
  const part = (name: string, dtype: 'int64' | 'float32', values: readonly number[]): WeightsPart => {
    const bytes = dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
    const shape = values.length === 1 ? [] : [values.length];
    return { path: '', tensors: [{ name, dtype, shape, bytes: new Uint8Array(bytes.buffer) }] };
  };
  const cases: readonly (readonly [setup: string, forward: string, other: readonly number[], decides: boolean])[] = [
    ['self.register_buffer("b", torch.tensor(0))', 'return x if self.b == 0 else -x', [1], true],
    ['self.register_buffer("b", torch.tensor(0))', 'return x[:, int(self.b):]', [1], true],
    ['self.register_buffer("b", torch.arange(3))', 'return x[:, self.b]', [2, 1, 0], true],
    ['self.register_buffer("b", torch.arange(3))', 'return x', [2, 1, 0], false],
    ['self.register_buffer("b", torch.ones(3))', 'return x * self.b', [2, 1, 0], false],
  ];
  for (const [setup, forward, other, decides] of cases)
    it(`are refused with other values where they did: ${forward}`, async () => {
      const graph = await read([setup], [forward]);
      const dtype = setup.includes('ones') ? 'float32' : 'int64';
      const storage = graph.state[0]?.storage ?? -1;
      const same = Array.from(initialise(graph, 0)[storage] ?? []);
      assert.deepEqual(applyWeights(graph, [part('b', dtype, same)]).changed, []);
      const changed = applyWeights(graph, [part('b', dtype, other)]);
      assert.deepEqual(changed.changed, decides ? ['b'] : []);
      if (decides) assert.throws(() => requireExact('Model', changed), /"b" has another value in the checkpoint/);
      else requireExact('Model', changed);
    });
});

describe('dtypes of modules', () => {
  it('are those of the parameters, and of an input that is guessed', async () => {
    const graph = await read(['self.a = nn.Linear(3, 2).double()'], ['return self.a(x.double())']);
    const types = graph.state.map(({ storage }) => graph.storages[storage]?.type.dtype);
    assert.deepEqual(
      [...types, graph.values[graph.outputs[0]?.value ?? -1]?.type.dtype],
      ['float64', 'float64', 'float64'],
    );
    const found = await extractModel({
      syntax: testSyntax(),
      source: new MemorySource({
        'model.py': 'import torch.nn as nn\nm = nn.Sequential(nn.Linear(3, 2), nn.ReLU()).half()\n',
      }),
      file: 'model.py',
      expression: 'm',
    });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    assert.equal(found.graph.values[found.graph.inputs[0]?.value ?? -1]?.type.dtype, 'float16');
  });

  it('of an input and a weight must be one, but for autocast', async () => {
    const setup = ['self.a = nn.Linear(3, 2).double()'];
    await assert.rejects(read(setup, ['return self.a(x)']), /must have the same dtype, but got Float and Double/);
    const forward = ['with torch.autocast("cpu"):', '    return self.a(x)'];
    assert.equal((await read(setup, forward)).outputs.length, 1);
  });
});

describe('gradients', () => {
  const stopped = async (forward: readonly string[]) => {
    const graph = await read(['self.a = nn.Linear(3, 3)', 'self.b = nn.Linear(3, 3)'], forward);
    const names = new Set(['a.weight', 'b.weight']);
    return [...names].filter((name) => !backward(graph, names).outputs.some((each) => each.name === gradientOf(name)));
  };
  const cases: readonly (readonly [forward: readonly string[], stopped: readonly string[]])[] = [
    [['return self.b(self.a(x))'], []],
    [['return self.b(self.a(x).detach())'], ['a.weight']],
    [['return self.b(self.a(x).data)'], ['a.weight']],
    [['with torch.no_grad(): h = self.a(x)', 'return self.b(h)'], ['a.weight']],
    [['with torch.inference_mode(): h = self.a(x)', 'return self.b(h.clone())'], ['a.weight']],
    [['with torch.set_grad_enabled(False): h = self.a(x)', 'return self.b(h)'], ['a.weight']],
    [['with torch.no_grad():', '    with torch.enable_grad(): h = self.a(x)', 'return self.b(h)'], []],
    [['f = torch.no_grad()(lambda v: self.a(v))', 'return self.b(f(x))'], ['a.weight']],
    [['h = self.a(x)', 'q = self.b(h)', 'return h + (q - h).detach()'], ['b.weight']],
    [['h = self.a(x)', 'h.data.mul_(2)', 'return self.b(h)'], []],
  ];
  for (const [forward, expected] of cases)
    it(`pass or don't: ${forward.join('; ')}`, async () => assert.deepEqual(await stopped(forward), expected));
});

describe('random values', () => {
  it('that no checkpoint holds are noted', async () => {
    const notes = async (setup: string, forward: string) =>
      (await read([setup], [forward])).notes.map(({ message }) => message).join();
    assert.match(await notes('self.b = torch.randn(3)', 'return x * self.b'), /keeps random values/);
    assert.match(await notes('self.b = torch.rand(3) / 2 + 1', 'return x * self.b'), /keeps random values/);
    assert.match(await notes('pass', 'return x + torch.randn(3)'), /draws random values whenever it runs/);
    assert.equal(await notes('self.b = nn.Parameter(torch.randn(3))', 'return x * self.b'), '');
    assert.match(await notes('pass', 'return F.gumbel_softmax(x, tau=0.5, hard=True)'), /draws random values whenever/);
    assert.match(await notes('pass', 'return torch.multinomial(x.softmax(-1), 2)'), /draws random values whenever/);
    assert.equal(await notes('self.register_buffer("b", torch.randn(3))', 'return x * self.b'), '');
    assert.match(
      await notes('self.register_buffer("b", torch.randn(3), persistent=False)', 'return x * self.b'),
      /keeps random values/,
    );
  });

  it('are drawn anew where forward draws them, and once where the constructor does', async () => {
    const noise = async (setup: string, forward: string) => trainingGraph(await read([setup], [forward])).noise.length;
    assert.equal(await noise('self.b = torch.randn(3)', 'return x * self.b'), 0);
    assert.equal(await noise('self.b = [torch.rand(3, 2)]', 'return x @ self.b[0]'), 0);
    assert.equal(await noise('self.b = torch.randn(3)', 'return x * (2 * self.b) + self.b / 3'), 0);
    assert.equal(await noise('pass', 'return x + 0.1 * torch.randn(3)'), 1);
    assert.equal(await noise('pass', 'n = torch.randn(4, 3); n[0] = 0; return x + n'), 1);
    assert.equal(await noise('pass', 'return x + torch.randn(3)'), 1);
    assert.equal(await noise('pass', 'return x * torch.rand_like(x).lt(0.5).float()'), 1);
    assert.equal(await noise('pass', 'return x * x.new_empty(4, 1).bernoulli_(0.9)'), 1);
    assert.equal(await noise('pass', 'return x + torch.empty(3).normal_()'), 1);
    assert.equal(await noise('self.b = torch.randn(3)', 'return x * self.b + torch.randn(3)'), 1);
  });
});

describe('evaluation', () => {
  it("normalises by the batch's own statistics where F.batch_norm is told to train", async () => {
    const layer = ['self.bn = nn.BatchNorm1d(3)'];
    const call = (training: string) =>
      `return F.batch_norm(x, self.bn.running_mean, self.bn.running_var, training=${training})`;
    const running = async (training: string) => {
      const { nodes } = await read(layer, [call(training)]);
      const node = nodes.find(({ op }) => op.kind === 'batch_norm');
      return node?.inputs.slice(3).map((input) => typeof input === 'number');
    };
    assert.deepEqual(await running('True'), [false, false]);
    assert.deepEqual(await running('self.training'), [true, true]);
    assert.deepEqual(await running('False'), [true, true]);
  });

  it('says that F.dropout drops where nothing tells it not to', async () => {
    const notes = async (call: string) =>
      (await read([], [`return ${call}`])).notes.map(({ message }) => message).join();
    assert.match(await notes('F.dropout(x, 0.1)'), /dropout without training=self.training drops in evaluation, too/);
    assert.match(await notes('F.dropout2d(x[None], 0.1, True)'), /dropout2d without training=self.training/);
    assert.equal(await notes('F.dropout(x, 0.1, self.training)'), '');
    assert.equal(await notes('F.dropout(x, p=0.0)'), '', 'nothing is dropped');
    assert.equal(await notes('F.dropout(x, 0.1, training=self.training)'), '');
  });

  it('says where PyTorch would look at the values of targets', async () => {
    const notes = async (target: string) =>
      (await read([], [`return F.binary_cross_entropy(torch.sigmoid(x), ${target})`])).notes.map(
        ({ message }) => message,
      );
    const [made, ...more] = await notes('(x + 1) / 2');
    assert.match(
      made ?? '',
      /^binary_cross_entropy refuses targets outside 0 and 1 in PyTorch; here they are made of x,/,
    );
    assert.deepEqual([more, await notes('torch.zeros_like(x)')], [[], []]);
  });

  it('says that a class names its weights itself in what it saves', async () => {
    const own = ['Model.state_dict = lambda self: {}'];
    assert.deepEqual(
      (await read(own, ['return x'])).notes.map(({ message }) => message),
      ['Model has a state_dict of its own: its checkpoints may name weights otherwise than they are shown here'],
    );
  });
});

describe('as PyTorch 2.13 prints it', () => {
  const folder = inRoot('test', 'fixtures', 'torch');
  const expected: Readonly<Record<string, readonly string[]>> = JSON.parse(
    readFileSync(join(folder, 'expected.json'), 'utf8'),
  );
  const files = readdirSync(folder).filter((name) => name.endsWith('.py') && name !== 'make.py');
  const snippets = files.flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split(/^# --- /m)
      .slice(1)
      .map((part) => ({ file, title: part.slice(0, part.indexOf('\n')), code: part.slice(part.indexOf('\n')) })),
  );
  assert.equal(snippets.length, Object.keys(expected).length);
  for (const { file, title, code } of snippets)
    it(title, async () => {
      assert.deepEqual(await printed({ [file]: code }, file, {}, libraries), expected[`${file}: ${title}`]);
    });
});
