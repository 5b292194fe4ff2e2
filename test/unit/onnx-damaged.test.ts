import assert from 'node:assert/strict';
import { onnx } from 'onnx-proto';
import { describeOnnx } from '../../src/fromOnnx/describe';
import { OnnxError, type OnnxProblemKind } from '../../src/fromOnnx/errors';
import { readOnnx } from '../../src/fromOnnx/read';
import { byteAt, itemAt } from '../../src/graph/access';
import { onnxBytes, onnxFixtures } from '../support/onnxFixtures';

const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

type Dim = number | string | undefined;

const value = (
  name: string,
  shape: readonly Dim[] = [1, 4],
  elemType: number = DataType.FLOAT,
): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : dim ? { dimParam: dim } : {})) },
    },
  },
});

const node = (opType: string, input: string[], output: string[], attribute: onnx.IAttributeProto[] = []) => ({
  opType,
  input,
  output,
  attribute,
});

const ints = (name: string, data: readonly number[]): onnx.ITensorProto => ({
  name,
  dims: [data.length],
  dataType: DataType.INT64,
  int64Data: [...data],
});

/** A model of x[1,4] → y, with what is given in its place. */
const model = (graph: onnx.IGraphProto, others: onnx.IModelProto = {}): Uint8Array =>
  onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    ...others,
    graph: { name: 'g', input: [value('x')], output: [value('y')], ...graph },
  }).finish();

const relu = [node('Relu', ['x'], ['y'])];

/** A graph in a graph in a graph. */
function nested(depth: number): onnx.IGraphProto {
  if (depth === 0) return { node: [node('Relu', ['x'], ['y'])], output: [value('y')] };
  const branch = { name: 'then_branch', type: AttributeType.GRAPH, g: nested(depth - 1) };
  return { node: [node('If', ['c'], ['y'], [branch])], output: [value('y')] };
}

const chain = (length: number) => Array.from({ length }, (_, i) => node('Mul', [`v${i}`, `v${i}`], [`v${i + 1}`]));

