import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { trainingGraph } from '../../src/graph/train';
import { ShapeError } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, type ModelCase } from '../support/modelCases';
import { relativeError } from '../support/ops';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { ruledWeight } from '../support/rule';
import { runTraining } from '../support/runTraining';

type Sampled = ModelCase['outputs'][number];

interface TrainingCase extends Pick<ModelCase, 'file' | 'expression' | 'inputs' | 'outputs'> {
  readonly buffers: Readonly<Record<string, Sampled>>;
}

const cases = JSON.parse(readFileSync(inRoot('test/fixtures/training/expected.json'), 'utf8')) as TrainingCase[];

describe('training mode, against PyTorch', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of cases) {
    it(one.expression, async () => {
      const extraction = await extractCase(one, true);
      assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
      const { outputs, buffers } = await runTraining(runtime, extraction.graph, one.inputs);
      assert.equal(outputs.length, one.outputs.length);
      for (const [i, { step, data }] of one.outputs.entries()) {
        const sampled = Array.from(outputs[i] ?? []).filter((_, at) => at % step === 0);
        assert.ok(relativeError(sampled, data) <= 2e-6, `output ${i}: ${relativeError(sampled, data)}`);
      }
      for (const [name, written] of buffers) {
        const expected = one.buffers[name]?.data ?? [];
        const error = relativeError(Array.from(written, Number), expected);
        assert.ok(error <= 2e-6, `${name}: ${error}`);
      }
      // What no step writes to is what it was.
      for (const [name, { shape, data }] of Object.entries(one.buffers)) {
        if (buffers.has(name)) continue;
        const before = name.endsWith('num_batches_tracked') ? [0] : Array.from(ruledWeight(name, shape));
        assert.ok(relativeError(before, data) <= 2e-6, `${name} is written by PyTorch`);
      }
    });
  }

  it('one value per channel is refused in PyTorch’s words', async () => {
    const [vectors] = cases.filter(({ expression }) => expression === 'Vectors()');
    assert.ok(vectors);
    const one = { ...vectors, inputs: [{ shape: [1, 5], dtype: 'float32' as const }] };
    const refused = await extractCase(one, true);
    assert.match(
      refused.ok ? '' : refused.problem.message,
      /Expected more than 1 value per channel when training, got input size torch\.Size\(\[1, 7\]\)/,
    );
    const extraction = await extractCase(one);
    assert.ok(extraction.ok);
    assert.throws(
      () => trainingGraph(extraction.graph),
      (error: unknown) => {
        assert.ok(error instanceof ShapeError);
        assert.match(error.message, /Expected more than 1 value per channel when training, got input size \[1, 7\]/);
        return true;
      },
    );
  });
});
