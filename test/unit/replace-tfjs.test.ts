import assert from 'node:assert/strict';
import { catalogue } from '../../src/activations/catalogue';
import { applyEdits } from '../../src/advise/applyEdits';
import { ReplaceError } from '../../src/advise/replace';
import { replaceTfjs } from '../../src/advise/replaceTfjs';
import { writtenTfjsSite } from '../../src/advise/written';
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
  ['tf.mul(x, tf.sigmoid(x));', 'relu', undefined, 'tf.relu(x);'],
  [
    'const y = tf.square(x);\ny.mul(y.sigmoid()).add(1);',
    'leaky_relu',
    { negative_slope: 0.1 },
    'const y = tf.square(x);\ntf.leakyRelu(y, 0.1).add(1);',
  ],
  ['f(x.mul(tf.sigmoid(x)));', 'identity', undefined, 'f(x);'],
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
  ['tf.relu(x);', 'silu', undefined, /no function of it; tf\.layers\.activation\(\{ activation: 'swish' \}\)/],
  ['tf.mul(x, tf.sigmoid(x));', 'gelu', undefined, /TensorFlow\.js has no function of it/],
  ['tf.relu(x);', 'prelu', undefined, /needs its slopes; use tf\.layers\.prelu/],
  ['f(tf.relu);', 'leaky_relu', { negative_slope: 0.1 }, /handed on by itself/],
  ['tf.layers.reLU(config);', 'leaky_relu', { negative_slope: 0.1 }, /made elsewhere/],
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

  /** The code with another activation for the layer of its own that is constructed last; undefined where it is none. */
  async function replaceLayer(line: string, to: string, parameters?: ActivationParameters, before = head) {
    const activation = catalogue.get(to);
    assert.ok(activation);
    const text = { file: 'a.ts', text: `${before}${line}`, version: 1 };
    const tree = await testSyntax().parse('typescript', text.text);
    try {
      const node = tree.rootNode.descendantsOfType(['new_expression', 'call_expression']).at(-1);
      assert.ok(node);
      const { startPosition: start, endPosition: end } = node;
      const place = { file: 'a.ts', line: start.row, column: start.column, endLine: end.row, endColumn: end.column };
      const site = writtenTfjsSite(tree, [], place, { activation: 'silu', as: 'module', name: 'Swish' });
      return (
        site && applyEdits(text.text, replaceTfjs(tree, text, [site], activation, parameters)).slice(before.length)
      );
    } finally {
      tree.delete();
    }
  }

  for (const [before, to, parameters, after] of [
    ['m.add(new Swish());', 'gelu', undefined, "m.add(tf.layers.activation({ activation: 'gelu' }));"],
    ['m.add(new own.Swish({ name: id, beta: 2 }));', 'relu', undefined, 'm.add(tf.layers.reLU({ name: id }));'],
    [
      "m.add(new Swish({ name: 'a' }));",
      'leaky_relu',
      { negative_slope: 0.1 },
      "m.add(tf.layers.leakyReLU({ name: 'a', alpha: 0.1 }));",
    ],
    ['m.add(new Other());', 'relu', undefined, undefined],
    ['m.add(Swish());', 'relu', undefined, undefined],
  ] as const)
    it(`${before} → ${to}, the layer of its own`, async () =>
      assert.equal(await replaceLayer(before, to, parameters), after));

  it('names the library as the file does, where a script element brings it', async () => {
    const code = 'const m = tf.sequential();\nm.add(new Swish());';
    assert.equal(await replaceLayer(code, 'elu', undefined, ''), 'const m = tf.sequential();\nm.add(tf.layers.elu());');
    const required = "const t = require('@tensorflow/tfjs');\nt.sequential().add(new Swish());";
    assert.match((await replaceLayer(required, 'elu', undefined, '')) ?? '', /add\(t\.layers\.elu\(\)\)/);
    await assert.rejects(
      replaceLayer("import { layers } from '@tensorflow/tfjs';\nf(new Swish());", 'elu', undefined, ''),
      /import it as `tf`/,
    );
  });
});
