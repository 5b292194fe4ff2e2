import { evidenceFor } from '../evidence';
import { Arithmetic, sigmoid, softplus } from '../primitives';
import type { Activation } from '../types';
import en from './sqrtsoftplus.md';
import zh from './sqrtsoftplus.zh-cn.md';

export const sqrtsoftplus: Activation = {
  id: 'sqrtsoftplus',
  title: 'Sqrt-Softplus',
  shape: 'elementwise',
  parameters: [],
  spellings: {
    huggingFace: ['sqrtsoftplus'],
  },
  formula: {
    value: 'f(x) = \\sqrt{\\ln(1 + e^x)}',
    derivative: "f'(x) = \\frac{\\sigma(x)}{2 \\sqrt{\\ln(1 + e^x)}}",
  },
  value: (x) => Math.sqrt(softplus(x)),
  derivative: (x) => {
    const root = Math.sqrt(softplus(x));
    return root === 0 ? 0 : sigmoid(x) / (2 * root);
  },
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    // Far left 1 + e^x rounds to 1 in single precision, and the root would show it; there e^{x/2} is as good.
    return a.choose(x, 'lt', -8, a.exp(a.times(x, 0.5)), a.unary('sqrt', a.softplus(x)));
  },
  hidden: false,
  // Far left it is e^{x/2}; the other branch would divide 0 by 0 there.
  backward: (e, _, { x, y, g }) => {
    const far = e.compare('lt', x, e.scalar(-8, x));
    const near = e.binaryScalar('mul', e.div(e.unary('sigmoid', x), y), 0.5);
    return e.mul(g, e.where(far, e.binaryScalar('mul', y, 0.5), near));
  },
  siblings: ['softplus', 'sigmoid', 'softmax'],
  evidence: evidenceFor('sqrtsoftplus'),
  prose: { en, 'zh-cn': zh },
};
