import { evidenceFor } from '../evidence';
import { Arithmetic, sigmoid } from '../primitives';
import { inplace } from '../shared';
import type { Activation } from '../types';
import en from './silu.md';
import zh from './silu.zh-cn.md';

export const silu: Activation = {
  id: 'silu',
  title: 'SiLU',
  shape: 'elementwise',
  saves: 'input',
  parameters: [inplace],
  spellings: {
    modules: ['SiLU'],
    functional: ['silu'],
    tfjs: { identifiers: ['swish'] },
    onnx: { operator: 'Swish', since: 24, reads: ({ alpha = 1 }) => (alpha === 1 ? {} : undefined) },
    huggingFace: ['silu', 'swish'],
    timm: ['silu', 'swish'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html',
  formula: {
    value: '\\operatorname{SiLU}(x) = x\\,\\sigma(x) = \\frac{x}{1 + e^{-x}}',
    derivative: "\\operatorname{SiLU}'(x) = \\sigma(x)\\,\\bigl(1 + x\\,(1 - \\sigma(x))\\bigr)",
  },
  value: (x) => x * sigmoid(x),
  derivative: (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.mul(x, a.sigmoid(x));
  },
  siblings: ['gelu', 'mish', 'hardswish', 'relu'],
  paper: {
    title: 'Sigmoid-Weighted Linear Units for Neural Network Function Approximation in Reinforcement Learning',
    authors: 'Elfwing, Uchibe, Doya',
    year: 2017,
    url: 'https://arxiv.org/abs/1702.03118',
  },
  evidence: evidenceFor('silu'),
  prose: { en, 'zh-cn': zh },
};
