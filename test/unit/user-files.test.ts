import assert from 'node:assert/strict';
import { encode as encodePng } from 'fast-png';
import { zipSync } from 'fflate';
import { encode as encodeJpeg } from 'jpeg-js';
import { type Column, DataError, type Dataset, type Samples } from '../../src/data/dataset';
import { taskOf } from '../../src/data/taskOf';
import { userData } from '../../src/data/user/index';
import { fitPicture } from '../../src/data/user/resize';
import { split } from '../../src/data/user/split';
import { GraphBuilder } from '../../src/graph/builder';
import { elements } from '../../src/graph/ops/rule';
import { type Model, model } from '../support/dataModel';

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const file = (path: string, bytes: Uint8Array | string): File => ({
  path,
  bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
});

/** An array as NumPy saves it. */
function npy(data: Float32Array | Int32Array | Uint8Array, shape: readonly number[]): Uint8Array {
  const descr = data instanceof Float32Array ? '<f4' : data instanceof Int32Array ? '<i4' : '|u1';
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = new TextEncoder().encode(`${text.padEnd(117)}\n`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length, 0, ...header, ...bytes]);
}

const npz = (arrays: Readonly<Record<string, Uint8Array>>, path = 'data.npz') =>
  file(path, zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]))));

const floats = (count: number, at: (i: number) => number = (i) => Math.sin(i * 12.9) * 3 + 1) =>
  Float32Array.from({ length: count }, (_, i) => at(i));
const ints = (count: number, at: (i: number) => number) => Int32Array.from({ length: count }, (_, i) => at(i));

const options = { seed: 0, held: 0.2 };
const read = (shapes: Model, files: readonly File[]): Dataset => {
  const graph = model(shapes);
  return userData(graph, taskOf(graph), files, options);
};
const refuses = (shapes: Model, files: readonly File[], message: RegExp) =>
  assert.throws(
    () => read(shapes, files),
    (error) => {
      assert.ok(error instanceof DataError, String(error));
      assert.match(error.message, message);
      return true;
    },
  );

