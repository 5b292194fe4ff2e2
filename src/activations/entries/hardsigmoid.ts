import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import { inplace } from '../shared';
import { intervalIndicator } from '../slopes';
import type { Activation } from '../types';
import en from './hardsigmoid.md';
import zh from './hardsigmoid.zh-cn.md';

export const hardsigmoid: Activation = {
  id: 'hardsigmoid',
  title: 'Hardsigmoid',
  shape: 'elementwise',
  saves: 'input',
  parameters: [inplace],
  spellings: {
    modules: ['Hardsigmoid'],
    functional: ['hardsigmoid'],
    tfjs: {
      identifiers: ['hardSigmoid'],
      differs: {
        en: "TF.js's hardSigmoid is max(0, min(1, 0.2·x + 0.5)): its slope is 1/5, where the plot's is 1/6.",
        'zh-cn': 'TF.js 的 hardSigmoid 是 max(0, min(1, 0.2·x + 0.5))：斜率为 1/5，而图中为 1/6。',
      },
    },
    onnx: {
      operator: 'HardSigmoid',
      since: 1,
      where: 'alpha = 1/6, beta = 0.5',
      reads: ({ alpha = 0.2, beta = 0.5 }) => (Math.abs(Number(alpha) - 1 / 6) < 1e-4 && beta === 0.5 ? {} : undefined),
    },
    timm: ['hard_sigmoid'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html',
  formula: {
    value: '\\operatorname{Hardsigmoid}(x) = \\frac{\\min(\\max(x + 3,\\,0),\\,6)}{6}',
    derivative: "\\operatorname{Hardsigmoid}'(x) = \\begin{cases} \\tfrac16 & |x| < 3 \\\\ 0 & |x| \\ge 3 \\end{cases}",
  },
  value: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
  derivative: (x) => (x > -3 && x < 3 ? 1 / 6 : 0),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.times(a.clampMax(a.clampMin(a.plus(x, 3), 0), 6), 1 / 6);
  },
  backward: (e, _, { x, g }) => e.binaryScalar('div', e.mul(g, intervalIndicator(e, x, -3, 3)), 6),
  siblings: ['sigmoid', 'hardswish', 'hardtanh', 'tanh'],
  paper: {
    title: 'Searching for MobileNetV3',
    authors: 'Howard et al.',
    year: 2019,
    url: 'https://arxiv.org/abs/1905.02244',
  },
  evidence: evidenceFor('hardsigmoid'),
  prose: { en, 'zh-cn': zh },
};
