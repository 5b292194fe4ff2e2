import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import { inplace } from '../shared';
import { intervalIndicator } from '../slopes';
import type { Activation } from '../types';
import en from './hardtanh.md';
import zh from './hardtanh.zh-cn.md';

export const hardtanh: Activation = {
  id: 'hardtanh',
  title: 'Hardtanh',
  shape: 'elementwise',
  alsoComputes: 'bound',
  saves: 'input',
  parameters: [
    { name: 'min_val', default: -1, range: { min: -6, max: 0, step: 0.1 }, numeric: true },
    { name: 'max_val', default: 1, range: { min: 0.1, max: 6, step: 0.1 }, numeric: true },
    inplace,
  ],
  spellings: {
    modules: ['Hardtanh'],
    functional: ['hardtanh', 'hardtanh_'],
    onnx: { operator: 'Clip', since: 1, where: 'min = min_val, max = max_val' },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html',
  formula: {
    value: '\\operatorname{Hardtanh}(x) = \\min\\bigl(\\max(x,\\, l),\\, u\\bigr)',
    derivative: "\\operatorname{Hardtanh}'(x) = \\begin{cases} 1 & l < x < u \\\\ 0 & x \\notin (l, u) \\end{cases}",
    symbols: { min_val: 'l', max_val: 'u' },
  },
  value: (x, parameters) =>
    Math.min(Math.max(x, numericParameter(parameters, 'min_val')), numericParameter(parameters, 'max_val')),
  derivative: (x, parameters) =>
    x > numericParameter(parameters, 'min_val') && x < numericParameter(parameters, 'max_val') ? 1 : 0,
  corners: (parameters) => [numericParameter(parameters, 'min_val'), numericParameter(parameters, 'max_val')],
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    return a.clampMax(a.clampMin(x, numericParameter(parameters, 'min_val')), numericParameter(parameters, 'max_val'));
  },
  backward: (e, parameters, { x, g }) =>
    e.mul(g, intervalIndicator(e, x, numericParameter(parameters, 'min_val'), numericParameter(parameters, 'max_val'))),
  siblings: ['tanh', 'relu6', 'softsign', 'hardsigmoid'],
  paper: {
    title: 'Natural Language Processing (Almost) from Scratch',
    authors: 'Collobert, Weston, Bottou, Karlen, Kavukcuoglu, Kuksa',
    year: 2011,
    url: 'https://arxiv.org/abs/1103.0398',
  },
  evidence: evidenceFor('hardtanh'),
  prose: { en, 'zh-cn': zh },
};
