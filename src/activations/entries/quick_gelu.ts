import { evidenceFor } from '../evidence';
import { Arithmetic, sigmoid } from '../primitives';
import type { Activation } from '../types';
import en from './quick_gelu.md';
import zh from './quick_gelu.zh-cn.md';

const FACTOR = 1.702;

export const quick_gelu: Activation = {
  id: 'quick_gelu',
  title: 'QuickGELU',
  shape: 'elementwise',
  parameters: [],
  spellings: {
    onnx: {
      operator: 'Swish',
      since: 24,
      where: 'alpha = 1.702',
      reads: ({ alpha = 1 }) => (alpha === 1.702 ? {} : undefined),
    },
    huggingFace: ['quick_gelu'],
    timm: ['quick_gelu'],
  },
  formula: {
    value: '\\operatorname{QuickGELU}(x) = x\\,\\sigma(1.702\\,x)',
    derivative: "\\operatorname{QuickGELU}'(x) = s + 1.702\\,x\\,s\\,(1 - s) \\qquad s = \\sigma(1.702\\,x)",
  },
  value: (x) => x * sigmoid(FACTOR * x),
  derivative: (x) => sigmoid(FACTOR * x) + x * (FACTOR * sigmoid(FACTOR * x) * sigmoid(-FACTOR * x)),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.mul(x, a.sigmoid(a.times(x, FACTOR)));
  },
  siblings: ['gelu', 'silu', 'relu'],
  paper: {
    title: 'Gaussian Error Linear Units (GELUs)',
    authors: 'Hendrycks, Gimpel',
    year: 2016,
    url: 'https://arxiv.org/abs/1606.08415',
  },
  evidence: evidenceFor('quick_gelu'),
  prose: { en, 'zh-cn': zh },
};
