import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter, sigmoid, softplus as smooth } from '../primitives';
import type { Activation } from '../types';
import en from './softplus.md';
import zh from './softplus.zh-cn.md';

export const softplus: Activation = {
  id: 'softplus',
  title: 'Softplus',
  shape: 'elementwise',
  saves: 'input',
  parameters: [
    { name: 'beta', default: 1, range: { min: 0.1, max: 10, step: 0.1 }, numeric: true },
    { name: 'threshold', default: 20, range: { min: 1, max: 50, step: 1 }, numeric: true },
  ],
  spellings: {
    modules: ['Softplus'],
    functional: ['softplus'],
    tfjs: { identifiers: ['softplus'], ops: ['softplus'] },
    onnx: { operator: 'Softplus', since: 1 },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html',
  formula: {
    value: '\\operatorname{Softplus}(x) = \\frac{1}{\\beta} \\ln\\bigl(1 + e^{\\beta x}\\bigr)',
    derivative: "\\operatorname{Softplus}'(x) = \\sigma(\\beta x)",
    symbols: { beta: '\\beta' },
  },
  // Above the threshold PyTorch returns x itself.
  value: (x, parameters) => {
    const beta = numericParameter(parameters, 'beta');
    return beta * x > numericParameter(parameters, 'threshold') ? x : smooth(beta * x) / beta;
  },
  derivative: (x, parameters) => {
    const beta = numericParameter(parameters, 'beta');
    return beta * x > numericParameter(parameters, 'threshold') ? 1 : sigmoid(beta * x);
  },
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    const beta = numericParameter(parameters, 'beta');
    const scaled = a.times(x, beta);
    return a.choose(scaled, 'gt', numericParameter(parameters, 'threshold'), x, a.times(a.softplus(scaled), 1 / beta));
  },
  backward: (e, parameters, { x, g }) => {
    const scaled = e.binaryScalar('mul', x, numericParameter(parameters, 'beta'));
    const linear = e.compare('gt', scaled, e.scalar(numericParameter(parameters, 'threshold'), x));
    return e.mul(g, e.where(linear, e.scalar(1, x), e.unary('sigmoid', scaled)));
  },
  fit: { parameter: 'beta', from: (at) => Math.LN2 / at(0), between: [0.05, 20] },
  siblings: ['relu', 'mish', 'elu', 'logsigmoid', 'sigmoid'],
  paper: {
    title: 'Incorporating Second-Order Functional Knowledge for Better Option Pricing',
    authors: 'Dugas, Bengio, Bélisle, Nadeau, Garcia',
    year: 2000,
    url: 'https://papers.nips.cc/paper/1920-incorporating-second-order-functional-knowledge-for-better-option-pricing',
  },
  evidence: evidenceFor('softplus'),
  prose: { en, 'zh-cn': zh },
};
