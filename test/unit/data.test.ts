import assert from 'node:assert/strict';
import { Random } from '../../src/compare/random';
import type { Column, Dataset, Samples } from '../../src/data/dataset';
import { proceduralData } from '../../src/data/procedural';
import type { Task } from '../../src/data/task';
import { taskOf } from '../../src/data/taskOf';
import { drawWindow, partsOf, tokensOf } from '../../src/data/text';
import { GraphBuilder } from '../../src/graph/builder';
import { elements } from '../../src/graph/ops/rule';
import type { Graph } from '../../src/graph/types';
import { type Model, model } from '../support/dataModel';

/** An image and indices that nothing reads. */
function twoInputs(): Graph {
  const builder = new GraphBuilder();
  const image = builder.input({ dtype: 'float32', shape: [8, 1, 4, 4] });
  const indices = builder.input({ dtype: 'int64', shape: [8, 5] });
  const type = { dtype: 'float32', shape: [8, 3] } as const;
  const y = builder.emit1({ kind: 'constant', data: new Float32Array(24), type });
  const inputs = [
    { name: 'image', value: image },
    { name: 'indices', value: indices },
  ];
  return builder.finish({ name: 'Model', inputs, outputs: [{ name: 'y', value: y }], state: [] });
}

function moments(values: Float32Array | Int32Array): { readonly mean: number; readonly deviation: number } {
  let [mean, square] = [0, 0];
  for (const value of values) mean += value / values.length;
  for (const value of values) square += (value - mean) ** 2 / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

const make = (graph: Graph, seed = 0, text?: string): Dataset =>
  proceduralData(graph, taskOf(graph), {
    train: 400,
    validation: 100,
    held: 100,
    seed,
    ...(text !== undefined && { text }),
  });

const models: readonly (Model & { readonly task: Task['kind']; readonly name: Dataset['name'] })[] = [
  { input: [8, 3, 32, 32], output: [8, 10], task: 'classes', name: 'shapes' },
  { input: [8, 1, 4, 4], output: [8, 1000], task: 'classes', name: 'shapes' },
  { input: [8, 20], output: [8, 4], task: 'classes', name: 'spirals' },
  { input: [8, 1], output: [8, 3], task: 'classes', name: 'spirals' },
  { input: [8, 2, 64], output: [8, 10], task: 'classes', name: 'waves' },
  { input: [8, 1, 4, 8, 8], output: [8, 5], task: 'classes', name: 'prototypes' },
  { input: [8, 16], output: [8, 16, 50], dtype: 'int64', rows: 50, task: 'tokens', name: 'text' },
  { input: [8, 16], output: [8, 2], dtype: 'int64', rows: 30, task: 'classes', name: 'motifs' },
  { input: [8, 3, 16, 16], output: [8, 3, 16, 16], task: 'reconstruction', name: 'shapes' },
  { input: [8, 3, 16, 16], output: [8, 5, 8, 8], task: 'places', name: 'shapes' },
  { input: [8, 7], output: [8, 1], task: 'binary', name: 'spirals' },
  { input: [8, 7], output: [8, 3, 2], task: 'numbers', name: 'function' },
];

const sizeOf = ({ type }: Column) => elements(type.shape.slice(1));
const sample = (column: Column, n: number) => column.data.subarray(n * sizeOf(column), (n + 1) * sizeOf(column));

/** Share of held-out samples that the nearest training sample is right about. */
function nearest(train: Samples, held: Samples): number {
  let right = 0;
  const [known, asked] = [train.inputs[0], held.inputs[0]];
  assert.ok(known && asked);
  for (let n = 0; n < held.count; n++) {
    const one = sample(asked, n);
    let best = [Number.POSITIVE_INFINITY, -1];
    for (let m = 0; m < train.count; m++) {
      const other = sample(known, m);
      let distance = 0;
      for (let i = 0; i < one.length; i++) distance += ((one[i] ?? 0) - (other[i] ?? 0)) ** 2;
      if (distance < (best[0] ?? 0)) best = [distance, train.target.data[m] ?? -1];
    }
    if (best[1] === held.target.data[n]) right++;
  }
  return right / held.count;
}

describe('procedural data', () => {
  for (const one of models) {
    it(`suits ${one.dtype ?? 'float32'} [${one.input}] → [${one.output}]`, () => {
      const graph = model(one);
      assert.equal(taskOf(graph).kind, one.task);
      const data = make(graph);
      assert.equal(data.name, one.name);
      for (const { count, inputs, target } of [data.train, data.validation, data.held]) {
        assert.ok(count >= 16 && count % 8 === 0, `${count}`);
        for (const { type, data: values } of [...inputs, target]) {
          assert.equal(type.shape[0], count);
          assert.equal(values.length, elements(type.shape));
          assert.ok(values.every(Number.isFinite));
        }
        assert.deepEqual(inputs[0]?.type.shape.slice(1), one.input.slice(1));
      }
      assert.deepEqual(make(graph), data);
      assert.notDeepEqual(make(graph, 1).train.inputs[0]?.data, data.train.inputs[0]?.data);
      assert.notDeepEqual(sample(data.train.inputs[0] as Column, 0), sample(data.held.inputs[0] as Column, 0));
      for (const other of [data.train, data.held])
        assert.notDeepEqual(sample(other.inputs[0] as Column, 0), sample(data.validation.inputs[0] as Column, 0));
      const input = data.train.inputs[0]?.data;
      if (input instanceof Float32Array) {
        const { mean, deviation } = moments(input);
        assert.ok(Math.abs(mean) < 0.2 && Math.abs(deviation - 1) < 0.2, `${mean}, ${deviation}`);
      }
    });
  }

  it('has targets of mean 0 and deviation 1 for numbers, whatever the output is like', () => {
    for (const [input, output] of [
      [
        [8, 7],
        [8, 3, 2],
      ],
      [
        [8, 3, 16, 16],
        [8, 1, 16, 16],
      ],
      [
        [8, 3, 16, 16],
        [8, 1, 32, 32],
      ],
      [
        [8, 3, 16, 16],
        [8, 1, 4, 4],
      ],
      [
        [8, 12, 5],
        [8, 12, 9],
      ],
      [
        [8, 100],
        [8, 3, 8, 8],
      ],
    ] as const) {
      const graph = model({ input, output });
      const { train, held } = proceduralData(
        graph,
        { kind: 'numbers' },
        { train: 256, validation: 64, held: 128, seed: 3 },
      );
      assert.deepEqual(train.target.type.shape, [256, ...output.slice(1)]);
      for (const { target } of [train, held]) {
        const { mean, deviation } = moments(target.data);
        assert.ok(Math.abs(mean) < 0.35 && Math.abs(deviation - 1) < 0.35, `${output}: ${mean}, ${deviation}`);
      }
    }
  });

  it('stays below the rows that its tokens index', () => {
    for (const rows of [1, 2, 5, 1000]) {
      const { train } = make(model({ input: [8, 16], output: [8, 4], dtype: 'int64', rows }));
      assert.ok(train.inputs[0]?.data.every((id) => id >= 0 && id < rows));
      const text = make(model({ input: [8, 16], output: [8, 16, 50], dtype: 'int64', rows }));
      assert.ok(text.held.inputs[0]?.data.every((id) => id >= 0 && id < Math.min(rows, 50)));
    }
  });

  it('has no character in two sets where windows are longer than the text', () => {
    for (const [characters, window] of [
      [700, 1024],
      [700, 300],
      [5000, 64],
    ] as const) {
      const { train, validation, held } = partsOf(characters, window);
      assert.deepEqual([train.to, validation.to, held.to], [validation.from, held.from, characters]);
      const ids = Int32Array.from({ length: characters }, (_, i) => i);
      for (const part of [validation, held]) {
        assert.ok(part.to - part.from >= Math.min(window, characters / 3 - 1));
        const drawn = new Int32Array(window);
        drawWindow(ids, part, window, new Random(1), drawn, 0);
        assert.ok(drawn.every((id) => id >= part.from && id < part.to));
      }
    }
  });

  it('fills a second input at random and says so', () => {
    const { train, notes } = make(twoInputs());
    assert.deepEqual(train.inputs[1]?.type.shape, [400, 5]);
    assert.ok(train.inputs[1]?.data instanceof Int32Array);
    assert.match(notes.join(), /random/);
  });

  it('gives a model that flattens its rows a target for each of them', () => {
    const { train } = make(model({ input: [8, 16], output: [128, 4], dtype: 'int64', rows: 30 }));
    assert.deepEqual(train.target.type.shape, [400, 16]);
  });

  it('keeps targets where a last sigmoid can reach them', () => {
    const { train } = make(model({ input: [8, 1, 8, 8], output: [8, 1, 8, 8], last: 'sigmoid' }));
    const { mean, deviation } = moments(train.target.data);
    assert.ok(train.target.data.every((x) => x >= 0 && x <= 1));
    assert.ok(mean > 0.4 && mean < 0.6 && deviation > 0.1);
  });

  it('has every class as often, below the number of outputs', () => {
    const { train, classes } = make(model({ input: [8, 3, 16, 16], output: [8, 4] }));
    assert.equal(classes, 4);
    const counts = new Map<number, number>();
    for (const label of train.target.data) counts.set(label, (counts.get(label) ?? 0) + 1);
    assert.deepEqual([...counts.keys()].sort(), [0, 1, 2, 3]);
    assert.ok(Math.max(...counts.values()) - Math.min(...counts.values()) <= 1);
  });

  it('can be learnt, but not at a glance', () => {
    for (const one of [
      { input: [8, 1, 12, 12], output: [8, 10] },
      { input: [8, 1, 64], output: [8, 10] },
    ]) {
      const { train, held } = make(model(one));
      const share = nearest(train, held);
      assert.ok(share > 0.15 && share < 0.95, `${one.input}: ${share}`);
    }
    const { train, held } = make(model({ input: [8, 6], output: [8, 4] }));
    assert.ok(nearest(train, held) > 0.7);
    const bands = make(model({ input: [8, 1], output: [8, 3] }));
    assert.ok(nearest(bands.train, bands.held) > 0.9);
  });

  it('takes the text of the open file, windows of which are never in both sets', () => {
    const text = Array.from({ length: 600 }, (_, i) => `line ${i} = f(${(i * 7919) % 1000})\n`).join('');
    const { train, held, notes } = make(
      model({ input: [8, 16], output: [8, 16, 90], dtype: 'int64', rows: 90 }),
      0,
      text,
    );
    assert.deepEqual(notes, []);
    const windows = (of: Samples) =>
      Array.from({ length: of.count }, (_, n) => sample(of.inputs[0] as Column, n).join());
    const known = new Set(windows(train));
    assert.ok(windows(held).every((window) => !known.has(window)));
    assert.deepEqual(train.target, train.inputs[0]);
  });

  it('says when the text is too short', () => {
    const { notes } = make(model({ input: [8, 16], output: [8, 16, 90], dtype: 'int64', rows: 90 }), 0, 'short');
    assert.match(notes.join(), /too short/);
    assert.equal(Math.max(...tokensOf('short', 5).ids), 4);
  });

  it('stays within its memory, with two batches at least', () => {
    const { train, held, notes } = make(model({ input: [4, 3, 512, 512], output: [4, 10] }));
    assert.ok(train.count >= 8 && train.count < 400, `${train.count}`);
    assert.ok((train.inputs[0]?.data.byteLength ?? 0) + (held.inputs[0]?.data.byteLength ?? 0) <= 256 * 2 ** 20);
    assert.match(notes.join(), /instead of 400/);
  });
});
