import assert from 'node:assert/strict';
import { defaultParameters, entryOf } from '../../src/activations/catalogue';
import type { Samples } from '../../src/data/dataset';
import { taskOf } from '../../src/data/taskOf';
import { initialise } from '../../src/graph/initialise';
import { swap } from '../../src/graph/swap';
import type { Graph } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { DeviceData, Trainer } from '../../src/run/trainer';
import { smallCnn } from '../support/models';
import { wasmRuntime } from '../support/ort';

/** Images whose class is where they are bright: learnt in a few steps. */
function corners(count: number, size: number, seed: number): Samples {
  const data = new Float32Array(count * 3 * size * size);
  const target = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const label = (n * 7 + seed) % 4;
    target[n] = label;
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) {
          const inside = (y < size / 2 ? 0 : 2) + (x < size / 2 ? 0 : 1) === label;
          data[((n * 3 + c) * size + y) * size + x] =
            (inside ? 1 : -0.3) + 0.2 * Math.sin(n * 131 + c * 17 + y * 5 + x * 3 + seed);
        }
  }
  return {
    count,
    inputs: [{ type: { dtype: 'float32', shape: [count, 3, size, size] }, data }],
    target: { type: { dtype: 'int64', shape: [count] }, data: target },
  };
}

/** The small network without the softmax at its end. */
function model(): Graph {
  const graph = smallCnn(8);
  const last = graph.nodes.at(-1);
  assert.ok(last?.op.kind === 'activation' && last.op.activation === 'softmax');
  return { ...graph, outputs: [{ name: 'logits', value: last.inputs[0] ?? 0 }] };
}

const sizeOf = (graph: Graph) => graph.values[graph.inputs[0]?.value ?? 0]?.type.shape[3] ?? 0;

describe('a trainer on WASM', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  it('learns what can be learnt, the same for the same seed', async function () {
    this.timeout(60_000);
    const graph = model();
    const task = taskOf(graph);
    assert.equal(task.kind, 'classes');
    const size = sizeOf(graph);
    const data = new DeviceData(runtime, {
      train: corners(64, size, 0),
      validation: corners(32, size, 1),
      held: corners(32, size, 1),
    });
    const trainer = await Trainer.compile(runtime, { batched: graph, trained: graph }, task, {
      kind: 'adamw',
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0.01,
    });
    const losses: number[][] = [];
    for (let again = 0; again < 2; again++) {
      const run = trainer.start(1, 1e-2, data);
      const before = await run.evaluate();
      for (let step = 0; step < 80; step++) await run.trainStep((step % 8) * 8);
      const after = await run.evaluate();
      losses.push(await run.trainingLosses());
      assert.ok(after.loss < before.loss * 0.8, `${before.loss} → ${after.loss}`);
      assert.ok((after.accuracy ?? 0) > 0.6, `${after.accuracy}`);
      run.free();
    }
    assert.equal(losses[0]?.length, 80);
    assert.deepEqual(losses[0], losses[1]);
    await trainer.release();
    data.free();
  });

  it('starts every run from the weights that were given, which it leaves as they are', async function () {
    this.timeout(60_000);
    const graph = model();
    const size = sizeOf(graph);
    const data = new DeviceData(runtime, {
      train: corners(16, size, 0),
      validation: corners(16, size, 1),
      held: corners(16, size, 1),
    });
    const trainer = await Trainer.compile(runtime, { batched: graph, trained: graph }, taskOf(graph), {
      kind: 'adamw',
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0.01,
    });
    const given = initialise(graph, 5).map((values, storage) => ({ storage, data: values }));
    const before = given.map((each) => Array.from(each.data));
    const losses: (readonly number[])[] = [];
    // Between two runs that are alike, one at another rate.
    for (const rate of [1e-2, 1e-1, 1e-2]) {
      const run = trainer.start(1, rate, data, given);
      for (let step = 0; step < 6; step++) await run.trainStep((step % 2) * 8);
      losses.push([...(await run.trainingLosses()), (await run.evaluate()).loss]);
      run.free();
    }
    assert.deepEqual(losses[2], losses[0]);
    assert.notDeepEqual(losses[1], losses[0]);
    assert.equal(losses[1]?.[0], losses[0]?.[0]);
    assert.deepEqual(
      given.map((each) => Array.from(each.data)),
      before,
    );
    await trainer.release();
    data.free();
  });

  it('trains what an activation learns', async function () {
    this.timeout(60_000);
    const graph = model();
    const nodes = graph.nodes.flatMap(({ op }, i) => (op.kind === 'activation' && op.activation === 'relu' ? [i] : []));
    for (const entry of [entryOf('snake'), entryOf('xielu')]) {
      const swapped = swap(graph, nodes, entry, defaultParameters(entry));
      const added = swapped.state.filter(({ name }) => !graph.state.some((before) => before.name === name));
      assert.equal(added.length, nodes.length * (entry.learned?.length ?? 0));
      const data = new DeviceData(runtime, {
        train: corners(16, sizeOf(graph), 0),
        validation: corners(16, sizeOf(graph), 1),
        held: corners(16, sizeOf(graph), 1),
      });
      const trainer = await Trainer.compile(runtime, { batched: swapped, trained: swapped }, taskOf(graph), {
        kind: 'sgd',
        momentum: 0,
        weightDecay: 0,
      });
      const trained = new Set(trainer.step.graph.gradients.map(({ storage }) => storage));
      for (const { name, storage } of added) assert.ok(trained.has(storage), name);
      const run = trainer.start(1, 1e-3, data);
      for (let step = 0; step < 3; step++) await run.trainStep(0);
      const [first = 0, , last = Number.NaN] = await run.trainingLosses();
      assert.ok(last < first, `${entry.id}: ${first} → ${last}`);
      run.free();
      await trainer.release();
      data.free();
    }
  });

  it('notices weights that are no numbers any more', async () => {
    const graph = model();
    const size = sizeOf(graph);
    const data = new DeviceData(runtime, {
      train: corners(64, size, 0),
      validation: corners(16, size, 1),
      held: corners(16, size, 1),
    });
    const trainer = await Trainer.compile(runtime, { batched: graph, trained: graph }, taskOf(graph), {
      kind: 'sgd',
      momentum: 0,
      weightDecay: 0,
    });
    const run = trainer.start(1, 1e30, data);
    for (let step = 0; step < 4; step++) await run.trainStep(0);
    assert.ok(Number.isNaN((await run.evaluate()).loss));
    run.free();
    await trainer.release();
    data.free();
  });
});
