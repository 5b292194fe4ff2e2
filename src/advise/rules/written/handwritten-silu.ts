import type { Rule } from '../../rule';
import { type FormulaWords, writtenOut } from './formulas';

const messages: FormulaWords = {
  en: {
    message:
      '`{0}` is SiLU (Swish) written out: F.silu computes the same in one operation and keeps less for the backward pass.',
    hint: 'SiLU, written out: F.silu',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: '`{0}` 是手写的 SiLU（Swish）：F.silu 用一次运算得到相同结果，反向传播需要保存的数据也更少。',
    hint: '手写的 SiLU：可用 F.silu',
    fix: '改用 {0}',
  },
};

/** `x * sigmoid(x)` in either order. */
export const handwrittenSilu: Rule = {
  code: 'handwritten-silu',
  severity: 'information',
  about: {
    en: '`x * sigmoid(x)` written out, which is SiLU.',
    'zh-cn': '手写的 `x * sigmoid(x)`，即 SiLU。',
  },
  *check(context) {
    return yield* writtenOut(context, this, messages, 'silu');
  },
};
