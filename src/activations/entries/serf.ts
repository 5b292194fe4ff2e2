import { erf } from '../../graph/evaluate/erf';
import { evidenceFor } from '../evidence';
import { Arithmetic, sigmoid, softplus } from '../primitives';
import type { Activation } from '../types';
import en from './serf.md';
import zh from './serf.zh-cn.md';

export const serf: Activation = {
  id: 'serf',
  title: 'Serf',
  shape: 'elementwise',
  parameters: [],
  spellings: {},
  formula: {
    value: '\\operatorname{Serf}(x) = x \\operatorname{erf}\\bigl(\\ln(1 + e^x)\\bigr)',
    derivative:
      "\\operatorname{Serf}'(x) = \\operatorname{erf}(p) + \\frac{2 x}{\\sqrt\\pi}\\, e^{-p^2}\\, \\sigma(x) \\qquad p = \\ln(1 + e^x)",
  },
  value: (x) => x * erf(softplus(x)),
  derivative: (x) => erf(softplus(x)) + x * ((2 / Math.sqrt(Math.PI)) * Math.exp(-(softplus(x) ** 2)) * sigmoid(x)),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.mul(x, a.unary('erf', a.softplus(x)));
  },
  siblings: ['mish', 'silu', 'gelu'],
  paper: {
    title: 'SERF: Towards better training of deep neural networks using log-Softplus ERror activation Function',
    authors: 'Nag et al.',
    year: 2021,
    url: 'https://arxiv.org/abs/2108.09598',
  },
  evidence: evidenceFor('serf'),
  prose: { en, 'zh-cn': zh },
};