const inputOf = ({ inputs }: Samples): Column => {
  assert.ok(inputs[0]);
  return inputs[0];
};
const tally = (labels: ArrayLike<number>) => {
  const counts = new Map<number, number>();
  for (const label of Array.from(labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
};
const deviation = (values: ArrayLike<number>) => {
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return { mean, deviation: Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length) };
};

const images: Model = { input: [4, 1, 8, 8], output: [4, 3] };
const features: Model = { input: [4, 3], output: [4, 2] };
const tokens: Model = { input: [4, 8], output: [4, 8, 40], dtype: 'int64', rows: 40 };

describe('user data from arrays', () => {
  const x = npy(floats(40 * 64), [40, 1, 8, 8]);
  const y = npy(
    ints(40, (i) => i % 3),
    [40],
  );

  it('is split per class and normalised', () => {
    const data = read(images, [npz({ x, y })]);
    assert.equal(data.name, 'user');
    assert.equal(data.classes, 3);
    assert.deepEqual([data.train.count, data.held.count], [28, 8]);
    assert.deepEqual(inputOf(data.train).type, { dtype: 'float32', shape: [28, 1, 8, 8] });
    const { mean, deviation: spread } = deviation(inputOf(data.train).data);
    assert.ok(Math.abs(mean) < 1e-4 && Math.abs(spread - 1) < 1e-4);
    for (const { target } of [data.train, data.held]) {
      assert.ok(target.data instanceof Int32Array);
      const counts = tally(target.data).map(([, count]) => count);
      assert.ok(counts.length === 3 && Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
    }
    assert.deepEqual(read(images, [npz({ x, y })]), data);
    const known = new Set(
      Array.from({ length: 28 }, (_, n) =>
        inputOf(data.train)
          .data.slice(n * 64, (n + 1) * 64)
          .join(),
      ),
    );
    for (let n = 0; n < 8; n++)
      assert.ok(
        !known.has(
          inputOf(data.held)
            .data.slice(n * 64, (n + 1) * 64)
            .join(),
        ),
      );
  });

  it('is found by name, or by fit', () => {
    for (const names of [
      ['X', 'Y'],
      ['images', 'labels'],
      ['x_train', 'y_train'],
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const [input = '', target = ''] = names;
      assert.deepEqual(read(images, [npz({ [input]: x, [target]: y })]).train.target.type.shape, [28]);
    }
    assert.deepEqual(read(images, [file('x.npy', x), file('y.npy', y)]).held.count, 8);
    const more = read(images, [npz({ x_train: x, y_train: y, x_test: x })]);
    assert.match(more.notes.join(), /Left out: x_test/);
  });

  it('takes images of other layouts and sizes', () => {
    const last = floats(40 * 2 * 2 * 3, (i) => i % 3);
    const small: Model = { input: [4, 3, 2, 2], output: [4, 3] };
    const data = read(small, [npz({ x: npy(last, [40, 2, 2, 3]), y })]);
    assert.match(data.notes.join(), /Channels were last/);
    // Each channel is constant, and stays so.
    assert.ok(inputOf(data.train).data.every((value) => value === 0));
    const flat = read(images, [npz({ x: npy(floats(40 * 64), [40, 64]), y })]);
    assert.match(flat.notes.join(), /\[64\] are taken as \[1, 8, 8\]/);
    const large = read(images, [
      npz({
        x: npy(
          new Uint8Array(40 * 256).map((_, i) => i),
          [40, 16, 16],
        ),
        y,
      }),
    ]);
    assert.match(large.notes.join(), /16 × 16 are brought to 8 × 8/);
    const colours = read(images, [
      npz({
        x: npy(
          new Uint8Array(40 * 300).map((_, i) => i),
          [40, 10, 10, 3],
        ),
        y,
      }),
    ]);
    assert.deepEqual(inputOf(colours.train).type.shape, [28, 1, 8, 8]);
  });

  it('takes labels in rows, numbers, maps of classes and no labels at all', () => {
    const hot = npy(
      floats(120, (i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0)),
      [40, 3],
    );
    assert.equal(read(images, [npz({ x, y: hot })]).classes, 3);
    const numbers = read({ input: [4, 5], output: [4, 2, 3] }, [
      npz({ x: npy(floats(200), [40, 5]), y: npy(floats(240), [40, 2, 3]) }),
    ]);
    assert.deepEqual(numbers.train.target.type, { dtype: 'float32', shape: [28, 2, 3] });
    assert.match(numbers.notes.join(), /Targets are normalised/);
    const map = npy(
      ints(40 * 16, (i) => (i % 5 === 4 ? -100 : i % 4)),
      [40, 4, 4],
    );
    const places = read({ input: [4, 1, 8, 8], output: [4, 4, 4, 4] }, [npz({ x, y: map })]);
    assert.deepEqual(places.train.target.type.shape, [28, 4, 4]);
    const same = read({ input: [4, 1, 8, 8], output: [4, 1, 8, 8] }, [file('x.npy', x)]);
    assert.equal(same.train.target, same.train.inputs[0]);
    const binary = read({ input: [4, 5], output: [4, 1] }, [
      npz({
        x: npy(floats(200), [40, 5]),
        y: npy(
          ints(40, (i) => (i % 2 ? 1 : -1)),
          [40],
        ),
      }),
    ]);
    assert.deepEqual(
      tally(binary.train.target.data).map(([label]) => label),
      [0, 1],
    );
    assert.deepEqual(binary.train.target.type, { dtype: 'float32', shape: [28, 1] });
  });

  it('finds further inputs by their names', () => {
    const builder = new GraphBuilder();
    const image = builder.input({ dtype: 'float32', shape: [4, 2] });
    const mask = builder.input({ dtype: 'float32', shape: [4, 3] });
    const made = builder.emit1({
      kind: 'constant',
      data: new Float32Array(8),
      type: { dtype: 'float32', shape: [4, 2] },
    });
    const inputs = [
      { name: 'image', value: image },
      { name: 'mask', value: mask },
    ];
    const graph = builder.finish({ name: 'M', inputs, outputs: [{ name: 'y', value: made }], state: [] });
    const arrays = {
      x: npy(floats(80), [40, 2]),
      y: npy(
        ints(40, (i) => i % 2),
        [40],
      ),
    };
    const task = { kind: 'classes', classes: 2 } as const;
    const data = userData(graph, task, [npz({ ...arrays, mask: npy(floats(120), [40, 3]) })], options);
    assert.deepEqual(
      data.train.inputs.map(({ type }) => type.shape),
      [
        [28, 2],
        [28, 3],
      ],
    );
    assert.throws(() => userData(graph, task, [npz(arrays)], options), /no array named mask/);
  });

  it('says what does not fit', () => {
    refuses(images, [npz({ x })], /no array named y, labels/);
    refuses(images, [npz({ a: x, b: y, c: y })], /no array named x, images/);
    refuses(images, [npz({ x: npy(floats(40 * 7), [40, 7]), y })], /samples of x are \[7\].*takes \[1, 8, 8\]/);
    refuses(
      images,
      [
        npz({
          x,
          y: npy(
            ints(39, () => 0),
            [39],
          ),
        }),
      ],
      /40 samples and y 39/,
    );
    refuses({ ...images, output: [4, 2] }, [npz({ x, y })], /3 classes, and the model tells 2 apart/);
    refuses(
      images,
      [
        npz({
          x: npy(
            floats(40 * 64, (i) => (i === 70 ? Number.NaN : i)),
            [40, 1, 8, 8],
          ),
          y,
        }),
      ],
      /sample 1 holds NaN/,
    );
    refuses(
      images,
      [
        npz({
          x,
          y: npy(
            floats(40, () => Number.NaN),
            [40],
          ),
        }),
      ],
      /sample 0 has no label/,
    );
    refuses(
      images,
      [
        npz({
          x: npy(floats(64 * 5), [5, 1, 8, 8]),
          y: npy(
            ints(5, (i) => i % 3),
            [5],
          ),
        }),
      ],
      /There are 5 samples; a batch has 4/,
    );
    const map = npy(
      ints(40 * 16, (i) => (i === 20 ? 9 : 0)),
      [40, 4, 4],
    );
    refuses({ input: [4, 1, 8, 8], output: [4, 4, 4, 4] }, [npz({ x, y: map })], /sample 1 has the class 9/);
    refuses(
      { ...tokens, output: [4, 2] },
      [
        npz({
          x: npy(
            ints(320, (i) => i),
            [40, 8],
          ),
          y,
        }),
      ],
      /classes, and the model tells 2/,
    );
    const labels = npy(
      ints(40, (i) => i % 2),
      [40],
    );
    refuses(
      { ...tokens, output: [4, 2] },
      [
        npz({
          x: npy(
            ints(320, (i) => i),
            [40, 8],
          ),
          y: labels,
        }),
      ],
      /the index \d+, and the model's table has 40 rows/,
    );
    refuses(
      { ...tokens, output: [4, 2] },
      [npz({ x: npy(floats(320), [40, 8]), y: labels })],
      /float32 and the model takes int64/,
    );
  });

  it('refuses files that are cut off, or claim what they have not', () => {
    const whole = npz({ x, y }).bytes;
    refuses(images, [file('a.npz', whole.subarray(0, whole.length - 40))], /a\.npz: /);
    refuses(images, [file('a.npz', new Uint8Array(50))], /a\.npz is no NumPy file/);
    refuses(images, [file('a.npz', new Uint8Array(0))], /a\.npz is empty/);
    refuses(images, [npz({ x: x.subarray(0, 500), y })], /data\.npz: x/);
    const huge = npy(new Float32Array(64), [4_000_000_000, 1, 8, 8]);
    refuses(images, [npz({ x: huge, y })], /data\.npz: x/);
    const header = x.slice();
    header.set([0xff, 0xff], 8);
    refuses(images, [npz({ x: header, y })], /claims a header of 65535 bytes/);
    // Its directory says that the first array unpacks to 600 MiB.
    const bomb = zipSync({ 'x.npy': new Uint8Array(2 ** 20), 'y.npy': y });
    const entry = bomb.findIndex((_, i) => [0x50, 0x4b, 1, 2].every((byte, k) => bomb[i + k] === byte));
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(entry + 24, 600 * 2 ** 20, true);
    refuses(images, [file('bomb.npz', bomb)], /bomb\.npz: x has 600 MiB; up to 512 MiB/);
  });
});

describe('user data from tables', () => {
  const rows = (label: (i: number) => string, header = 'a,b,c,species\n') =>
    `${header}${Array.from({ length: 30 }, (_, i) => `${i},${i * i},-${i / 7},${label(i)}`).join('\n')}\n`;

  it('reads numbers and classes, with a header or none, by any separator', () => {
    const data = read(features, [
      file(
        't.csv',
        rows((i) => (i % 3 ? 'cat' : 'dog')),
      ),
    ]);
    assert.equal(data.classes, 2);
    assert.match(data.notes.join(), /cat, dog/);
    assert.deepEqual(data.train.inputs[0]?.type.shape, [16, 3]);
    assert.ok(Math.abs(deviation(inputOf(data.train).data).deviation - 1) < 1e-4);
    const other = read(features, [file('t.tsv', rows((i) => `${i % 2}`, '').replaceAll(',', '\t'))]);
    assert.deepEqual(
      tally(other.train.target.data).map(([label]) => label),
      [0, 1],
    );
    const first = `y;a;b;c\n${Array.from({ length: 20 }, (_, i) => `${i % 2};${i};${i};${i}`).join('\r\n')}\n\n`;
    assert.equal(read(features, [file('t.csv', first)]).train.count + 8, 20);
  });

  it('reads numbers as targets', () => {
    const data = read({ input: [4, 2], output: [4, 2, 1] }, [
      file(
        't.csv',
        rows((i) => `${i}`),
      ),
    ]);
    assert.deepEqual(data.train.target.type.shape, [16, 2, 1]);
    const same = read({ input: [4, 4], output: [4, 4] }, [
      file(
        't.csv',
        rows((i) => `${i}`),
      ),
    ]);
    assert.equal(same.train.target, same.train.inputs[0]);
  });

  it('names the row and the column that are wrong', () => {
    const table = rows((i) => `${i % 2}`);
    const broken = (from: string, to: string) => [file('t.csv', table.replace(from, to))];
    refuses(features, broken('\n5,25,', '\n5,'), /t\.csv, row 7 has 3 cells and the first 4/);
    refuses(features, broken('\n5,25,', '\n5,high,'), /t\.csv, row 7: b is "high", which is no number/);
    refuses(features, broken('\n5,25,', '\n5,,'), /row 7: b is empty/);
    refuses(features, broken('\n5,25,', '\n5,NaN,'), /row 7: b is "NaN"/);
    refuses(features, broken('\n5,25,', '\n5,"25,'), /never closed/);
    refuses(
      features,
      [
        file(
          't.csv',
          rows((i) => (i === 9 ? '' : `${i % 2}`)),
        ),
      ],
      /row 11 has no label/,
    );
    refuses(
      features,
      [
        file(
          't.csv',
          rows((i) => `kind ${i % 4}`),
        ),
      ],
      /4 classes, and the model tells 2 apart/,
    );
    refuses(
      features,
      [
        file(
          't.csv',
          rows(() => 'one'),
        ),
      ],
      /one class only/,
    );
    refuses(
      { ...features, input: [4, 7] },
      [file('t.csv', table)],
      /3 columns beside its target and the model takes 7/,
    );
    refuses(features, [file('t.csv', 'a,b,c,y\n')], /a header and no rows/);
    refuses(features, [file('t.csv', Uint8Array.of(0xff, 0xfe, 0x41, 0))], /no UTF-8/);
    refuses(features, [file('t.csv', table), file('u.csv', table)], /give one/);
    refuses(features, [file('model.onnx', 'x')], /of no kind that is read/);
    refuses(features, [], /There are no files/);
  });
});

describe('user data from texts', () => {
  const text = Array.from({ length: 200 }, (_, i) => `line ${i} of ${i * 37}\n`).join('');

  it('reads windows that share no character', () => {
    const numbered = Int32Array.from({ length: 39 * 30 }, (_, i) => i % 39);
    const { train, held } = read(tokens, [file('ids.npy', npy(numbered, [numbered.length]))]);
    assert.ok(train.count % 4 === 0 && held.count % 4 === 0);
    assert.deepEqual(inputOf(train).type, { dtype: 'int64', shape: [train.count, 8] });
    const data = read(tokens, [file('notes.txt', text)]);
    assert.match(data.notes.join(), /Each character is a token/);
    assert.ok(inputOf(data.train).data.every((id) => id >= 0 && id < 40));
    assert.equal(data.train.target, data.train.inputs[0]);
    assert.match(read({ ...tokens, rows: 5 }, [file('a.py', text)]).notes.join(), /the rarest share one/);
    const several = read(tokens, [file('b.txt', text), file('a.txt', text)]);
    assert.ok(several.train.count > data.train.count);
  });

  it('reads sequences', () => {
    const { train, notes } = read(tokens, [
      file(
        'ids.npy',
        npy(
          ints(30 * 9, (i) => i % 40),
          [30, 9],
        ),
      ),
    ]);
    assert.equal(train.count, 16);
    assert.match(notes.join(), /the first 8 tokens/);
    refuses(
      tokens,
      [
        file(
          'ids.npy',
          npy(
            ints(300, (i) => i % 41),
            [300],
          ),
        ),
      ],
      /element 40: the token 40; the model has tokens 0 to 39/,
    );
    refuses(
      tokens,
      [
        file(
          'ids.npy',
          npy(
            ints(150, () => 0),
            [30, 5],
          ),
        ),
      ],
      /sequences of 8/,
    );
    refuses(tokens, [file('ids.npy', npy(floats(300), [300]))], /whole numbers/);
  });

  it('refuses what is too short or no text', () => {
    refuses(tokens, [file('a.txt', 'short')], /a\.txt is too short to learn from: 400 characters/);
    refuses(tokens, [file('a.txt', Uint8Array.of(0xc3, 0x28, 0x80))], /a\.txt is no UTF-8 text/);
  });
});

/** An image in which a class has its own brightness. */
function pixels(width: number, height: number, channels: number, value: number): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, i) => (value + (i % 7)) % 256);
}
const png = (width: number, height: number, channels: number, value: number) =>
  encodePng({ width, height, channels, depth: 8, data: pixels(width, height, channels, value) });
