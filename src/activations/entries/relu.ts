import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import { inplace } from '../shared';
import { hingeSlope } from '../slopes';
import type { Activation } from '../types';
import en from './relu.md';
import zh from './relu.zh-cn.md';

export const relu: Activation = {
  id: 'relu',
  title: 'ReLU',
  shape: 'elementwise',
  alsoComputes: 'bound',
  saves: 'output',
  parameters: [inplace],
  spellings: {
    modules: ['ReLU'],
    functional: ['relu', 'relu_'],
    torch: ['relu', 'relu_'],
    methods: ['relu', 'relu_'],
    tfjs: { identifiers: ['relu'], layers: ['reLU'], ops: ['relu'], fused: ['relu'], ceiling: 'maxValue' },
    onnx: { operator: 'Relu', since: 1 },
    huggingFace: ['relu'],
    timm: ['relu'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html',
  formula: {
    value: '\\operatorname{ReLU}(x) = \\max(0, x)',
    derivative: "\\operatorname{ReLU}'(x) = \\begin{cases} 1 & x > 0 \\\\ 0 & x \\le 0 \\end{cases}",
  },
  value: (x) => Math.max(0, x),
  derivative: (x) => (x <= 0 ? 0 : 1),
  gain: () => Math.SQRT2,
  forward: (graph, x) => new Arithmetic(graph).clampMin(x, 0),
  backward: (e, _, { x, g }) => e.mul(g, hingeSlope(e, x, 0)),
  siblings: ['leaky_relu', 'silu', 'gelu', 'relu6', 'relu2', 'prelu', 'elu'],
  paper: {
    title: 'Rectified Linear Units Improve Restricted Boltzmann Machines',
    authors: 'Nair, Hinton',
    year: 2010,
    url: 'https://www.cs.toronto.edu/~fritz/absps/reluICML.pdf',
  },
  evidence: evidenceFor('relu'),
  prose: { en, 'zh-cn': zh },
};
