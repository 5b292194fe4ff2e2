import { evidenceFor } from '../evidence';
import { applyGateOf, emitGatedBy } from '../gated';
import type { Activation } from '../types';
import en from './bilinear_glu.md';
import zh from './bilinear_glu.zh-cn.md';
import { identity } from './identity';

export const bilinear_glu: Activation = {
  id: 'bilinear_glu',
  title: 'Bilinear GLU',
  shape: 'gated',
  parameters: [],
  spellings: {},
  formula: {
    value: '\\operatorname{Bilinear}(a, b) = a \\odot b',
    derivative: '\\frac{\\partial}{\\partial a} = b \\qquad \\frac{\\partial}{\\partial b} = a',
  },
  row: (row) => applyGateOf(identity, row),
  forward: (graph, x) => emitGatedBy(identity, graph, x),
  siblings: ['swiglu', 'glu', 'reglu'],
  paper: {
    title: 'GLU Variants Improve Transformer',
    authors: 'Shazeer',
    year: 2020,
    url: 'https://arxiv.org/abs/2002.05202',
  },
  evidence: evidenceFor('bilinear_glu'),
  prose: { en, 'zh-cn': zh },
};
