import assert from 'node:assert/strict';
import { entryOf } from '../../src/activations/catalogue';
import { hiddenSites, swapSites } from '../../src/compare/sites';
import { describeOnnx } from '../../src/fromOnnx/describe';
import { OnnxError } from '../../src/fromOnnx/errors';
import { isWithin } from '../../src/fromOnnx/external';
import { itemAt } from '../../src/graph/access';
import { storageBefore } from '../../src/graph/gain';
import { initialise } from '../../src/graph/initialise';
import { swap } from '../../src/graph/swap';
import type { Graph, OpKind } from '../../src/graph/types';
import { makersOf } from '../../src/graph/units';
import { lower } from '../../src/lower/lower';
import type { Runtime } from '../../src/run/runtime';
import { computeGraph, differenceOf } from '../support/onnxCases';
import { besideFixtures, onnxBytes, onnxFixtures, readFixture } from '../support/onnxFixtures';
import { runFile, written } from '../support/onnxRoundTrip';
import { wasmRuntime } from '../support/ort';

/** Activations of the module list that the fixtures `named*` export, in its order. */
const named = [
  ...['relu', 'gelu', 'gelu', 'silu', 'mish', 'hardswish', 'leaky_relu', 'selu', 'celu', 'elu', 'relu6', 'softplus'],
  ...['hardsigmoid', 'tanh', 'prelu', 'prelu', 'hardtanh', 'softsign', 'logsigmoid', 'softshrink', 'tanhshrink'],
  'softplus',
];

/** What each fixture holds, where its exporter left it or took it apart. */
const sites: Readonly<Record<string, readonly string[]>> = {
  named,
  named_script: named,
  named_script13: named,
  written: ['silu', 'mish', 'hardswish', 'leaky_relu', 'leaky_relu', 'gelu', 'softplus', 'swish_beta', 'relu'],
  image: ['relu', 'gelu', 'log_softmax'],
  image_script: ['relu', 'gelu', 'log_softmax'],
  image_optimised: ['relu', 'gelu', 'log_softmax'],
  // Its ReLUs are in the bounds of 8 bits.
  image_quantised: ['log_softmax'],
  text: ['gelu'],
  text_script: ['gelu'],
  text_optimised: ['gelu'],
  gated: ['silu'],
  sequences: ['relu', 'relu'],
  sequences_script: [],
  functions: ['silu', 'leaky_relu'],
  control: ['relu', 'elu'],
};

const kinds = (graph: Graph, kind: OpKind): number => graph.nodes.filter(({ op }) => op.kind === kind).length;
const site = (graph: Graph, index: number) => itemAt(swapSites(graph), index);

