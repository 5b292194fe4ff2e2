import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import { inplace } from '../shared';
import { hingeSlope } from '../slopes';
import type { Activation } from '../types';
import en from './leaky_relu.md';
import zh from './leaky_relu.zh-cn.md';

export const leaky_relu: Activation = {
  id: 'leaky_relu',
  title: 'LeakyReLU',
  shape: 'elementwise',
  saves: 'input',
  parameters: [
    { name: 'negative_slope', default: 0.01, range: { min: 0, max: 1, step: 0.01 }, numeric: true },
    inplace,
  ],
  spellings: {
    modules: ['LeakyReLU'],
    functional: ['leaky_relu', 'leaky_relu_'],
    tfjs: {
      layers: ['leakyReLU'],
      ops: ['leakyRelu'],
      fused: ['leakyrelu'],
      arguments: { alpha: 'negative_slope', leakyreluAlpha: 'negative_slope' },
      second: 'negative_slope',
      defaults: {
        'layers.leakyReLU': { negative_slope: 0.3 },
        leakyRelu: { negative_slope: 0.2 },
        leakyrelu: { negative_slope: 0.2 },
      },
    },
    onnx: {
      operator: 'LeakyRelu',
      since: 1,
      where: 'alpha = negative_slope',
      reads: ({ alpha = 0.01 }) => ({ negative_slope: alpha }),
    },
    huggingFace: ['leaky_relu'],
    timm: ['leaky_relu'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html',
  formula: {
    value: '\\operatorname{LeakyReLU}(x) = \\begin{cases} x & x > 0 \\\\ a\\,x & x \\le 0 \\end{cases}',
    derivative: "\\operatorname{LeakyReLU}'(x) = \\begin{cases} 1 & x > 0 \\\\ a & x \\le 0 \\end{cases}",
    symbols: { negative_slope: 'a' },
  },
  value: (x, parameters) => (x > 0 ? x : numericParameter(parameters, 'negative_slope') * x),
  derivative: (x, parameters) => (x > 0 ? 1 : numericParameter(parameters, 'negative_slope')),
  gain: (parameters) => Math.sqrt(2 / (1 + numericParameter(parameters, 'negative_slope') ** 2)),
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    return a.add(a.clampMin(x, 0), a.times(a.clampMax(x, 0), numericParameter(parameters, 'negative_slope')));
  },
  backward: (e, parameters, { x, g }) => e.mul(g, hingeSlope(e, x, numericParameter(parameters, 'negative_slope'))),
  fit: { parameter: 'negative_slope', from: (at) => -at(-1.4) / 1.4, between: [0, 0.9999] },
  siblings: ['relu', 'prelu', 'rrelu', 'elu', 'silu'],
  paper: {
    title: 'Rectifier Nonlinearities Improve Neural Network Acoustic Models',
    authors: 'Maas, Hannun, Ng',
    year: 2013,
    url: 'https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf',
  },
  evidence: evidenceFor('leaky_relu'),
  prose: { en, 'zh-cn': zh },
};
