import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './star_relu.md';
import zh from './star_relu.zh-cn.md';

export const star_relu: Activation = {
  id: 'star_relu',
  title: 'StarReLU',
  shape: 'elementwise',
  parameters: [
    { name: 'scale', default: 0.8944, range: { min: 0.1, max: 3, step: 0.05 }, numeric: true },
    { name: 'bias', default: -0.4472, range: { min: -2, max: 2, step: 0.05 }, numeric: true },
  ],
  spellings: {},
  formula: {
    value: '\\operatorname{StarReLU}(x) = s \\max(0, x)^2 + b',
    derivative: "\\operatorname{StarReLU}'(x) = 2\\,s \\max(0, x)",
    symbols: { scale: 's', bias: 'b' },
  },
  value: (x, parameters) =>
    numericParameter(parameters, 'scale') * Math.max(x, 0) ** 2 + numericParameter(parameters, 'bias'),
  derivative: (x, parameters) => 2 * numericParameter(parameters, 'scale') * Math.max(x, 0),
  forward: (graph, x, parameters, [scale, bias]) => {
    const a = new Arithmetic(graph);
    const positive = a.clampMin(x, 0);
    const scaled = a.mul(a.mul(positive, positive), scale ?? a.scalar(numericParameter(parameters, 'scale'), x));
    return a.add(scaled, bias ?? a.scalar(numericParameter(parameters, 'bias'), x));
  },
  // As the paper's code trains them by default; they start at the constants that keep mean and variance.
  learned: [
    { name: 'scale', initial: (parameters) => numericParameter(parameters, 'scale'), per: 'layer' },
    { name: 'bias', initial: (parameters) => numericParameter(parameters, 'bias'), per: 'layer' },
  ],
  siblings: ['relu2', 'relu', 'gelu'],
  paper: {
    title: 'MetaFormer Baselines for Vision',
    authors: 'Yu, Si, Zhou, Luo, Zhou, Feng, Yan, Wang',
    year: 2022,
    url: 'https://arxiv.org/abs/2210.13452',
  },
  evidence: evidenceFor('star_relu'),
  prose: { en, 'zh-cn': zh },
};
