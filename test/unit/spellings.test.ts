import assert from 'node:assert/strict';
import { catalogue, findActivation } from '../../src/activations/catalogue';
import { detect } from '../../src/detect/detect';
import { parametersOf } from '../../src/detect/parameters';
import type { ActivationParameters } from '../../src/graph/types';
import { testSyntax } from '../support/syntax';

/** What the frameworks call their activations, typed here from their documentation and not from the catalogue. */
const pytorch = {
  threshold: 'nn.Threshold F.threshold F.threshold_ torch.threshold torch.threshold_',
  relu: 'nn.ReLU F.relu F.relu_ torch.relu torch.relu_ x.relu x.relu_',
  rrelu: 'nn.RReLU F.rrelu F.rrelu_ torch.rrelu torch.rrelu_',
  hardtanh: 'nn.Hardtanh F.hardtanh F.hardtanh_',
  relu6: 'nn.ReLU6 F.relu6',
  sigmoid: 'nn.Sigmoid F.sigmoid torch.sigmoid torch.sigmoid_ x.sigmoid x.sigmoid_ torch.special.expit',
  hardsigmoid: 'nn.Hardsigmoid F.hardsigmoid',
  tanh: 'nn.Tanh F.tanh torch.tanh torch.tanh_ x.tanh x.tanh_',
  silu: 'nn.SiLU F.silu',
  mish: 'nn.Mish F.mish',
  hardswish: 'nn.Hardswish F.hardswish',
  elu: 'nn.ELU F.elu F.elu_',
  celu: 'nn.CELU F.celu F.celu_ torch.celu torch.celu_',
  selu: 'nn.SELU F.selu F.selu_ torch.selu torch.selu_',
  glu: 'nn.GLU F.glu',
  gelu: 'nn.GELU F.gelu',
  hardshrink: 'nn.Hardshrink F.hardshrink torch.hardshrink x.hardshrink',
  leaky_relu: 'nn.LeakyReLU F.leaky_relu F.leaky_relu_',
  logsigmoid: 'nn.LogSigmoid F.logsigmoid',
  softplus: 'nn.Softplus F.softplus',
  softshrink: 'nn.Softshrink F.softshrink',
  prelu: 'nn.PReLU F.prelu torch.prelu x.prelu',
  softsign: 'nn.Softsign F.softsign',
  tanhshrink: 'nn.Tanhshrink F.tanhshrink',
  softmin: 'nn.Softmin F.softmin',
  softmax: 'nn.Softmax F.softmax torch.softmax x.softmax torch.special.softmax',
  softmax2d: 'nn.Softmax2d',
  log_softmax: 'nn.LogSoftmax F.log_softmax torch.log_softmax x.log_softmax torch.special.log_softmax',
  gumbel_softmax: 'F.gumbel_softmax',
  identity: 'nn.Identity',
} as const;

/** Explained for what is inside of them, never swapped. */
const implicit = {
  softmax: 'nn.MultiheadAttention F.multi_head_attention_forward F.scaled_dot_product_attention nn.CrossEntropyLoss',
  log_softmax: 'nn.AdaptiveLogSoftmaxWithLoss',
} as const;

const tanhGelu = { approximate: 'tanh' };
const huggingFace: Readonly<Record<string, readonly [string, ActivationParameters?]>> = {
  gelu: ['gelu', { approximate: 'none' }],
  gelu_10: ['gelu', { approximate: 'none' }],
  gelu_fast: ['gelu', tanhGelu],
  gelu_new: ['gelu', tanhGelu],
  gelu_python: ['gelu', { approximate: 'none' }],
  gelu_pytorch_tanh: ['gelu', tanhGelu],
  gelu_python_tanh: ['gelu', tanhGelu],
  gelu_accurate: ['gelu', tanhGelu],
  hardswish: ['hardswish'],
  laplace: ['laplace'],
  leaky_relu: ['leaky_relu', { negative_slope: 0.01 }],
  linear: ['identity'],
  mish: ['mish'],
  quick_gelu: ['quick_gelu'],
  relu: ['relu'],
  relu2: ['relu2'],
  relu6: ['relu6'],
  sigmoid: ['sigmoid'],
  silu: ['silu'],
  sqrtsoftplus: ['sqrtsoftplus'],
  swish: ['silu'],
  tanh: ['tanh'],
  prelu: ['prelu'],
  xielu: ['xielu'],
};
const timm: typeof huggingFace = {
  silu: ['silu'],
  swish: ['silu'],
  mish: ['mish'],
  relu: ['relu'],
  relu6: ['relu6'],
  leaky_relu: ['leaky_relu', { negative_slope: 0.01 }],
  elu: ['elu', { alpha: 1 }],
  celu: ['celu', { alpha: 1 }],
  selu: ['selu'],
  gelu: ['gelu', { approximate: 'none' }],
  gelu_tanh: ['gelu', tanhGelu],
  quick_gelu: ['quick_gelu'],
  sigmoid: ['sigmoid'],
  tanh: ['tanh'],
  hard_sigmoid: ['hardsigmoid'],
  hard_swish: ['hardswish'],
  hard_mish: ['hard_mish'],
  prelu: ['prelu'],
  identity: ['identity'],
};

