import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './hardshrink.md';
import zh from './hardshrink.zh-cn.md';

export const hardshrink: Activation = {
  id: 'hardshrink',
  title: 'Hardshrink',
  shape: 'elementwise',
  saves: 'input',
  parameters: [{ name: 'lambd', default: 0.5, range: { min: 0, max: 3, step: 0.05 }, numeric: true }],
  spellings: {
    modules: ['Hardshrink'],
    functional: ['hardshrink'],
    torch: ['hardshrink'],
    methods: ['hardshrink'],
    onnx: {
      operator: 'Shrink',
      since: 9,
      where: 'lambd, bias = 0',
      reads: ({ lambd = 0.5, bias = 0 }) => (bias === 0 ? { lambd } : undefined),
    },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html',
  formula: {
    value: '\\operatorname{Hardshrink}(x) = \\begin{cases} x & |x| > \\lambda \\\\ 0 & |x| \\le \\lambda \\end{cases}',
    derivative:
      "\\operatorname{Hardshrink}'(x) = \\begin{cases} 1 & |x| > \\lambda \\\\ 0 & |x| \\le \\lambda \\end{cases}",
    symbols: { lambd: '\\lambda' },
  },
  value: (x, parameters) => (Math.abs(x) <= numericParameter(parameters, 'lambd') ? 0 : x),
  derivative: (x, parameters) => (Math.abs(x) > numericParameter(parameters, 'lambd') ? 1 : 0),
  corners: (parameters) => [-numericParameter(parameters, 'lambd'), numericParameter(parameters, 'lambd')],
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    return a.choose(a.unary('abs', x), 'gt', numericParameter(parameters, 'lambd'), x, a.scalar(0, x));
  },
  unrecognised: true,
  siblings: ['softshrink', 'tanhshrink', 'threshold'],
  paper: {
    title: 'Ideal spatial adaptation by wavelet shrinkage',
    authors: 'Donoho, Johnstone',
    year: 1994,
    url: 'https://doi.org/10.1093/biomet/81.3.425',
  },
  evidence: evidenceFor('hardshrink'),
  prose: { en, 'zh-cn': zh },
};
