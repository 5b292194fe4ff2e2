import { dimension, emitLogSoftmax, logSoftmaxOf } from '../along';
import { evidenceFor } from '../evidence';
import { dim } from '../shared';
import type { Activation } from '../types';
import en from './log_softmax.md';
import zh from './log_softmax.zh-cn.md';

export const log_softmax: Activation = {
  id: 'log_softmax',
  title: 'LogSoftmax',
  shape: 'along-dimension',
  saves: 'output',
  parameters: [dim],
  spellings: {
    modules: ['LogSoftmax'],
    functional: ['log_softmax'],
    torch: ['log_softmax', 'special.log_softmax'],
    methods: ['log_softmax'],
    tfjs: { identifiers: ['logSoftmax'], ops: ['logSoftmax'], second: 'dim', defaults: { logSoftmax: { dim: -1 } } },
    onnx: { operator: 'LogSoftmax', since: 1, where: 'axis = dim', reads: ({ axis = -1 }) => ({ dim: axis }) },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html',
  formula: {
    value: '\\operatorname{LogSoftmax}(x)_i = x_i - \\ln \\sum_j e^{x_j}',
    derivative:
      '\\frac{\\partial\\, y_i}{\\partial x_j} = \\delta_{ij} - e^{y_j} \\qquad y = \\operatorname{LogSoftmax}(x)',
  },
  row: (row) => logSoftmaxOf(row),
  forward: (graph, x, { dim }) => emitLogSoftmax(graph, x, dim),
  backward: (e, { dim }, { x, y, g }) =>
    e.sub(g, e.mul(e.unary('exp', y), e.reduce('sum', g, [dimension(e.shape(x).length, dim)], true))),
  siblings: ['softmax', 'logsigmoid', 'softmin'],
  evidence: evidenceFor('log_softmax'),
  prose: { en, 'zh-cn': zh },
};
