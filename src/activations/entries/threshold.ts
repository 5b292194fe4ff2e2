import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import { inplace } from '../shared';
import type { Activation } from '../types';
import en from './threshold.md';
import zh from './threshold.zh-cn.md';

export const threshold: Activation = {
  id: 'threshold',
  title: 'Threshold',
  shape: 'elementwise',
  alsoComputes: 'bound',
  saves: 'input',
  parameters: [
    { name: 'threshold', default: 0, range: { min: -3, max: 3, step: 0.1 }, numeric: true, required: true },
    { name: 'value', default: 0, range: { min: -3, max: 3, step: 0.1 }, numeric: true, required: true },
    inplace,
  ],
  spellings: {
    modules: ['Threshold'],
    functional: ['threshold', 'threshold_'],
    torch: ['threshold', 'threshold_'],
    tfjs: {
      layers: ['thresholdedReLU'],
      arguments: { theta: 'threshold' },
      defaults: { 'layers.thresholdedReLU': { threshold: 1, value: 0 } },
    },
    onnx: {
      operator: 'ThresholdedRelu',
      since: 10,
      where: 'alpha = threshold; value = 0',
      reads: ({ alpha = 1 }) => ({ threshold: alpha, value: 0 }),
    },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html',
  formula: {
    value: '\\operatorname{Threshold}(x) = \\begin{cases} x & x > \\theta \\\\ v & x \\le \\theta \\end{cases}',
    derivative: "\\operatorname{Threshold}'(x) = \\begin{cases} 1 & x > \\theta \\\\ 0 & x \\le \\theta \\end{cases}",
    symbols: { threshold: '\\theta', value: 'v' },
  },
  value: (x, parameters) =>
    x <= numericParameter(parameters, 'threshold') ? numericParameter(parameters, 'value') : x,
  derivative: (x, parameters) => (x <= numericParameter(parameters, 'threshold') ? 0 : 1),
  corners: (parameters) => [numericParameter(parameters, 'threshold')],
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    return a.choose(
      x,
      'gt',
      numericParameter(parameters, 'threshold'),
      x,
      a.scalar(numericParameter(parameters, 'value'), x),
    );
  },
  // At its defaults it is ReLU, and a step between two values helps no hidden layer.
  hidden: false,
  unrecognised: true,
  siblings: ['relu', 'hardshrink', 'hardtanh'],
  paper: {
    title: 'Zero-bias autoencoders and the benefits of co-adapting features',
    authors: 'Konda, Memisevic, Krueger',
    year: 2014,
    url: 'https://arxiv.org/abs/1402.3337',
  },
  evidence: evidenceFor('threshold'),
  prose: { en, 'zh-cn': zh },
};
