import assert from 'node:assert/strict';
import { encode } from 'fast-png';
import { zipSync } from 'fflate';
import jpeg from 'jpeg-js';
import { taskOf } from '../../src/data/taskOf';
import { type DataFile, userData } from '../../src/data/user/index';
import { fitPicture } from '../../src/data/user/resize';
import { GraphBuilder } from '../../src/graph/builder';
import { elements } from '../../src/graph/ops/rule';
import type { DType, Graph } from '../../src/graph/types';

/** Inputs and outputs of these shapes, with nothing in between. */
function model(input: readonly number[], output: readonly number[], dtype: DType = 'float32'): Graph {
  const builder = new GraphBuilder();
  const x = builder.input({ dtype, shape: input });
  const data = new Float32Array(elements(output));
  const y = builder.emit1({ kind: 'constant', data, type: { dtype: 'float32', shape: output } });
  return builder.finish({
    name: 'Model',
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'y', value: y }],
    state: [],
  });
}

const read = (graph: Graph, files: readonly DataFile[], seed = 0) => userData(graph, taskOf(graph), files, { seed });
const text = (path: string, content: string): DataFile => ({ path, bytes: new TextEncoder().encode(content) });

/** An array as NumPy writes it. */
function npy(descr: string, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const head = new Uint8Array(10 + padded.length);
  head.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(head.buffer).setUint16(8, padded.length, true);
  head.set(new TextEncoder().encode(padded), 10);
  return Uint8Array.from([...head, ...bytes]);
}

const floats = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** Images of two classes: dark and bright. */
function pictures(count: number): DataFile[] {
  return Array.from({ length: count }, (_, n) => {
    const bright = n % 2 === 1;
    const [width, height] = [12 + (n % 3), 10];
    const data = Uint8Array.from(
      { length: width * height * 3 },
      (_value, i) => (bright ? 200 : 20) + ((i * 7 + n) % 40),
    );
    if (n % 4 < 2)
      return { path: `${bright ? 'bright' : 'dark'}/${n}.png`, bytes: encode({ width, height, data, channels: 3 }) };
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_value, i) =>
      i % 4 === 3 ? 255 : (data[Math.floor(i / 4) * 3 + (i % 4)] ?? 0),
    );
    return {
      path: `${bright ? 'bright' : 'dark'}/${n}.jpg`,
      bytes: new Uint8Array(jpeg.encode({ width, height, data: rgba }, 90).data),
    };
  });
}

