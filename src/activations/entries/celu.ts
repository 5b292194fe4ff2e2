import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter, solve } from '../primitives';
import { inplace } from '../shared';
import { slopeBySign } from '../slopes';
import type { Activation } from '../types';
import en from './celu.md';
import zh from './celu.zh-cn.md';

export const celu: Activation = {
  id: 'celu',
  title: 'CELU',
  shape: 'elementwise',
  saves: 'input',
  parameters: [{ name: 'alpha', default: 1, range: { min: 0.1, max: 3, step: 0.1 }, numeric: true }, inplace],
  spellings: {
    modules: ['CELU'],
    functional: ['celu', 'celu_'],
    torch: ['celu', 'celu_'],
    onnx: { operator: 'Celu', since: 12, reads: ({ alpha = 1 }) => ({ alpha }) },
    timm: ['celu'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html',
  formula: {
    value:
      '\\operatorname{CELU}(x) = \\begin{cases} x & x > 0 \\\\ \\alpha\\,(e^{x/\\alpha} - 1) & x \\le 0 \\end{cases}',
    derivative: "\\operatorname{CELU}'(x) = \\begin{cases} 1 & x > 0 \\\\ e^{x/\\alpha} & x \\le 0 \\end{cases}",
    symbols: { alpha: '\\alpha' },
  },
  value: (x, parameters) => {
    const alpha = numericParameter(parameters, 'alpha');
    return x > 0 ? x : alpha * Math.expm1(x / alpha);
  },
  derivative: (x, parameters) => (x > 0 ? 1 : Math.exp(x / numericParameter(parameters, 'alpha'))),
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    const alpha = numericParameter(parameters, 'alpha');
    const bent = a.plus(a.exp(a.times(a.clampMax(x, 0), 1 / alpha)), -1);
    return a.add(a.clampMin(x, 0), a.times(bent, alpha));
  },
  backward: (e, parameters, { x, y, g }) =>
    e.mul(
      g,
      slopeBySign(e, x, 1, e.binaryScalar('add', e.binaryScalar('div', y, numericParameter(parameters, 'alpha')), 1)),
    ),
  fit: {
    parameter: 'alpha',
    from: (at) => solve((alpha) => -alpha * Math.expm1(-1.4 / alpha), -at(-1.4), 1e-3, 100),
    between: [0.05, 10],
  },
  siblings: ['elu', 'selu', 'silu', 'relu'],
  paper: {
    title: 'Continuously Differentiable Exponential Linear Units',
    authors: 'Barron',
    year: 2017,
    url: 'https://arxiv.org/abs/1704.07483',
  },
  evidence: evidenceFor('celu'),
  prose: { en, 'zh-cn': zh },
};
