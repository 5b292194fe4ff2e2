import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './aptx.md';
import zh from './aptx.zh-cn.md';

export const aptx: Activation = {
  id: 'aptx',
  title: 'APTx',
  shape: 'elementwise',
  parameters: [
    { name: 'alpha', default: 1, range: { min: 0, max: 2, step: 0.05 }, numeric: true },
    { name: 'beta', default: 1, range: { min: 0.1, max: 3, step: 0.05 }, numeric: true },
    { name: 'gamma', default: 0.5, range: { min: 0.1, max: 2, step: 0.05 }, numeric: true },
  ],
  spellings: {},
  formula: {
    value: '\\operatorname{APTx}(x) = \\gamma\\, x\\,\\bigl(\\alpha + \\tanh(\\beta x)\\bigr)',
    derivative:
      "\\operatorname{APTx}'(x) = \\gamma\\,\\bigl(\\alpha + t + \\beta x\\,(1 - t^2)\\bigr) \\qquad t = \\tanh(\\beta x)",
    symbols: { alpha: '\\alpha', beta: '\\beta', gamma: '\\gamma' },
  },
  value: (x, parameters) =>
    numericParameter(parameters, 'gamma') *
    (numericParameter(parameters, 'alpha') + Math.tanh(numericParameter(parameters, 'beta') * x)) *
    x,
  derivative: (x, parameters) => {
    const beta = numericParameter(parameters, 'beta');
    const tanh = Math.tanh(beta * x);
    return (
      numericParameter(parameters, 'gamma') *
      (numericParameter(parameters, 'alpha') + tanh + beta * x * (1 - tanh ** 2))
    );
  },
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    const opening = a.plus(
      a.tanh(a.times(x, numericParameter(parameters, 'beta'))),
      numericParameter(parameters, 'alpha'),
    );
    return a.mul(a.times(x, numericParameter(parameters, 'gamma')), opening);
  },
  siblings: ['silu', 'mish', 'gelu'],
  paper: {
    title: "APTx: better activation function than MISH, SWISH, and ReLU's variants used in deep learning",
    authors: 'Kumar',
    year: 2022,
    url: 'https://arxiv.org/abs/2209.06119',
  },
  evidence: evidenceFor('aptx'),
  prose: { en, 'zh-cn': zh },
};
