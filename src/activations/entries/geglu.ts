import { evidenceFor } from '../evidence';
import { applyGateOf, emitGatedBy } from '../gated';
import type { Activation } from '../types';
import en from './geglu.md';
import zh from './geglu.zh-cn.md';
import { gelu } from './gelu';

export const geglu: Activation = {
  id: 'geglu',
  title: 'GEGLU',
  shape: 'gated',
  parameters: [],
  spellings: {},
  formula: {
    value: '\\operatorname{GEGLU}(a, b) = a \\odot \\operatorname{GELU}(b)',
    derivative:
      "\\frac{\\partial}{\\partial a} = \\operatorname{GELU}(b) \\qquad \\frac{\\partial}{\\partial b} = a \\odot \\operatorname{GELU}'(b)",
  },
  row: (row) => applyGateOf(gelu, row),
  forward: (graph, x) => emitGatedBy(gelu, graph, x),
  gate: 'gelu',
  siblings: ['swiglu', 'glu', 'gelu', 'reglu'],
  paper: {
    title: 'GLU Variants Improve Transformer',
    authors: 'Shazeer',
    year: 2020,
    url: 'https://arxiv.org/abs/2002.05202',
  },
  evidence: evidenceFor('geglu'),
  prose: { en, 'zh-cn': zh },
};
