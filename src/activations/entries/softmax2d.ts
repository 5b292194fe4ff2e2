import { emitSoftmax, softmaxOf } from '../along';
import { evidenceFor } from '../evidence';
import type { Activation } from '../types';
import en from './softmax2d.md';
import zh from './softmax2d.zh-cn.md';

export const softmax2d: Activation = {
  id: 'softmax2d',
  title: 'Softmax2d',
  shape: 'along-dimension',
  saves: 'output',
  parameters: [],
  spellings: { modules: ['Softmax2d'] },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html',
  formula: {
    value: '\\operatorname{Softmax2d}(x)_{c,i,j} = \\frac{e^{x_{c,i,j}}}{\\sum_k e^{x_{k,i,j}}}',
    derivative:
      '\\frac{\\partial\\, s_{c,i,j}}{\\partial x_{k,i,j}} = s_{c,i,j}\\,(\\delta_{ck} - s_{k,i,j}) \\qquad s = \\operatorname{Softmax2d}(x)',
  },
  row: (row) => softmaxOf(row),
  fixed: { dim: -3 },
  ranks: [3, 4],
  forward: (graph, x, { dim = -3 }) => emitSoftmax(graph, x, dim),
  distribution: true,
  siblings: ['softmax', 'log_softmax', 'sigmoid'],
  evidence: evidenceFor('softmax2d'),
  prose: { en, 'zh-cn': zh },
};
