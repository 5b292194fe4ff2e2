import assert from 'node:assert/strict';
import { onnx } from 'onnx-proto';
import { GraphBuilder } from '../../src/graph/builder';
import type { Graph } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Runtime } from '../../src/run/runtime';
import { operatorCases } from '../support/cases';
import { graphOf } from '../support/ops';
import { wasmRuntime } from '../support/ort';
import { runCase } from '../support/runCase';

const cases = operatorCases();

describe('lowering, against PyTorch on WASM', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of cases) {
    it(one.name, async () => {
      const { error } = await runCase(runtime, one);
      assert.ok(error <= 3e-6, `relative error ${error}`);
    });
  }
});

describe('attention', () => {
  const shape = [1, 2, 2];
  const two = { dtype: 'float32', shape } as const;
  const closed = Number.NEGATIVE_INFINITY;
  const masks = {
    'a bool mask': { dtype: 'bool', shape: [2, 2], data: [0, 0, 1, 0] },
    'a mask that is added': { dtype: 'float32', shape: [2, 2], data: [closed, closed, 0, closed] },
  } as const;
  for (const [name, mask] of Object.entries(masks))
    for (const device of ['wasm', 'webgpu'] as const)
      it(`gives a query zeros to which ${name} closes all keys, lowered for ${device}`, async () => {
        const runtime = await wasmRuntime();
        const op = { kind: 'attention', causal: false, scale: 1, dropout: 0 } as const;
        const [x, value] = [
          { ...two, data: [1, 2, 3, 4] },
          { ...two, data: [5, 6, 7, 8] },
        ];
        const output = { ...two, data: [0, 0, 5, 6] };
        const { error } = await runCase(runtime, { name, op, inputs: [x, x, value, mask], output }, device);
        assert.ok(error <= 1e-6, `${error}`);
        await runtime.dispose();
      });

  it('pays nothing for a mask that is known to leave each query a key', () => {
    const builder = new GraphBuilder();
    const x = builder.input(two);
    const mask = builder.emit1({
      kind: 'constant',
      data: [0, closed, 0, 0],
      type: { dtype: 'float32', shape: [2, 2] },
    });
    const y = builder.emit1({ kind: 'attention', causal: false, scale: 1, dropout: 0 }, x, x, x, mask);
    const named = { inputs: [{ name: 'x', value: x }], outputs: [{ name: 'y', value: y }], state: [] };
    const { nodes } = lower(builder.finish({ name: 'attention', ...named }), {
      mode: 'evaluation',
      weights: 'constant',
    });
    assert.deepEqual(
      nodes.map(({ opType }) => opType),
      ['Transpose', 'MatMul', 'Mul', 'Add', 'Softmax', 'MatMul'],
    );
  });
});

describe('lowering', () => {
  const type = { dtype: 'float32', shape: [2, 2] } as const;
  const relu = { kind: 'activation', activation: 'relu', parameters: {} } as const;
  const chain: Graph = {
    name: 'chain',
    inputs: [{ name: 'x', value: 0 }],
    outputs: [
      { name: 'first', value: 1 },
      { name: 'again', value: 1 },
      { name: 'input', value: 0 },
    ],
    values: [{ type }, { type }, { type }, { type }],
    nodes: [
      { op: relu, inputs: [0], outputs: [1], path: 'a', call: 0 },
      { op: { kind: 'unary', function: 'exp' }, inputs: [1], outputs: [2], path: 'b', call: 0 },
      { op: { kind: 'unary', function: 'neg' }, inputs: [2], outputs: [3], path: 'dead', call: 0 },
    ],
    storages: [],
    state: [],
    updates: [],
    notes: [],
  };

  it('names outputs and taps, keeps what they need and nothing else', () => {
    const lowered = lower(chain, { mode: 'evaluation', weights: 'constant', taps: [2, 1] });
    assert.deepEqual(
      lowered.outputs.map(({ name }) => name),
      ['first', 'again', 'input', 'tap_2'],
    );
    assert.deepEqual(lowered.taps[0], 'tap_2');
    assert.ok(['first', 'again'].includes(lowered.taps[1] ?? ''));
    assert.deepEqual(
      lowered.nodes.map(({ opType }) => opType),
      ['Relu', 'Exp', 'Identity', 'Identity'],
    );
    assert.ok(lowered.nodes.every(({ name }) => !name.startsWith('dead')));
  });

  it('keeps 64-bit integers away from the GPU', () => {
    for (const one of cases) {
      const { graph } = graphOf(one);
      const { inputs, outputs, weights } = lower(graph, { mode: 'evaluation', weights: 'inputs', device: 'webgpu' });
      // ArgMax and TopK give places as they are: a cast would run on the CPU.
      const places = one.op.kind === 'arg' || one.op.kind === 'topk';
      const allowed = ['float32', 'int32', 'bool', ...(places ? ['int64'] : [])];
      for (const { type } of [...inputs, ...outputs, ...weights]) {
        assert.ok(allowed.includes(type.dtype), `${one.name}: ${type.dtype}`);
      }
    }
  });

  it('says what it cannot express, and where', () => {
    const source = { file: 'model.py', line: 6, column: 8, endLine: 6, endColumn: 9 };
    const unknown: Graph = {
      ...chain,
      nodes: [{ op: { ...relu, activation: 'nonesuch' }, inputs: [0], outputs: [1], path: 'a.b', call: 0, source }],
    };
    assert.throws(
      () => lower(unknown, { mode: 'evaluation', weights: 'constant' }),
      /activation in a\.b at model\.py:7: .*"nonesuch"/,
    );
  });
});

describe('ONNX bytes', () => {
  it('decode to what was written', () => {
    const one = cases.find(({ name }) => name === 'conv 2d');
    assert.ok(one);
    const { graph, weights } = graphOf(one);
    const lowered = lower(graph, { mode: 'evaluation', weights: 'constant' });
    const model = onnx.ModelProto.decode(encodeModel(lowered, weights));
    assert.equal(Number(model.irVersion), 10);
    assert.deepEqual(
      model.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
      [['', 21]],
    );
    const [conv] = model.graph?.node ?? [];
    assert.equal(conv?.opType, 'Conv');
    assert.deepEqual(conv.input, ['x', 'w0', 'w1']);
    const pads = conv.attribute?.find(({ name }) => name === 'pads');
    assert.deepEqual(pads?.ints?.map(Number), [1, 1, 1, 1]);
    const weight = model.graph?.initializer?.find(({ name }) => name === 'w0');
    assert.deepEqual(weight?.dims?.map(Number), [4, 3, 3, 3]);
    const raw = weight?.rawData ?? new Uint8Array();
    assert.deepEqual(
      Array.from(new Float32Array(Uint8Array.from(raw).buffer)),
      Array.from(Float32Array.from(weights[0] ?? [])),
    );
  });

  it('leave weights out where they are inputs, and refuse missing ones where they are not', () => {
    const one = cases.find(({ name }) => name === 'conv 2d');
    assert.ok(one);
    const { graph } = graphOf(one);
    const fed = onnx.ModelProto.decode(encodeModel(lower(graph, { mode: 'evaluation', weights: 'inputs' })));
    assert.deepEqual(
      fed.graph?.input?.map(({ name }) => name),
      ['x', 'w0', 'w1'],
    );
    assert.throws(() => encodeModel(lower(graph, { mode: 'evaluation', weights: 'constant' })), /w0 has no data/);
  });
});
