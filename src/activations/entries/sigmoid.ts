import { evidenceFor } from '../evidence';
import { Arithmetic, sigmoid as logistic } from '../primitives';
import type { Activation } from '../types';
import en from './sigmoid.md';
import zh from './sigmoid.zh-cn.md';

export const sigmoid: Activation = {
  id: 'sigmoid',
  title: 'Sigmoid',
  shape: 'elementwise',
  saves: 'output',
  parameters: [],
  spellings: {
    modules: ['Sigmoid'],
    functional: ['sigmoid'],
    torch: ['sigmoid', 'sigmoid_', 'special.expit'],
    methods: ['sigmoid', 'sigmoid_'],
    tfjs: { identifiers: ['sigmoid'], ops: ['sigmoid'], fused: ['sigmoid'] },
    onnx: { operator: 'Sigmoid', since: 1 },
    huggingFace: ['sigmoid'],
    timm: ['sigmoid'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html',
  formula: {
    value: '\\sigma(x) = \\frac{1}{1 + e^{-x}}',
    derivative: "\\sigma'(x) = \\sigma(x)\\,\\bigl(1 - \\sigma(x)\\bigr)",
  },
  value: (x) => logistic(x),
  derivative: (x) => logistic(x) * logistic(-x),
  gain: () => 1,
  forward: (graph, x) => new Arithmetic(graph).sigmoid(x),
  backward: (e, _, { y, g }) => e.mul(g, e.mul(y, e.sub(e.scalar(1, y), y))),
  siblings: ['hardsigmoid', 'tanh', 'logsigmoid', 'softplus', 'relu'],
  evidence: evidenceFor('sigmoid'),
  prose: { en, 'zh-cn': zh },
};
