import { softmaxOf } from '../along';
import { evidenceFor } from '../evidence';
import { numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './gumbel_softmax.md';
import zh from './gumbel_softmax.zh-cn.md';

export const gumbel_softmax: Activation = {
  id: 'gumbel_softmax',
  title: 'Gumbel-Softmax',
  shape: 'along-dimension',
  parameters: [
    { name: 'tau', default: 1, range: { min: 0.1, max: 5, step: 0.1 }, numeric: true },
    { name: 'hard', default: false, numeric: true },
    { name: 'eps', default: 1e-10, numeric: false },
    { name: 'dim', default: -1, numeric: false, integer: true },
  ],
  spellings: { functional: ['gumbel_softmax'] },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html',
  formula: {
    value:
      'y_i = \\frac{e^{(x_i + g_i)/\\tau}}{\\sum_j e^{(x_j + g_j)/\\tau}} \\qquad g_i \\sim \\operatorname{Gumbel}(0, 1)',
    derivative: '\\frac{\\partial\\, y_i}{\\partial x_j} = \\tfrac{1}{\\tau}\\, y_i\\,(\\delta_{ij} - y_j)',
    symbols: { tau: '\\tau' },
  },
  // Without the noise, which no definition can repeat.
  row: (row, parameters) => {
    const shares = softmaxOf(row.map((x) => x / numericParameter(parameters, 'tau')));
    const largest = shares.indexOf(Math.max(...shares));
    return parameters.hard === true ? shares.map((_, i) => (i === largest ? 1 : 0)) : shares;
  },
  random: true,
  forward: () => {
    throw new RangeError(
      'gumbel_softmax draws random numbers on every call, so its output cannot be compared; ' +
        'use softmax(logits / tau, dim) in evaluation',
    );
  },
  distribution: true,
  unrecognised: true,
  siblings: ['softmax', 'log_softmax'],
  paper: {
    title: 'Categorical Reparameterization with Gumbel-Softmax',
    authors: 'Jang, Gu, Poole',
    year: 2016,
    url: 'https://arxiv.org/abs/1611.01144',
  },
  evidence: evidenceFor('gumbel_softmax'),
  prose: { en, 'zh-cn': zh },
};
