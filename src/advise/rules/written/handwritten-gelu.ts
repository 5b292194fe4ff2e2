import type { Rule } from '../../rule';
import { type FormulaWords, writtenOut } from './formulas';

const messages: FormulaWords = {
  en: {
    message:
      '`{0}` is GELU written out: F.gelu computes the same in one operation. The fix keeps the variant that stands here, erf or tanh.',
    hint: 'GELU, written out: F.gelu',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: '`{0}` 是手写的 GELU：F.gelu 用一次运算得到相同结果。修复会保留此处的形式（erf 或 tanh）。',
    hint: '手写的 GELU：可用 F.gelu',
    fix: '改用 {0}',
  },
};

/** GELU by `erf`, or by `tanh`, which is another function by a little. */
export const handwrittenGelu: Rule = {
  code: 'handwritten-gelu',
  severity: 'information',
  about: {
    en: 'GELU written out by erf or tanh.',
    'zh-cn': '用 erf 或 tanh 手写的 GELU。',
  },
  *check(context) {
    return yield* writtenOut(context, this, messages, 'gelu', ({ parameters }) => {
      const { approximate } = parameters;
      return approximate && 'value' in approximate && approximate.value === 'tanh' ? ', approximate="tanh"' : '';
    });
  },
};
