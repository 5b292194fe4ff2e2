import { evidenceFor } from '../evidence';
import { applyGateOf, emitGatedBy } from '../gated';
import type { Activation } from '../types';
import en from './reglu.md';
import zh from './reglu.zh-cn.md';
import { relu } from './relu';

export const reglu: Activation = {
  id: 'reglu',
  title: 'ReGLU',
  shape: 'gated',
  parameters: [],
  spellings: {},
  formula: {
    value: '\\operatorname{ReGLU}(a, b) = a \\odot \\operatorname{ReLU}(b)',
    derivative:
      "\\frac{\\partial}{\\partial a} = \\operatorname{ReLU}(b) \\qquad \\frac{\\partial}{\\partial b} = a \\odot \\operatorname{ReLU}'(b)",
  },
  row: (row) => applyGateOf(relu, row),
  forward: (graph, x) => emitGatedBy(relu, graph, x),
  gate: 'relu',
  siblings: ['swiglu', 'geglu', 'relu', 'relu2'],
  paper: {
    title: 'GLU Variants Improve Transformer',
    authors: 'Shazeer',
    year: 2020,
    url: 'https://arxiv.org/abs/2002.05202',
  },
  evidence: evidenceFor('reglu'),
  prose: { en, 'zh-cn': zh },
};
