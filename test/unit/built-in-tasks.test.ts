import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { heldBatches, trainingBatches, validationBatches } from '../../src/compare/learning';
import { defaultLearning } from '../../src/compare/report';
import { chanceOf } from '../../src/data/chance';
import { proceduralData } from '../../src/data/procedural';
import { taskOf } from '../../src/data/taskOf';
import type { InputSpec } from '../../src/extract/spec';
import type { Distance } from '../../src/graph/losses';
import { adamw } from '../../src/graph/optimise';
import { measuredBatch } from '../../src/graph/readings';
import { trainReported } from '../../src/run/learner';
import type { Runtime } from '../../src/run/runtime';
import { DeviceData, Trainer } from '../../src/run/trainer';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { readText } from '../support/readText';

const image = (channels: number): InputSpec[] => [{ dtype: 'float32', shape: [1, channels, 16, 16] }];

/** Models of each kind; images are small ones, so that the test is quick. */
const models: readonly (readonly [file: string, inputs?: readonly InputSpec[]])[] = [
  ['samples/mlp.py'],
  ['samples/vit.py'],
  ['samples/resnet.py', image(3)],
  ['test/fixtures/tasks/gpt.py'],
  ['test/fixtures/tasks/nanogpt.py'],
  ['test/fixtures/tasks/bert.py'],
  ['test/fixtures/tasks/unet.py', image(1)],
  ['test/fixtures/tasks/lstm.py'],
  ['test/fixtures/tasks/autoencoder.py'],
  ['test/fixtures/tasks/vae.py'],
  ['test/fixtures/tasks/regression.py'],
];

describe('built-in data', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const [file, inputs] of models)
    it(`teaches ${file} clearly more than chance in the steps of the usual plan`, async function () {
      this.timeout(180_000);
      const text = readFileSync(inRoot(...file.split('/')), 'utf8');
      const { extraction, batched } = await readText(text, inputs);
      const graph = measuredBatch(extraction.graph, batched);
      const task = taskOf(graph);
      const [train, validation, held] = [trainingBatches, validationBatches, heldBatches].map((count) => 16 * count);
      assert.ok(train && validation && held);
      const data = proceduralData(graph, task, { train, validation, held, seed: 0, text });
      const device = new DeviceData(runtime, data);
      const trainer = await Trainer.compile(runtime, { batched: graph, trained: graph }, task, adamw);
      const { steps, rates } = defaultLearning;
      const rate = rates[1] ?? Number.NaN;
      const run = trainer.start(1, rate, device, [], steps);
      const signal = new AbortController().signal;
      const { held: told } = await trainReported(run, { seed: 1, rate, steps, samples: train, signal });
      const { loss, learntBelow } = chanceOf(task, data, data.held);
      const last = told.at(-1)?.loss ?? Number.NaN;
      assert.ok(last < learntBelow, `${last}; chance: ${loss}`);
      run.free();
      await trainer.release();
      device.free();
    });
});

describe('chance', () => {
  const column = (data: Float32Array | Int32Array, dtype: 'float32' | 'int64') => ({
    type: { dtype, shape: [data.length] },
    data,
  });
  const samples = (data: Float32Array | Int32Array, dtype: 'float32' | 'int64' = 'float32') => ({
    count: data.length,
    inputs: [],
    target: column(data, dtype),
  });

  it('is the loss of the best constant answer', () => {
    const even = samples(
      Int32Array.from({ length: 100 }, (_, i) => i % 4),
      'int64',
    );
    const { loss } = chanceOf({ kind: 'classes', classes: 4 }, { train: even }, even);
    assert.ok(Math.abs(loss - Math.log(4)) < 1e-9);
    const numbers = samples(Float32Array.from([1, 3, 1, 3]));
    assert.equal(chanceOf({ kind: 'numbers' }, { train: numbers }, numbers).loss, 1);
    // The middle one for absolute differences, between it and the mean where small ones are squared.
    const skewed = samples(Float32Array.from([0, 0, 1, 1, 9]));
    const at = (distance: Distance) => chanceOf({ kind: 'numbers', distance }, { train: skewed }, skewed).loss;
    assert.ok(Math.abs(at({ kind: 'l1' }) - 2) < 1e-4);
    const huber = (answer: number) =>
      [0, 0, 1, 1, 9].reduce(
        (sum, x) => sum + (Math.abs(x - answer) < 2 ? (x - answer) ** 2 / 2 : 2 * (Math.abs(x - answer) - 1)),
        0,
      ) / 5;
    assert.ok(Math.abs(at({ kind: 'huber', delta: 2 }) - huber(1)) < 1e-4);
    assert.ok(Math.abs(at({ kind: 'smooth_l1', beta: 2 }) - huber(1) / 2) < 1e-4);
    const yes = samples(Float32Array.from([1, 1, 1, 0]));
    const quarter = chanceOf({ kind: 'binary', probabilities: false }, { train: yes }, yes).loss;
    assert.ok(Math.abs(quarter + 0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) < 1e-6);
  });

  it('leaves out what is not asked for', () => {
    const masked = samples(Int32Array.from([-100, 2, -100, 2, 1, 1]), 'int64');
    const { loss } = chanceOf({ kind: 'maskedTokens', vocabulary: 3 }, { train: masked }, masked);
    const total = 4.5;
    assert.ok(Math.abs(loss + Math.log(2 / total)) < 1e-9, `${loss}`);
  });

  it('is told from what there is to learn, where targets lie between yes and no', () => {
    const soft = samples(Float32Array.from([0.4, 0.6, 0.4, 0.6]));
    const { loss, learntBelow } = chanceOf({ kind: 'reconstruction', entropy: 'logits' }, { train: soft }, soft);
    const entropy = -0.4 * Math.log(0.4) - 0.6 * Math.log(0.6);
    assert.ok(Math.abs(learntBelow - (loss - 0.05 * (loss - entropy))) < 1e-6);
  });
});
