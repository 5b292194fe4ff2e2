import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractModel } from '../../src/extract/extract';
import { libraries } from '../../src/extract/libraries';
import { countParameters } from '../../src/graph/swap';
import { trainingGraph } from '../../src/graph/train';
import type { Graph } from '../../src/graph/types';
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
    assert.equal(await notes('F.dropout(x, 0.1, training=self.training)'), '');
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
