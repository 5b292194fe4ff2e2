import { emitSoftmax, softmaxOf } from '../along';
import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import { dim } from '../shared';
import type { Activation } from '../types';
import en from './softmin.md';
import zh from './softmin.zh-cn.md';

export const softmin: Activation = {
  id: 'softmin',
  title: 'Softmin',
  shape: 'along-dimension',
  saves: 'output',
  parameters: [dim],
  spellings: { modules: ['Softmin'], functional: ['softmin'] },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html',
  formula: {
    value: '\\operatorname{Softmin}(x)_i = \\frac{e^{-x_i}}{\\sum_j e^{-x_j}}',
    derivative:
      '\\frac{\\partial\\, s_i}{\\partial x_j} = -s_i\\,(\\delta_{ij} - s_j) \\qquad s = \\operatorname{Softmin}(x)',
  },
  row: (row) => softmaxOf(row.map((x) => -x)),
  forward: (graph, x, { dim }) => emitSoftmax(graph, new Arithmetic(graph).neg(x), dim),
  distribution: true,
  siblings: ['softmax', 'log_softmax'],
  evidence: evidenceFor('softmin'),
  prose: { en, 'zh-cn': zh },
};
