import assert from 'node:assert/strict';
import { findActivation } from '../../src/activations/catalogue';
import { withGain } from '../../src/graph/gain';
import { initialValues } from '../../src/graph/initialise';
import { trainingGraph } from '../../src/graph/train';
import type { Graph, Op } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { graphOf } from '../../src/tfjs/graph';
import type { Tape } from '../../src/tfjs/outcome';
import { evaluate } from '../support/evaluate/index';
import { Guest } from '../support/tfjs/guest';

describe('the graph of a TensorFlow.js model', () => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.make();
  });

  const read = (make: string, batch = 2): Graph => graphOf(guest.record(make, batch) as Tape);
  const sequential = (...layers: readonly string[]) =>
    read(
      `(tf) => ({ inputs: [], target: tf.sequential({ layers: [${layers.map((layer) => `tf.layers.${layer}`).join(', ')}] }) })`,
    );
  const kinds = (graph: Graph) => graph.nodes.map(({ op }) => op.kind);
  const ops = <K extends Op['kind']>(graph: Graph, kind: K) =>
    graph.nodes.flatMap(({ op }) => (op.kind === kind ? [op as Extract<Op, { kind: K }>] : []));
  const count = (graph: Graph, kind: Op['kind']) => ops(graph, kind).length;

  it('moves the channels once in and once out, however long the chain', () => {
    const graph = sequential(
      "conv2d({ inputShape: [16, 16, 3], filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' })",
      'batchNormalization()',
      'leakyReLU({})',
      'maxPooling2d({ poolSize: 2 })',
      "depthwiseConv2d({ kernelSize: 3, padding: 'same' })",
      'globalAveragePooling2d({})',
      'dense({ units: 2 })',
    );
    const data = graph.nodes.filter(
      ({ op, inputs }) => op.kind === 'permute' && !graph.storages.some(({ value }) => value === inputs[0]),
    );
    assert.equal(data.length, 1);
  });

  it('keeps storages as the library has them, by name and shape', () => {
    const graph = sequential(
      "conv2d({ name: 'c', inputShape: [8, 8, 3], filters: 4, kernelSize: [3, 2] })",
      'flatten({})',
      "dense({ name: 'd', units: 5 })",
    );
    assert.deepEqual(
      graph.state.map(({ name, storage }) => [name, graph.storages[storage]?.type.shape]),
      [
        ['c/kernel', [3, 2, 3, 4]],
        ['c/bias', [4]],
        ['d/kernel', [168, 5]],
        ['d/bias', [5]],
      ],
    );
    assert.deepEqual(
      graph.state.map(({ storage }) => graph.storages[storage]?.initialiser.kind),
      ['truncated_normal', 'constant', 'truncated_normal', 'constant'],
    );
  });

  it('has the statistics of Keras: the share that is kept, the biased variance', () => {
    const graph = sequential('batchNormalization({ inputShape: [4] })');
    const [op] = ops(graph, 'batch_norm');
    assert.equal(op?.eps, 1e-3);
    assert.ok(Math.abs((op?.momentum ?? 0) - 0.01) < 1e-12);
    assert.equal(op?.biased, true);
    assert.deepEqual(
      graph.state.map(({ kind }) => kind),
      ['parameter', 'parameter', 'buffer', 'buffer'],
    );
  });

  it('takes an input that only names things for whole numbers', () => {
    const graph = sequential('embedding({ inputDim: 9, outputDim: 2, inputLength: 5 })', 'lstm({ units: 3 })');
    const [input] = graph.inputs;
    assert.equal(graph.values[input?.value ?? -1]?.type.dtype, 'int64');
    assert.deepEqual(
      ops(graph, 'recurrent').map(({ cell, gate, activation, reverse }) => [cell, gate, activation, reverse]),
      [['lstm', 'hard', undefined, false]],
    );
  });

  it('resets a GRU’s state before the product', () => {
    const [op] = ops(sequential('gru({ inputShape: [3, 2], units: 2, recurrentActivation: "sigmoid" })'), 'recurrent');
    assert.deepEqual([op?.cell, op?.gate, op?.resetFirst], ['gru', undefined, true]);
  });

  it('turns a sequence that a layer walks backwards only once', () => {
    const graph = sequential(
      'bidirectional({ inputShape: [4, 2], layer: tf.layers.lstm({ units: 3, returnSequences: true }) })',
    );
    assert.equal(count(graph, 'recurrent'), 2);
    assert.equal(count(graph, 'gather'), 0);
  });

  it('writes out what the catalogue has otherwise, and says what it is', () => {
    const graph = sequential("dense({ inputShape: [3], units: 2, activation: 'hardSigmoid' })");
    const [written] = graph.written ?? [];
    assert.equal(graph.written?.length, 1);
    assert.equal(written?.output, graph.outputs[0]?.value);
  });

  it('finds what the model’s own code writes out', () => {
    const graph = read(`(tf) => {
      const w = tf.variable(tf.zeros([4, 4]));
      return { target: (x) => { const y = x.matMul(w); return y.mul(tf.sigmoid(y)).matMul(w); }, inputs: [{ shape: [null, 4] }] };
    }`);
    assert.deepEqual(
      graph.written?.map(({ op }) => findActivation(op.activation)?.title),
      ['SiLU'],
    );
  });

  it('draws in training what the library draws: masks of a shape, noise, and its own alpha dropout', () => {
    const graph = sequential(
      'dropout({ inputShape: [4, 3], rate: 0.3, noiseShape: [null, 1, 3] })',
      'gaussianNoise({ stddev: 0.2 })',
      'gaussianDropout({ rate: 0.4 })',
      'alphaDropout({ rate: 0.1 })',
    );
    assert.deepEqual(
      ops(graph, 'dropout').map(({ p, variant, mask }) => [p, variant, mask]),
      [
        [0.3, 'element', [2, 1, 3]],
        [0.2, 'noise', undefined],
        [0.4, 'gaussian', undefined],
        [0.1, 'raised', undefined],
      ],
    );
  });

  it('computes with noise what the library’s layers say', () => {
    const alphaP = -1.6732632423543772 * 1.0507009873554805;
    const rate = 0.25;
    const a = ((1 - rate) * (1 + rate * alphaP ** 2)) ** -0.5;
    const b = -a * alphaP * rate;
    const cases: readonly (readonly [string, (x: number, noise: number) => number])[] = [
      ['dropout({ inputShape: [4], rate: 0.25 })', (x, noise) => (noise >= rate ? x / (1 - rate) : 0)],
      ['gaussianNoise({ inputShape: [4], stddev: 0.3 })', (x, noise) => x + noise],
      ['gaussianDropout({ inputShape: [4], rate: 0.25 })', (x, noise) => x * noise],
      [
        'alphaDropout({ inputShape: [4], rate: 0.25 })',
        (x, noise) => {
          const kept = Number(noise >= rate);
          return (x * kept + (kept - 1) * alphaP) * a + b;
        },
      ],
    ];
    for (const [layer, formula] of cases) {
      const graph = trainingGraph(sequential(layer));
      const [x, noise] = [
        [1, -2, 0.5, 3, -1, 0.1, 2, -0.7],
        [0.9, 0.1, 0.3, 0.2, 0.26, 0.8, 0.24, 0.5],
      ];
      const dense = (data: readonly number[]) => ({ shape: [2, 4], data: Float64Array.from(data) });
      const known = new Map([[graph.inputs[0]?.value ?? -1, dense(x ?? [])]]);
      for (const storage of graph.noise) known.set(graph.storages[storage]?.value ?? -1, dense(noise ?? []));
      evaluate(graph, known);
      const found = known.get(graph.outputs[0]?.value ?? -1)?.data ?? [];
      assert.equal(graph.noise.length, 1);
      x?.forEach((each, i) => {
        assert.ok(Math.abs(Number(found[i]) - formula(each, Number(noise?.[i]))) < 1e-6, layer);
      });
    }
  });

  it('merges a bias that stands behind its product', () => {
    const graph = read(`(tf) => {
      const [w, b] = [tf.variable(tf.zeros([3, 4])), tf.variable(tf.zeros([4]))];
      return { target: (x) => x.matMul(w).add(b).relu(), inputs: [{ shape: [null, 3] }] };
    }`);
    assert.deepEqual(kinds(graph), ['permute', 'linear', 'activation']);
    assert.ok(graph.nodes[1]?.inputs[2] !== null);
  });

  it('multiplies with a stored weight as it is', () => {
    const graph = sequential('dense({ inputShape: [3], units: 2 })', "dense({ units: 1, activation: 'relu' })");
    const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs' });
    assert.deepEqual(
      lowered.nodes.map(({ opType }) => opType),
      ['Gemm', 'Gemm', 'Relu'],
    );
  });

  it('draws a weight anew by the fan of the layer that reads it', () => {
    const graph = sequential("conv2d({ inputShape: [8, 8, 5], filters: 7, kernelSize: 3, activation: 'relu' })");
    const outputs = graph.nodes.flatMap(({ op, outputs }) => (op.kind === 'activation' ? outputs : []));
    const [storage] = withGain(graph, outputs, () => 1).storages;
    assert.deepEqual(storage?.initialiser, { kind: 'normal', mean: 0, deviation: 1 / Math.sqrt(5 * 3 * 3) });
  });

  it('begins with orthonormal rows or columns, whichever are fewer', () => {
    for (const shape of [
      [6, 4],
      [4, 6],
      [2, 3, 4],
    ]) {
      const graph = read(`(tf) => {
        const w = tf.variable(tf.initializers.orthogonal({ gain: 2 }).apply(${JSON.stringify(shape)}));
        return { target: (x) => x.add(w), inputs: [{ shape: ${JSON.stringify(shape)} }] };
      }`);
      const [storage] = graph.storages;
      assert.ok(storage);
      const values = initialValues(storage, 0, 0);
      const columns = shape.at(-1) ?? 1;
      const rows = values.length / columns;
      const at = (row: number, column: number) => Number(values[row * columns + column]);
      const [few, many] = [Math.min(rows, columns), Math.max(rows, columns)];
      const vector = (i: number) => Array.from({ length: many }, (_, j) => (rows < columns ? at(i, j) : at(j, i)));
      for (let i = 0; i < few; i++) {
        for (let j = 0; j <= i; j++) {
          const product = vector(i).reduce((sum, each, k) => sum + each * Number(vector(j)[k]), 0);
          assert.ok(Math.abs(product - (i === j ? 4 : 0)) < 1e-5);
        }
      }
    }
  });

  it('begins with what steps make of draws, the same for each reading', () => {
    const make = `(tf) => {
      const w = tf.variable(tf.randomUniform([50, 40], 1, 2).mul(0.1).neg());
      return { target: (x) => x.matMul(w), inputs: [{ shape: [null, 50] }] };
    }`;
    const values = [read(make), read(make)].map(({ storages: [storage] }) => {
      assert.ok(storage);
      return Array.from(initialValues(storage, 0, 7));
    });
    assert.deepEqual(values[0], values[1]);
    const [first = []] = values;
    assert.ok(first.every((each) => each <= -0.1 && each >= -0.2));
    assert.ok(new Set(first).size > 1000);
  });

  it('draws anew what the model draws while it runs', () => {
    const graph = read(
      '(tf) => ({ target: (x) => x.add(tf.randomNormal([2, 3], 1, 0.5)), inputs: [{ shape: [2, 3] }] })',
    );
    assert.deepEqual(
      graph.storages.map(({ redrawn, trainable, initialiser }) => [redrawn, trainable, initialiser]),
      [[true, false, { kind: 'normal', mean: 1, deviation: 0.5 }]],
    );
  });

  it('names what it can’t hold, the layer and the way out', () => {
    const make = `(tf) => ({ inputs: [], target: tf.sequential({ layers: [
      tf.layers.lstm({ name: 'memory', inputShape: [3, 2], units: 2, activation: 'softmax' }) ] }) })`;
    assert.throws(() => read(make), {
      name: 'TapeRefusal',
      message:
        "LSTM (memory) can't be read: its cells have the activation softmax, which a recurrent layer of a graph has not. Leave it out of the model that is compared.",
    });
  });

  it('notes where a gradient of the user’s own is not read', () => {
    const graph = read(`(tf) => {
      const straight = tf.customGrad((x) => ({ value: tf.step(x), gradFunc: (dy) => dy }));
      return { target: (x) => straight(x), inputs: [{ shape: [3] }] };
    }`);
    assert.equal(graph.notes.length, 1);
  });
});