/** TensorFlow.js 4.22, with what its own defaults set. */
const tfjsIdentifiers: typeof huggingFace = {
  elu: ['elu', { alpha: 1 }],
  hardSigmoid: ['hardsigmoid'],
  linear: ['identity'],
  relu: ['relu'],
  relu6: ['relu6'],
  selu: ['selu'],
  sigmoid: ['sigmoid'],
  softmax: ['softmax', { dim: -1 }],
  softplus: ['softplus', { beta: 1 }],
  softsign: ['softsign'],
  tanh: ['tanh'],
  swish: ['silu'],
  mish: ['mish'],
  gelu: ['gelu', { approximate: 'none' }],
  gelu_new: ['gelu', tanhGelu],
  logSoftmax: ['log_softmax', { dim: -1 }],
};
const tfjsLayers: typeof huggingFace = {
  'tf.layers.reLU()': ['relu'],
  'tf.layers.leakyReLU()': ['leaky_relu', { negative_slope: 0.3 }],
  'tf.layers.prelu()': ['prelu'],
  'tf.layers.elu()': ['elu', { alpha: 1 }],
  'tf.layers.thresholdedReLU()': ['threshold', { threshold: 1, value: 0 }],
  'tf.layers.softmax()': ['softmax', { dim: -1 }],
  "tf.layers.activation({activation: 'mish'})": ['mish'],
};
const tfjsOps: typeof huggingFace = {
  relu: ['relu'],
  relu6: ['relu6'],
  elu: ['elu', { alpha: 1 }],
  selu: ['selu'],
  leakyRelu: ['leaky_relu', { negative_slope: 0.2 }],
  prelu: ['prelu'],
  sigmoid: ['sigmoid'],
  tanh: ['tanh'],
  softplus: ['softplus', { beta: 1 }],
  logSigmoid: ['logsigmoid'],
  softmax: ['softmax', { dim: -1 }],
  logSoftmax: ['log_softmax', { dim: -1 }],
  step: ['step', { alpha: 0 }],
};
const tfjsFused: typeof huggingFace = {
  linear: ['identity'],
  relu: ['relu'],
  relu6: ['relu6'],
  elu: ['elu', { alpha: 1 }],
  leakyrelu: ['leaky_relu'],
  prelu: ['prelu'],
  sigmoid: ['sigmoid'],
};

/** Operators of ONNX that are an activation, and the opset that brought each. */
const onnx: Readonly<Record<string, readonly [operator: string, since: number]>> = {
  relu: ['Relu', 1],
  leaky_relu: ['LeakyRelu', 1],
  prelu: ['PRelu', 1],
  elu: ['Elu', 1],
  selu: ['Selu', 1],
  celu: ['Celu', 12],
  gelu: ['Gelu', 20],
  mish: ['Mish', 18],
  silu: ['Swish', 24],
  swiglu: ['SwiGLU', 28],
  softplus: ['Softplus', 1],
  softsign: ['Softsign', 1],
  sigmoid: ['Sigmoid', 1],
  hardsigmoid: ['HardSigmoid', 1],
  hardswish: ['HardSwish', 14],
  tanh: ['Tanh', 1],
  threshold: ['ThresholdedRelu', 10],
  hardshrink: ['Shrink', 9],
  softshrink: ['Shrink', 9],
  softmax: ['Softmax', 1],
  log_softmax: ['LogSoftmax', 1],
  hardtanh: ['Clip', 1],
};

/** The sites of one statement a line, by line: id and what runs. */
async function found(file: string, head: readonly string[], lines: readonly string[]) {
  const sites = await detect(testSyntax(), { file, text: [...head, ...lines].join('\n'), version: 1 });
  return lines.map((line, index) => {
    const here = sites.filter(({ range }) => range.line === head.length + index);
    assert.equal(here.length, 1, `${line}: ${here.length} sites`);
    const [site] = here;
    assert.ok(site);
    return { line, site, parameters: parametersOf(site) };
  });
}

function expectNamed(all: Awaited<ReturnType<typeof found>>, expected: typeof huggingFace) {
  for (const [index, [id, parameters = {}]] of Object.values(expected).entries()) {
    const each = all[index];
    assert.ok(each);
    assert.equal(each.site.activation, id, each.line);
    for (const [name, value] of Object.entries(parameters)) assert.equal(each.parameters[name], value, each.line);
  }
}

