import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { extractModel } from '../../src/extract/extract';
import { GraphBuilder } from '../../src/graph/builder';
import { initialise } from '../../src/graph/initialise';
import type { Graph } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { NodeSource } from '../../src/source/node';
import { applyWeights, requireExact } from '../../src/weights/apply';
import { crc32 } from '../../src/weights/crc32';
import { readBeside, readWeights } from '../../src/weights/read';
import { decode, WeightsError } from '../../src/weights/tensor';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

interface Expected {
  readonly files: Readonly<
    Record<
      string,
      readonly {
        readonly path: string;
        readonly tensors: readonly {
          readonly name: string;
          readonly dtype: string;
          readonly shape: readonly number[];
          readonly data: readonly (number | string)[];
        }[];
      }[]
    >
  >;
  readonly refusal: string;
  readonly input: readonly number[];
  readonly output: readonly number[];
}

const folder = inRoot('test', 'fixtures', 'weights');
const bytesOf = (name: string) => new Uint8Array(readFileSync(`${folder}/${name}`));
const expected = JSON.parse(readFileSync(`${folder}/weights.json`, 'utf8')) as Expected;
const read = (name: string) => readWeights(bytesOf(name), name);

async function netGraph(expression = 'Net'): Promise<Graph> {
  const extraction = await extractModel({
    syntax: testSyntax(),
    source: new NodeSource(),
    file: `${folder}/net.py`,
    expression,
    inputs: [{ shape: [1, 1, 8, 8], dtype: 'float32' }],
  });
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph;
}

/** A PyTorch archive around a pickle of one's own. */
function archive(pickle: readonly number[] | Uint8Array, files: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  return zipSync({ 'x/data.pkl': Uint8Array.from(pickle), ...files }, { level: 0 });
}

const text = (value: string) => [...new TextEncoder().encode(value)];
const named = (module: string, name: string) => [0x63, ...text(`${module}\n${name}\n`)];

describe('weights files, as PyTorch and NumPy save them', () => {
  for (const [name, parts] of Object.entries(expected.files)) {
    it(name, () => {
      const found = read(name).map(({ path, tensors }) => ({
        path,
        tensors: tensors.map((tensor) => ({
          name: tensor.name,
          dtype: tensor.dtype,
          shape: tensor.shape,
          data: Array.from(decode(tensor), (value) =>
            Number.isFinite(value) ? value : String(value).slice(0, 3).toLowerCase(),
          ),
        })),
      }));
      assert.deepEqual(found, parts);
    });
  }

  it('what can’t be read is named, with the way out', () => {
    const cases: [string, RegExp][] = [
      ['evil.pt', /wants to call (posix|nt)\.system, .*nothing was run/],
      ['whole_model.pt', /object of the class net\.Net.*state_dict\(\)/],
      ['script.pt', /TorchScript.*state_dict\(\)/],
      ['complex.pt', /phase has the element type complex64/],
      ['sparse.pt', /_rebuild_sparse_tensor.*to_dense/],
      ['quantized.pt', /_rebuild_qtensor/],
      ['objects.npz', /state holds Python objects.*savez/],
    ];
    for (const [name, message] of cases)
      assert.throws(
        () => read(name),
        (error) => error instanceof WeightsError && message.test(error.message),
        name,
      );
  });

  it('files of other formats are told apart', () => {
    const cases: [Uint8Array, string, RegExp][] = [
      [new Uint8Array(), 'a.pt', /empty/],
      [Uint8Array.of(0x89, 0x48, 0x44, 0x46, 1, 2, 3, 4, 5), 'a.h5', /HDF5/],
      [Uint8Array.from(text('GGUF12345678')), 'a.gguf', /GGUF/],
      [Uint8Array.of(0x1f, 0x8b, 8, 0), 'a.pt', /gzip/],
      [Uint8Array.of(0x80, 4, 0x4e, 0x2e), 'a.pkl', /pickle/],
      [Uint8Array.from(text('just some text')), 'a.pth', /no zip archive/],
      [zipSync({ 'a.txt': new Uint8Array(3) }), 'a.zip', /it holds a\.txt/],
      [bytesOf('plain.pt').subarray(0, 3000), 'a.pt', /cut off/],
    ];
    for (const [bytes, name, message] of cases)
      assert.throws(
        () => readWeights(bytes, name),
        (error) => error instanceof WeightsError && message.test(error.message),
        String(message),
      );
  });

  it('the names stand in for the format: a .bin may be any of them', () => {
    assert.equal(readWeights(bytesOf('plain.pt'), 'pytorch_model.bin').length, 1);
    assert.equal(readWeights(bytesOf('plain.npz'), 'weights').length, 1);
  });
});

