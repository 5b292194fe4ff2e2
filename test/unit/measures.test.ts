import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defaultParameters, entryOf } from '../../src/activations/catalogue';
import { facts } from '../../src/activations/facts';
import { operationOf } from '../../src/activations/operation';
import type { LayerSignal } from '../../src/compare/report';
import { taskOf } from '../../src/data/taskOf';
import { GraphBuilder } from '../../src/graph/builder';
import { peakBytes } from '../../src/graph/memory';
import { trainingGraph } from '../../src/graph/train';
import type { Graph, TensorData } from '../../src/graph/types';
import { toHalfPrecision } from '../../src/lower/half';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { compressionGraph } from '../../src/run/measures/compression';
import { driftOf } from '../../src/run/measures/drift';
import { gradient } from '../../src/run/measures/gradient';
import { signal } from '../../src/run/measures/signal';
import type { Runtime } from '../../src/run/runtime';
import type { Outputs } from '../../src/run/session';
import { stepGraph } from '../../src/run/trainingPass';
import { extractCase, type ModelCase } from '../support/modelCases';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { mixed, ruledInput, ruledNoise } from '../support/rule';
import { ruledWeights } from '../support/runModel';

interface MeasuresCase extends Pick<ModelCase, 'file' | 'expression' | 'inputs'> {
  readonly layers: readonly {
    readonly mean: number;
    readonly deviation: number;
    readonly zeros: number;
    readonly saturated: number;
    readonly dead: number;
    readonly units: number;
    readonly count: number;
    readonly norm: number;
    readonly silent: number;
  }[];
  readonly snrTensor: number;
  readonly snrChannel: number;
  readonly snrTensorLayers: readonly number[];
  readonly snrChannelLayers: readonly number[];
}

const cases = JSON.parse(readFileSync(inRoot('test/fixtures/measures.json'), 'utf8')) as MeasuresCase[];

const near = (got: number | undefined, wanted: number, bound: number, what: string) =>
  assert.ok(got !== undefined && Math.abs(got - wanted) <= bound, `${what}: ${got}, PyTorch has ${wanted}`);

