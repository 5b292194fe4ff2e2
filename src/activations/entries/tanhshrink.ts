import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import type { Activation } from '../types';
import en from './tanhshrink.md';
import zh from './tanhshrink.zh-cn.md';

export const tanhshrink: Activation = {
  id: 'tanhshrink',
  title: 'Tanhshrink',
  shape: 'elementwise',
  parameters: [],
  spellings: { modules: ['Tanhshrink'], functional: ['tanhshrink'] },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html',
  formula: {
    value: '\\operatorname{Tanhshrink}(x) = x - \\tanh(x)',
    derivative: "\\operatorname{Tanhshrink}'(x) = \\tanh^2(x)",
  },
  value: (x) => x - Math.tanh(x),
  derivative: (x) => Math.tanh(x) ** 2,
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.sub(x, a.tanh(x));
  },
  siblings: ['softshrink', 'hardshrink', 'tanh'],
  evidence: evidenceFor('tanhshrink'),
  prose: { en, 'zh-cn': zh },
};
