import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import { inplace } from '../shared';
import { slopeBySign } from '../slopes';
import type { Activation } from '../types';
import en from './selu.md';
import zh from './selu.zh-cn.md';

/** The two constants for which N(0, 1) is a fixed point of mean and variance. */
export const ALPHA = 1.6732632423543772;
export const SCALE = 1.0507009873554805;

export const selu: Activation = {
  id: 'selu',
  title: 'SELU',
  shape: 'elementwise',
  saves: 'input',
  parameters: [inplace],
  spellings: {
    modules: ['SELU'],
    functional: ['selu', 'selu_'],
    torch: ['selu', 'selu_'],
    tfjs: { identifiers: ['selu'], ops: ['selu'] },
    onnx: {
      operator: 'Selu',
      since: 1,
      reads: ({ alpha = ALPHA, gamma = SCALE }) =>
        Math.abs(Number(alpha) - ALPHA) < 1e-4 && Math.abs(Number(gamma) - SCALE) < 1e-4 ? {} : undefined,
    },
    timm: ['selu'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html',
  formula: {
    value:
      '\\operatorname{SELU}(x) = \\lambda \\begin{cases} x & x > 0 \\\\ \\alpha\\,(e^x - 1) & x \\le 0 \\end{cases} \\qquad \\lambda \\approx 1.0507,\\; \\alpha \\approx 1.6733',
    derivative:
      "\\operatorname{SELU}'(x) = \\lambda \\begin{cases} 1 & x > 0 \\\\ \\alpha\\,e^x & x \\le 0 \\end{cases}",
  },
  value: (x) => SCALE * (x > 0 ? x : ALPHA * Math.expm1(x)),
  derivative: (x) => SCALE * (x > 0 ? 1 : ALPHA * Math.exp(x)),
  gain: () => 3 / 4,
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.times(a.elu(x, ALPHA), SCALE);
  },
  backward: (e, _, { x, y, g }) => e.mul(g, slopeBySign(e, x, SCALE, e.binaryScalar('add', y, SCALE * ALPHA))),
  siblings: ['elu', 'relu', 'silu', 'gelu'],
  paper: {
    title: 'Self-Normalizing Neural Networks',
    authors: 'Klambauer, Unterthiner, Mayr, Hochreiter',
    year: 2017,
    url: 'https://arxiv.org/abs/1706.02515',
  },
  evidence: evidenceFor('selu'),
  prose: { en, 'zh-cn': zh },
};