const hostile: Readonly<Record<string, readonly [OnnxProblemKind, Uint8Array]>> = {
  'text that is no ONNX file': ['damaged', new TextEncoder().encode('import torch\nclass Net(nn.Module): pass\n')],
  'an empty file': ['damaged', new Uint8Array(0)],
  'a node that reads what nothing makes': ['damaged', model({ node: [node('Add', ['x', 'z'], ['y'])] })],
  'an output that nothing makes': ['damaged', model({ node: [node('Relu', ['x'], ['z'])] })],
  'nodes that wait for each other': [
    'damaged',
    model({ node: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Relu', ['b'], ['y'])] }),
  ],
  'two nodes that make one value': ['damaged', model({ node: [...relu, node('Tanh', ['x'], ['y'])] })],
  'an input and a node of one name': ['damaged', model({ node: [node('Relu', ['x'], ['x'])], output: [value('x')] })],
  'a tensor larger than the file': [
    'damaged',
    model({
      node: [node('Add', ['x', 'w'], ['y'])],
      initializer: [{ name: 'w', dims: [2 ** 31], dataType: DataType.FLOAT, rawData: new Uint8Array(16) }],
    }),
  ],
  'a tensor of negative size': [
    'damaged',
    model({
      node: [node('Add', ['x', 'w'], ['y'])],
      initializer: [{ name: 'w', dims: [-4], dataType: DataType.FLOAT, rawData: new Uint8Array(16) }],
    }),
  ],
  'elements of another type than it says': [
    'damaged',
    model({
      node: [node('Add', ['x', 'w'], ['y'])],
      initializer: [{ name: 'w', dims: [4], dataType: DataType.FLOAT, int64Data: [1, 2, 3, 4] }],
    }),
  ],
  'an operator without its input': ['damaged', model({ node: [node('Add', ['x'], ['y'])] })],
  'an input of absurd size': ['too-large', model({ node: relu, input: [value('x', [2 ** 31, 2 ** 31])] })],
  'a result of absurd size': [
    'too-large',
    model({ node: [node('Expand', ['x', 's'], ['y'])], initializer: [ints('s', [2 ** 30, 2 ** 30, 4])] }),
  ],
  'a table of absurd size': [
    'too-large',
    model({
      node: [node('Range', ['a', 'b', 'c'], ['r']), node('Add', ['x', 'r'], ['y'])],
      initializer: [0, 2 ** 40, 1].map((n, i) => ({ ...ints(itemAt(['a', 'b', 'c'], i), [n]), dims: [] })),
    }),
  ],
  'a model that fits no memory': ['too-large', model({ node: relu, input: [value('x', [2 ** 16, 2 ** 16])] })],
  'graphs nested without end': [
    'too-large',
    model({ ...nested(40), input: [value('x'), value('c', [], DataType.BOOL)] }),
  ],
  'a function that calls itself': [
    'too-large',
    model(
      { node: [{ ...node('F', ['x'], ['y']), domain: 'own' }] },
      {
        opsetImport: [
          { domain: '', version: 17 },
          { domain: 'own', version: 1 },
        ],
        functions: [
          {
            name: 'F',
            domain: 'own',
            input: ['a'],
            output: ['b'],
            node: [{ ...node('F', ['a'], ['b']), domain: 'own' }],
          } as onnx.IFunctionProto,
        ],
      },
    ),
  ],
  'a sparse initialiser': [
    'type',
    model({
      node: [node('Add', ['x', 'w'], ['y'])],
      sparseInitializer: [{ values: { name: 'w', dims: [1], dataType: DataType.FLOAT, floatData: [1] }, dims: [4] }],
    }),
  ],
  'four-bit weights': [
    'type',
    model({
      node: [node('DequantizeLinear', ['w', 's'], ['y'])],
      initializer: [
        { name: 'w', dims: [4], dataType: 22, rawData: new Uint8Array(2) },
        { name: 's', dims: [], dataType: DataType.FLOAT, floatData: [1] },
      ],
    }),
  ],
  'an input of words': ['type', model({ node: relu, input: [value('x', [1], DataType.STRING)] })],
  'an input that is a sequence': [
    'type',
    model({ node: relu, input: [{ name: 'x', type: { sequenceType: { elemType: {} } } }] }),
  ],
  'an input of any rank': [
    'type',
    model({ node: relu, input: [{ name: 'x', type: { tensorType: { elemType: DataType.FLOAT } } }] }),
  ],
  'weights outside of its folder': [
    'external',
    model({
      node: [node('Add', ['x', 'w'], ['y'])],
      initializer: [
        {
          name: 'w',
          dims: [4],
          dataType: DataType.FLOAT,
          dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
          externalData: [{ key: 'location', value: '../../secret' }],
        },
      ],
    }),
  ],
  'an operator that nothing reads': ['operator', model({ node: [node('NonMaxSuppression', ['x', 'x'], ['y'])] })],
  'an opset that is too old': ['operator', model({ node: relu }, { opsetImport: [{ domain: '', version: 5 }] })],
  'an opset that is not known yet': ['operator', model({ node: relu }, { opsetImport: [{ domain: '', version: 99 }] })],
  'a shape that an input holds': [
    'by-values',
    model({ node: [node('Reshape', ['x', 's'], ['y'])], input: [value('x'), value('s', [2], DataType.INT64)] }),
  ],
  'sizes that do not fit': [
    'shape',
    model({
      node: [node('Add', ['x', 'w'], ['y'])],
      initializer: [{ name: 'w', dims: [3], dataType: DataType.FLOAT, floatData: [1, 2, 3] }],
    }),
  ],
};

/** Numbers that are drawn alike on every machine. */
function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** A file that was cut off, or some of whose bits or bytes changed. */
function damage(whole: Uint8Array, draw: () => number): Uint8Array {
  const kind = draw();
  if (kind < 0.2) return whole.slice(0, Math.floor(draw() * whole.length));
  const bytes = whole.slice();
  for (let i = 0; i < 1 + Math.floor(draw() * 5); i++) {
    // The structure stands in front of the weights.
    const at = Math.floor(draw() ** 2 * bytes.length);
    bytes[at] = kind < 0.6 ? byteAt(bytes, at) ^ (1 << Math.floor(draw() * 8)) : Math.floor(draw() * 256);
  }
  return bytes;
}

describe('a damaged or hostile .onnx file', () => {
  for (const [what, [kind, bytes]] of Object.entries(hostile)) {
    it(`is refused with its reason: ${what}`, async () => {
      await assert.rejects(readOnnx(bytes), (error) => {
        assert.ok(error instanceof OnnxError, String(error));
        assert.equal(error.kind, kind, error.message);
        assert.ok(error.message.length > 20);
        return true;
      });
    });
  }

  it('is told by the node that is in the way', async () => {
    const bytes = model({ node: [{ ...node('RoiAlign', ['x', 'x', 'x'], ['y']), name: 'pool' }] });
    await assert.rejects(readOnnx(bytes), (error) => {
      assert.ok(error instanceof OnnxError);
      assert.equal(error.node, 'pool');
      assert.match(error.message, /RoiAlign \(pool\)/);
      return true;
    });
  });

  it('asks for the sizes that it leaves open', async () => {
    const bytes = model({ node: relu, input: [value('x', ['batch', 3, 'height', undefined])] });
    await assert.rejects(readOnnx(bytes), (error) => {
      assert.ok(error instanceof OnnxError && error.kind === 'open-axes');
      assert.deepEqual(
        error.axes.map(({ name, dim }) => [name, dim]),
        [
          ['height', 2],
          ['x[3]', 3],
        ],
      );
      return true;
    });
    const graph = await readOnnx(bytes, { axes: { height: 8, 'x[3]': 9 } });
    assert.deepEqual(itemAt(graph.values, itemAt(graph.inputs, 0).value).type.shape, [1, 3, 8, 9]);
  });

  it('never fails otherwise, nor takes long: files cut off, bits and bytes changed', async () => {
    const draw = drawing(17);
    const reasons = new Set<string>();
    let read = 0;
    for (const { name } of onnxFixtures()) {
      const whole = onnxBytes(name);
      for (let i = 0; i < 40; i++) {
        const bytes = damage(whole, draw);
        const began = performance.now();
        try {
          describeOnnx(bytes);
        } catch (error) {
          assert.ok(error instanceof OnnxError, `${name}: ${error}`);
        }
        try {
          await readOnnx(bytes);
          read += 1;
        } catch (error) {
          assert.ok(error instanceof OnnxError, `${name}: ${error}`);
          reasons.add(error.kind);
        }
        assert.ok(performance.now() - began < 5000, name);
      }
    }
    assert.ok(read > 0 && reasons.size >= 3, `${read} read; ${[...reasons]}`);
  });

  it('is read in reasonable time where it is merely long', async () => {
    const bytes = model({
      node: [...chain(20_000), node('Relu', ['v20000'], ['y'])],
      input: [value('v0')],
    });
    const began = performance.now();
    const graph = await readOnnx(bytes);
    assert.equal(graph.nodes.length, 20_001);
    assert.ok(performance.now() - began < 20_000);
  });
});
