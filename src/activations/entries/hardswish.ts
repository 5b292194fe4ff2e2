import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import { inplace } from '../shared';
import { hingeSlope } from '../slopes';
import type { Activation } from '../types';
import en from './hardswish.md';
import zh from './hardswish.zh-cn.md';

export const hardswish: Activation = {
  id: 'hardswish',
  title: 'Hardswish',
  shape: 'elementwise',
  saves: 'input',
  parameters: [inplace],
  spellings: {
    modules: ['Hardswish'],
    functional: ['hardswish'],
    onnx: { operator: 'HardSwish', since: 14 },
    huggingFace: ['hardswish'],
    timm: ['hard_swish'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html',
  formula: {
    value: '\\operatorname{Hardswish}(x) = x\\,\\frac{\\min(\\max(x + 3,\\,0),\\,6)}{6}',
    derivative:
      "\\operatorname{Hardswish}'(x) = \\begin{cases} 0 & x \\le -3 \\\\ \\tfrac{x}{3} + \\tfrac12 & -3 < x < 3 \\\\ 1 & x \\ge 3 \\end{cases}",
  },
  value: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  derivative: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.times(a.mul(x, a.clampMax(a.clampMin(a.plus(x, 3), 0), 6)), 1 / 6);
  },
  backward: (e, _, { x, g }) => {
    const bent = e.compare('lt', e.unary('abs', x), e.scalar(3, x));
    return e.mul(g, e.where(bent, e.binaryScalar('add', e.binaryScalar('div', x, 3), 0.5), hingeSlope(e, x, 0)));
  },
  siblings: ['silu', 'relu6', 'hardsigmoid', 'relu', 'gelu'],
  paper: {
    title: 'Searching for MobileNetV3',
    authors: 'Howard et al.',
    year: 2019,
    url: 'https://arxiv.org/abs/1905.02244',
  },
  evidence: evidenceFor('hardswish'),
  prose: { en, 'zh-cn': zh },
};
