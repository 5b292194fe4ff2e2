import assert from 'node:assert/strict';
import fc from 'fast-check';
import { callsElsewhere, listTfjsModels, type TfjsBuilder } from '../../src/tfjs/builders';
import { strip } from '../../src/tfjs/strip';
import { testSyntax } from '../support/syntax';

const list = (text: string, file = 'model.ts'): Promise<TfjsBuilder[]> =>
  listTfjsModels(testSyntax(), { file, text, version: 1 });

const head = "import * as tf from '@tensorflow/tfjs';\n";
const built = 'const m = tf.sequential(); m.add(tf.layers.dense({ units: 1, inputShape: [2] })); return m;';

/** What somebody would type for each model, likeliest first. */
const expressions: Record<string, readonly [string, ...string[]]> = {
  'a function': [`function createModel() { ${built} }`, 'createModel()'],
  'an arrow function': [
    'const make = (units = 3) => tf.sequential({ layers: [tf.layers.dense({ units })] });',
    'make()',
  ],
  'an exported one': [`export function createModel(): tf.LayersModel { ${built} }`, 'createModel()'],
  'an asynchronous one': [`export async function createModel() { ${built} }`, 'await createModel()'],
  'a default export': [`export default function () { ${built} }`, 'exports.default()'],
  'a default export with a name': [`export default function build() { ${built} }`, 'build()'],
  'a functional model': [
    'function f() { const x = tf.input({ shape: [2] }); const y = tf.layers.dense({ units: 1 }).apply(x); return tf.model({ inputs: x, outputs: y as tf.SymbolicTensor }) }',
    'f()',
  ],
  'a variable': ['const model = tf.sequential(); model.add(tf.layers.dense({ units: 1 }));', 'model'],
  'a variable that is set later': [
    'let net: tf.Sequential | null = null;\nnet = tf.sequential({ layers: [] });',
    'net',
  ],
  'an exported variable': ['export const model = new tf.Sequential();', 'model'],
  'inside of tidy': ['export const model = tf.tidy(() => { const m = tf.sequential(); return m });', 'model'],
  commonjs: [
    `const tf = require('@tensorflow/tfjs-node');\nexports.build = function () { ${built} };\nmodule.exports.other = () => tf.sequential();`,
    'exports.build()',
    'module.exports.other()',
  ],
  'an object of builders': [
    `module.exports = { small() { ${built} }, big: () => tf.sequential() };`,
    'module.exports.small()',
    'module.exports.big()',
  ],
  'a named object': [
    `export const models = { small() { ${built} }, deep: { one: (u = 1) => tf.sequential() } };`,
    'models.small()',
    'models.deep.one()',
  ],
  'a method': [`class Net { build() { ${built} } }`, 'new Net().build()'],
  'an asynchronous method': [`class Net { async build() { ${built} } }`, 'await new Net().build()'],
  'a static method': [`export class Net { static build(n = 2) { ${built} } }`, 'Net.build()'],
  'a constructor': [
    'class Net { model: tf.Sequential; constructor(units = 2) { this.model = tf.sequential(); this.model.add(tf.layers.dense({ units })) } }',
    'new Net().model',
  ],
  'a field': [
    'class Net { readonly model = tf.sequential({ layers: [tf.layers.dense({ units: 1 })] }) }',
    'new Net().model',
  ],
  'a field that a method fills': [
    'class Net { private nn = tf.sequential(); build() { this.nn.add(tf.layers.dense({ units: 1 })) } }',
    'new Net().build()',
  ],
  'a method that sets a field': [
    'class Net { async init() { this.model = tf.sequential({ layers: [] }) } }',
    'await new Net().init()',
  ],
  'a prototype': [`function Net() {} Net.prototype.build = function () { ${built} };`, 'new Net().build()'],
  'a class in a variable': ['const Net = class { make() { return tf.sequential() } };', 'new Net().make()'],
  'an exported class': ['module.exports = class { make() { return tf.sequential() } };', 'new module.exports().make()'],
  'a class that is a model': [
    'class Net extends tf.LayersModel { constructor() { super({ inputs: [], outputs: [] }) } }',
    'new Net()',
  ],
  'a namespace': [`namespace Models { export function small() { ${built} } }`, 'Models.small()'],
  'a builder that calls another': [
    `function base() { ${built} }\nexport function full() { const m = base(); m.add(tf.layers.dense({ units: 1 })); return m }\nfull();`,
    'full()',
    'base()',
  ],
  'several models in an object': [
    'function both() { const encoder = tf.sequential(), decoder = tf.sequential(); return { encoder, decoder } }',
    'both()',
  ],
  'a model that is trained on the way': [
    'async function run() { const model = tf.sequential(); await model.fit(x, y) }\nrun();',
    'await run()',
  ],
  'what runs when the file does': ['(async () => { const model = tf.sequential(); await model.fit() })();', 'module'],
  'named imports': [
    "import { sequential, layers as L } from '@tensorflow/tfjs-layers';\nexport const f = () => sequential({ layers: [L.dense({ units: 1 })] });",
    'f()',
  ],
  destructured: ["const { sequential: s } = require('@tensorflow/tfjs');\nfunction g() { return s() }", 'g()'],
  'arguments of a call in the file': [
    `const SIZE = 28; function f(h: number, w: number, c = 1) { ${built} }\nf(SIZE, 28);`,
    'f(SIZE, 28)',
  ],
  'arguments that only a function knows': [
    `function f(h: number) { ${built} }\nfunction g(n: number) { return f(n * 2) }`,
    'f',
    'g',
  ],
  'arguments of a constructor': [
    `class Net { constructor(private n: number) {} build() { ${built} } }\nconst net = new Net(4);`,
    'new Net(4).build()',
  ],
  'a constructor that nobody calls': [
    `class Net { constructor(private n: number) {} build() { ${built} } }`,
    'Net.prototype.build',
  ],
  "another file's builder": [
    "import * as tf from '@tensorflow/tfjs';\nimport { createModel } from './model';\nconst other = createModelOf(1);\nexport const model = await createModel(28);",
    'model',
  ],
  "another file's class": [
    "const tf = require('@tensorflow/tfjs');\nconst { DigitNet } = require('./net');\nconst net = new DigitNet(2);",
    'net',
  ],
  'a component': [
    `export default { data() { return { n: 1 } }, methods: { build() { ${built} } } };`,
    'exports.default.methods.build()',
  ],
  'optional arguments': [`function f(a?: number, ...rest: number[]) { ${built} }`, 'f()'],
  'an argument of several lines': [`function f(config: object) { ${built} }\nf({\n a: 1 });`, 'f'],
};

