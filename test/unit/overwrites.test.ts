import assert from 'node:assert/strict';
import { entryOf } from '../../src/activations/catalogue';
import { activationRules } from '../../src/activations/differentiation';
import { defaultPlan } from '../../src/compare/plan';
import { swapSites } from '../../src/compare/sites';
import { extractModel } from '../../src/extract/extract';
import { itemAt } from '../../src/graph/access';
import { refuseOverwrites } from '../../src/graph/overwrites';
import { swap } from '../../src/graph/swap';
import type { Graph } from '../../src/graph/types';
import { runExperiment } from '../../src/run/runExperiment';
import { wasmRuntime } from '../support/ort';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

async function read(...forward: string[]): Promise<Graph> {
  const text = [
    'import torch',
    'import torch.nn.functional as F',
    'from torch import nn',
    'class Model(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    '        self.a = nn.Linear(8, 8)',
    '        self.b = nn.Linear(8, 8)',
    '        self.relu = nn.ReLU(inplace=True)',
    '    def forward(self, x):',
    ...forward.map((line) => `        ${line}`),
  ].join('\n');
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'm.py': text }),
    file: 'm.py',
    expression: 'Model()',
    inputs: [{ shape: [4, 8], dtype: 'float32' }],
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

const gate = ['g = torch.sigmoid(self.a(x))', 'y = self.relu(g)', 'return y * self.b(x)'];

describe('what is written over in place', () => {
  it('is told with both places where the gradient needs it', async () => {
    const graph = await read(...gate);
    assert.throws(
      () => refuseOverwrites(graph, activationRules),
      /m\.py:12 writes in place over a tensor that the gradient of m\.py:11 needs/,
    );
  });

  it('is nothing to tell where no gradient needs it', async () => {
    for (const lines of [
      ['return self.relu(self.a(x))'],
      ['y = self.a(x)', 'y += self.b(x)', 'return self.relu(y)'],
      ['g = torch.sigmoid(self.a(x)).clone()', 'return self.relu(g) * self.b(x)'],
      ['with torch.no_grad():', '    g = torch.sigmoid(self.a(x))', '    g.relu_()', 'return g * self.b(x)'],
    ])
      refuseOverwrites(await read(...lines), activationRules);
  });

  it('is another question for another activation in the place', async () => {
    const graph = await read(...gate);
    const sigmoid = swapSites(graph).find(({ activation }) => activation === 'sigmoid');
    assert.ok(sigmoid);
    refuseOverwrites(swap(graph, sigmoid.nodes, entryOf('silu'), {}), activationRules);
    assert.throws(() => refuseOverwrites(swap(graph, sigmoid.nodes, entryOf('tanh'), {}), activationRules));
  });

  it('leaves a comparison with what can be measured, and the reason', async function () {
    this.timeout(60_000);
    const runtime = await wasmRuntime();
    try {
      const graph = await read(...gate);
      const relu = swapSites(graph).filter(({ activation }) => activation === 'relu');
      const plan = {
        ...defaultPlan(graph, ['gelu'], { budget: 60_000, rounds: 2 }),
        seeds: 2,
        sites: relu.map(({ id }) => id),
      };
      const report = await runExperiment(
        { graph, file: 'm.py', plan },
        runtime,
        () => {},
        new AbortController().signal,
      );
      const written = itemAt(report.candidates, 0);
      assert.ok(written.latency && written.signal, 'the forward pass is measured');
      assert.equal(written.step, undefined, 'no step is timed that PyTorch refuses');
      assert.equal(written.gradient, undefined);
      assert.match(report.model.notes.join('\n'), /The gradient was not measured: PyTorch refuses to train this model/);
    } finally {
      await runtime.dispose();
    }
  });
});
