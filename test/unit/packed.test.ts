import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extractModel } from '../../src/extract/extract';
import { initialise } from '../../src/graph/initialise';
import { evaluate } from '../support/evaluate';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const expected = JSON.parse(readFileSync(inRoot('test/fixtures/packed.json'), 'utf8')) as Record<string, number[][]>;
const text = readFileSync(inRoot('test/fixtures/packed_model.py'), 'utf8');

async function read(code: string, expression: string) {
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'm.py': code }),
    file: 'm.py',
    expression,
    inputs: [{ shape: [3, 4, 2], dtype: 'float32' }],
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

describe('sequences of different lengths, against PyTorch', () => {
  for (const [expression, outputs] of Object.entries(expected)) {
    it(expression, async () => {
      const graph = await read(text, expression);
      const data = initialise(graph, 0);
      const known = new Map(
        graph.storages.map(({ value, type }, i) => [
          value,
          { shape: type.shape, data: Float64Array.from(data[i] ?? [], Number) },
        ]),
      );
      const [input] = graph.inputs;
      assert.ok(input);
      const steps = Float64Array.from({ length: 24 }, (_, i) => -2 + (4 * i) / 23);
      known.set(input.value, { shape: [3, 4, 2], data: steps });
      evaluate(graph, known);
      for (const [i, { value }] of graph.outputs.entries()) {
        const made = Array.from(known.get(value)?.data ?? []);
        const right = outputs[i] ?? [];
        assert.equal(made.length, right.length);
        for (const [at, each] of made.entries()) assert.ok(Math.abs(each - (right[at] ?? Number.NaN)) < 2e-5, `${at}`);
      }
    });
  }

  it('fill the tensor where only the run knows their lengths, and a note says so', async () => {
    const graph = await read(
      text.replace('[4, 2, 1] if self.enforce else torch.tensor([2, 4, 2])', '(x.sum((1, 2)) > 0) + 3'),
      "Net('LSTM', False)",
    );
    assert.ok(graph.notes.some(({ message }) => message.includes('all fill the tensor')));
  });
});
