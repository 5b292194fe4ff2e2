import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter, sigmoid } from '../primitives';
import type { Activation } from '../types';
import en from './swish_beta.md';
import zh from './swish_beta.zh-cn.md';

export const swish_beta: Activation = {
  id: 'swish_beta',
  title: 'Swish-β',
  shape: 'elementwise',
  parameters: [{ name: 'beta', default: 1, range: { min: 0.1, max: 10, step: 0.1 }, numeric: true }],
  spellings: {
    onnx: { operator: 'Swish', since: 24, where: 'alpha = beta', reads: ({ alpha = 1 }) => ({ beta: alpha }) },
  },
  formula: {
    value: '\\operatorname{Swish}(x) = x\\,\\sigma(\\beta x)',
    derivative: "\\operatorname{Swish}'(x) = s + \\beta x\\,s\\,(1 - s) \\qquad s = \\sigma(\\beta x)",
    symbols: { beta: '\\beta' },
  },
  value: (x, parameters) => x * sigmoid(numericParameter(parameters, 'beta') * x),
  derivative: (x, parameters) => {
    const beta = numericParameter(parameters, 'beta');
    // β last: βx may be beyond the largest number where the slope is still 1 or 0.
    const gate = sigmoid(beta * x);
    return gate + x * (gate * sigmoid(-beta * x)) * beta;
  },
  forward: (graph, x, parameters, [weight]) => {
    const a = new Arithmetic(graph);
    const beta = weight ?? a.scalar(numericParameter(parameters, 'beta'), x);
    return a.mul(x, a.sigmoid(a.mul(x, beta)));
  },
  // The paper trains one for a layer, or fixes it.
  learned: [{ name: 'beta', initial: (parameters) => numericParameter(parameters, 'beta'), per: 'layer' }],
  fit: {
    parameter: 'beta',
    from: (at) => {
      const share = at(-1.4) / -1.4;
      return Math.log((1 - share) / share) / 1.4;
    },
    between: [0.05, 20],
  },
  siblings: ['silu', 'quick_gelu', 'gelu', 'relu'],
  paper: {
    title: 'Searching for Activation Functions',
    authors: 'Ramachandran, Zoph, Le',
    year: 2017,
    url: 'https://arxiv.org/abs/1710.05941',
  },
  evidence: evidenceFor('swish_beta'),
  prose: { en, 'zh-cn': zh },
};
