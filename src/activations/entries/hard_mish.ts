import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import type { Activation } from '../types';
import en from './hard_mish.md';
import zh from './hard_mish.zh-cn.md';

export const hard_mish: Activation = {
  id: 'hard_mish',
  title: 'Hard Mish',
  shape: 'elementwise',
  parameters: [],
  spellings: {
    timm: ['hard_mish'],
  },
  formula: {
    value: '\\operatorname{HardMish}(x) = \\tfrac{x}{2} \\min\\bigl(\\max(x + 2,\\,0),\\,2\\bigr)',
    derivative:
      "\\operatorname{HardMish}'(x) = \\begin{cases} 0 & x < -2 \\\\ x + 1 & -2 \\le x \\le 0 \\\\ 1 & x > 0 \\end{cases}",
  },
  value: (x) => (x / 2) * Math.min(Math.max(x + 2, 0), 2),
  derivative: (x) => (x < -2 ? 0 : x > 0 ? 1 : x + 1),
  forward: (graph, x) => {
    const a = new Arithmetic(graph);
    return a.mul(a.times(x, 0.5), a.clampMax(a.clampMin(a.plus(x, 2), 0), 2));
  },
  siblings: ['mish', 'hardswish', 'relu'],
  paper: { title: 'H-Mish', authors: 'Misra', year: 2020, url: 'https://github.com/digantamisra98/H-Mish' },
  evidence: evidenceFor('hard_mish'),
  prose: { en, 'zh-cn': zh },
};
