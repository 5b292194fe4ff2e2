import { dimension, emitSoftmax, softmaxOf } from '../along';
import { evidenceFor } from '../evidence';
import { dim } from '../shared';
import type { Activation } from '../types';
import en from './softmax.md';
import zh from './softmax.zh-cn.md';

export const softmax: Activation = {
  id: 'softmax',
  title: 'Softmax',
  shape: 'along-dimension',
  saves: 'output',
  parameters: [dim],
  spellings: {
    modules: ['Softmax'],
    functional: ['softmax'],
    torch: ['softmax', 'special.softmax'],
    methods: ['softmax'],
    tfjs: {
      identifiers: ['softmax'],
      layers: ['softmax'],
      ops: ['softmax'],
      arguments: { axis: 'dim' },
      second: 'dim',
      // The layer's source says 1, its documentation −1; only the last axis runs.
      defaults: { softmax: { dim: -1 }, 'layers.softmax': { dim: -1 } },
    },
    onnx: { operator: 'Softmax', since: 1, where: 'axis = dim', reads: ({ axis = -1 }) => ({ dim: axis }) },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html',
  formula: {
    value: '\\operatorname{Softmax}(x)_i = \\frac{e^{x_i}}{\\sum_j e^{x_j}}',
    derivative:
      '\\frac{\\partial\\, s_i}{\\partial x_j} = s_i\\,(\\delta_{ij} - s_j) \\qquad s = \\operatorname{Softmax}(x)',
  },
  row: (row) => softmaxOf(row),
  forward: (graph, x, { dim }) => emitSoftmax(graph, x, dim),
  backward: (e, { dim }, { x, y, g }) => {
    const weighted = e.mul(g, y);
    const sum = e.reduce('sum', weighted, [dimension(e.shape(x).length, dim)], true);
    return e.sub(weighted, e.mul(y, sum));
  },
  distribution: true,
  siblings: ['log_softmax', 'softmin', 'softmax2d', 'gumbel_softmax', 'sigmoid'],
  paper: {
    title: 'Probabilistic Interpretation of Feedforward Classification Network Outputs',
    authors: 'Bridle',
    year: 1990,
    url: 'https://doi.org/10.1007/978-3-642-76153-9_28',
  },
  evidence: evidenceFor('softmax'),
  prose: { en, 'zh-cn': zh },
};