describe('measures', function () {
  this.timeout(60_000);
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  it('counts as saturated what the facts of an activation count', async () => {
    for (const id of ['tanh', 'sigmoid', 'elu', 'leaky_relu'] as const) {
      const entry = entryOf(id);
      const data = Array.from({ length: 4000 }, (_, i) => (i + 0.5) / 400 - 5);
      const builder = new GraphBuilder();
      const x = builder.input({ dtype: 'float32', shape: [1, data.length] });
      const y = builder.emit1(operationOf(entry), x);
      const graph = builder.finish({
        name: id,
        inputs: [{ name: 'x', value: x }],
        outputs: [{ name: 'y', value: y }],
        state: [],
      });
      const about = { task: taskOf(graph), device: 'wasm', title: id, hidden: new Set<number>() } as const;
      const step = stepGraph(graph, 'evaluation', [signal], about);
      const lowered = lower(step.graph, { mode: 'evaluation', weights: 'constant', device: runtime.device });
      const session = await runtime.createSession(encodeModel(lowered, []), 'plain');
      const outputs = await session.run(runtime.feeds(lowered.inputs.map((value) => ({ value, data }))));
      const { saturated } = facts(entry, defaultParameters(entry)) ?? {};
      const inside = data.filter((at) => saturated?.intervals.some(({ from, to }) => from < at && at < to));
      near(step.read(outputs).layers?.signal?.[0]?.saturated, inside.length / data.length, 2 / data.length, id);
      await session.release();
    }
  });

  /** Runs a graph made of the model with weights, inputs, target and noise by the rule. */
  async function run(one: MeasuresCase, graph: Graph, noise: readonly number[]): Promise<Outputs> {
    const weights = ruledWeights(graph);
    for (const [k, storage] of noise.entries())
      weights[storage] = ruledNoise(k, graph.storages[storage]?.type.shape ?? []);
    const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: runtime.device });
    const session = await runtime.createSession(encodeModel(lowered, weights), 'plain');
    const target = (shape: readonly number[], classes: number): TensorData =>
      Array.from(mixed('target', shape[0] ?? 1), (u) => Math.floor(((u + 1) / 2) * classes));
    const classes = one.expression === 'MLP()' ? 3 : 10;
    const fed = lowered.inputs.map((value, i) => ({
      value,
      data:
        value.name === 'target'
          ? target(value.type.shape, classes)
          : ruledInput(i, one.inputs[i] ?? one.inputs[0] ?? { shape: [], dtype: 'float32' }),
    }));
    try {
      return await session.run(runtime.feeds(fed));
    } finally {
      await session.release();
    }
  }

  for (const one of cases) {
    it(`of signal and gradient are PyTorch's: ${one.file} ${one.expression}`, async () => {
      const found = await extractCase(one, true);
      assert.ok(found.ok);
      const about = { task: taskOf(found.graph), device: 'wasm', title: 'ReLU', hidden: new Set<number>() } as const;
      const { graph, read } = stepGraph(found.graph, 'gradient', [signal, gradient], about);
      const { layers = {} } = read(await run(one, graph, trainingGraph(found.graph).noise));
      assert.equal(layers.signal?.length, one.layers.length);
      for (const [i, wanted] of one.layers.entries()) {
        const got: LayerSignal | undefined = layers.signal?.[i];
        const back = layers.gradient?.[i];
        const size = Math.max(Math.abs(wanted.mean), wanted.deviation);
        near(got?.mean, wanted.mean, 1e-4 * size, `layer ${i}: mean`);
        near(got?.deviation, wanted.deviation, 1e-4 * size, `layer ${i}: deviation`);
        near(got?.zeros, wanted.zeros, 2 / wanted.count, `layer ${i}: zeros`);
        near(got?.saturated, wanted.saturated, 2 / wanted.count, `layer ${i}: saturated`);
        near(got?.dead, wanted.dead, 1e-6, `layer ${i}: dead`);
        near(back?.norm, wanted.norm, 1e-4 * wanted.norm, `layer ${i}: norm`);
        near(back?.silent, wanted.silent, 1e-6, `layer ${i}: silent`);
        assert.equal(got?.count, wanted.count);
        const counted = got?.histogram?.counts.reduce((sum, count) => sum + count, 0) ?? 0;
        assert.ok(counted >= Math.min(256, wanted.count) && counted <= 512, `${counted}`);
      }
    });

    it(`of 8 bits are PyTorch's: ${one.file} ${one.expression}`, async () => {
      const found = await extractCase(one);
      assert.ok(found.ok);
      const { graph, read } = compressionGraph(found.graph);
      const got = read(await run(one, graph, []));
      // What lies between two of the 256 values may be rounded either way, which moves later layers a little, and the
      // few numbers at the end most.
      near(got.snrTensor, one.snrTensor, 0.5, 'output, a scale a tensor');
      near(got.snrChannel, one.snrChannel, 0.5, 'output, a scale a channel');
      for (const [i, layer] of got.layers.entries()) {
        near(layer.snrTensor, one.snrTensorLayers[i] ?? 0, 0.15, `layer ${i}, a scale a tensor`);
        near(layer.snrChannel, one.snrChannelLayers[i] ?? 0, 0.15, `layer ${i}, a scale a channel`);
        assert.ok(layer.low <= layer.high && layer.outliers >= 0 && layer.outliers < 0.05);
      }
    });
  }

  it('of drift are nothing for equal outputs, and count other answers', async () => {
    const found = await extractCase(cases[0] as MeasuresCase);
    assert.ok(found.ok);
    const task = taskOf(found.graph);
    const written = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i));
    assert.deepEqual(driftOf(written, written, found.graph, task), { drift: 0, flipped: 0 });
    const twice = written.map((x) => 2 * x);
    assert.deepEqual(driftOf(twice, written, found.graph, task), { drift: 1, flipped: 0 });
    const turned = written.map((x) => -x);
    assert.ok((driftOf(turned, written, found.graph, task).flipped ?? 0) > 0.9);
  });

  it('of half precision come from the same model in float16', async () => {
    const found = await extractCase(cases[1] as MeasuresCase);
    assert.ok(found.ok);
    const { graph } = found;
    const single = lower(graph, { mode: 'evaluation', weights: 'constant', device: 'wasm' });
    const outputs: ArrayLike<number>[] = [];
    for (const lowered of [single, toHalfPrecision(single)]) {
      const session = await runtime.createSession(encodeModel(lowered, ruledWeights(graph)), 'plain');
      const [value] = lowered.inputs;
      const [input] = cases[1]?.inputs ?? [];
      assert.ok(value && input);
      const made = await session.run(runtime.feeds([{ value, data: ruledInput(0, input) }]));
      outputs.push(made[graph.outputs[0]?.name ?? ''] ?? []);
      await session.release();
    }
    const [exact = [], rounded = []] = outputs;
    const { drift } = driftOf(rounded, exact, graph, { kind: 'numbers' });
    assert.ok(drift > 1e-5 && drift < 1e-2, `${drift}`);
  });

  it('of memory are the most that is alive at once', () => {
    const builder = new GraphBuilder();
    const x = builder.input({ dtype: 'float32', shape: [100] });
    const neg = (value: number) => builder.emit1({ kind: 'unary', function: 'neg' }, value);
    const [a, b] = [neg(x), neg(x)];
    const flat = builder.emit1({ kind: 'reshape', shape: [10, 10] }, a);
    const sum = builder.emit1(
      { kind: 'binary', function: 'add' },
      builder.emit1({ kind: 'reshape', shape: [100] }, flat),
      b,
    );
    const y = neg(sum);
    const graph = builder.finish({
      name: 'M',
      inputs: [{ name: 'x', value: x }],
      outputs: [{ name: 'y', value: y }],
      state: [],
    });
    // Input and output all the time; then a and b and their sum: a reshape is no copy.
    assert.equal(peakBytes(graph), 400 * 5);
  });
});
