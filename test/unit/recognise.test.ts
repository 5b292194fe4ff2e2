import assert from 'node:assert/strict';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { points, recognise } from '../../src/activations/recognise';
import { detect } from '../../src/detect/detect';
import { parametersOf } from '../../src/detect/parameters';
import type { ActivationParameters } from '../../src/graph/types';
import { testSyntax } from '../support/syntax';

/** One formula in both languages: what it is, and what it sets. */
const written: readonly (readonly [python: string, script: string, activation: string, ActivationParameters?])[] = [
  ['torch.log(1 + torch.exp(2 * x)) / 2', 'tf.div(tf.log(tf.add(1, tf.exp(x.mul(2)))), 2)', 'softplus', { beta: 2 }],
  [
    'torch.where(x > 0, x, 0.5 * (torch.exp(x) - 1))',
    'tf.where(x.greater(0), x, tf.mul(0.5, tf.sub(tf.exp(x), 1)))',
    'elu',
    { alpha: 0.5 },
  ],
  [
    'torch.where(x > 0, x, 0.3 * x)',
    'tf.where(tf.greater(x, 0), x, x.mul(0.3))',
    'leaky_relu',
    { negative_slope: 0.3 },
  ],
  [
    '0.5 * x * (1 + torch.tanh(0.7979 * (x + 0.0447 * x ** 3)))',
    'x.mul(0.5).mul(x.add(x.pow(3).mul(0.0447)).mul(0.7979).tanh().add(1))',
    'gelu',
    { approximate: 'tanh' },
  ],
  [
    '1.0507 * torch.where(x > 0, x, 1.6733 * (torch.exp(x) - 1))',
    'tf.mul(1.0507, tf.where(x.greater(0), x, tf.mul(1.6733, tf.sub(tf.exp(x), 1))))',
    'selu',
  ],
  [
    '(torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))',
    'tf.div(tf.sub(tf.exp(x), tf.exp(tf.neg(x))), tf.add(tf.exp(x), tf.exp(tf.neg(x))))',
    'tanh',
  ],
  ['x - torch.tanh(x)', 'x.sub(tf.tanh(x))', 'tanhshrink'],
  ['x * torch.erf(F.softplus(x))', 'x.mul(tf.erf(tf.softplus(x)))', 'serf'],
  ['0.5 * x * (1 + torch.tanh(x))', 'x.mul(0.5).mul(tf.tanh(x).add(1))', 'aptx'],
  ['0.8944 * F.relu(x) ** 2 - 0.4472', 'tf.relu(x).square().mul(0.8944).sub(0.4472)', 'star_relu'],
  ['F.relu6(x + 3) / 6', 'tf.relu6(x.add(3)).div(6)', 'hardsigmoid'],
  ['torch.sqrt(F.softplus(x))', 'tf.sqrt(tf.softplus(x))', 'sqrtsoftplus'],
  ['x * torch.clamp(x / 6 + 0.5, 0, 1)', 'x.mul(tf.clipByValue(x.div(6).add(0.5), 0, 1))', 'hardswish'],
];

/** What only looks like one, or is more often something else. */
const silent: readonly (readonly [python: string, script: string])[] = [
  ['x * torch.sigmoid(y)', 'x.mul(tf.sigmoid(y))'],
  ['torch.exp(-x * x)', 'tf.exp(tf.neg(x.mul(x)))'],
  ['torch.clamp(x, -1, 1)', 'tf.clipByValue(x, -1, 1)'],
  ['x * torch.sigmoid(3.1 * x + 1)', 'x.mul(tf.sigmoid(x.mul(3.1).add(1)))'],
  ['30 * torch.tanh(x / 30)', 'tf.tanh(x.div(30)).mul(30)'],
];

async function formulas(file: string, text: string) {
  const sites = await detect(testSyntax(), { file, text, version: 1 });
  return sites.filter(({ form }) => form === 'formula');
}

const inPython = (expression: string) =>
  formulas('a.py', `import torch\nimport torch.nn.functional as F\ndef f(x, y):\n    return ${expression}\n`);
const inScript = (expression: string) =>
  formulas(
    'a.ts',
    `import * as tf from '@tensorflow/tfjs';\nexport function f(x: tf.Tensor, y: tf.Tensor) {\n  const a = ${expression};\n  return a;\n}\n`,
  );

describe('written-out activations', () => {
  it('are the same in both languages', async () => {
    for (const [python, script, activation, parameters = {}] of written) {
      const expected = { ...defaultParameters(catalogue.get(activation) ?? assert.fail(activation)), ...parameters };
      for (const [text, sites] of [
        [python, await inPython(python)] as const,
        [script, await inScript(script)] as const,
      ]) {
        assert.deepEqual(
          sites.map((site) => site.activation),
          [activation],
          text,
        );
        const [site] = sites;
        assert.deepEqual(site && parametersOf(site), expected, text);
      }
    }
  });

  it('are told from what only looks like one', async () => {
    for (const [python, script] of silent) {
      assert.deepEqual(await inPython(python), [], python);
      assert.deepEqual(await inScript(script), [], script);
    }
  });

  it('are each recognised by their own values, and by no other', () => {
    for (const entry of catalogue.values()) {
      const { id, value, unrecognised } = entry;
      if (!value) continue;
      const parameters = defaultParameters(entry);
      const found = recognise(points.map((x) => value(x, parameters)));
      // At their defaults CELU is ELU and Threshold ReLU; RReLU and PReLU are a LeakyReLU with that slope.
      const same: Readonly<Record<string, string>> = {
        swish_beta: 'silu',
        celu: 'elu',
        prelu: 'leaky_relu',
        rrelu: 'leaky_relu',
        threshold: 'relu',
      };
      assert.equal(found?.activation, same[id] ?? (unrecognised ? undefined : id), id);
    }
  });

  it('may be written with constants of four digits, not with others', () => {
    const silu = (slope: number) => points.map((x) => x / (1 + Math.exp(-slope * x)));
    assert.equal(recognise(silu(1.7021))?.activation, 'quick_gelu');
    assert.deepEqual(recognise(silu(1.71)), { activation: 'swish_beta', parameters: { beta: 1.71 } });
    assert.equal(recognise(points.map((x) => (x > 0 ? x : 0.25 * x)))?.parameters.negative_slope, 0.25);
    assert.equal(recognise(points.map((x) => x)), undefined);
    assert.equal(recognise(points.map(() => 3)), undefined);
    assert.equal(recognise(points.map((x) => 1 / x)), undefined);
    assert.equal(recognise(points.map((x) => (x > 9 ? Number.NaN : Math.max(0, x)))), undefined);
  });
});
