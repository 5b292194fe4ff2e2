import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extractModel } from '../../src/extract/extract';
import { initialise } from '../../src/graph/initialise';
import { evaluate } from '../support/evaluate';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

interface Case {
  readonly shape: readonly number[];
  readonly outputs: readonly (readonly number[])[];
}

const cases = JSON.parse(readFileSync(inRoot('test/fixtures/computed.json'), 'utf8')) as Record<string, Case>;
const text = readFileSync(inRoot('test/fixtures/computed_models.py'), 'utf8');

/** The outputs of a model that is fed with numbers from −2 to 2. */
async function outputsOf(expression: string, shape: readonly number[]): Promise<number[][]> {
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'm.py': text }),
    file: 'm.py',
    expression,
    inputs: [{ shape, dtype: 'float32' }],
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  const { graph } = found;
  const data = initialise(graph, 0);
  const known = new Map(
    graph.storages.map(({ value, type }, i) => [
      value,
      { shape: type.shape, data: Float64Array.from(data[i] ?? [], Number) },
    ]),
  );
  const count = shape.reduce((product, size) => product * size, 1);
  const [input] = graph.inputs;
  assert.ok(input);
  known.set(input.value, { shape, data: Float64Array.from({ length: count }, (_, i) => -2 + (4 * i) / (count - 1)) });
  evaluate(graph, known);
  return graph.outputs.map(({ value }) => Array.from(known.get(value)?.data ?? []));
}

describe('what models compute, against PyTorch', () => {
  for (const [expression, { shape, outputs }] of Object.entries(cases)) {
    it(expression, async () => {
      const made = await outputsOf(expression, shape);
      assert.equal(made.length, outputs.length);
      for (const [which, right] of outputs.entries()) {
        const own = made[which] ?? [];
        assert.equal(own.length, right.length, `output ${which}`);
        const most = Math.max(1, ...right.map(Math.abs));
        for (const [at, each] of right.entries())
          assert.ok(
            Math.abs((own[at] ?? Number.NaN) - each) < 2e-4 * most,
            `output ${which}, ${at}: ${own[at]}, not ${each}`,
          );
      }
    });
  }
});

describe('what is computed of first values', () => {
  it('is followed back to them in a time that grows with the model', async () => {
    const lines = [
      'import torch, torch.nn as nn',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        x = torch.rand(8)',
      '        for i in range(600):',
      '            x = x * 0.99 + 0.01 * x.flip(0)',
      "            self.register_buffer(f'b{i}', x)",
      '    def forward(self, x):',
      '        return x + self.b599',
    ];
    const started = performance.now();
    const found = await extractModel({
      syntax: testSyntax(),
      source: new MemorySource({ 'm.py': lines.join('\n') }),
      file: 'm.py',
      expression: 'Net()',
      inputs: [{ shape: [1, 8], dtype: 'float32' }],
    });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    assert.equal(found.graph.state.length, 600);
    // It took 20 s where each value was looked for among all nodes.
    assert.ok(performance.now() - started < 12_000);
  });
});