describe('models of TensorFlow.js by syntax alone', () => {
  for (const [title, [text, ...expected]] of Object.entries(expressions))
    it(title, async () => {
      const code = text.includes('require(') || text.startsWith('import') ? text : head + text;
      const found = await list(code);
      assert.deepEqual(
        found.map(({ expression }) => expression),
        expected,
      );
      for (const each of found) assert.equal(each.makes, 'model');
    });

  const none: Record<string, string> = {
    'no TensorFlow.js': 'const model = sequential(); function createModel() { return tf }',
    'another library': "import { model, Schema } from 'mongoose'; export const User = model('User', new Schema({}));",
    'comments and strings': `${head}// tf.sequential()\nconst a = 'tf.sequential()';`,
    tests: `${head}describe('x', () => { it('y', () => { const m = tf.sequential() }) });`,
    'blocks of layers': `${head}const block = (x, n) => tf.layers.dense({ units: n }).apply(x);`,
    'losses and data': `${head}const w = tf.variable(tf.zeros([2, 2])); function loss(x) { return x.matMul(w).mean() } function toTensor(d) { return tf.tensor(d).dot(w) }`,
    'weights that somebody gives': `${head}export function conv(x: tf.Tensor4D, params: any) { return tf.conv2d(x, params.filters, 1, 'same') }`,
    'half-typed code': `${head}function f( { const m = tf.`,
  };
  for (const [title, text] of Object.entries(none))
    it(`none: ${title}`, async () => assert.deepEqual(await list(text), []));

  it('the likeliest first', async () => {
    const order = async (text: string) => (await list(head + text)).map(({ name }) => name);
    assert.deepEqual(
      await order(`function helper() { ${built} }\nfunction createModel() { ${built} }\nconst m = createModel();`),
      ['createModel', 'helper'],
    );
    assert.deepEqual(await order(`function a(n) { ${built} }\nfunction b() { ${built} }`), ['b', 'a']);
    assert.deepEqual(
      await order(
        "async function load() { return await tf.loadLayersModel('x') }\nload();\nfunction b() { return tf.sequential() }",
      ),
      ['b', 'load'],
    );
    assert.deepEqual(
      await order(`function one() { ${built} }\nfunction two() { ${built} }\nasync function main() { two() }\nmain();`),
      ['two', 'one'],
    );
  });

  it('loaded models, custom layers, callbacks', async () => {
    const kinds = async (text: string) =>
      (await list(head + text)).map(({ makes, form, expression }) => [makes, form, expression]);
    assert.deepEqual(
      await kinds("export async function load(url = './model.json') { return tf.loadLayersModel(url) }"),
      [['loaded', 'function', 'await load()']],
    );
    assert.deepEqual(await kinds('export class Swish extends tf.layers.Layer { call(x) { return x } }'), [
      ['layer', 'class', 'new Swish()'],
    ]);
    assert.deepEqual(await kinds("window.addEventListener('load', async () => { const m = tf.sequential() });"), [
      ['model', 'callback', 'module'],
    ]);
  });

  it('its place is the statement or the member', async () => {
    const text = `${head}class A {\n  build() { return tf.sequential() }\n}\nexport const b = () => tf.sequential();`;
    const found = await list(text);
    assert.deepEqual(
      found.map(({ name, range }) => [name, range.line, range.column, range.endLine, range.endColumn]).sort(),
      [
        ['A.build', 2, 2, 2, 36],
        ['b', 4, 13, 4, 38],
      ],
    );
  });

  it('its parameters, with what is said of them', async () => {
    const text = `${head}export function build(inputShape: number[], { units = 32, rate: r = 0.5, act }: Options, config = {}, deep?: boolean, ...more: string[]) { config.seed; config.call(); ${built} }\nfunction caller(s) { build([1, 2], opts, s) }`;
    const [found] = await list(text);
    assert.deepEqual(
      found?.parameters.map(({ name, type, default: value, isNeeded, isRest }) => ({
        name,
        type,
        value,
        isNeeded,
        isRest,
      })),
      [
        { name: 'inputShape', type: 'number[]', value: undefined, isNeeded: true, isRest: false },
        {
          name: '{ units = 32, rate: r = 0.5, act }',
          type: 'Options',
          value: undefined,
          isNeeded: true,
          isRest: false,
        },
        { name: 'config', type: undefined, value: '{}', isNeeded: false, isRest: false },
        { name: 'deep', type: 'boolean', value: undefined, isNeeded: false, isRest: false },
        { name: 'more', type: 'string[]', value: undefined, isNeeded: false, isRest: true },
      ],
    );
    assert.deepEqual(
      found?.parameters.map(({ properties }) => properties.map((each) => [each.name, each.default])),
      [
        [],
        [
          ['units', '32'],
          ['rate', '0.5'],
          ['act', undefined],
        ],
        [['seed', undefined]],
        [],
        [],
      ],
    );
    assert.deepEqual(
      found?.calls.map((call) => call.arguments.map(({ text: each, isClosed }) => [each, isClosed])),
      [
        [
          ['[1, 2]', true],
          ['opts', true],
          ['s', false],
        ],
      ],
    );
    assert.deepEqual(found?.exportedAs, ['build']);
  });

  it('calls in other files, by whatever name they import it', async () => {
    const [fn] = await list(`${head}function build(n: number) { ${built} }\nexport { build as makeNet };`);
    const [method] = await list(
      `${head}export default class Net { constructor(private n: number) {} make(k) { ${built} } }`,
    );
    assert.ok(fn && method);
    const user =
      "import { makeNet as mk } from './model';\nimport Net from './net';\nconst N = 3;\nmk(N + 1);\nnew Net(7).make(N);";
    const text = { file: 'user.ts', text: user, version: 1 };
    const calls = await callsElsewhere(testSyntax(), text, fn);
    assert.deepEqual(
      calls.calls.map((call) => [call.arguments[0]?.text, call.range.file, call.range.line]),
      [['N + 1', 'user.ts', 3]],
    );
    const made = await callsElsewhere(testSyntax(), text, method);
    assert.deepEqual([made.calls[0]?.arguments[0]?.text, made.makerCalls[0]?.arguments[0]?.text], ['N', '7']);
  });

  it('calls in other files of what is required', async () => {
    const head = "const tf = require('@tensorflow/tfjs');\n";
    const [named] = await list(`${head}function build(n) { ${built} }\nmodule.exports = { make: build };`, 'a.js');
    const [whole] = await list(
      `${head}class Net { constructor(n) { this.model = tf.sequential() } }\nmodule.exports = Net;`,
      'b.js',
    );
    assert.ok(named && whole);
    assert.deepEqual([named.exportedAs, whole.exportedAs], [['make'], ['default']]);
    const user =
      "const { make: m } = require('./a');\nconst a = require('./a');\nconst Model = require('./b');\nm(1);\na.make(2);\nnew Model(3);";
    const text = { file: 'user.js', text: user, version: 1 };
    const calls = await callsElsewhere(testSyntax(), text, named);
    assert.deepEqual(calls.calls.map((call) => call.arguments[0]?.text).sort(), ['1', '2']);
    const made = await callsElsewhere(testSyntax(), text, whole);
    assert.deepEqual(
      made.makerCalls.map((call) => call.arguments[0]?.text),
      ['3'],
    );
  });

  it('chains of ops on tensors, and what feeds them', async () => {
    const text = `${head}const SIZE = 28;
const w1 = tf.variable(tf.randomNormal([5, 5, 1, 8]) as tf.Tensor4D);
const weights = { dense: tf.variable(tf.zeros([1152, 10])) };
const block = (x: tf.Tensor4D) => x.conv2d(w1, 1, 'same').relu();
export const model = (xs: tf.Tensor) => block(xs.as4D(-1, SIZE, SIZE, 1)).flatten().matMul(weights.dense);
class Net { private v = tf.variable(tf.ones([3, 4])); forward(x: tf.Tensor2D): tf.Tensor { return tf.relu(x.matMul(this.v)) } }`;
    const found = await list(text);
    assert.deepEqual(
      found.map(({ name, expression, makes }) => [name, expression, makes]),
      [
        ['model', 'model', 'output'],
        ['Net.forward', 'new Net().forward', 'output'],
      ],
    );
    assert.deepEqual(
      found.map(({ feeds }) => feeds.map(({ parameter, kind, op, text: each }) => [parameter, kind, op, each])),
      [
        [['xs', 'shape', 'as4D', '[-1, SIZE, SIZE, 1]']],
        [
          ['x', 'rank', undefined, '2'],
          ['x', 'filter', 'matMul', '[3, 4]'],
        ],
      ],
    );
  });

  it('any mix of lines is read without complaint', async function () {
    this.timeout(60_000);
    const lines = Object.values(expressions).flatMap(([text]) => text.replace(/([;{}])/g, '$1\n').split('\n'));
    const mixes = fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(mixes, async (mix) => {
        const text = head + mix.join('\n');
        for (const each of await list(text)) assert.notEqual(each.expression, '');
        const stripped = await strip(testSyntax(), 'a.ts', text);
        assert.equal(stripped.code.split('\n').length, text.split('\n').length + 1);
      }),
      { numRuns: 200 },
    );
  });

  it('hostile code costs as much as its length', async function () {
    this.timeout(60_000);
    const nested = (depth: number): string =>
      depth === 0 ? 'tf.sequential()' : `(() => { const m${depth} = ${nested(depth - 1)}; return m${depth} })()`;
    const hostile = {
      nested: `const model = ${nested(150)};`,
      chain: `const m = tf.sequential()${'.add(x)'.repeat(600)};`,
      word: `const x = "${'get'.repeat(60_000)}"; const y = ${'make'.repeat(30_000)};\nconst m = tf.sequential();`,
      calls: `${'f(g(x));\n'.repeat(8000)}const m = tf.sequential();`,
      deep: `const m = tf.sequential();${'('.repeat(3000)}1${')'.repeat(3000)}`,
    };
    for (const [title, text] of Object.entries(hostile)) {
      const start = performance.now();
      await list(head + text);
      const spent = performance.now() - start;
      assert.ok(spent < 8000, `${title} took ${Math.round(spent)} ms`);
    }
  });

  it('chains of ops in classes and objects, by whatever name', async () => {
    const text = `${head}const params = { w: tf.variable(tf.randomNormal([4, 2])), b: tf.variable(tf.zeros([2])) };
function predict(x) { return tf.tidy(() => tf.softmax(x.dot(params.w).add(params.b))) }
class Mlp {
  constructor(n = 3) { this.w1 = tf.variable(tf.truncatedNormal([n, 8])); this.w2 = tf.variable(tf.truncatedNormal([8, 1])) }
  layer(x, w) { return tf.matMul(x, w) }
  forward(x) { return tf.matMul(tf.matMul(x, this.w1).relu(), this.w2) }
}
function trainStep(xs, ys) { return tf.losses.meanSquaredError(ys, predict(xs).matMul(params.w)) }`;
    const found = await list(text);
    assert.deepEqual(found.map(({ expression, feeds }) => [expression, feeds.map((each) => each.text)]).sort(), [
      ['new Mlp().forward', ['[n, 8]']],
      ['predict', ['[4, 2]']],
    ]);
  });

  it('components and pages', async () => {
    const vue = `<template><p/></template>\n<script lang="ts">\n${head}export function build(n: number = 2) { ${built} }\n</script>`;
    const [found] = await list(vue, 'Net.vue');
    assert.deepEqual([found?.expression, found?.range.line], ['build()', 3]);
    const page = `<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs"></script><script>\nfunction build() { ${built} }\n</script>`;
    assert.deepEqual(
      (await list(page, 'index.html')).map(({ expression }) => expression),
      ['build()'],
    );
  });
});
