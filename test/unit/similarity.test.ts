import assert from 'node:assert/strict';
import { Random } from '../../src/compare/random';
import { taskOf } from '../../src/data/taskOf';
import { GraphBuilder } from '../../src/graph/builder';
import type { Graph, TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { similarity } from '../../src/run/measures/similarity';
import type { Runtime } from '../../src/run/runtime';
import { stepGraph } from '../../src/run/trainingPass';
import { wasmRuntime } from '../support/ort';

/** Activations one after the other, with a linear layer before each where a width is given. */
function chain(shape: readonly number[], activations: readonly string[], width?: number): Graph {
  const builder = new GraphBuilder();
  const x = builder.input({ dtype: 'float32', shape });
  let y = x;
  for (const activation of activations) {
    if (width !== undefined) {
      const columns = builder.type(y).shape.at(-1) ?? 0;
      const initialiser = { kind: 'normal', mean: 0, deviation: Math.sqrt(2 / columns) } as const;
      const storage = builder.storage({ dtype: 'float32', shape: [width, columns] }, true, initialiser);
      y = builder.emit1({ kind: 'linear' }, y, builder.storageAt(storage).value, null);
    }
    y = builder.emit1({ kind: 'activation', activation, parameters: {} }, y);
  }
  const state: [] = [];
  return builder.finish({ name: 'M', inputs: [{ name: 'x', value: x }], outputs: [{ name: 'y', value: y }], state });
}

/** Mean cosine of all pairs of rows, straight from the definition. */
function meanCosine(rows: readonly (readonly number[])[]): number {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  const cosines = rows.flatMap((a, i) =>
    rows.slice(i + 1).map((b) => dot(a, b) / Math.sqrt(dot(a, a)) / Math.sqrt(dot(b, b))),
  );
  return cosines.reduce((sum, each) => sum + each, 0) / cosines.length;
}

describe('similarity', function () {
  this.timeout(60_000);
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  const normal = (count: number, seed: number): Float32Array => {
    const random = new Random(seed);
    return Float32Array.from({ length: count }, () => random.normal());
  };

  async function measure(graph: Graph, data: TensorData, hidden = graph.nodes.map((_, i) => i)) {
    const about = { task: taskOf(graph), device: 'wasm', title: 'M', hidden: new Set(hidden) } as const;
    const { graph: step, read } = stepGraph(graph, 'training', [similarity], about);
    const lowered = lower(step, { mode: 'evaluation', weights: 'constant', device: 'wasm' });
    const weights = step.storages.map(({ type, initialiser }, i) => {
      assert.ok(initialiser.kind === 'normal');
      const { deviation } = initialiser;
      return normal(
        type.shape.reduce((product, size) => product * size, 1),
        i + 1,
      ).map((w) => w * deviation);
    });
    const session = await runtime.createSession(encodeModel(lowered, weights), 'plain');
    const [value] = lowered.inputs;
    assert.ok(value);
    try {
      const { samples, layers } = read(await session.run(runtime.feeds([{ value, data }])));
      return { score: samples.similarity, layers: layers?.similarity };
    } finally {
      await session.release();
    }
  }

  for (const shape of [
    [2, 9],
    [5, 7],
    [4, 3, 6],
    [3, 4, 5, 2],
  ]) {
    it(`is the mean cosine of all pairs of samples: ${shape.join('×')}`, async () => {
      const [batch = 0, ...sizes] = shape;
      const count = sizes.reduce((product, size) => product * size, 1);
      const data = normal(batch * count, 7);
      const rows = Array.from({ length: batch }, (_, i) => Array.from(data.slice(i * count, (i + 1) * count)));
      for (const [activation, f] of [
        ['relu', (x: number) => Math.max(0, x)],
        ['tanh', Math.tanh],
      ] as const) {
        const { score } = await measure(chain(shape, [activation]), data);
        const wanted = meanCosine(rows.map((row) => row.map(f)));
        assert.ok(score !== undefined && Math.abs(score - wanted) < 1e-5, `${activation}: ${score}, not ${wanted}`);
      }
    });
  }

  it('does not depend on the size of the signal', async () => {
    const data = normal(4 * 6, 3);
    const { score: wanted } = await measure(chain([4, 6], ['relu']), data);
    for (const factor of [1e-25, 1e-12, 1e12, 1e25]) {
      const { score } = await measure(
        chain([4, 6], ['relu']),
        data.map((x) => x * factor),
      );
      assert.ok(Math.abs((score ?? 0) - (wanted ?? 1)) < 1e-5, `${factor}: ${score}, not ${wanted}`);
    }
  });

  it("follows the arc-cosine kernel in a wide model with ReLU (Cho and Saul 2009), and stays 0 with tanh's odd function", async () => {
    const kernel = (c: number) => (Math.sqrt(1 - c * c) + (Math.PI - Math.acos(c)) * c) / Math.PI;
    const data = normal(8 * 1024, 5);
    const relu = await measure(chain([8, 1024], ['relu', 'relu', 'relu'], 1024), data);
    let wanted = 0;
    for (const layer of relu.layers ?? []) {
      wanted = kernel(wanted);
      assert.ok(Math.abs(layer.similarity - wanted) < 0.02, `${layer.index}: ${layer.similarity}, not ${wanted}`);
    }
    assert.equal(relu.score, relu.layers?.[2]?.similarity);
    const tanh = await measure(chain([8, 1024], ['tanh', 'tanh', 'tanh'], 1024), data);
    assert.ok(Math.abs(tanh.score ?? 1) < 0.02, `${tanh.score}`);
  });

  it('leaves out samples that are zero everywhere, and is not told of fewer than two', async () => {
    const data = Float32Array.from([3, 4, -1, -1, 4, 3, -5, -6]);
    const { score } = await measure(chain([4, 2], ['relu']), data);
    assert.ok(Math.abs((score ?? 0) - 24 / 25) < 1e-5, `${score}`);
    assert.deepEqual(await measure(chain([2, 2], ['relu']), data.slice(0, 4)), { score: undefined, layers: undefined });
    assert.deepEqual(await measure(chain([1, 2], ['relu']), data.slice(0, 2)), { score: undefined, layers: undefined });
  });

  it('is that of the last layer that counts and has a row for each sample', async () => {
    const data = normal(4 * 6, 3);
    const graph = chain([4, 6], ['relu', 'sigmoid', 'tanh']);
    const { layers, score } = await measure(graph, data, [0, 1]);
    assert.equal(layers?.length, 3);
    assert.equal(score, layers[1]?.similarity);
    const builder = GraphBuilder.from(graph);
    const [last] = graph.outputs;
    assert.ok(last);
    const folded = builder.emit1({ kind: 'reshape', shape: [2, 12] }, last.value);
    const end = builder.emit1({ kind: 'activation', activation: 'relu', parameters: {} }, folded);
    const longer = builder.finish({ name: 'M', inputs: graph.inputs, outputs: [{ name: 'y', value: end }], state: [] });
    const found = await measure(longer, data, [0, 1, 2, 3]);
    assert.equal(found.layers?.length, 3);
    assert.equal(found.score, found.layers[2]?.similarity);
  });
});
