import type { ActivationParameters } from '../../graph/types';
import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import { inplace } from '../shared';
import { hingeSlope } from '../slopes';
import type { Activation } from '../types';
import en from './rrelu.md';
import zh from './rrelu.zh-cn.md';

/** In evaluation the slope is the middle of the range that training draws from. */
const slope = (parameters: ActivationParameters): number =>
  (numericParameter(parameters, 'lower') + numericParameter(parameters, 'upper')) / 2;

export const rrelu: Activation = {
  id: 'rrelu',
  title: 'RReLU',
  shape: 'elementwise',
  parameters: [
    { name: 'lower', default: 1 / 8, range: { min: 0, max: 1, step: 0.01 }, numeric: true },
    { name: 'upper', default: 1 / 3, range: { min: 0, max: 1, step: 0.01 }, numeric: true },
    inplace,
  ],
  spellings: { modules: ['RReLU'], functional: ['rrelu', 'rrelu_'], torch: ['rrelu', 'rrelu_'] },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.RReLU.html',
  formula: {
    value:
      '\\operatorname{RReLU}(x) = \\begin{cases} x & x > 0 \\\\ a\\,x & x \\le 0 \\end{cases} \\qquad a \\sim U(l, u)',
    derivative: "\\operatorname{RReLU}'(x) = \\begin{cases} 1 & x > 0 \\\\ a & x \\le 0 \\end{cases}",
    symbols: { lower: 'l', upper: 'u' },
  },
  value: (x, parameters) => (x > 0 ? x : slope(parameters) * x),
  derivative: (x, parameters) => (x > 0 ? 1 : slope(parameters)),
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    return a.add(a.clampMin(x, 0), a.times(a.clampMax(x, 0), slope(parameters)));
  },
  backward: (e, parameters, { x, g }) => e.mul(g, hingeSlope(e, x, slope(parameters))),
  randomInTraining: true,
  unrecognised: true,
  siblings: ['leaky_relu', 'prelu', 'relu', 'elu'],
  paper: {
    title: 'Empirical Evaluation of Rectified Activations in Convolutional Network',
    authors: 'Xu, Wang, Chen, Li',
    year: 2015,
    url: 'https://arxiv.org/abs/1505.00853',
  },
  evidence: evidenceFor('rrelu'),
  prose: { en, 'zh-cn': zh },
};
