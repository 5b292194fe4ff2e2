import assert from 'node:assert/strict';
import { describe as describeModel } from '../../src/cli/extract';
import { CliError } from '../../src/cli/host';
import { parseTarget } from '../../src/cli/model';
import { printReport } from '../../src/cli/reportTables';
import { defaultPlan } from '../../src/compare/plan';
import { runExperiment } from '../../src/run/runExperiment';
import { smallCnn } from '../support/models';
import { wasmRuntime } from '../support/ort';

describe('FILE[:EXPR]', () => {
  it('is split at the colon behind the file', () => {
    assert.deepEqual(parseTarget('model.py'), { file: 'model.py' });
    assert.deepEqual(parseTarget('a/model.py:ResNet'), { file: 'a/model.py', expression: 'ResNet' });
    assert.deepEqual(parseTarget('C:\\m\\vit.py:ViT(name="a:b.py:c")'), {
      file: 'C:\\m\\vit.py',
      expression: 'ViT(name="a:b.py:c")',
    });
    assert.throws(() => parseTarget('model.txt'), CliError);
  });
});

describe('extract', () => {
  it('tells the model as JSON, lines and columns from 1', () => {
    const model = describeModel({ graph: smallCnn(), file: 'cnn.py', expression: 'SmallCnn()', milliseconds: 3 });
    assert.deepEqual(model.inputs, [{ name: 'x', dtype: 'float32', shape: [2, 3, 12, 12] }]);
    assert.deepEqual(model.outputs, [{ name: 'y', dtype: 'float32', shape: [2, 12] }]);
    assert.deepEqual(model.tensors[0], { name: 'blocks.0.conv.weight', shape: [8, 3, 3, 3] });
    assert.equal(model.tensors.length, 16);
    const trainable = 8 * 27 + 8 + 8 + 8 + 12 * 72 + 12 + 12 + 12 + 2 * (144 + 12);
    assert.equal(model.parameters, trainable);
    assert.deepEqual(model.activations[0], {
      path: 'blocks.0.act',
      activation: 'relu',
      parameters: {},
      file: 'cnn.py',
      line: 11,
      column: 9,
    });
    assert.deepEqual(
      model.activations.map(({ activation }) => activation),
      ['relu', 'relu', 'relu', 'relu', 'softmax'],
    );
  });
});

describe('compare', () => {
  it('prints ratios with their intervals, where it ran, and what is not separable', async function () {
    this.timeout(240_000);
    const graph = smallCnn();
    const runtime = await wasmRuntime();
    const plan = { ...defaultPlan(graph, ['gelu', 'prelu'], { budget: 10_000 }), rounds: 12, seeds: 2 };
    const report = await runExperiment(
      { graph, file: 'cnn.py', plan },
      runtime,
      () => {},
      new AbortController().signal,
    );
    const lines = printReport(report);
    assert.match(lines[0] ?? '', /^SmallCnn in cnn\.py, input 2×3×12×12, /);
    assert.match(lines[1] ?? '', /WASM on the CPU, 1 thread/);
    assert.match(lines[3] ?? '', /^Cost: forward pass +time +against as written/);
    assert.match(lines[4] ?? '', /^ReLU \(as written\) .* ms \(.* baseline/);
    assert.match(lines[5] ?? '', /^GELU .*×[\d.]+ \(\d.* to \d.*\)/);
    assert.match(lines[6] ?? '', /^PReLU .*\+4/);
    for (const title of ['Signal', 'Gradient', 'Compression to 8 bits', 'Drift'])
      assert.ok(
        lines.some((line) => line.startsWith(title)),
        title,
      );
    const hurried = await runExperiment(
      { graph, file: 'cnn.py', plan: { ...plan, rounds: 2 } },
      runtime,
      () => {},
      new AbortController().signal,
    );
    await runtime.dispose();
    assert.match(printReport(hurried)[5] ?? '', /^GELU +[\d.]+ ms +×[\d.]+ in 2 rounds: too few to tell/);
  });
});
