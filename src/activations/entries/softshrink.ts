import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './softshrink.md';
import zh from './softshrink.zh-cn.md';

export const softshrink: Activation = {
  id: 'softshrink',
  title: 'Softshrink',
  shape: 'elementwise',
  saves: 'input',
  parameters: [{ name: 'lambd', default: 0.5, range: { min: 0, max: 3, step: 0.05 }, numeric: true }],
  spellings: {
    modules: ['Softshrink'],
    functional: ['softshrink'],
    onnx: {
      operator: 'Shrink',
      since: 9,
      where: 'bias = lambd',
      reads: ({ lambd = 0.5, bias = 0 }) => (bias === lambd ? { lambd } : undefined),
    },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html',
  formula: {
    value:
      '\\operatorname{Softshrink}(x) = \\begin{cases} x - \\lambda & x > \\lambda \\\\ x + \\lambda & x < -\\lambda \\\\ 0 & |x| \\le \\lambda \\end{cases}',
    derivative:
      "\\operatorname{Softshrink}'(x) = \\begin{cases} 1 & |x| > \\lambda \\\\ 0 & |x| \\le \\lambda \\end{cases}",
    symbols: { lambd: '\\lambda' },
  },
  value: (x, parameters) => {
    const lambda = numericParameter(parameters, 'lambd');
    return Math.abs(x) <= lambda ? 0 : x - Math.sign(x) * lambda;
  },
  derivative: (x, parameters) => (Math.abs(x) > numericParameter(parameters, 'lambd') ? 1 : 0),
  corners: (parameters) => [-numericParameter(parameters, 'lambd'), numericParameter(parameters, 'lambd')],
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    const lambda = numericParameter(parameters, 'lambd');
    return a.sub(x, a.clampMax(a.clampMin(x, -lambda), lambda));
  },
  fit: { parameter: 'lambd', from: (at) => 3 - at(3), between: [0, 2.9] },
  siblings: ['hardshrink', 'tanhshrink', 'relu'],
  paper: {
    title: 'De-noising by soft-thresholding',
    authors: 'Donoho',
    year: 1995,
    url: 'https://doi.org/10.1109/18.382009',
  },
  evidence: evidenceFor('softshrink'),
  prose: { en, 'zh-cn': zh },
};
