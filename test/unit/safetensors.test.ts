import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Graph } from '../../src/graph/types';
import { applyWeights, requireExact } from '../../src/weights/apply';
import { readSafetensors } from '../../src/weights/safetensors';
import { decode, WeightsError } from '../../src/weights/tensor';

function file(header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function one(dtype: string, data: ArrayBufferView, shape: number[]): Uint8Array {
  return file({ t: { dtype, shape, data_offsets: [0, data.byteLength] } }, bytesOf(data));
}

describe('safetensors', () => {
  it('reads every element type', () => {
    const cases: [string, ArrayBufferView, number[]][] = [
      ['F32', Float32Array.of(1.5, -2), [1.5, -2]],
      ['F64', Float64Array.of(1e300, -2), [1e300, -2]],
      ['F16', Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00), [1, -2, 2 ** -24, Number.POSITIVE_INFINITY]],
      ['BF16', Uint16Array.of(0x3fc0, 0xc000), [1.5, -2]],
      ['I64', BigInt64Array.of(5n, -7n), [5, -7]],
      ['I32', Int32Array.of(5, -7), [5, -7]],
      ['I16', Int16Array.of(5, -7), [5, -7]],
      ['I8', Int8Array.of(5, -7), [5, -7]],
      ['U8', Uint8Array.of(5, 250), [5, 250]],
      ['BOOL', Uint8Array.of(1, 0), [1, 0]],
    ];
    for (const [dtype, data, expected] of cases) {
      const [tensor] = readSafetensors(one(dtype, data, [expected.length]));
      assert.ok(tensor);
      assert.deepEqual(Array.from(decode(tensor)), expected, dtype);
    }
  });

  it('refuses what does not hold together, naming it', () => {
    const tensor = (begin: number, end: number, shape = [1]) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });
    const eight = new Uint8Array(8);
    const cases: [Uint8Array, RegExp][] = [
      [new Uint8Array(3), /3 bytes/],
      [Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255), /claims/],
      [Uint8Array.of(100, 0, 0, 0, 0, 0, 0, 0, 1), /cut off/],
      [file('{not json'), /not JSON/],
      [file([1]), /not an object/],
      [file({ w: tensor(0, 4) }), /w lies at bytes 0 to 4/],
      [file({ w: tensor(4, 0) }, eight), /w lies/],
      [file({ w: tensor(-4, 0) }, eight), /data_offsets/],
      [file({ w: tensor(0, 4, [2]) }, eight), /needs 8 bytes/],
      [file({ w: tensor(0, 4, [-1]) }, eight), /shape/],
      [file({ a: tensor(0, 4), b: tensor(2, 6) }, eight), /overlaps/],
      [file({ a: tensor(0, 4) }, eight), /4 bytes at the end/],
      [file({ a: tensor(4, 8) }, eight), /before a/],
      [file({ a: { dtype: 'Q4', shape: [1], data_offsets: [0, 4] } }, eight), /"Q4"/],
      [file({ a: { dtype: 'constructor', shape: [1], data_offsets: [0, 4] } }, eight), /not supported/],
      [file({ a: null }, eight), /^a has no valid dtype$/],
    ];
    for (const [bytes, message] of cases)
      assert.throws(
        () => readSafetensors(bytes),
        (error) => error instanceof WeightsError && message.test(error.message),
        String(message),
      );
  });

  it('never fails otherwise on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.json(), (data, json) => {
        for (const bytes of [data, file(json, data)]) {
          try {
            readSafetensors(bytes);
          } catch (error) {
            assert.ok(error instanceof WeightsError, String(error));
          }
        }
      }),
    );
  });

  it('lists missing, unexpected and mismatched keys', () => {
    const type = { dtype: 'float32', shape: [2] } as const;
    const storage = { type, trainable: true, initialiser: { kind: 'constant', value: 0 }, value: 0 } as const;
    const graph: Graph = {
      name: 'M',
      inputs: [],
      outputs: [],
      values: [{ type }, { type }],
      nodes: [],
      storages: [storage, { ...storage, value: 1 }, storage],
      state: ['a', 'b', 'c'].map((name, i) => ({ name, storage: i, kind: 'parameter', persistent: true })),
      updates: [],
      notes: [],
    };
    const header = {
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      b: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
      d: { dtype: 'F32', shape: [1], data_offsets: [12, 16] },
    };
    const tensors = readSafetensors(file(header, bytesOf(Float32Array.of(1, 2, 3, 4))));
    const applied = applyWeights(graph, [{ path: '', tensors }]);
    assert.deepEqual(Array.from(applied.values[0]?.data ?? []), [1, 2]);
    assert.deepEqual(applied.missing, ['c']);
    assert.deepEqual(applied.unexpected, ['d']);
    assert.deepEqual(applied.mismatched, [{ name: 'b', found: [1], expected: [2] }]);
    assert.throws(
      () => requireExact('M', applied),
      /Missing key\(s\) in state_dict: "c"\.[\s\S]*Unexpected key\(s\) in state_dict: "d"\.[\s\S]*size mismatch for b/,
    );
  });
});
