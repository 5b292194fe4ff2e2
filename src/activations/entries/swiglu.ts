import { evidenceFor } from '../evidence';
import { applyGateOf, emitGatedBy } from '../gated';
import type { Activation } from '../types';
import { silu } from './silu';
import en from './swiglu.md';
import zh from './swiglu.zh-cn.md';

export const swiglu: Activation = {
  id: 'swiglu',
  title: 'SwiGLU',
  shape: 'gated',
  parameters: [],
  spellings: {
    onnx: { operator: 'SwiGLU', since: 28 },
  },
  formula: {
    value: '\\operatorname{SwiGLU}(a, b) = a \\odot \\operatorname{SiLU}(b)',
    derivative:
      "\\frac{\\partial}{\\partial a} = \\operatorname{SiLU}(b) \\qquad \\frac{\\partial}{\\partial b} = a \\odot \\operatorname{SiLU}'(b)",
  },
  row: (row) => applyGateOf(silu, row),
  forward: (graph, x) => emitGatedBy(silu, graph, x),
  gate: 'silu',
  siblings: ['geglu', 'glu', 'silu', 'reglu'],
  paper: {
    title: 'GLU Variants Improve Transformer',
    authors: 'Shazeer',
    year: 2020,
    url: 'https://arxiv.org/abs/2002.05202',
  },
  evidence: evidenceFor('swiglu'),
  prose: { en, 'zh-cn': zh },
};
