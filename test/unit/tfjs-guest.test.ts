import assert from 'node:assert/strict';
import * as core from '@tensorflow/tfjs-core';
import type { OpenShapes, Tape } from '../../src/tfjs/outcome';
import { Guest } from '../support/tfjs/guest';
import { layerCases, layerDraws } from '../support/tfjs/layerCases';

describe('the guest that records TensorFlow.js', () => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.make();
  });

  const tape = (make: string, batch = 2): Tape => {
    const outcome = guest.record(make, batch);
    assert.equal(outcome.kind, 'tape');
    return outcome as Tape;
  };
  const shapes = ({ tensors, outputs }: Tape) => outputs.map((output) => tensors[output.tensor]?.shape);
  const steps = (recorded: Tape) => recorded.steps.map(({ kind, name, path, call }) => [kind, name, path, call]);

  it('knows the shape of what every kernel of tfjs-core returns, or refuses it by name', () => {
    // `kernel_names` are constants that hold their own names; the optimisers and errors are none of them.
    const names = Object.entries(core).flatMap(([key, value]) => (key === value ? [key] : []));
    const read = new Set(guest.evaluate('guest.kernelsRead') as string[]);
    assert.ok(names.length > 150);
    assert.deepEqual(
      names.filter((name) => !read.has(name)),
      [],
    );
  });

  it('records layers, kernels and activations with their paths', () => {
    const recorded = tape(`(tf) => ({ inputs: [], target: tf.sequential({ layers: [
      tf.layers.conv2d({ name: 'conv', inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu' }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({ name: 'out', units: 5, activation: 'softmax' }),
    ] }) })`);
    assert.deepEqual(steps(recorded), [
      ['kernel', 'FusedConv2D', 'conv', 0],
      ['activation', 'relu', 'conv', 0],
      ['layer', 'BatchNormalization', 'norm', 0],
      ['kernel', 'Reshape', 'flat', 0],
      ['layer', 'Dense', 'out', 0],
      ['activation', 'softmax', 'out', 0],
    ]);
    assert.deepEqual(shapes(recorded), [[2, 5]]);
    assert.deepEqual(
      recorded.weights.map(({ name, path, trainable }) => [name, path, trainable]),
      [
        ['conv/kernel', 'conv', true],
        ['conv/bias', 'conv', true],
        ['norm/gamma', 'norm', true],
        ['norm/beta', 'norm', true],
        ['out/kernel', 'out', true],
        ['out/bias', 'out', true],
        ['norm/moving_mean', 'norm', false],
        ['norm/moving_variance', 'norm', false],
      ],
    );
    assert.deepEqual(recorded.parameters, { total: 112 + 16 + 725, trainable: 112 + 8 + 725 });
    assert.deepEqual(
      recorded.layers.map(({ path, className, outputShape }) => [path, className, outputShape]),
      [
        ['conv', 'Conv2D', [null, 6, 6, 4]],
        ['norm', 'BatchNormalization', [null, 6, 6, 4]],
        ['flat', 'Flatten', [null, 144]],
        ['out', 'Dense', [null, 5]],
      ],
    );
  });

  it('counts the calls of a shared layer', () => {
    const recorded = tape(`(tf) => {
      const x = tf.input({ shape: [3] });
      const shared = tf.layers.dense({ name: 'shared', units: 3 });
      return { inputs: [], target: tf.model({ inputs: x, outputs: shared.apply(shared.apply(x)) }) };
    }`);
    assert.deepEqual(steps(recorded), [
      ['layer', 'Dense', 'shared', 0],
      ['layer', 'Dense', 'shared', 1],
    ]);
  });

  it('builds what would have much data in no time', () => {
    const before = performance.now();
    const recorded = tape(`(tf) => ({ inputs: [], target: tf.sequential({ layers: [
      tf.layers.dense({ inputShape: [25088], units: 4096 }), tf.layers.dense({ units: 4096 }),
      tf.layers.reshape({ targetShape: [8, 512] }), tf.layers.lstm({ units: 1024 }) ] }) })`);
    assert.ok(performance.now() - before < 2000);
    assert.equal(recorded.parameters.total, 25088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * (512 + 1024 + 1));
  });

  it('says which sizes are open', () => {
    const make = `(tf) => ({ inputs: [], target: tf.sequential({ layers: [
      tf.layers.conv2d({ inputShape: [null, null, 3], filters: 1, kernelSize: 3 }) ] }) })`;
    const outcome = guest.record(make, 2) as OpenShapes;
    assert.equal(outcome.kind, 'open-shapes');
    assert.deepEqual(
      outcome.inputs.map(({ shape, dtype }) => [shape, dtype]),
      [[[null, null, null, 3], 'float32']],
    );
    const given = make.replace('inputs: []', 'inputs: [{ shape: [null, 9, 7, 3] }]');
    assert.deepEqual(shapes(tape(given)), [[2, 7, 5, 1]]);
  });

  it('computes small values that programs read, and says of others that they are not known', () => {
    const read = (code: string) => guest.evaluate(code);
    assert.deepEqual(
      read('tf.tidy(() => Array.from(tf.range(0, 6).reshape([2, 3]).transpose().mul(2).dataSync()))'),
      [0, 6, 2, 8, 4, 10],
    );
    assert.deepEqual(read('tf.concat([tf.zeros([1, 2]), tf.ones([1, 2])], 0).sum(1).arraySync()'), [0, 2]);
    assert.deepEqual(read('tf.oneHot(tf.tensor1d([1, 0], "int32"), 3).arraySync()'), [
      [0, 1, 0],
      [1, 0, 0],
    ]);
    assert.throws(() => read('tf.randomNormal([3]).dataSync()'), { name: 'ValueNotKnown' });
    assert.throws(() => tape('(tf) => ({ target: (x) => x.add(x.dataSync()[0]), inputs: [{ shape: [3] }] })'), {
      name: 'ValueNotKnown',
    });
  });

  it('refuses kernels whose result has no shape without data', () => {
    const make = '(tf) => ({ target: (x) => tf.unique(x).values, inputs: [{ shape: [3] }] })';
    assert.throws(() => guest.record(make, 1), { name: 'KernelNotRead', message: /^Unique: / });
  });

  it('refuses a layer that draws the size of what it returns', () => {
    const make = `(tf) => ({
      target: (x) => tf.layers.randomWidth({ factor: 0.5 }).apply(x), inputs: [{ shape: [1, 4, 4, 1] }] })`;
    assert.throws(() => guest.record(make, 1), { name: 'ValueNotKnown' });
  });

  it('reads the topology of a saved model, and names weights as its file does', () => {
    const made = guest.evaluate(`(() => {
      const model = tf.sequential({ layers: [tf.layers.dense({ name: 'first', inputShape: [3], units: 2, activation: 'relu' })] });
      const file = { modelTopology: model.toJSON(null, false), format: 'layers-model' };
      return record(guest.modelOf(file), { batch: 1 });
    })()`) as Tape;
    assert.deepEqual(steps(made), [
      ['layer', 'Dense', 'first', 0],
      ['activation', 'relu', 'first', 0],
    ]);
  });

  it('records how weights begin', () => {
    const recorded = tape(`(tf) => {
      const w = tf.variable(tf.randomNormal([3, 2], 0, 0.5).mul(0.1));
      return { target: (x) => x.matMul(w), inputs: [{ shape: [null, 3] }] };
    }`);
    assert.deepEqual(
      recorded.setup.map(({ name }) => name),
      ['RandomNormal', 'Multiply'],
    );
    assert.equal(recorded.weights[0]?.initial, recorded.setup[1]?.outputs[0]);
    assert.deepEqual(recorded.constants[0]?.values, [Math.fround(0.1)]);
  });

  it('records recurrent layers as one, with their masks, and cells of others step by step', () => {
    const layer = (mask: boolean) => `(tf) => ({ inputs: [], target: tf.sequential({ layers: [
      tf.layers.embedding({ inputDim: 5, outputDim: 2, inputLength: 4, maskZero: ${mask} }), tf.layers.lstm({ units: 3 }) ] }) })`;
    assert.deepEqual(
      tape(layer(false)).steps.map(({ name }) => name),
      ['Embedding', 'LSTM'],
    );
    const masked = tape(layer(true)).steps.at(-1);
    assert.equal(masked?.name, 'LSTM');
    assert.ok(masked.inputs.some(([name]) => name === 'mask'));
    const stacked = `(tf) => ({ inputs: [], target: tf.sequential({ layers: [tf.layers.rnn({ inputShape: [4, 2], cell: [
      tf.layers.lstmCell({ units: 3 }), tf.layers.lstmCell({ units: 2 }) ] }) ] }) })`;
    const names = tape(stacked).steps.map(({ name }) => name);
    assert.ok(!names.includes('LSTM') && names.filter((name) => name === '_FusedMatMul').length === 16);
  });

  it('says whether a model may take other steps in training', () => {
    const own = (members: string, of = 'tf.layers.Layer') => `(tf) => {
      class Own extends ${of} { static className = 'Own'; computeOutputShape(shape) { return shape; } ${members} }
      return { inputs: [], target: tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 3 }),
        new Own({ units: 3, rate: 0.5 })] }) };
    }`;
    const cases: readonly (readonly [make: string, may: boolean])[] = [
      [own('call(x) { return tf.relu(x[0]); }'), false],
      [own('call(x, options) { return options.training ? tf.relu(x[0]) : x[0]; }'), true],
      [own('call(x, { training } = {}) { return training ? tf.relu(x[0]) : x[0]; }'), true],
      [own('call(x) { return arguments[1].training ? tf.relu(x[0]) : x[0]; }'), true],
      [own('call(x) { return this.training ? tf.relu(x[0]) : x[0]; } apply(x, o) { return super.apply(x, o); }'), true],
      [own('', 'tf.layers.dropout({ rate: 0.1 }).constructor'), true],
      ['(tf) => ({ inputs: [{ shape: [3] }], target: (x) => tf.dropout(x, 0.5) })', false],
    ];
    for (const [make, may] of cases) assert.equal(tape(make).mayDependOnTraining, may, make);
  });

  it('takes the same steps of every layer of the library in training', () => {
    for (const { name, make, batch } of layerCases(Object.keys(layerDraws).length * 2, 11)) {
      const [still, training] = [false, true].map((training) => {
        const recorded = guest.record(make, batch, training) as Tape;
        return { ...recorded, name: '' };
      });
      assert.equal(still?.mayDependOnTraining, false, name);
      assert.deepEqual(
        training?.steps.map(({ kind, name, attributes }) => [kind, name, attributes]),
        still?.steps.map(({ kind, name, attributes }) => [kind, name, attributes]),
        name,
      );
    }
  });

  it('says where a gradient of the user’s own takes part', () => {
    const recorded = tape(`(tf) => {
      const straight = tf.customGrad((x) => ({ value: tf.step(x), gradFunc: (dy) => dy }));
      return { target: (x) => straight(x), inputs: [{ shape: [3] }] };
    }`);
    assert.equal(recorded.customGradients.length, 1);
  });
});
