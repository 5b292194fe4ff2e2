import { erf } from '../../graph/evaluate/erf';
import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './smu.md';
import zh from './smu.zh-cn.md';

export const smu: Activation = {
  id: 'smu',
  title: 'SMU',
  shape: 'elementwise',
  parameters: [
    { name: 'alpha', default: 0.01, range: { min: 0, max: 0.9, step: 0.01 }, numeric: true },
    { name: 'mu', default: 2.5, range: { min: 0.1, max: 20, step: 0.1 }, numeric: true },
  ],
  spellings: {},
  formula: {
    value:
      '\\operatorname{SMU}(x) = \\tfrac{x}{2}\\,\\bigl(1 + \\alpha + (1 - \\alpha) \\operatorname{erf}(k x)\\bigr) \\qquad k = \\mu\\,(1 - \\alpha)',
    derivative:
      "\\operatorname{SMU}'(x) = \\tfrac12 \\Bigl(1 + \\alpha + (1 - \\alpha)\\bigl(\\operatorname{erf}(k x) + \\tfrac{2 k x}{\\sqrt\\pi}\\, e^{-k^2 x^2}\\bigr)\\Bigr)",
    symbols: { alpha: '\\alpha', mu: '\\mu' },
  },
  value: (x, parameters) => {
    const alpha = numericParameter(parameters, 'alpha');
    const k = numericParameter(parameters, 'mu') * (1 - alpha);
    return (x / 2) * (1 + alpha + (1 - alpha) * erf(k * x));
  },
  derivative: (x, parameters) => {
    const alpha = numericParameter(parameters, 'alpha');
    const k = numericParameter(parameters, 'mu') * (1 - alpha);
    const bend = erf(k * x) + x * (((2 * k) / Math.sqrt(Math.PI)) * Math.exp(-((k * x) ** 2)));
    return (1 + alpha + (1 - alpha) * bend) / 2;
  },
  forward: (graph, x, parameters, [mu]) => {
    const a = new Arithmetic(graph);
    const alpha = numericParameter(parameters, 'alpha');
    const k = a.times(mu ?? a.scalar(numericParameter(parameters, 'mu'), x), 1 - alpha);
    const step = a.unary('erf', a.mul(x, k));
    return a.mul(a.times(x, 0.5), a.plus(a.times(step, 1 - alpha), 1 + alpha));
  },
  // As the paper trains it; its α is a hyperparameter.
  learned: [{ name: 'mu', initial: (parameters) => numericParameter(parameters, 'mu'), per: 'layer' }],
  siblings: ['gelu', 'leaky_relu', 'silu'],
  paper: {
    title: 'SMU: smooth activation function for deep networks using smoothing maximum technique',
    authors: 'Biswas, Kumar, Banerjee, Pandey',
    year: 2021,
    url: 'https://arxiv.org/abs/2111.04682',
  },
  evidence: evidenceFor('smu'),
  prose: { en, 'zh-cn': zh },
};