describe('weights on a model', () => {
  for (const name of ['plain.pt', 'checkpoint.pth', 'model.pt', 'gan.pt', 'lightning.ckpt', 'packed.npz', 'half.pt'])
    it(`${name} gives PyTorch’s outputs`, async () => {
      const graph = await netGraph();
      const applied = applyWeights(graph, read(name));
      requireExact('Net', applied);
      const weights = initialise(graph, 0, applied.values);
      const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: 'wasm' });
      const runtime = await wasmRuntime();
      const session = await runtime.createSession(encodeModel(lowered, weights), 'watched');
      const [value] = lowered.inputs;
      assert.ok(value);
      const outputs = await session.run(runtime.feeds([{ value, data: Float32Array.from(expected.input) }]));
      await session.release();
      await runtime.dispose();
      const [output] = graph.outputs.map((out) => Array.from(outputs[out.name] ?? []));
      const tolerance = name === 'half.pt' ? 1e-2 : 1e-5;
      expected.output.forEach((each, i) => {
        assert.ok(Math.abs(each - (output?.[i] ?? Number.NaN)) < tolerance, `${output} for ${expected.output}`);
      });
    });

  it('keys that don’t fit are listed in PyTorch’s words', async () => {
    const applied = applyWeights(await netGraph(), read('other.pt'));
    const lines = (message: string) => message.split('\n').map((line) => line.trim());
    assert.throws(
      () => requireExact('Net', applied),
      (error) => {
        assert.ok(error instanceof WeightsError);
        assert.deepEqual(lines(error.message).slice(0, -1), lines(expected.refusal));
        return /Net\(num_classes=10\)/.test(error.message);
      },
    );
    // What fits is there all the same.
    assert.equal(applied.values.length, 6);
  });

  it('tells which state dict it took and what stood before its names', async () => {
    const graph = await netGraph();
    const facts = (name: string) => {
      const { part, prefix, missing, unexpected } = applyWeights(graph, read(name));
      return [part, prefix, missing, unexpected];
    };
    assert.deepEqual(facts('checkpoint.pth'), ['state_dict', 'module.', [], []]);
    assert.deepEqual(facts('gan.pt'), ['generator', '', [], []]);
    assert.deepEqual(facts('lightning.ckpt'), ['state_dict', 'model.', [], []]);
  });
});

