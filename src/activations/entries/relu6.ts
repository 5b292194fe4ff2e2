import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import { inplace } from '../shared';
import { intervalIndicator } from '../slopes';
import type { Activation } from '../types';
import en from './relu6.md';
import zh from './relu6.zh-cn.md';

export const relu6: Activation = {
  id: 'relu6',
  title: 'ReLU6',
  shape: 'elementwise',
  alsoComputes: 'bound',
  saves: 'input',
  parameters: [inplace],
  spellings: {
    modules: ['ReLU6'],
    functional: ['relu6'],
    tfjs: { identifiers: ['relu6'], ops: ['relu6'], fused: ['relu6'] },
    onnx: {
      operator: 'Clip',
      since: 1,
      where: 'min = 0, max = 6',
      reads: ({ min, max }) => (min === 0 && max === 6 ? {} : undefined),
    },
    huggingFace: ['relu6'],
    timm: ['relu6'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html',
  formula: {
    value: '\\operatorname{ReLU6}(x) = \\min\\bigl(\\max(0, x),\\, 6\\bigr)',
    derivative: "\\operatorname{ReLU6}'(x) = \\begin{cases} 1 & 0 < x < 6 \\\\ 0 & x \\notin (0, 6) \\end{cases}",
  },
  value: (x) => Math.min(Math.max(x, 0), 6),
  derivative: (x) => (x > 0 && x < 6 ? 1 : 0),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.clampMax(a.clampMin(x, 0), 6);
  },
  backward: (e, _, { x, g }) => e.mul(g, intervalIndicator(e, x, 0, 6)),
  siblings: ['relu', 'hardswish', 'hardtanh', 'leaky_relu'],
  paper: {
    title: 'Convolutional Deep Belief Networks on CIFAR-10',
    authors: 'Krizhevsky',
    year: 2010,
    url: 'https://www.cs.toronto.edu/~kriz/conv-cifar10-aug2010.pdf',
  },
  evidence: evidenceFor('relu6'),
  prose: { en, 'zh-cn': zh },
};
