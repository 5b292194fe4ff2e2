import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import type { Activation } from '../types';
import en from './relu2.md';
import zh from './relu2.zh-cn.md';

export const relu2: Activation = {
  id: 'relu2',
  title: 'ReLU²',
  shape: 'elementwise',
  parameters: [],
  spellings: {
    huggingFace: ['relu2'],
  },
  formula: {
    value: '\\operatorname{ReLU}^2(x) = \\max(0, x)^2',
    derivative: "\\bigl(\\operatorname{ReLU}^2\\bigr)'(x) = 2 \\max(0, x)",
  },
  value: (x) => Math.max(x, 0) ** 2,
  derivative: (x) => 2 * Math.max(x, 0),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    const positive = a.clampMin(x, 0);
    return a.mul(positive, positive);
  },
  siblings: ['relu', 'star_relu', 'gelu', 'swiglu'],
  paper: {
    title: 'Primer: Searching for Efficient Transformers for Language Modeling',
    authors: 'So, Mańke, Liu, Dai, Shazeer, Le',
    year: 2021,
    url: 'https://arxiv.org/abs/2109.08668',
  },
  evidence: evidenceFor('relu2'),
  prose: { en, 'zh-cn': zh },
};
