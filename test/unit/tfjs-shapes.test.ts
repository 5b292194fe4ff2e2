import assert from 'node:assert/strict';
import type { ReadRequest } from '../../src/reader/messages';
import { countsText } from '../../src/shapes/counts';
import { shapesAt } from '../../src/shapes/find';
import { shapeHover } from '../../src/shapes/hover';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';
import { hintsIn, holdShapes } from '../support/tfjs/heldShapes';
import { sourceCases } from '../support/tfjs/sources';

/** A few of every kind; the others are held to the library by `npm run parity test/parity/tfjs.test.ts`. */
const few = ['sequential_list.ts', 'functional_merge.ts', 'shared_siamese.ts', 'time_distributed.ts', 'nested.ts'];

const FILE = 'model.ts';
const head = "import * as tf from '@tensorflow/tfjs';\n";

async function read(text: string, request: Pick<ReadRequest, 'inputs' | 'expression'> = {}) {
  const source = new MemorySource({ [FILE]: text });
  const result = await testReader().read({ file: FILE, shapes: true, ...request }, { source });
  assert.ok(result.extraction.ok, result.extraction.ok ? '' : result.extraction.problem.message);
  assert.ok(result.shapes);
  return { ...result.extraction, shapes: result.shapes, text };
}

const hinted = ({ shapes, text }: Awaited<ReturnType<typeof read>>, choice?: 'calls') =>
  hintsIn({ shapes }, FILE, text, choice);

/** The hover over a word of a text. */
function hoverOver({ shapes, text }: Awaited<ReturnType<typeof read>>, word: string): string | undefined {
  const before = text.slice(0, text.indexOf(word)).split('\n');
  const found = shapesAt(shapes, FILE, before.length - 1, before.at(-1)?.length ?? 0);
  return found && shapeHover(found).markdown;
}

const sequential = `${head}export function createModel() {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 3, activation: 'relu' }));
  model.add(tf.layers.batchNormalization());
  model.add(
    tf.layers.maxPooling2d({ poolSize: 2 }),
  );
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 10 }));
  return model;
}
`;

