import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import { inplace } from '../shared';
import { slopeBySign } from '../slopes';
import type { Activation } from '../types';
import en from './elu.md';
import zh from './elu.zh-cn.md';

export const elu: Activation = {
  id: 'elu',
  title: 'ELU',
  shape: 'elementwise',
  saves: 'input',
  parameters: [{ name: 'alpha', default: 1, range: { min: 0.1, max: 3, step: 0.1 }, numeric: true }, inplace],
  spellings: {
    modules: ['ELU'],
    functional: ['elu', 'elu_'],
    tfjs: { identifiers: ['elu'], layers: ['elu'], ops: ['elu'], fused: ['elu'], arguments: { alpha: 'alpha' } },
    onnx: { operator: 'Elu', since: 1, reads: ({ alpha = 1 }) => ({ alpha }) },
    timm: ['elu'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html',
  formula: {
    value: '\\operatorname{ELU}(x) = \\begin{cases} x & x > 0 \\\\ \\alpha\\,(e^x - 1) & x \\le 0 \\end{cases}',
    derivative: "\\operatorname{ELU}'(x) = \\begin{cases} 1 & x > 0 \\\\ \\alpha\\,e^x & x \\le 0 \\end{cases}",
    symbols: { alpha: '\\alpha' },
  },
  value: (x, parameters) => (x > 0 ? x : numericParameter(parameters, 'alpha') * Math.expm1(x)),
  derivative: (x, parameters) => (x > 0 ? 1 : numericParameter(parameters, 'alpha') * Math.exp(x)),
  forward: (graph, x, parameters) => new Arithmetic(graph).elu(x, numericParameter(parameters, 'alpha')),
  // Left of zero, the slope of α·(e^x − 1) is what it still has to fall: the value and α.
  backward: (e, parameters, { x, y, g }) =>
    e.mul(g, slopeBySign(e, x, 1, e.binaryScalar('add', y, numericParameter(parameters, 'alpha')))),
  fit: { parameter: 'alpha', from: (at) => at(-1.4) / Math.expm1(-1.4), between: [0.05, 10] },
  siblings: ['celu', 'selu', 'relu', 'silu', 'leaky_relu'],
  paper: {
    title: 'Fast and Accurate Deep Network Learning by Exponential Linear Units',
    authors: 'Clevert, Unterthiner, Hochreiter',
    year: 2015,
    url: 'https://arxiv.org/abs/1511.07289',
  },
  evidence: evidenceFor('elu'),
  prose: { en, 'zh-cn': zh },
};