describe('data of the user', () => {
  it('is a folder of images by class, at the size that the model takes', () => {
    const graph = model([4, 3, 8, 8], [4, 5]);
    const { train, held, classes, notes } = read(graph, pictures(40));
    assert.equal(classes, 2);
    assert.match(notes.join(), /2 classes, the model could tell 5 apart/);
    assert.deepEqual([train.count, held.count], [28, 8]);
    assert.deepEqual(train.inputs[0]?.type.shape, [28, 3, 8, 8]);
    // The classes are in the order of their names: what is bright is above the mean.
    for (let n = 0; n < train.count; n++) {
      const sample: ArrayLike<number> = train.inputs[0]?.data.subarray(n * 192, (n + 1) * 192) ?? [];
      const mean: number = Array.from(sample).reduce((sum, x) => sum + x, 0);
      assert.equal(mean > 0 ? 0 : 1, train.target.data[n]);
    }
    const all = Float64Array.from(train.inputs[0]?.data ?? []);
    assert.ok(Math.abs(all.reduce((sum, x) => sum + x, 0) / all.length) < 0.1);
    const grey = read(model([4, 1, 6, 6], [4, 2]), pictures(40));
    assert.deepEqual(grey.train.inputs[0]?.type.shape, [28, 1, 6, 6]);
  });

  it('shrinks by the mean of what a pixel covers, and grows smoothly', () => {
    const data = [0, 1, 2, 3];
    const picture = { width: 2, height: 2, channels: 1, data, white: 1 };
    const one = new Float32Array(1);
    fitPicture(picture, [1, 1, 1], one, 0);
    assert.equal(one[0], 1.5);
    const large = new Float32Array(16);
    fitPicture(picture, [1, 4, 4], large, 0);
    assert.deepEqual([...large.slice(0, 4)], [0, 0.25, 0.75, 1]);
  });

  it('is a table, its target in the last column or in one that is named', () => {
    const rows = Array.from({ length: 60 }, (_, n) => `${n % 7},${n % 2 ? 'cat' : 'dog'},${n / 10}`);
    const named = text('pets.csv', ['a,species,b', ...rows].join('\n'));
    const { train, classes } = read(model([4, 2], [4, 3]), [named]);
    assert.equal(classes, 2);
    assert.deepEqual(train.inputs[0]?.type.shape, [40, 2]);
    const plain = text('n.csv', Array.from({ length: 60 }, (_, n) => `${n},${n % 3},${n % 4}`).join('\n'));
    assert.equal(read(model([4, 2], [4, 4]), [plain]).classes, 4);
    const regression = text('r.csv', Array.from({ length: 60 }, (_, n) => `${n},${n * 2},${n * 0.37}`).join('\n'));
    const numbers = read(model([4, 2], [4, 3, 1]), [regression]);
    assert.ok(numbers.train.target.data instanceof Float32Array);
  });

  it('is NumPy arrays, channels first or last', () => {
    const images = Array.from({ length: 40 * 4 * 4 * 3 }, (_, i) => i % 17);
    const labels = Uint8Array.from({ length: 40 * 8 }, (_, i) => (i % 8 === 0 ? Math.floor(i / 8) % 3 : 0));
    const bytes = zipSync({
      'x.npy': npy('<f4', [40, 4, 4, 3], floats(images)),
      'y.npy': npy('<i8', [40], labels),
    });
    const { train, classes } = read(model([4, 3, 4, 4], [4, 3]), [{ path: 'd.npz', bytes }]);
    assert.equal(classes, 3);
    assert.deepEqual(train.inputs[0]?.type.shape.slice(1), [3, 4, 4]);
    const alone = npy('<f4', [40, 6], floats(Array.from({ length: 240 }, (_, i) => i)));
    const same = read(model([4, 6], [4, 6]), [{ path: 'x.npy', bytes: alone }]);
    assert.equal(same.train.target, same.train.inputs[0]);
  });

  it('is text for a model of tokens', () => {
    const graph = model([4, 8], [4, 8, 60], 'int64');
    const { train, held } = read(graph, [text('poem.txt', 'Roses are red, violets are blue. '.repeat(40))]);
    assert.ok(train.count > held.count);
    assert.throws(() => read(graph, [text('poem.txt', 'short')]), /poem\.txt is too short/);
  });

  it('says what is wrong with it, and where', () => {
    const rows = model([4, 2], [4, 3]);
    const lines = Array.from({ length: 30 }, (_, n) => `${n},1,${n % 2}`);
    const csv = (change: readonly string[]) => [text('t.csv', [...lines, ...change].join('\n'))];
    assert.throws(() => read(rows, csv(['1,2'])), /t\.csv, row 31 has 2 cells and the first 3/);
    assert.throws(() => read(rows, csv(['1,many,0'])), /t\.csv, row 31: column 2 is "many", which is no number/);
    assert.throws(
      () => read(rows, csv(['1,1,7', '1,1,7', '1,1,8', '1,1,8'])),
      /has 4 classes, and the model tells 3 apart/,
    );
    assert.throws(
      () => read(model([4, 5], [4, 2]), csv([])),
      /2 columns beside its target and the model takes 5 numbers/,
    );
    assert.throws(() => read(model([16, 2], [16, 3]), csv([])), /a batch has 16/);
    assert.throws(() => read(rows, [text('t.parquet', 'x')]), /t\.parquet is of no kind that is read/);
    const images = model([4, 3, 8, 8], [4, 2]);
    const cut = pictures(20).map((file, n) => (n === 3 ? { ...file, bytes: file.bytes.slice(0, 30) } : file));
    assert.throws(() => read(images, cut), /bright\/3\.jpg can't be read: it is cut off/);
    const huge = encode({ width: 2, height: 2, data: new Uint8Array(12), channels: 3 });
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 60_000);
    new DataView(huge.buffer, huge.byteOffset).setUint32(20, 60_000);
    assert.throws(
      () => read(images, [{ path: 'dark/a.png', bytes: huge }, ...pictures(20)]),
      /dark\/a\.png can't be read: it has 60000 × 60000/,
    );
    assert.throws(() => read(images, [{ path: 'x.npz', bytes: new Uint8Array(100) }]), /x\.npz is no NumPy file/);
  });
});
