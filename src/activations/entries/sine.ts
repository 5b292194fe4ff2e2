import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './sine.md';
import zh from './sine.zh-cn.md';

export const sine: Activation = {
  id: 'sine',
  title: 'Sine',
  shape: 'elementwise',
  parameters: [{ name: 'omega_0', default: 1, range: { min: 0.5, max: 10, step: 0.5 }, numeric: true }],
  spellings: {},
  formula: {
    value: '\\operatorname{Sine}(x) = \\sin(\\omega_0\\, x)',
    derivative: "\\operatorname{Sine}'(x) = \\omega_0 \\cos(\\omega_0\\, x)",
    symbols: { omega_0: '\\omega_0' },
  },
  value: (x, parameters) => Math.sin(numericParameter(parameters, 'omega_0') * x),
  derivative: (x, parameters) => {
    const omega = numericParameter(parameters, 'omega_0');
    return omega * Math.cos(omega * x);
  },
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    return a.unary('sin', a.times(x, numericParameter(parameters, 'omega_0')));
  },
  fit: { parameter: 'omega_0', from: (at) => Math.asin(at(0.015)) / 0.015, between: [0.05, 100] },
  siblings: ['snake', 'tanh'],
  paper: {
    title: 'Implicit Neural Representations with Periodic Activation Functions',
    authors: 'Sitzmann, Martel, Bergman, Lindell, Wetzstein',
    year: 2020,
    url: 'https://arxiv.org/abs/2006.09661',
  },
  evidence: evidenceFor('sine'),
  prose: { en, 'zh-cn': zh },
};
