import assert from 'node:assert/strict';
import type { Graph } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { wasmRuntime } from '../support/ort';
import {
  expectedData,
  extractSnippet,
  knownOutput,
  runSnippet,
  type TensorCase,
  tensorCases,
} from '../support/tensorCases';

const { rule, cases } = tensorCases();
const input = Array.from({ length: 24 }, (_, i) => (((i * 7) % 11) - 5) / 4);

async function graphOf(one: TensorCase, made?: string): Promise<Graph> {
  const extraction = await extractSnippet(one.code, made);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  const [output] = extraction.graph.outputs;
  const type = extraction.graph.values[output?.value ?? -1]?.type;
  const { shape, dtype } = one.result;
  assert.deepEqual(type, { shape, dtype });
  return extraction.graph;
}

function near(actual: readonly number[], one: TensorCase): void {
  const expected = expectedData(one);
  const same =
    actual.length === expected.length &&
    expected.every((value, i) => {
      const found = actual[i] ?? Number.NaN;
      return found === value || Math.abs(found - value) <= 2e-6 * Math.max(1, Math.abs(value));
    });
  assert.ok(same, `${actual.join(' ')} instead of ${expected.join(' ')}`);
}

describe('tensors and their functions, against PyTorch', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of cases) {
    it(one.code, async () => {
      const graph = await graphOf(one);
      near(await runSnippet(runtime, graph, input), one);
      const data = knownOutput(await graphOf(one, rule));
      if (data) near(data, one);
    });
  }
});
