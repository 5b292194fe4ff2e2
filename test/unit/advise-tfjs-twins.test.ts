import assert from 'node:assert/strict';
import { advise } from '../../src/advise/engine';
import { testSyntax } from '../support/syntax';

/** What is wrong in a piece of code, and what the piece is where it is right. */
interface Twins {
  readonly code: string;
  readonly text: string;
  /** What stands at the text's @, and what makes it right. */
  readonly wrong: string;
  readonly right: string;
}

const script = (code: string, wrong: string, right: string, text: string): Twins => ({ code, wrong, right, text });

const twins: readonly Twins[] = [
  script(
    'tfjs-softmax-loss',
    "activation: 'softmax'",
    '',
    `const model = tf.sequential();
model.add(tf.layers.dense({ units: 100, activation: 'relu', inputShape: [50] }));
model.add(tf.layers.dense({ units: 10, @ }));
model.compile({ optimizer: tf.train.sgd(0.1), loss: tf.losses.softmaxCrossEntropy });
await model.fit(xs, ys, { epochs: 10 });`,
  ),
  script(
    'tfjs-softmax-loss',
    'tf.softmax(logits)',
    'logits',
    `const w = tf.variable(tf.randomNormal([784, 10]));
const b = tf.variable(tf.zeros([10]));
const predict = (x) => { const logits = x.matMul(w).add(b); return @; };
const loss = (pred, labels) => tf.losses.softmaxCrossEntropy(labels, pred).mean();
for (let i = 0; i < 100; i++) optimizer.minimize(() => loss(predict(batch.xs), batch.labels));`,
  ),
  script(
    'tfjs-softmax-loss',
    '.softmax()',
    '',
    `import { losses, train } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
function model(x) {
  const h = tf.relu(x.matMul(w1).add(b1));
  return h.matMul(w2).add(b2)@;
}
const optimizer = train.adam(0.01);
optimizer.minimize(() => losses.softmaxCrossEntropy(y, model(x)));`,
  ),
  script(
    'tfjs-softmax-loss',
    'model.add(tf.layers.softmax());',
    '',
    `import * as tf from '@tensorflow/tfjs';
async function trainModel(data) {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ inputShape: [28, 28, 1], kernelSize: 5, filters: 8, activation: 'relu' }));
  model.add(tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 10 }));
  @
  const loss = (labels, predictions) => tf.losses.softmaxCrossEntropy(labels, predictions);
  model.compile({ optimizer: 'adam', loss });
  return model;
}`,
  ),
  script(
    'tfjs-softmax-loss',
    'tf.losses.softmaxCrossEntropy',
    "'categoricalCrossentropy'",
    `const { layers, sequential, losses } = tf;
const net = sequential({ layers: [
  layers.embedding({ inputDim: 1000, outputDim: 16, inputLength: 20 }),
  layers.lstm({ units: 32 }),
  layers.dense({ units: 20, activation: 'softmax' }),
] });
net.compile({ loss: @, optimizer: 'rmsprop' });`,
  ),
  script(
    'tfjs-sigmoid-loss',
    "activation: 'sigmoid'",
    "activation: 'linear'",
    `const discriminator = tf.sequential();
discriminator.add(tf.layers.dense({ units: 128, inputShape: [784] }));
discriminator.add(tf.layers.leakyReLU({ alpha: 0.2 }));
discriminator.add(tf.layers.dense({ units: 1, @ }));
function discriminatorLoss(real, fake) {
  const realOut = discriminator.predict(real);
  const fakeOut = discriminator.predict(fake);
  const realLoss = tf.losses.sigmoidCrossEntropy(tf.onesLike(realOut), realOut);
  return realLoss.add(tf.losses.sigmoidCrossEntropy(tf.zerosLike(fakeOut), fakeOut));
}`,
  ),
  script(
    'tfjs-sigmoid-loss',
    'tf.sigmoid(net.apply(x))',
    'net.apply(x)',
    `import * as tf from '@tensorflow/tfjs-node';
class Trainer {
  constructor(net) { this.optimizer = tf.train.adam(); }
  step(net, x, y) {
    return this.optimizer.minimize(() => {
      const out = @;
      return tf.losses.sigmoidCrossEntropy(y, out);
    }, true);
  }
}`,
  ),
  script(
    'tfjs-sigmoid-loss',
    'probabilities',
    'logits',
    `const forward = (x) => {
  const logits = tf.tidy(() => x.matMul(w).add(b));
  const probabilities = logits.sigmoid();
  return { logits, probabilities };
};
const { logits, probabilities } = forward(inputs);
const cost = tf.losses.sigmoidCrossEntropy(targets, @);`,
  ),
  script(
    'tfjs-linear-crossentropy',
    '',
    ", activation: 'softmax'",
    `import * as tf from '@tensorflow/tfjs';
const model = tf.sequential();
model.add(tf.layers.dense({ units: 10, inputShape: [4], activation: 'relu' }));
model.add(tf.layers.dense({ units: 3@ }));
model.compile({ optimizer: tf.train.adam(0.06), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });`,
  ),
  script(
    'tfjs-linear-crossentropy',
    '',
    ", activation: 'sigmoid'",
    `let model;
async function init() {
  model = tf.sequential();
  model.add(tf.layers.dense({ units: 8, inputShape: [2], activation: 'tanh' }));
  model.add(tf.layers.dense({ units: 1@ }));
  compile();
}
function compile() {
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
}
init();`,
  ),
  script(
    'tfjs-linear-crossentropy',
    'relu',
    'softmax',
    `import * as tf from '@tensorflow/tfjs';
export const createModel = ({ vocabulary, length, classes }) => {
  const model = tf.sequential();
  model.add(tf.layers.embedding({ inputDim: vocabulary, outputDim: 32, inputLength: length }));
  model.add(tf.layers.globalAveragePooling1d());
  model.add(tf.layers.dense({ units: classes, activation: '@' }));
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: 'adam', metrics: ['acc'] });
  return model;
};`,
  ),
  script(
    'tfjs-linear-crossentropy',
    '',
    '.softmax()',
    `const ys = model.predict(xs);
const out = tf.layers.dense({ units: 3 }).apply(xs);
const value = tf.metrics.categoricalCrossentropy(labels, out@);`,
  ),
  script(
    'tfjs-linear-crossentropy',
    'undefined',
    "'softmax'",
    `import * as tf from '@tensorflow/tfjs';
const head = (units, activation) => tf.layers.dense({ units, activation });
const truncated = tf.model({ inputs: base.inputs, outputs: base.getLayer('conv_pw_13_relu').output });
const model = tf.sequential({
  layers: [
    tf.layers.flatten({ inputShape: truncated.outputs[0].shape.slice(1) }),
    tf.layers.dense({ units: 100, activation: 'relu' }),
    head(4, @),
  ],
});
model.compile({ optimizer: tf.train.adam(0.0001), loss: 'categoricalCrossentropy' });`,
  ),
  script(
    'tfjs-linear-crossentropy',
    "'tanh'",
    "'sigmoid'",
    `const tf = require('@tensorflow/tfjs-node');
module.exports = class XorNet {
  build() {
    this.model = tf.sequential();
    this.model.add(tf.layers.dense({ units: 4, inputShape: [2], activation: 'tanh' }));
    this.model.add(tf.layers.dense({ units: 1, activation: @ }));
    return this;
  }
  compile() { this.model.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy' }); return this; }
  async train(xs, ys) { await this.model.fit(xs, ys, { epochs: 500 }); }
};`,
  ),
  script(
    'tfjs-linear-crossentropy',
    '// nothing',
    "config.activation = 'softmax';",
    `const config = { units: 5 };
@
const model = tf.sequential({ layers: [tf.layers.dense({ units: 9, activation: 'relu', inputShape: [9] }), tf.layers.dense(config)] });
model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam' });`,
  ),
  script(
    'tfjs-linear-crossentropy',
    '',
    ".add(tf.layers.activation({ activation: 'softmax' }))",
    `class Builder {
  constructor() { this.model = tf.sequential(); }
  add(layer) { this.model.add(layer); return this; }
  done() { this.model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam' }); return this.model; }
}
const model = new Builder()
  .add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [4] }))
  .add(tf.layers.dense({ units: 3 }))@
  .done();`,
  ),
  script(
    'tfjs-relu-logits',
    '.relu()',
    '',
    `function net(x) {
  const hidden = tf.conv2d(x, k1, 1, 'same').relu().reshape([-1, 64]);
  return hidden.matMul(w).add(b)@;
}
const loss = tf.losses.softmaxCrossEntropy(labels, net(images));`,
  ),
  script(
    'tfjs-relu-logits',
    "activation: 'relu'",
    '',
    `const policy = tf.sequential({ layers: [
  tf.layers.dense({ units: 24, activation: 'elu', inputShape: [4] }),
  tf.layers.dense({ units: 1, @ }),
] });
const getLoss = (state, action) => tf.tidy(() => tf.losses.sigmoidCrossEntropy(action, policy.predict(state)));`,
  ),
  script(
    'tfjs-softmax-of-one',
    'softmax',
    'sigmoid',
    `import * as tf from '@tensorflow/tfjs';
const model = tf.sequential();
model.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [8] }));
model.add(tf.layers.dense({ units: 1, activation: '@' }));
model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });`,
  ),
  script(
    'tfjs-softmax-of-one',
    'numOutputs = 1',
    'numOutputs = 3',
    `const @;
const model = tf.sequential();
model.add(tf.layers.dense({ units: numOutputs, activation: 'softmax', inputShape: [8] }));`,
  ),
  script(
    'tfjs-softmax-of-one',
    'units: 1',
    'units: 2',
    `const input = tf.input({ shape: [6] });
const raw = tf.layers.dense({ @ }).apply(input);
const out = tf.layers.softmax().apply(raw);
const model = tf.model({ inputs: input, outputs: out });`,
  ),
  script(
    'tfjs-sigmoid-categorical',
    "activation: 'sigmoid'",
    "activation: 'softmax'",
    `const model = tf.sequential();
model.add(tf.layers.lstm({ units: 64, inputShape: [10, 26] }));
model.add(tf.layers.dense({ units: 26, @ }));
model.compile({ optimizer: tf.train.rmsprop(0.01), loss: 'categoricalCrossentropy' });`,
  ),
  script(
    'tfjs-sigmoid-categorical',
    "'categoricalCrossentropy'",
    "'binaryCrossentropy'",
    `import * as tf from '@tensorflow/tfjs';
const model = tf.sequential();
model.add(tf.layers.dense({ units: 12, activation: 'relu', inputShape: [8] }));
model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }));
model.compile({ optimizer: 'adam', loss: @ });`,
  ),
  script(
    'tfjs-softmax-binary',
    "'binaryCrossentropy'",
    "'categoricalCrossentropy'",
    `import * as tf from '@tensorflow/tfjs';
const LABELS = ['cat', 'dog', 'bird'];
const model = tf.sequential();
model.add(tf.layers.dense({ units: 100, activation: 'relu', inputShape: [1024] }));
model.add(tf.layers.dense({ units: LABELS.length, activation: 'softmax' }));
model.compile({ optimizer: 'adam', loss: @ });`,
  ),
  script(
    'tfjs-softmax-binary',
    'softmax',
    'sigmoid',
    `const output = tf.layers.dense({ units: 7, activation: '@', name: 'toxicity' }).apply(tf.layers.dense({ units: 9, activation: 'relu' }).apply(tf.input({ shape: [512] })));
const model = tf.model({ inputs, outputs: output });
model.compile({ optimizer: 'adam', loss: ['binaryCrossentropy'] });`,
  ),
  script(
    'tfjs-softmax-mse',
    "'meanSquaredError'",
    "'categoricalCrossentropy'",
    `const model = tf.sequential();
model.add(tf.layers.dense({ units: 5, inputShape: [4], activation: 'sigmoid' }));
model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
model.compile({ loss: @, optimizer: tf.train.adam(0.06) });`,
  ),
  script(
    'tfjs-softmax-mse',
    'tf.losses.meanSquaredError',
    "'categoricalCrossentropy'",
    `const nn = tf.sequential();
const hidden = tf.layers.dense({ units: 16, inputDim: 3, activation: 'sigmoid' });
const output = tf.layers.dense({ units: 9, activation: 'softmax' });
nn.add(hidden);
nn.add(output);
nn.compile({ optimizer: tf.train.sgd(0.2), loss: @ });`,
  ),
  script(
    'tfjs-no-nonlinearity',
    '',
    ", activation: 'relu'",
    `const model = tf.sequential();
model.add(tf.layers.dense({ inputShape: [1], units: 50@ }));
model.add(tf.layers.dense({ units: 1 }));
model.compile({ optimizer: tf.train.adam(), loss: tf.losses.meanSquaredError, metrics: ['mse'] });`,
  ),
  script(
    'tfjs-no-nonlinearity',
    '',
    'layers.push(tf.layers.leakyReLU());',
    `import * as tf from '@tensorflow/tfjs';
const layers = [];
layers.push(tf.layers.dense({ units: 256, inputShape: [100] }));
@
layers.push(tf.layers.dropout({ rate: 0.3 }));
layers.push(tf.layers.dense({ units: 512, activation: 'tanh' }));
const generator = tf.sequential({ layers });`,
  ),
  script(
    'tfjs-no-nonlinearity',
    'h1',
    'tf.layers.reLU().apply(h1)',
    `import { input, layers, model } from '@tensorflow/tfjs';
const x = input({ shape: [32] });
const h1 = layers.dense({ units: 64 }).apply(x);
const h2 = layers.dense({ units: 32, activation: 'relu' }).apply(@);
const net = model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(h2) });`,
  ),
  script(
    'tfjs-no-nonlinearity',
    'tf.layers.flatten()',
    "tf.layers.activation({ activation: 'relu' })",
    `const model = tf.sequential({ layers: [
  tf.layers.dense({ units: 40, inputShape: [40] }),
  @,
  tf.layers.dense({ units: 2, activation: 'softmax' }),
] });`,
  ),
  script(
    'tfjs-no-nonlinearity',
    'linear',
    'relu',
    `import * as tf from '@tensorflow/tfjs';
interface Options { units: number; activation: any }
function block(model: tf.Sequential, { units, activation }: Options) {
  model.add(tf.layers.dense({ units, activation }));
  model.add(tf.layers.dropout({ rate: 0.5 }));
}
const model = tf.sequential();
model.add(tf.layers.inputLayer({ inputShape: [30] }));
block(model, { units: 64, activation: '@' });
model.add(tf.layers.dense({ units: 8, activation: 'softmax' }));`,
  ),
  script(
    'tfjs-double-activation',
    'model.add(tf.layers.reLU());',
    'model.add(tf.layers.batchNormalization());',
    `const model = tf.sequential();
model.add(tf.layers.conv2d({ inputShape: [64, 64, 3], filters: 32, kernelSize: 3, activation: 'relu' }));
@
model.add(tf.layers.maxPooling2d({ poolSize: 2 }));`,
  ),
  script(
    'tfjs-double-activation',
    "activation: 'relu'",
    'useBias: false',
    `import * as tf from '@tensorflow/tfjs';
const critic = tf.sequential();
critic.add(tf.layers.dense({ units: 64, inputShape: [2], @ }));
critic.add(tf.layers.leakyReLU({ alpha: 0.2 }));
critic.add(tf.layers.dense({ units: 1 }));`,
  ),
  script(
    'tfjs-double-activation',
    '.softmax()',
    '',
    `const model = tf.sequential();
model.add(tf.layers.dense({ units: 16, inputShape: [4], activation: 'relu' }));
model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
const probabilities = model.predict(tf.tensor2d([[1, 2, 3, 4]]))@;`,
  ),
  script(
    'tfjs-double-activation',
    'tf.sigmoid(y)',
    'y',
    `import * as tf from '@tensorflow/tfjs-core';
const out = (x) => { const y = tf.sigmoid(tf.matMul(x, w)); return @; };
export default out;`,
  ),
  script(
    'tfjs-hidden-softmax',
    'softmax',
    'relu',
    `const model = tf.sequential();
model.add(tf.layers.dense({ units: 128, activation: '@', inputShape: [20] }));
model.add(tf.layers.dense({ units: 64, activation: 'relu' }));
model.add(tf.layers.dense({ units: 1 }));`,
  ),
  script(
    'tfjs-hidden-softmax',
    "'softmax'",
    "'elu'",
    `import * as tf from '@tensorflow/tfjs';
const activation = @;
const input = tf.input({ shape: [28, 28, 1] });
let x = tf.layers.conv2d({ filters: 8, kernelSize: 3, activation }).apply(input);
x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(x);
x = tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu' }).apply(x);`,
  ),
  ...[
    ['ReLu', 'relu'],
    ['leaky_relu', 'elu'],
    ['Sigmoid', 'sigmoid'],
    ['softMax', 'softmax'],
    ['lrelu', 'selu'],
    ['hardswish', 'swish'],
    ['gelu_tanh', 'gelu_new'],
    ['log_softmax', 'logSoftmax'],
    ['tahn', 'tanh'],
    ['none', 'linear'],
  ].map(([wrong = '', right = '']) =>
    script(
      'tfjs-unknown-activation',
      wrong,
      right,
      `const model = tf.sequential();
model.add(tf.layers.dense({ units: 8, activation: '@', inputShape: [2] }));`,
    ),
  ),
  script(
    'tfjs-leaky-port',
    '',
    'alpha: 0.01',
    `// Same architecture as the PyTorch version.
const model = tf.sequential();
model.add(tf.layers.dense({ units: 8, inputShape: [2] }));
model.add(tf.layers.leakyReLU({ @ }));`,
  ),
  script(
    'tfjs-leaky-port',
    '// converted from torch.nn weights',
    '',
    `@
import * as tf from '@tensorflow/tfjs';
export const forward = (x, w) => tf.leakyRelu(x.matMul(w));`,
  ),
];

describe('advice about TensorFlow.js: twins', () => {
  for (const { code, text, wrong, right } of twins)
    it(`${code}: ${wrong} | ${right}`, async () => {
      const file = /: (tf\.|number|any)/.test(text) ? 'a.ts' : 'a.js';
      const find = async (part: string) => {
        const found = await advise(testSyntax(), {
          file,
          text: text.replace(/@(?!tensorflow)/, () => part),
          version: 1,
        });
        return found.map((each) => each.code);
      };
      assert.deepEqual(await find(wrong), [code]);
      assert.deepEqual(await find(right), []);
    });
});
