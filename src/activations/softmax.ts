import { evidenceFor } from './evidence';
import { dim } from './shared';
import en from './softmax.md';
import zh from './softmax.zh-cn.md';
import type { Activation } from './types';

export const softmax: Activation = {
  id: 'softmax',
  title: 'Softmax',
  shape: 'along-dimension',
  parameters: [dim],
  spellings: {
    modules: ['Softmax'],
    functional: ['softmax'],
    torch: ['softmax', 'special.softmax'],
    methods: ['softmax'],
    tfjs: { identifiers: ['softmax'], layers: ['softmax'], ops: ['softmax'] },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html',
  formula: {
    value: '\\operatorname{Softmax}(x)_i = \\frac{e^{x_i}}{\\sum_j e^{x_j}}',
    derivative:
      '\\frac{\\partial\\, s_i}{\\partial x_j} = s_i\\,(\\delta_{ij} - s_j) \\qquad s = \\operatorname{Softmax}(x)',
  },
  row: (row) => {
    const largest = Math.max(...row);
    const powers = row.map((x) => Math.exp(x - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  },
  forward: (graph, x, parameters) => {
    const rank = graph.type(x).shape.length;
    // PyTorch's rule for a missing dimension.
    const chosen = typeof parameters.dim === 'number' ? parameters.dim : rank === 0 || rank === 1 || rank === 3 ? 0 : 1;
    const dims = [chosen < 0 ? chosen + rank : chosen];
    const reduce = (name: 'max' | 'sum', a: number) =>
      graph.emit1({ kind: 'reduce', function: name, dims, keepdim: true }, a);
    const shifted = graph.emit1({ kind: 'binary', function: 'sub' }, x, reduce('max', x));
    const powers = graph.emit1({ kind: 'unary', function: 'exp' }, shifted);
    return graph.emit1({ kind: 'binary', function: 'div' }, powers, reduce('sum', powers));
  },
  siblings: ['sigmoid', 'identity'],
  paper: {
    title: 'Probabilistic Interpretation of Feedforward Classification Network Outputs',
    authors: 'Bridle',
    year: 1990,
    url: 'https://doi.org/10.1007/978-3-642-76153-9_28',
  },
  evidence: evidenceFor('softmax'),
  prose: { en, 'zh-cn': zh },
};