describe('every spelling of the catalogue', () => {
  const python = ['import torch', 'import torch.nn as nn', 'import torch.nn.functional as F'];
  const typescript = ["import * as tf from '@tensorflow/tfjs';", 'const x = tf.tensor1d([1]);'];

  it("PyTorch's, and no other", async () => {
    const all = Object.entries(pytorch).flatMap(([id, names]) => names.split(' ').map((name) => [id, name] as const));
    const sites = await found(
      'a.py',
      python,
      all.map(([, name]) => `y = ${name}(${name.startsWith('x.') ? '' : 'x'})`),
    );
    assert.deepEqual(
      sites.map(({ site }) => site.activation),
      all.map(([id]) => id),
    );
    const own = [...catalogue.values()].flatMap(({ id, spellings }) =>
      [
        ...(spellings.modules ?? []).map((name) => `nn.${name}`),
        ...(spellings.functional ?? []).map((name) => `F.${name}`),
        ...(spellings.torch ?? []).map((name) => `torch.${name}`),
        ...(spellings.methods ?? []).map((name) => `x.${name}`),
      ].map((name) => `${id} ${name}`),
    );
    assert.deepEqual(own.sort(), all.map((each) => each.join(' ')).sort());
  });

  it('what is inside of losses and attention', async () => {
    for (const [id, names] of Object.entries(implicit)) {
      const sites = await found(
        'a.py',
        python,
        names.split(' ').map((name) => `y = ${name}(x)`),
      );
      for (const { site, line } of sites) {
        assert.equal(site.activation, id, line);
        assert.equal(site.form, 'implicit', line);
      }
    }
  });

  for (const [library, expected] of Object.entries({ 'Hugging Face': huggingFace, timm })) {
    it(`${library}'s names in strings`, async () => {
      const names = Object.keys(expected);
      expectNamed(
        await found(
          'a.py',
          ['import torch'],
          names.map((name) => `config = dict(hidden_act="${name}")`),
        ),
        expected,
      );
      expectNamed(
        await found(
          'a.py',
          ['import torch', 'from x import ACT2FN'],
          names.map((name) => `f = ACT2FN["${name}"]`),
        ),
        expected,
      );
      const key = library === 'timm' ? 'timm' : 'huggingFace';
      const own = [...catalogue.values()].flatMap(({ spellings }) => spellings[key] ?? []);
      assert.deepEqual(own.sort(), names.sort());
    });
  }

  it("TensorFlow.js's", async () => {
    const identifiers = Object.keys(tfjsIdentifiers).map(
      (name) => `tf.layers.dense({units: 2, activation: '${name}'});`,
    );
    expectNamed(await found('a.ts', typescript, identifiers), tfjsIdentifiers);
    expectNamed(
      await found(
        'a.ts',
        typescript,
        Object.keys(tfjsLayers).map((call) => `${call};`),
      ),
      tfjsLayers,
    );
    const second = (name: string) => (name === 'prelu' ? 'x' : '');
    const ops = Object.keys(tfjsOps);
    expectNamed(
      await found(
        'a.ts',
        typescript,
        ops.map((name) => `tf.${name}(${['x', second(name)].filter(Boolean)});`),
      ),
      tfjsOps,
    );
    expectNamed(
      await found(
        'a.ts',
        typescript,
        ops.map((name) => `x.${name}(${second(name)});`),
      ),
      tfjsOps,
    );
    const fused = Object.keys(tfjsFused).map((name) => `tf.fused.matMul({a: x, b: x, activation: '${name}'});`);
    expectNamed(await found('a.ts', typescript, fused), tfjsFused);
  });

  it("ONNX's operators, and the opset that has each", () => {
    for (const [id, [operator, since]] of Object.entries(onnx)) {
      const spelled = catalogue.get(id)?.spellings.onnx;
      assert.equal(spelled?.operator, operator, id);
      assert.equal(spelled?.since, since, id);
    }
    // Erf and Hardmax are no activation of the catalogue; these four are written as another operator is.
    const others = [...catalogue.values()].filter(({ id, spellings }) => spellings.onnx && !(id in onnx));
    assert.deepEqual(
      others.map(({ id }) => id),
      ['relu6', 'swish_beta', 'quick_gelu', 'identity'].filter((id) => catalogue.has(id)),
    );
  });

  it('an entry is found by any of them', () => {
    for (const [id, names] of Object.entries(pytorch))
      for (const name of names.split(' ')) assert.equal(findActivation(name.replace(/^\w+\./, ''))?.id, id, name);
    for (const names of [huggingFace, timm, tfjsIdentifiers, tfjsOps])
      for (const [name, [id]] of Object.entries(names)) assert.equal(findActivation(name)?.id, id, name);
  });
});
