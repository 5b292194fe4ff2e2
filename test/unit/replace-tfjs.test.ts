import assert from 'node:assert/strict';
import { catalogue } from '../../src/activations/catalogue';
import { applyEdits } from '../../src/advise/applyEdits';
import { ReplaceError } from '../../src/advise/replace';
import { replaceTfjs } from '../../src/advise/replaceTfjs';
import { finish } from '../../src/detect/python/detect';
import { detectTypeScript } from '../../src/detect/typescript/detect';
import type { ActivationParameters } from '../../src/graph/types';
import { testSyntax } from '../support/syntax';

const head = "import * as tf from '@tensorflow/tfjs';\n";

/** The code with another activation at its last site. */
async function replace(line: string, to: string, parameters?: ActivationParameters, before = head): Promise<string> {
  const activation = catalogue.get(to);
  assert.ok(activation);
  const text = { file: 'a.ts', text: `${before}${line}`, version: 1 };
  const tree = await testSyntax().parse('typescript', text.text);
  try {
    const site = finish(detectTypeScript(tree, text)).sites.at(-1);
    assert.ok(site, `no activation in ${line}`);
    return applyEdits(text.text, replaceTfjs(tree, text, [site], activation, parameters)).slice(before.length);
  } finally {
    tree.delete();
  }
}

const dense = (activation: string) => `tf.layers.dense({ units: 8, activation: ${activation} });`;

const cases: readonly (readonly [string, string, ActivationParameters | undefined, string])[] = [
  [dense("'relu'"), 'silu', undefined, dense("'swish'")],
  [dense('"relu"'), 'gelu', { approximate: 'tanh' }, dense('"gelu_new"')],
  [`const act = 'relu';\n${dense('act')}`, 'elu', undefined, `const act = 'relu';\n${dense("'elu'")}`],
  [
    "const activation = 'relu';\ntf.layers.dense({ units: 8, activation });",
    'elu',
    undefined,
    "const activation = 'relu';\ntf.layers.dense({ units: 8, activation: 'elu' });",
  ],
  [
    "tf.fused.matMul({ a, b, activation: 'relu' });",
    'leaky_relu',
    undefined,
    "tf.fused.matMul({ a, b, activation: 'leakyrelu' });",
  ],
  ['tf.layers.reLU();', 'elu', undefined, 'tf.layers.elu();'],
  ['tf.layers.reLU();', 'leaky_relu', undefined, 'tf.layers.leakyReLU();'],
  ['tf.layers.reLU();', 'leaky_relu', { negative_slope: 0.1 }, 'tf.layers.leakyReLU({ alpha: 0.1 });'],
  [
    'tf.layers.reLU({ name: id });',
    'leaky_relu',
    { negative_slope: 0.1 },
    'tf.layers.leakyReLU({ name: id, alpha: 0.1 });',
  ],
  ['tf.layers.reLU({ maxValue: 6 });', 'elu', undefined, 'tf.layers.elu();'],
  ['tf.layers.leakyReLU({ alpha: 0.2, name: id });', 'relu', undefined, 'tf.layers.reLU({ name: id });'],
  ['tf.layers.leakyReLU({ alpha: 0.2 });', 'mish', undefined, "tf.layers.activation({ activation: 'mish' });"],
  ['f(tf.layers.reLU);', 'elu', undefined, 'f(tf.layers.elu);'],
  ['tf.relu(x);', 'selu', undefined, 'tf.selu(x);'],
  ['tf.relu(x);', 'leaky_relu', undefined, 'tf.leakyRelu(x);'],
  ['tf.relu(x);', 'leaky_relu', { negative_slope: 0.1 }, 'tf.leakyRelu(x, 0.1);'],
  ['tf.leakyRelu(x, 0.1);', 'relu', undefined, 'tf.relu(x);'],
  ['tf.relu(x.add(1));', 'identity', undefined, 'x.add(1);'],
  ['tf.square(x).relu();', 'tanh', undefined, 'tf.square(x).tanh();'],
  ['tf.square(x).leakyRelu(0.1);', 'relu', undefined, 'tf.square(x).relu();'],
  ['f(tf.relu);', 'tanh', undefined, 'f(tf.tanh);'],
  [
    "import { relu } from '@tensorflow/tfjs';\nrelu(x);",
    'elu',
    undefined,
    "import { relu } from '@tensorflow/tfjs';\ntf.elu(x);",
  ],
  ['const { relu } = tf;\nrelu(x);', 'elu', undefined, 'const { relu } = tf;\ntf.elu(x);'],
];

const refused: readonly (readonly [string, string, ActivationParameters | undefined, RegExp])[] = [
  [dense("'relu'"), 'leaky_relu', undefined, /a layer's `activation` has no word for it; tf\.layers\.leakyReLU/],
  [dense("'relu'"), 'hardswish', undefined, /has no word for it$/],
  ["tf.fused.matMul({ a, b, activation: 'relu' });", 'silu', undefined, /a fused op has no word/],
  [
    "const Act = { RELU: 'relu' };\nf(Act.RELU, tf.layers.dense({ activation: Act.RELU || 1 }));",
    'elu',
    undefined,
    /it is what RELU means/,
  ],
  ['tf.relu(x);', 'silu', undefined, /TensorFlow\.js has no function of it/],
  ['tf.relu(x);', 'prelu', undefined, /needs its slopes; use tf\.layers\.prelu/],
  ['f(tf.relu);', 'leaky_relu', { negative_slope: 0.1 }, /handed on by itself/],
  ['tf.layers.reLU(config);', 'leaky_relu', { negative_slope: 0.1 }, /made elsewhere/],
  ['tf.mul(x, tf.sigmoid(x));', 'relu', undefined, /it is written out/],
  ['const swish = (x) => tf.mul(x, tf.sigmoid(x));\nswish(y);', 'elu', undefined, /this file's own/],
];

describe('replacement in TensorFlow.js', () => {
  for (const [before, to, parameters, after] of cases)
    it(`${before.replaceAll('\n', ' ')} → ${to} ${parameters ? JSON.stringify(parameters) : ''}`, async () =>
      assert.equal(await replace(before, to, parameters), after));

  for (const [before, to, parameters, message] of refused)
    it(`${before.replaceAll('\n', ' ')} can't become ${to}`, async () =>
      assert.rejects(replace(before, to, parameters), (error) => {
        assert.ok(error instanceof ReplaceError);
        assert.match(error.message, message);
        return true;
      }));

  // Where the library has no name of its own in the file.
  for (const [before, to, parameters, after] of [
    [
      "import { layers, relu } from '@tensorflow/tfjs';\nrelu(x);",
      'leaky_relu',
      { negative_slope: 0.1 },
      "import { layers, relu, leakyRelu } from '@tensorflow/tfjs';\nleakyRelu(x, 0.1);",
    ],
    [
      "import { relu as bend, elu } from '@tensorflow/tfjs';\nbend(x);",
      'elu',
      undefined,
      "import { relu as bend, elu } from '@tensorflow/tfjs';\nelu(x);",
    ],
  ] as const)
    it(`${before.replaceAll('\n', ' ')} → ${to}, imported`, async () =>
      assert.equal(await replace(before, to, parameters, ''), after));
});
