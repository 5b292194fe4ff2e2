import { evidenceFor } from '../evidence';
import { applyGate, halves } from '../gated';
import { Arithmetic, sigmoid } from '../primitives';
import type { Activation } from '../types';
import en from './glu.md';
import zh from './glu.zh-cn.md';

export const glu: Activation = {
  id: 'glu',
  title: 'GLU',
  shape: 'gated',
  saves: 'input',
  parameters: [{ name: 'dim', default: -1, numeric: false, integer: true }],
  spellings: { modules: ['GLU'], functional: ['glu'] },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html',
  formula: {
    value: '\\operatorname{GLU}(a, b) = a \\odot \\sigma(b) \\qquad x = [\\,a \\mid b\\,]',
    derivative:
      '\\frac{\\partial}{\\partial a} = \\sigma(b) \\qquad \\frac{\\partial}{\\partial b} = a\\,\\sigma(b)\\,\\bigl(1 - \\sigma(b)\\bigr)',
  },
  row: (row) => applyGate(row, sigmoid),
  forward: (graph, x, { dim }) => {
    const { value, gate } = halves(graph, x, dim);
    const a = new Arithmetic(graph);
    return a.mul(value, a.sigmoid(gate));
  },
  gate: 'sigmoid',
  siblings: ['swiglu', 'geglu', 'reglu', 'bilinear_glu'],
  paper: {
    title: 'Language Modeling with Gated Convolutional Networks',
    authors: 'Dauphin, Fan, Auli, Grangier',
    year: 2016,
    url: 'https://arxiv.org/abs/1612.08083',
  },
  evidence: evidenceFor('glu'),
  prose: { en, 'zh-cn': zh },
};
