import assert from 'node:assert/strict';
import type { Fault } from '../../src/graph/fault';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';
import { tf } from '../support/tfjs/truth';

const FILE = 'model.js';
const head = "import * as tf from '@tensorflow/tfjs';\n";

async function faultOf(code: string, expression?: string): Promise<Fault | undefined> {
  const source = new MemorySource({ [FILE]: head + code });
  const request = { file: FILE, ...(expression !== undefined && { expression }) };
  return (await testReader().read(request, { source })).extraction.fault;
}

/** What the library itself says of the same code. */
function told(code: string, run: string): string {
  try {
    new Function('tf', `${code.replaceAll('export ', '')}\nreturn ${run};`)(tf);
  } catch (error) {
    return (error as Error).message;
  }
  throw new assert.AssertionError({ message: 'the library takes it' });
}

/** Names that the library numbers go on counting in a process. */
const plain = (message: string) => message.replace(/_([A-Z]\w*?)\d+/g, '_$1');

const builder = (body: string) => `export function createModel() {\n${body}\n}`;
const apply = 'createModel().apply(tf.zeros([1, 8]))';
const custom = (call: string) => `class Own extends tf.layers.Layer {
  static className = 'Own';
  call([x]) {
    ${call}
  }
}
${builder(`  return tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [8] }), new Own()] });`)}`;

/** Code that the library refuses, what runs it there, and a part of the line on which it does. */
const refused: Readonly<Record<string, readonly [code: string, run: string, line: string]>> = {
  'a wrong inputShape': [
    builder(`  const model = tf.sequential();
  model.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [28, 28] }));
  return model;`),
    'createModel()',
    'model.add(tf.layers.conv2d',
  ],
  'a reshape to another size': [
    builder(`  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 24, inputShape: [8] }));
  model.add(tf.layers.reshape({ targetShape: [5, 5] }));
  return model;`),
    apply,
    'targetShape',
  ],
  'what does not fit together': [
    builder(`  const a = tf.input({ shape: [8, 3] });
  const b = tf.input({ shape: [7, 3] });
  const both = tf.layers.concatenate({ axis: -1 }).apply([a, b]);
  return tf.model({ inputs: [a, b], outputs: both });`),
    'createModel()',
    'concatenate',
  ],
  'a layer that is given too few dimensions': [
    builder(`  const x = tf.input({ shape: [8] });
  const outputs = tf.layers.lstm({ units: 4 }).apply(x);
  return tf.model({ inputs: x, outputs });`),
    'createModel()',
    'lstm',
  ],
  'a product in a layer of the own file': [custom('return tf.matMul(x, tf.ones([9, 4]));'), apply, 'tf.matMul'],
  'a reshape in a layer of the own file': [custom('return x.reshape([x.shape[0], 5]);'), apply, 'x.reshape'],
};

describe('what TensorFlow.js surely refuses', () => {
  for (const [what, [code, run, line]] of Object.entries(refused))
    it(`is told on its line in its words: ${what}`, async () => {
      const fault = await faultOf(code);
      assert.ok(fault);
      assert.equal(plain(fault.message), plain(told(code, run)));
      assert.equal(fault.library, 'tensorflow');
      assert.match((head + code).split('\n')[fault.source.line] ?? '', new RegExp(line.replaceAll(/[.(]/g, '\\$&')));
      // Words that name the batch are other ones for each.
      assert.equal(fault.basis, code.includes('class Own') ? 'every-input' : 'construction');
    });

  it('is told of what a file makes while it runs, and of arguments that a call of the file gives', async () => {
    const script = `const model = tf.sequential();
model.add(tf.layers.conv1d({ filters: 2, kernelSize: 3, inputShape: [8] }));
`;
    assert.equal((await faultOf(script))?.source.line, 2);
    const called = `function createModel(shape) {
  const model = tf.sequential();
  model.add(tf.layers.conv1d({ filters: 2, kernelSize: 3, inputShape: shape }));
  return model;
}
createModel([8]);
`;
    assert.equal((await faultOf(called))?.source.line, 3);
  });

  it('is not told where an argument or a batch may make it right, or the code itself objects', async () => {
    const silent = {
      'a default that callers may replace': builder(
        `  return tf.sequential({ layers: [tf.layers.lstm({ units: 2, inputShape: shape })] });`,
      ).replace('createModel()', 'createModel(shape = [8])'),
      'an argument that nobody gives': builder(
        '  return tf.sequential({ layers: [tf.layers.lstm({ units: 2, inputShape: shape })] });',
      ).replace('createModel()', 'createModel(shape)'),
      'a batch that is right': custom('return x.reshape([48, 8]);'),
      'one of which the size is a multiple': custom('return x.reshape([-1, 5]);'),
      'an error of its own': builder("  throw new Error('not today');"),
      'an error of the language': builder(
        '  const layers = undefined;\n  return tf.sequential({ layers: layers.all });',
      ),
      'what only a page has': builder(`  const units = document.getElementById('units').value;
  return tf.sequential({ layers: [tf.layers.lstm({ units: 3, inputShape: [8] }), tf.layers.dense({ units })] });`),
      'what it catches': builder(`  try {
    return tf.sequential({ layers: [tf.layers.lstm({ units: 3, inputShape: [8] })] });
  } catch {
    return tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [8] })] });
  }`),
      'functions of tensors whose shapes are a guess': `export function forward(x) {
  const w = tf.variable(tf.ones([4, 3]));
  return tf.matMul(tf.matMul(x, w), tf.ones([5, 2]));
}`,
    };
    for (const [what, code] of Object.entries(silent)) assert.equal(await faultOf(code), undefined, what);
  });
});