const jpeg = (width: number, height: number, value: number) =>
  new Uint8Array(encodeJpeg({ width, height, data: pixels(width, height, 4, value) }, 90).data);

const folders = (of: (label: number, i: number) => Uint8Array, end: string) =>
  ['ant', 'bee', 'cat'].flatMap((name, label) =>
    Array.from({ length: 8 }, (_, i) => file(`root/${name}/${i}.${end}`, of(label, i))),
  );

describe('user data from images', () => {
  it('reads folders as classes, whatever the size, channels and format', () => {
    for (const files of [
      folders((label, i) => png(8 + i, 20, 3, label * 80), 'png'),
      folders((label) => png(5, 6, 1, label * 80), 'png'),
      folders((label) => png(9, 8, 4, label * 80), 'png'),
      folders((label, i) => jpeg(16 + i, 9, label * 80), 'jpg'),
    ]) {
      for (const channels of [1, 3]) {
        const data = read({ input: [4, channels, 8, 8], output: [4, 3] }, files);
        assert.deepEqual(inputOf(data.train).type.shape, [16, channels, 8, 8]);
        assert.equal(data.held.count, 4);
        assert.equal(data.classes, 3);
        const means = [0, 1, 2].map((label) => {
          const own = Array.from(data.train.target.data).flatMap((each, n) => (each === label ? [n] : []));
          const size = channels * 64;
          return deviation(own.flatMap((n) => Array.from(inputOf(data.train).data.slice(n * size, (n + 1) * size))))
            .mean;
        });
        assert.ok((means[0] ?? 0) < (means[1] ?? 0) && (means[1] ?? 0) < (means[2] ?? 0), `${means}`);
      }
    }
  });

  it('resizes as areas downwards and linearly upwards, and crops the middle', () => {
    const grey = (width: number, data: readonly number[]) => ({
      width,
      height: data.length / width,
      channels: 1,
      data,
      white: 1,
    });
    const brought = (picture: Parameters<typeof fitPicture>[0], shape: readonly number[]) => {
      const into = new Float32Array(elements(shape));
      fitPicture(picture, shape, into, 0);
      return [...into];
    };
    assert.deepEqual(
      brought(grey(4, [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8]), [1, 2, 2]),
      [3.5, 5.5, 3.5, 5.5],
    );
    assert.deepEqual(brought(grey(4, [9, 1, 2, 9, 9, 3, 4, 9]), [1, 2, 2]), [1, 2, 3, 4]);
    assert.deepEqual(brought(grey(2, [0, 4, 0, 4]), [1, 4, 4]).slice(0, 4), [0, 1, 3, 4]);
    assert.deepEqual(brought(grey(3, [0, 3, 6, 0, 3, 6, 0, 3, 6]), [1, 2, 2]), [1, 5, 1, 5]);
    assert.deepEqual(brought({ ...grey(1, [2]), height: 1 }, [3, 1, 1]), [2, 2, 2]);
    const rgb = brought({ width: 1, height: 1, channels: 3, data: [1, 0, 0], white: 1 }, [1, 1, 1]);
    assert.ok(Math.abs((rgb[0] ?? 0) - 0.299) < 1e-6);
  });

  it('reads pixels of few and many bits, and of palettes', () => {
    const data = Uint16Array.from({ length: 64 }, (_, i) => i * 1000);
    const deep = encodePng({ width: 8, height: 8, channels: 1, depth: 16, data });
    const bits = encodePng({
      width: 8,
      height: 8,
      channels: 1,
      depth: 1,
      data: Uint8Array.from([0xf0, 0, 0, 0, 0, 0, 0, 0xff]),
    });
    for (const bytes of [deep, bits]) {
      const files = folders((label) => (label === 0 ? bytes : png(8, 8, 1, 10)), 'png');
      assert.equal(read({ input: [4, 1, 8, 8], output: [4, 3] }, files).classes, 3);
    }
  });

  it('says what folders are to look like', () => {
    const some = folders((label) => png(4, 4, 1, label), 'png');
    refuses(images, some.slice(0, 8), /All 8 images are in one folder/);
    refuses({ ...images, output: [4, 2] }, some, /3 classes, and the model tells 2 apart/);
    refuses(features, some, /are no images of 1 to 4 channels/);
    refuses({ input: [4, 1, 8, 8], output: [4, 4, 8, 8] }, some, /give an \.npz/);
    const { notes } = read(images, [...some, file('root/ant/readme.md', 'x'), file('root/ant/.hidden.png', 'x')]);
    assert.match(notes.join(), /2 files that are no PNG or JPEG/);
    const plain = read({ input: [4, 1, 8, 8], output: [4, 1, 8, 8] }, some);
    assert.equal(plain.train.target, plain.train.inputs[0]);
  });

  it('refuses images that are damaged, huge or bombs', () => {
    const good = folders((label) => png(8, 8, 1, label * 50), 'png');
    const withOne = (bytes: Uint8Array, name = 'bad.png') => [...good, file(`root/ant/${name}`, bytes)];
    const image = png(64, 64, 3, 9);
    for (const length of [10, 30, 60, image.length - 1])
      refuses(images, withOne(image.slice(0, length)), /root\/ant\/bad\.png can't be read|bad\.png is neither/);
    const huge = image.slice();
    new DataView(huge.buffer).setUint32(16, 100_000);
    refuses(images, withOne(huge), /100000 × 64 pixels|bytes of pixels/);
    new DataView(huge.buffer).setUint32(20, 100_000);
    refuses(images, withOne(huge), /bad\.png can't be read: it has 100000 × 100000 pixels; up to 64 million/);
    // Rows of zeros for many more pixels than the header claims.
    const bomb = encodePng({ width: 1500, height: 1500, channels: 3, depth: 8, data: new Uint8Array(6_750_000) });
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(16, 4);
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(20, 4);
    refuses(images, withOne(bomb), /unpacks to more than its size says/);
    refuses(images, withOne(new TextEncoder().encode('GIF89a')), /neither PNG nor JPEG/);

    const photo = jpeg(32, 32, 50);
    for (const length of [4, 100, photo.length - 2])
      refuses(images, withOne(photo.slice(0, length), 'bad.jpg'), /bad\.jpg can't be read/);
    const claim = photo.slice();
    const frame = claim.findIndex((byte, i) => byte === 0xff && claim[i + 1] === 0xc0);
    claim.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    refuses(images, withOne(claim, 'bad.jpg'), /65535 × 65535 pixels/);
    claim.set([0x1f, 0x40, 0x1f, 0x40], frame + 5);
    claim.set([0x44], frame + 11);
    refuses(images, withOne(claim, 'bad.jpg'), /bad\.jpg can't be read/);
  });
});

describe('a split', () => {
  it('takes the same share of every class, and never a sample twice', () => {
    const labels = Int32Array.from({ length: 200 }, (_, i) => (i < 150 ? 0 : i < 190 ? 1 : 2));
    const { train, validation, held } = split(200, labels, { batch: 10, most: 1000, share: 0.2, seed: 5 });
    assert.deepEqual([train.length, validation.length, held.length], [140, 20, 40]);
    assert.equal(new Set([...train, ...validation, ...held]).size, 200);
    assert.deepEqual(tally(held.map((n) => labels[n] ?? 0)), [
      [0, 30],
      [1, 8],
      [2, 2],
    ]);
    const bounded = split(200, labels, { batch: 10, most: 100, share: 0.2, seed: 5 });
    assert.equal(bounded.train.length + bounded.validation.length + bounded.held.length, 100);
    assert.notDeepEqual(split(200, labels, { batch: 10, most: 1000, share: 0.2, seed: 6 }).held, held);
  });
});
