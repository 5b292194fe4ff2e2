import { evidenceFor } from '../evidence';
import { Arithmetic, sigmoid, softplus } from '../primitives';
import type { Activation } from '../types';
import en from './logsigmoid.md';
import zh from './logsigmoid.zh-cn.md';

export const logsigmoid: Activation = {
  id: 'logsigmoid',
  title: 'LogSigmoid',
  shape: 'elementwise',
  saves: 'input',
  parameters: [],
  spellings: { modules: ['LogSigmoid'], functional: ['logsigmoid'], tfjs: { ops: ['logSigmoid'] } },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html',
  formula: {
    value: '\\operatorname{LogSigmoid}(x) = \\ln \\sigma(x) = -\\ln\\bigl(1 + e^{-x}\\bigr)',
    derivative: "\\operatorname{LogSigmoid}'(x) = \\sigma(-x) = 1 - \\sigma(x)",
  },
  value: (x) => -softplus(-x),
  derivative: (x) => sigmoid(-x),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.neg(a.softplus(a.neg(x)));
  },
  hidden: false,
  backward: (e, _, { x, g }) => e.mul(g, e.unary('sigmoid', e.neg(x))),
  siblings: ['sigmoid', 'softplus', 'log_softmax'],
  evidence: evidenceFor('logsigmoid'),
  prose: { en, 'zh-cn': zh },
};