describe('an .onnx file', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  it('of each kind has its activations listed here', () => {
    assert.deepEqual(
      Object.keys(sites).sort(),
      onnxFixtures()
        .map(({ name }) => name)
        .sort(),
    );
  });

  for (const { name, inputs, outputs } of onnxFixtures()) {
    it(`is read: ${name}`, async () => {
      const graph = await readFixture(name);
      assert.deepEqual(
        graph.inputs.map(({ value }) => [...itemAt(graph.values, value).type.shape]),
        inputs.map(({ shape }) => shape),
      );
      const given = inputs.map(({ data }) => data);
      const ids = graph.outputs.map(({ value }) => value);
      const lowered = await runFile(runtime, written(graph, initialise(graph, 0)), graph, given);
      for (const [i, { data }] of outputs.entries()) {
        // One step of 8 bits is as near as two runtimes come.
        const near = name === 'image_quantised' ? 0.1 : 1e-5;
        assert.equal(differenceOf(itemAt(computeGraph(graph, given, ids), i), data, near, 1e-4), undefined, 'computed');
        assert.equal(differenceOf(itemAt(lowered, i), data, near, 1e-4), undefined, 'as ONNX again');
      }
      assert.deepEqual(
        swapSites(graph).map(({ activation }) => activation),
        sites[name],
      );
    });
  }

  it('can be lowered for a GPU, as it is and swapped', async () => {
    for (const { name } of onnxFixtures()) {
      const graph = await readFixture(name);
      const sites = swapSites(graph).filter(({ kept }) => kept === undefined);
      const swapped = swap(
        graph,
        sites.flatMap(({ nodes }) => nodes),
        entryOf('mish'),
        {},
      );
      assert.equal(
        swapSites(swapped).filter(({ activation }) => activation === 'mish').length >= Math.min(sites.length, 1),
        true,
      );
      for (const each of [graph, swapped]) {
        const lowered = lower(each, { mode: 'evaluation', weights: 'inputs', device: 'webgpu' });
        assert.ok(lowered.nodes.length > 0, name);
      }
    }
  });

  it('keeps the parameters of what it holds', async () => {
    for (const name of ['named', 'named_script', 'named_script13']) {
      const graph = await readFixture(name);
      assert.equal(site(graph, 2).parameters.approximate, 'tanh', name);
      assert.equal(site(graph, 6).parameters.negative_slope, 0.2, name);
      assert.equal(site(graph, 8).parameters.alpha, 1.5, name);
      assert.equal(site(graph, 9).parameters.alpha, 0.7, name);
      assert.equal(site(graph, 21).parameters.beta, 2, name);
      assert.equal(hiddenSites(graph).length, 21, name);
    }
    const graph = await readFixture('written');
    assert.deepEqual(
      [3, 4].map((i) => site(graph, i).parameters.negative_slope),
      [0.1, 0.3],
    );
  });

  it('has the paths that its exporter names', async () => {
    const paths = async (name: string) => swapSites(await readFixture(name)).flatMap((each) => each.paths);
    assert.deepEqual(
      await paths('named'),
      named.map((_, i) => `acts.${i}`),
    );
    assert.deepEqual((await paths('named_script')).slice(0, 2), ['/acts.0/Relu', '/acts.1/Mul_1']);
    assert.deepEqual(await paths('text'), ['encoder.layers.0.gelu']);
    assert.deepEqual(await paths('functions'), ['first/Swish_0/Mul_0', 'bend/LeakyRelu_0']);
    assert.deepEqual(await paths('control'), ['choose/act', 'repeat/act']);
  });

  it('has layers where its exporter wrote their parts', async () => {
    const text = await readFixture('text');
    assert.deepEqual([kinds(text, 'layer_norm'), kinds(text, 'attention'), kinds(text, 'embedding')], [3, 1, 1]);
    assert.equal(kinds(text, 'matmul'), 0);
    const old = await readFixture('named_script13');
    assert.equal(kinds(old, 'linear'), named.length);
    assert.equal(kinds(await readFixture('image'), 'batch_norm'), 1);
    assert.equal(kinds(await readFixture('sequences_script'), 'recurrent'), 6);
  });

  it('names its state after its initialisers, and what training changes is trainable', async () => {
    const graph = await readFixture('image');
    assert.deepEqual(
      graph.state.map(({ name, kind, storage }) => [name, kind, itemAt(graph.storages, storage).trainable]),
      [
        ['stem.0.weight', 'parameter', true],
        ['stem.0.bias', 'parameter', true],
        ['stem.1.weight', 'parameter', true],
        ['stem.1.bias', 'parameter', true],
        ['mix.weight', 'parameter', true],
        ['mix.bias', 'parameter', true],
        ['head.weight', 'parameter', true],
        ['head.bias', 'parameter', true],
        ['stem.1.running_mean', 'buffer', false],
        ['stem.1.running_var', 'buffer', false],
      ],
    );
  });

  it('has the weight of a layer before each activation, for gains', async () => {
    const graph = await readFixture('gated');
    const [first] = swapSites(graph);
    assert.ok(first);
    const silu = graph.written?.[0];
    assert.ok(silu);
    const storage = storageBefore(graph, makersOf(graph), silu.input);
    assert.ok(storage !== undefined);
    assert.deepEqual(itemAt(graph.storages, storage).type.shape, [12, 8]);
  });

  it('has as many examples as are asked for, where it leaves that open', async () => {
    const graph = await readFixture('functions', { batch: 7 });
    assert.deepEqual(itemAt(graph.values, itemAt(graph.outputs, 0).value).type.shape, [7, 3]);
    assert.equal(describeOnnx(onnxBytes('functions')).hasOpenBatch, true);
    assert.equal(describeOnnx(onnxBytes('named')).hasOpenBatch, false);
  });

  it('tells of itself without being read', () => {
    const { producer, opsets, inputs, nodes, external } = describeOnnx(onnxBytes('gated'));
    assert.equal(producer, 'pytorch');
    assert.ok((opsets[''] ?? 0) >= 18);
    assert.deepEqual(inputs, [{ name: 'x', type: 'float32', axes: [2, 3, 8] }]);
    assert.ok(nodes > 5);
    assert.deepEqual(external, ['gated.onnx.data']);
    assert.equal(describeOnnx(onnxBytes('image_quantised')).isQuantised, true);
    assert.deepEqual(describeOnnx(onnxBytes('functions')).functions, ['local.Bend', 'local.Swish', 'local.Layer']);
    assert.deepEqual(describeOnnx(onnxBytes('functions')).inputs[0]?.axes, ['batch', 4]);
  });

  it('has its weights from beside it, and from nowhere else', async () => {
    const refused = (error: unknown) => error instanceof OnnxError && error.kind === 'external';
    await assert.rejects(readFixture('gated', { external: undefined }), refused);
    const asked: string[] = [];
    const graph = await readFixture('gated', {
      external: async (location) => {
        asked.push(location);
        return besideFixtures(location);
      },
    });
    assert.equal(graph.state.length, 4);
    assert.deepEqual(asked, ['gated.onnx.data']);
    await assert.rejects(readFixture('gated', { external: () => new Uint8Array(100) }), refused);
    for (const location of [
      '',
      '/etc/passwd',
      '../w.bin',
      'a/../../w',
      'C:\\w',
      '\\\\host\\w',
      'file:w',
      '~/w',
      'a\0b',
      'a\\..\\b',
    ])
      assert.equal(isWithin(location), false, location);
    for (const location of ['w.bin', 'a/b.data', './w.bin', 'a..b']) assert.equal(isWithin(location), true, location);
  });
});
