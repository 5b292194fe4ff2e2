import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './step.md';
import zh from './step.zh-cn.md';

export const step: Activation = {
  id: 'step',
  title: 'Step',
  shape: 'elementwise',
  alsoComputes: 'mask',
  parameters: [{ name: 'alpha', default: 0, range: { min: -1, max: 1, step: 0.1 }, numeric: true }],
  spellings: { tfjs: { ops: ['step'], second: 'alpha', usual: ['step'] } },
  formula: {
    value: '\\operatorname{Step}(x) = \\begin{cases} 1 & x > 0 \\\\ \\alpha & x \\le 0 \\end{cases}',
    derivative: "\\operatorname{Step}'(x) = 0",
    symbols: { alpha: '\\alpha' },
  },
  value: (x, parameters) => {
    if (x > 0) return 1;
    return x <= 0 ? numericParameter(parameters, 'alpha') : x;
  },
  derivative: () => 0,
  corners: () => [0],
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    return a.choose(x, 'gt', 0, a.scalar(1, x), a.scalar(numericParameter(parameters, 'alpha'), x));
  },
  // No gradient passes: nothing before it would learn.
  hidden: false,
  siblings: ['sigmoid', 'hardsigmoid', 'relu'],
  paper: {
    title: 'The perceptron: a probabilistic model for information storage and organization in the brain',
    authors: 'Rosenblatt',
    year: 1958,
    url: 'https://doi.org/10.1037/h0042519',
  },
  evidence: evidenceFor('step'),
  prose: { en, 'zh-cn': zh },
};
