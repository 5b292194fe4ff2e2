import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import type { Activation } from '../types';
import en from './softsign.md';
import zh from './softsign.zh-cn.md';

export const softsign: Activation = {
  id: 'softsign',
  title: 'Softsign',
  shape: 'elementwise',
  saves: 'input',
  parameters: [],
  spellings: {
    modules: ['Softsign'],
    functional: ['softsign'],
    tfjs: { identifiers: ['softsign'] },
    onnx: { operator: 'Softsign', since: 1 },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html',
  formula: {
    value: '\\operatorname{Softsign}(x) = \\frac{x}{1 + |x|}',
    derivative: "\\operatorname{Softsign}'(x) = \\frac{1}{(1 + |x|)^2}",
  },
  value: (x) => x / (1 + Math.abs(x)),
  derivative: (x) => 1 / (1 + Math.abs(x)) ** 2,
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.div(x, a.plus(a.unary('abs', x), 1));
  },
  siblings: ['tanh', 'hardtanh', 'sigmoid'],
  paper: {
    title: 'Quadratic Features and Deep Architectures for Chunking',
    authors: 'Turian, Bergstra, Bengio',
    year: 2009,
    url: 'https://aclanthology.org/N09-2062/',
  },
  evidence: evidenceFor('softsign'),
  prose: { en, 'zh-cn': zh },
};