describe('hostile weights files', () => {
  const refused = (bytes: Uint8Array, message: RegExp) =>
    assert.throws(
      () => readWeights(bytes, 'a.pt').map(({ tensors }) => tensors.map(decode)),
      (error) => error instanceof WeightsError && message.test(error.message),
      String(message),
    );

  it('names that no checkpoint needs are refused before anything is done with them', () => {
    for (const [module, name] of [
      ['os', 'system'],
      ['builtins', 'eval'],
      ['builtins', 'getattr'],
      ['__builtin__', 'exec'],
      ['torch.hub', 'load'],
      ['torch._utils', 'constructor'],
      ['constructor', 'prototype'],
      ['torch', '__proto__'],
    ] as const)
      refused(archive([0x80, 2, ...named(module, name), 0x29, 0x52, 0x2e]), new RegExp(name));
  });

  it('pickles that do not hold together', () => {
    const protocol = [0x80, 2];
    const cases: [number[], RegExp][] = [
      [protocol, /ends in the middle/],
      [[...protocol, 0x2e], /stack/],
      [[...protocol, 0x74, 0x2e], /mark/],
      [[...protocol, 0x68, 9, 0x2e], /recalls 9/],
      [[...protocol, 0x49, 0x2e], /instruction "I"/],
      [[...protocol, 0x58, 0xff, 0xff, 0xff, 0xff, 0x2e], /ends in the middle/],
      [[...protocol, 0x8b, 0xff, 0xff, 0xff, 0x7f], /integer of/],
      [[...protocol, 0x28, 0x30, 0x30, 0x2e], /stack/],
      [[...protocol, 0x4e, 0x29, 0x52, 0x2e], /calls a value/],
      [[...protocol, 0x4e, 0x51, 0x2e], /no storage/],
      [[...protocol, ...named('torch._utils', '_rebuild_tensor_v2'), 0x29, 0x52, 0x2e], /no storage/],
      [[...protocol, 0x5d, 0x2e], /list/],
      [[...protocol, 0x7d, 0x2e], /empty/],
      // A dict that holds itself.
      [[...protocol, 0x7d, 0x71, 0, 0x58, 1, 0, 0, 0, 0x61, 0x68, 0, 0x73, 0x2e], /no state dict/],
    ];
    for (const [pickle, message] of cases) refused(archive(pickle), message);
  });

  it('millions of containers in a small file are refused', () => {
    for (const code of [0x7d, 0x5d, 0x29, 0x8f]) {
      const pickle = new Uint8Array(4_000_000).fill(code);
      const packed = zipSync({ 'x/data.pkl': pickle }, { level: 9 });
      refused(packed, /more than 2000000 lists, dicts and tuples/);
    }
    refused(archive(new Uint8Array(20_000_000).fill(0x4e)), /more than 10000000 instructions/);
  });

  it('a file from before PyTorch 1.6 that is cut off, or lies about its storages', () => {
    const file = bytesOf('legacy.pt');
    for (const length of [14, 15, 40, 200, file.length - 1]) refused(file.subarray(0, length), /./);
    refused(file.subarray(0, file.length - 1), /ends in the middle of a storage/);
    const longer = file.slice();
    // The length of the first storage, behind the list of names.
    const view = new DataView(longer.buffer);
    const at = indexOf(longer, [0x65, 0x2e, 4, 0, 0, 0, 0, 0, 0, 0]) + 2;
    view.setBigUint64(at, 2n ** 62n, true);
    refused(longer, /ends in the middle of a storage/);
    view.setBigUint64(at, 3n, true);
    refused(longer, /./);
  });

  it('dicts in dicts are looked through in time', () => {
    // 200 levels, each of which holds the next one 200 times.
    const pickle = [0x80, 2];
    const levels = 200;
    for (let level = 0; level < levels; level++) {
      pickle.push(0x7d, 0x72, level, 0, 0, 0, 0x28);
      for (let i = 0; i < 200; i++)
        if (level > 0) pickle.push(0x58, 1, 0, 0, 0, 0x41 + (i % 26), 0x6a, level - 1, 0, 0, 0);
      pickle.push(0x75, 0x30);
    }
    refused(archive([...pickle, 0x6a, levels - 1, 0, 0, 0, 0x2e]), /no state dict/);
  });

  it('a tensor that claims more than its storage has, and a bomb of zeros', () => {
    const pickle = pickleOf(bytesOf('plain.pt'));
    refused(archive(pickle), /bytes of features\.0\.weight .* are missing/);
    refused(archive(pickle, { 'x/data/0': new Uint8Array(140) }), /reaches element 35 of a storage that has 35/);
    const large = archive([0x2e]);
    // In the directory, four bytes at 24 after its signature.
    new DataView(large.buffer).setUint32(indexOf(large, [0x50, 0x4b, 1, 2]) + 24, 2 ** 28, true);
    refused(large, /more than 134217728 bytes/);
    const lies = zipSync({ 'a.npy': new Uint8Array(1000) }, { level: 9 });
    new DataView(lies.buffer).setUint32(indexOf(lies, [0x50, 0x4b, 1, 2]) + 24, 2 ** 31, true);
    refused(lies, /impossible/);
  });

  it('truncated and mutated files throw the reader’s own error or none, and in time', function () {
    // For all of them: one that took its file's lies for sizes would use it up alone.
    this.timeout(60_000);
    const files = readdirSync(folder)
      .filter((name) => /\.(pt|pth|ckpt|npz|npy)$/.test(name))
      .map((name) => ({ name, bytes: bytesOf(name) }));
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(edit, { maxLength: 8 }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        ({ name, bytes }, edits, cut) => {
          const copy = bytes.slice(0, cut === null ? undefined : Math.floor(cut * bytes.length));
          for (const { at, byte } of edits) copy[Math.floor(at * copy.length)] = byte;
          try {
            for (const { tensors } of readWeights(copy, name)) tensors.forEach(decode);
          } catch (error) {
            assert.ok(error instanceof WeightsError, String(error));
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('mutated pickles in whole archives, too', function () {
    this.timeout(60_000);
    const pickle = [...pickleOf(bytesOf('plain.pt'))];
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(pickle.length - 1), byte: fc.integer({ min: 0, max: 255 }) }), {
          minLength: 1,
          maxLength: 4,
        }),
        (edits) => {
          const copy = [...pickle];
          for (const { at, byte } of edits) copy[at] = byte;
          try {
            for (const { tensors } of readWeights(archive(copy, { 'x/data/0': new Uint8Array(144) }), 'a.pt'))
              tensors.forEach(decode);
          } catch (error) {
            assert.ok(error instanceof WeightsError, String(error));
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('the check sum is that of zip archives', () => {
    assert.equal(crc32(Uint8Array.from(text('123456789'))), 0xcbf43926);
    assert.equal(crc32(new Uint8Array()), 0);
  });
});

function indexOf(bytes: Uint8Array, wanted: readonly number[]): number {
  return bytes.findIndex((_, at) => wanted.every((byte, i) => bytes[at + i] === byte));
}

/** The first file of an archive of stored files. */
function pickleOf(bytes: Uint8Array): Uint8Array {
  const from = indexOf(bytes, [0x80, 2]);
  const end = indexOf(bytes.subarray(from), [0x50, 0x4b]);
  return bytes.subarray(from, from + end);
}

describe('weights of TensorFlow.js', () => {
  const weight = (name: string, shape: readonly number[], data: readonly number[], group?: string) => ({
    spec: { name, shape, dtype: 'float32', ...(group && { group }) },
    data,
  });
  type Weight = ReturnType<typeof weight>;

  /** A model.json, and its shard. */
  function saved(weights: readonly Weight[]): [Uint8Array, ReadonlyMap<string, Uint8Array>] {
    const manifest = {
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: weights.map(({ spec }) => spec) }],
    };
    const bytes = new Uint8Array(Float32Array.from(weights.flatMap(({ data }) => data)).buffer);
    return [new TextEncoder().encode(JSON.stringify(manifest)), new Map([['group1-shard1of1.bin', bytes]])];
  }

  /** A model that has these weights and does nothing with them. */
  function modelOf(weights: readonly (readonly [string, readonly number[]])[]): Graph {
    const builder = new GraphBuilder();
    const state = weights.map(([name, shape]) => {
      const storage = builder.storage({ dtype: 'float32', shape }, true, { kind: 'constant', value: 0 });
      return { name, storage, kind: 'parameter' as const, persistent: true };
    });
    return { ...builder.finish({ name: 'model', inputs: [], outputs: [], state }), conventions: 'tensorflow' };
  }

  const lay = (graph: Graph, weights: readonly Weight[]) => {
    const [file, shards] = saved(weights);
    const applied = applyWeights(graph, readWeights(file, 'model.json', shards));
    const names = new Map(graph.state.map(({ name, storage }) => [storage, name]));
    const values = Object.fromEntries(applied.values.map(({ storage, data }) => [names.get(storage), [...data]]));
    return { ...applied, values };
  };

  it('files beside a model.json are named, and none out of its folder is asked for', async () => {
    const [file, shards] = saved([weight('a/kernel', [1], [3])]);
    const asked: string[] = [];
    const found = await readBeside(file, async (path) => {
      asked.push(path);
      return shards.get(path);
    });
    assert.deepEqual(asked, ['group1-shard1of1.bin']);
    assert.equal(readWeights(file, 'model.json', found)[0]?.tensors[0]?.name, 'a/kernel');
    assert.throws(() => readWeights(file, 'model.json'), /group1-shard1of1\.bin.*not beside/);
    for (const path of ['../w.bin', '/etc/passwd', 'a/../../w.bin', 'https://x.org/w.bin']) {
      const away = new TextEncoder().encode(JSON.stringify({ weightsManifest: [{ paths: [path], weights: [] }] }));
      await assert.rejects(
        readBeside(away, () => assert.fail()),
        /leads out of the folder/,
      );
    }
    assert.deepEqual([...(await readBeside(bytesOf('plain.pt'), () => assert.fail()))], []);
  });

  it('what is no such file is told, with the way out', () => {
    const cases: [string, string, RegExp][] = [
      ['{"modelTopology": {}}', 'model.json', /names no weights/],
      ['{"weightsManifest": 3}', 'model.json', /not of the form/],
      ['{"weightsManifest": [', 'model.json', /no JSON/],
      ['raw bytes of it', 'group1-shard1of2.bin', /choose the model\.json/],
      ['raw bytes of it', 'my-model.weights.bin', /choose the model\.json/],
    ];
    for (const [content, name, message] of cases)
      assert.throws(
        () => readWeights(Uint8Array.from(text(content)), name),
        (error) => error instanceof WeightsError && message.test(error.message),
        content,
      );
  });

  it('names stand before order, and what an optimiser keeps is left out', () => {
    const graph = modelOf([
      ['b/kernel', [1]],
      ['a/kernel', [1]],
    ]);
    const { values, order, missing, unexpected } = lay(graph, [
      weight('a/kernel', [1], [1]),
      weight('b/kernel', [1], [2]),
      weight('a/kernel/m', [1], [9], 'optimizer'),
    ]);
    assert.deepEqual(values, { 'b/kernel': [2], 'a/kernel': [1] });
    assert.deepEqual([order, missing, unexpected], [undefined, [], []]);
  });

  it('other numbers and the names of cells are matched, of layers of a kind in their order', () => {
    const graph = modelOf([
      ['dense_Dense1/kernel', [2]],
      ['lstm_LSTM1/kernel', [1]],
      ['dense_Dense2/kernel', [2]],
    ]);
    const { values, order } = lay(graph, [
      weight('dense_Dense7/kernel', [2], [1, 2]),
      weight('dense_Dense9/kernel', [2], [3, 4]),
      weight('lstm_LSTM3/kernel', [1], [5]),
    ]);
    assert.deepEqual(values, {
      'dense_Dense1/kernel': [1, 2],
      'lstm_LSTM1/kernel': [5],
      'dense_Dense2/kernel': [3, 4],
    });
    assert.equal(order, 'kind');
    const cells = lay(modelOf([['lstm/kernel', [1]]]), [weight('lstm/lstm_cell/kernel', [1], [5])]);
    assert.deepEqual([cells.values, cells.unexpected], [{ 'lstm/kernel': [5] }, []]);
  });

  it('names of another library are matched by shapes', () => {
    const graph = modelOf([
      ['dense_Dense1/kernel', [2]],
      ['dense_Dense1/bias', [1]],
      ['dense_Dense2/kernel', [1]],
    ]);
    const { values, order } = lay(graph, [
      weight('out/kernel', [1], [9]),
      weight('hidden/bias', [1], [3]),
      weight('hidden/kernel', [2], [1, 2]),
    ]);
    assert.deepEqual(Object.values(values), [[1, 2], [3], [9]]);
    assert.equal(order, 'shape');
  });

  it('what does not fit is named', () => {
    const graph = modelOf([
      ['dense_Dense1/kernel', [2]],
      ['dense_Dense2/kernel', [3]],
      ['dense_Dense3/kernel', [1]],
    ]);
    const [file, shards] = saved([
      weight('dense_Dense4/kernel', [2], [1, 2]),
      weight('dense_Dense5/kernel', [2], [3, 4]),
      weight('extra/kernel', [1], [1]),
    ]);
    const applied = applyWeights(graph, readWeights(file, 'model.json', shards));
    assert.throws(
      () => requireExact('model', applied),
      (error) =>
        error instanceof WeightsError &&
        error.message.split('\n').join('|') ===
          'The weights do not fit model:|  The file has nothing for these weights of the model: dense_Dense3/kernel|' +
            '  The model has nothing for these weights of the file: extra/kernel|' +
            '  dense_Dense2/kernel has the shape [2] in the file and [3] in the model|' +
            'Name the model as it was built when its weights were saved, such as model.ts:createModel(10).',
    );
  });
});
