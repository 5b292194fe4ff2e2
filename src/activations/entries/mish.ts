import { evidenceFor } from '../evidence';
import { Arithmetic, sigmoid, softplus } from '../primitives';
import { inplace } from '../shared';
import type { Activation } from '../types';
import en from './mish.md';
import zh from './mish.zh-cn.md';

export const mish: Activation = {
  id: 'mish',
  title: 'Mish',
  shape: 'elementwise',
  saves: 'input',
  parameters: [inplace],
  spellings: {
    modules: ['Mish'],
    functional: ['mish'],
    tfjs: { identifiers: ['mish'] },
    onnx: { operator: 'Mish', since: 18 },
    huggingFace: ['mish'],
    timm: ['mish'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html',
  formula: {
    value:
      '\\operatorname{Mish}(x) = x\\,\\tanh\\bigl(\\operatorname{softplus}(x)\\bigr) = x\\,\\tanh\\bigl(\\ln(1 + e^x)\\bigr)',
    derivative:
      "\\operatorname{Mish}'(x) = \\tanh s + x\\,\\sigma(x)\\,(1 - \\tanh^2 s) \\qquad s = \\operatorname{softplus}(x)",
  },
  value: (x) => x * Math.tanh(softplus(x)),
  derivative: (x) => {
    const tanh = Math.tanh(softplus(x));
    return tanh + x * sigmoid(x) * (1 - tanh * tanh);
  },
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.mul(x, a.tanh(a.softplus(x)));
  },
  siblings: ['silu', 'gelu', 'softplus', 'relu'],
  paper: {
    title: 'Mish: A Self Regularized Non-Monotonic Activation Function',
    authors: 'Misra',
    year: 2019,
    url: 'https://arxiv.org/abs/1908.08681',
  },
  evidence: evidenceFor('mish'),
  prose: { en, 'zh-cn': zh },
};
