import assert from 'node:assert/strict';
import { defaultPlan } from '../../src/compare/plan';
import { swapSites } from '../../src/compare/sites';
import { withStoragesOf } from '../../src/graph/align';
import { initialise } from '../../src/graph/initialise';
import type { Graph } from '../../src/graph/types';
import type { ReadResult } from '../../src/reader/messages';
import { runExperiment } from '../../src/run/runExperiment';
import type { Runtime } from '../../src/run/runtime';
import { wasmRuntime } from '../support/ort';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';

const head = `
import torch
from torch import nn
import torch.nn.functional as F
`;

/** A model whose forward() begins so, before its last layer. */
const model = (lines: string, init = '        pass') => `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(20, 32)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.9)
        self.norm = nn.BatchNorm1d(32)
        self.last = nn.Linear(32, 4)
${init}
    def forward(self, x):
        x = self.first(x)
${lines}
        return self.last(x)
`;

type Read = ReadResult & { readonly extraction: { readonly ok: true } };

async function read(text: string): Promise<Read> {
  const result = await testReader().read(
    { file: 'model.py', expression: 'Net()', inputs: [{ shape: [1, 20], dtype: 'float32' }], compared: true },
    { source: new MemorySource({ 'model.py': text }) },
  );
  assert.ok(result.extraction.ok, result.extraction.ok ? '' : result.extraction.problem.message);
  return result as Read;
}

const never = new AbortController().signal;

/** The report of a comparison with PReLU. */
async function compare({ extraction: { graph }, batched, training }: Read, runtime: Runtime) {
  const plan = {
    ...defaultPlan(graph, ['prelu'], { budget: 60_000 }),
    seeds: 2,
    measures: ['signal', 'gradient', 'learning'] as const,
    learning: { steps: 4, seeds: 1, searchSeeds: 1, rates: [0.1], optimiser: 'sgd' as const, budget: 1 },
  };
  const request = { graph, file: 'model.py', plan, ...(batched && { batched }), ...(training && { training }) };
  return runExperiment(request, runtime, () => {}, never);
}

const ops = (graph: Graph | undefined) => graph?.nodes.map(({ op }) => op.kind).join(' ');

describe('a model that takes other branches in training', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  it('is read as it trains where it does', async () => {
    const own = await read(model('        x = self.act(x)\n        if self.training:\n            x = x * 0.5'));
    assert.equal(ops(own.batched), 'linear activation linear');
    assert.equal(ops(own.training), 'linear activation constant binary linear');
    assert.deepEqual(own.training?.values[own.training.inputs[0]?.value ?? -1]?.type.shape, [16, 20]);
  });

  it('is another reading where gradients pass in training alone', async () => {
    const modes = await read(
      model(
        '        with torch.set_grad_enabled(self.training):\n            x = self.norm(x)\n        x = self.act(x)',
      ),
    );
    assert.ok(modes.batched?.nodes.some(({ stops }) => stops));
    assert.ok(modes.training?.nodes.every(({ stops }) => !stops));
  });

  for (const [what, lines] of [
    ['no branch', '        x = self.drop(self.act(self.norm(x)))'],
    ['functions that are told', '        x = F.dropout(F.relu(x), 0.5, training=self.training)'],
    ['branches that do the same', '        x = self.act(x) if self.training else self.act(x)'],
  ] as const)
    it(`is one reading for ${what}`, async () => {
      assert.equal((await read(model(lines))).training, undefined);
    });

  it('has the gradient, the signal and the curves of what it does in training', async function () {
    this.timeout(60_000);
    const mask = `        x = self.act(x)
        if self.training:
            x = x * (torch.rand(x.shape[0], 32) >= 0.9).float() / 0.1`;
    const [own, layer, none] = await Promise.all([
      read(model(mask)),
      read(model('        x = self.drop(self.act(x))')),
      read(model('        x = self.act(x)')),
    ]);
    const silent = async (of: Read) => (await compare(of, runtime)).candidates[0]?.scores?.silent?.median ?? -1;
    const [masked, dropped, plain] = [await silent(own), await silent(layer), await silent(none)];
    assert.ok(plain < 0.1, `plain ${plain}`);
    assert.ok(dropped > 0.1 && masked > 0.1, `dropped ${dropped}, by hand ${masked}`);
  });

  it('trains the weights that evaluation reads, those of a candidate too', async function () {
    this.timeout(60_000);
    const lines = `        x = self.act(x)
        if self.training:
            x = x + self.act(self.norm(self.extra(x)))`;
    const got = await read(model(lines, '        self.extra = nn.Linear(32, 32)'));
    const report = await compare(got, runtime);
    for (const { title, learning, error } of report.candidates) {
      assert.equal(error, undefined, title);
      const [run] = learning?.runs ?? [];
      const held = run?.held.map(({ loss }) => loss) ?? [];
      assert.ok(held.length > 1 && held.every((loss) => loss !== null), title);
      assert.notEqual(held[0], held.at(-1), `${title}: what is judged is not what was trained`);
    }
  });

  it('has the same storages in both, by name and by place', async () => {
    const lines = `        if self.training:
            x = x + torch.randn(32)
        x = self.act(x + self.basis)`;
    const { extraction, batched, training } = await read(model(lines, '        self.basis = torch.randn(32)'));
    assert.ok(extraction.ok && batched && training);
    const aligned = withStoragesOf(training, batched);
    const storageOf = (graph: Graph, name: string) => graph.state.find((entry) => entry.name === name)?.storage ?? -1;
    for (const { name } of batched.state) assert.equal(storageOf(aligned, name), storageOf(batched, name), name);
    const [a, b] = [initialise(aligned, 3), initialise(batched, 3)];
    assert.deepEqual(a.slice(0, b.length), b);
    assert.equal(a.length, b.length + 1, 'the noise is its own');
    const read32 = aligned.storages.filter(({ type, value }) => {
      const isRead = aligned.nodes.some(({ inputs }) => inputs.includes(value));
      return (
        isRead &&
        type.shape.join() === '32' &&
        !aligned.state.some(({ storage }) => aligned.storages[storage]?.value === value)
      );
    });
    assert.equal(read32.length, 2, 'the basis and the noise');
  });

  it('swaps what one place makes in both', async () => {
    const { extraction, training } = await read(
      model('        x = self.act(x)\n        if self.training:\n            x = self.act(self.norm(x))'),
    );
    assert.ok(extraction.ok && training);
    assert.deepEqual(
      swapSites(training).map(({ id }) => id),
      swapSites(extraction.graph).map(({ id }) => id),
    );
    assert.equal(swapSites(training)[0]?.nodes.length, 2);
  });

  it('is told where its branches for training cannot be read', async () => {
    const { extraction, training } = await read(
      model('        x = self.act(x)\n        if self.training:\n            x = x * float(x.sum())'),
    );
    assert.ok(extraction.ok);
    assert.equal(training, undefined);
    assert.match(
      extraction.graph.notes.map(({ message }) => message).join(),
      /branches of its own for training.*model\.py/,
    );
  });

  it('is told where it gives something else in training', async function () {
    this.timeout(60_000);
    const got = await read(model('        x = self.act(x)\n        if self.training:\n            return x'));
    const report = await compare(got, runtime);
    assert.match(report.model.notes.join(), /In training the model gives something else/);
    assert.equal(report.candidates[1]?.error, undefined);
  });
});
