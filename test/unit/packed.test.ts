import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extractModel } from '../../src/extract/extract';
import { initialise } from '../../src/graph/initialise';
import type { Graph } from '../../src/graph/types';
import { evaluate } from '../support/evaluate';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const expected = JSON.parse(readFileSync(inRoot('test/fixtures/packed.json'), 'utf8')) as Record<string, number[][]>;
const text = readFileSync(inRoot('test/fixtures/packed_model.py'), 'utf8');

async function read(code: string, expression: string, shape: readonly number[]) {
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'm.py': code }),
    file: 'm.py',
    expression,
    inputs: [{ shape, dtype: 'float32' }],
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

/** The outputs of a model that is fed with numbers from −2 to 2. */
function outputsOf(graph: Graph, shape: readonly number[]): number[][] {
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

function assertNear(made: readonly number[], right: readonly number[]): void {
  assert.equal(made.length, right.length);
  for (const [at, each] of made.entries())
    assert.ok(Math.abs(each - (right[at] ?? Number.NaN)) < 3e-5, `${at}: ${each}`);
}

describe('sequences of different lengths, against PyTorch', () => {
  for (const [expression, outputs] of Object.entries(expected)) {
    it(expression, async () => {
      const graph = await read(text, expression, [3, 4, 2]);
      for (const [i, made] of outputsOf(graph, [3, 4, 2]).entries()) assertNear(made, outputs[i] ?? []);
    });
  }

  it('fill the tensor where only the run knows their lengths, and a note says so', async () => {
    const graph = await read(
      text.replace('[4, 2, 1] if self.enforce else torch.tensor([2, 4, 2])', '(x.sum((1, 2)) > 0) + 3'),
      "Net('LSTM', False)",
      [3, 4, 2],
    );
    assert.ok(graph.notes.some(({ message }) => message.includes('all fill the tensor')));
  });
});

describe('spectra and back, against PyTorch', () => {
  const spectra = JSON.parse(readFileSync(inRoot('test/fixtures/istft.json'), 'utf8')) as Record<string, number[]>;
  const model = readFileSync(inRoot('test/fixtures/istft_model.py'), 'utf8');
  for (const [expression, output] of Object.entries(spectra)) {
    it(expression, async () => {
      const [made] = outputsOf(await read(model, expression, [2, 48]), [2, 48]);
      assertNear(made ?? [], output);
    });
  }
});