describe('shapes of TensorFlow.js models', () => {
  for (const each of sourceCases.filter(({ file }) => few.includes(file)))
    it(`${each.file} has those of the library`, async () => {
      const { layers, hints } = await holdShapes(each);
      assert.ok(layers > 0 && hints > 0);
    });

  it('stand where layers are added, with parameters as the library counts them; the batch is a symbol', async () => {
    const found = await read(sequential);
    assert.deepEqual(hinted(found), {
      'const model = tf.sequential();': '13,642 parameters',
      "model.add(tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 3, activation: 'relu' }));":
        'B×26×26×8 · 80 parameters',
      'model.add(tf.layers.batchNormalization());': 'B×26×26×8 · 32 parameters',
      ');': 'B×13×13×8',
      'model.add(tf.layers.flatten());': 'B×1352',
      'model.add(tf.layers.dense({ units: 10 }));': 'B×10 · 13,530 parameters',
    });
    assert.equal(countsText(found.graph), '13,642 parameters · 62,192 multiply-adds at 1×28×28×1');
    assert.equal(hinted(found, 'calls')['model.add(tf.layers.dense({ units: 10 }));'], 'B×10');
    assert.match(
      hoverOver(found, 'conv2d') ?? '',
      /^\*\*Conv2D\*\* · `conv2d_Conv2D1` · float32\n\n`B×28×28×1` → `B×26×26×8`\n\n80 parameters · 48,672 multiply-adds · receptive field 3×3\n\nIn createModel\(\), for an input of B×28×28×1; multiply-adds are for 1×28×28×1$/,
    );
  });

  it('are numbers where an input was given', async () => {
    const found = await read(sequential, { inputs: [{ shape: [4, 28, 28, 1], dtype: 'float32' }] });
    assert.equal(hinted(found, 'calls')['model.add(tf.layers.dense({ units: 10 }));'], '4×10');
  });

  it('are formulas of what an input leaves open', async () => {
    const images = await read(`${head}export const createModel = () => {
  const image = tf.input({ shape: [null, null, 3] });
  const seen = tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }).apply(image);
  const up = tf.layers.upSampling2d({ size: [2, 2] }).apply(seen);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(up);
  return tf.model({ inputs: image, outputs: pooled as tf.SymbolicTensor });
};
`);
    assert.deepEqual(Object.values(hinted(images, 'calls')), ['B×H×W×3', 'B×H/2×W/2×4', 'B×H×W×4', 'B×4'].slice(1));
    const words = await read(`${head}export const createModel = () => tf.sequential({
  layers: [
    tf.layers.lstm({ units: 6, inputShape: [null, 5], returnSequences: true }),
    tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }),
  ],
});
`);
    assert.deepEqual(Object.values(hinted(words, 'calls')), ['B×L×6', 'B×L×2']);
  });

  it('stand at chains of ops and where a layer of the own file calls some, several calls as a range', async () => {
    const found = await read(`${head}class Scale extends tf.layers.Layer {
  static className = 'Scale';
  call([x]: tf.Tensor[]) {
    const y = x!.mul(2);
    return y.add(1).relu();
  }
}
const dense = tf.layers.dense({ units: 3 });
export const createModel = () => {
  const a = tf.input({ shape: [8] });
  let x = a;
  for (const units of [6, 4]) x = tf.layers.dense({ units }).apply(x) as tf.SymbolicTensor;
  const scaled = new Scale().apply(dense.apply(x));
  return tf.model({ inputs: a, outputs: scaled as tf.SymbolicTensor });
};
`);
    assert.deepEqual(hinted(found), {
      'const y = x!.mul(2);': 'B×3',
      'return y.add(1).relu();': 'B×3',
      'const dense = tf.layers.dense({ units: 3 });': '15 parameters',
      'const a = tf.input({ shape: [8] });': 'B×8',
      'for (const units of [6, 4]) x = tf.layers.dense({ units }).apply(x) as tf.SymbolicTensor;':
        'B×4–6 · 28–54 parameters',
      'const scaled = new Scale().apply(dense.apply(x));': 'B×3',
      'return tf.model({ inputs: a, outputs: scaled as tf.SymbolicTensor });': '97 parameters',
    });
  });

  it('are told over names of tensors and over what is called, at each place as it is there', async () => {
    const found = await read(`${head}const w = tf.variable(tf.ones([6, 4]));
export class Net {
  forward(x: tf.Tensor2D) {
    const both = tf.concat([x.matMul(w), x], 1);
    return both.relu();
  }
}
`);
    const over = (word: string) => hoverOver(found, word)?.split('\n')[0];
    assert.equal(over('x.matMul(w)'), '`B×6` · float32');
    assert.equal(over('w), x]'), '`6×4` · float32');
    assert.equal(over('x], 1)'), '`B×6` · float32');
    assert.equal(over('matMul(w)'), '`B×4` · float32');
    assert.equal(over('concat('), '`B×10` · float32');
    assert.equal(over('both.relu'), '`B×10` · float32');
    const functional = await read(`${head}export function createModel() {
  const a = tf.input({ shape: [5] });
  const b = tf.layers.dense({ units: 3 }).apply(a) as tf.SymbolicTensor;
  const c = tf.layers.concatenate().apply([a, b]) as tf.SymbolicTensor;
  return tf.model({ inputs: a, outputs: c });
}
`);
    assert.equal(hoverOver(functional, 'a) as')?.split('\n')[0], '`B×5` · float32');
    assert.equal(hoverOver(functional, 'b]) as')?.split('\n')[0], '`B×3` · float32');
    assert.match(
      hoverOver(functional, 'apply(a)') ?? '',
      /^\*\*Dense\*\* · `dense_Dense1` · float32\n\n`B×5` → `B×3`\n/,
    );
    assert.match(hoverOver(functional, 'concatenate') ?? '', /`B×5, B×3` → `B×8`/);
  });

  it('are told of nothing that another model of the file made, and of no line that is a part of one', async () => {
    const found = await read(
      `${head}const block = (units: number) => tf.layers.dense({ units, activation: 'relu' });
function other() {
  return tf.sequential({ layers: [tf.layers.dense({ units: 7, inputShape: [9] })] });
}
export function createModel() {
  other();
  const layers = [tf.layers.dense({ units: 5, inputShape: [2] }), tf.layers.dropout({ rate: 0.5 })];
  return tf.sequential({ layers: [...layers, block(1)] });
}
`,
      { expression: 'createModel()' },
    );
    assert.deepEqual(hinted(found, 'calls'), {
      "const block = (units: number) => tf.layers.dense({ units, activation: 'relu' });": 'B×1',
    });
  });
});
