import type { Rule } from '../../rule';
import { type FormulaWords, writtenOut } from './formulas';

const messages: FormulaWords = {
  en: {
    message:
      '`{0}` is Mish written out: F.mish computes the same in one operation and keeps less for the backward pass.',
    hint: 'Mish, written out: F.mish',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: '`{0}` 是手写的 Mish：F.mish 用一次运算得到相同结果，反向传播需要保存的数据也更少。',
    hint: '手写的 Mish：可用 F.mish',
    fix: '改用 {0}',
  },
};

/** `x * tanh(softplus(x))`. */
export const handwrittenMish: Rule = {
  code: 'handwritten-mish',
  severity: 'information',
  about: {
    en: '`x * tanh(softplus(x))` written out, which is Mish.',
    'zh-cn': '手写的 `x * tanh(softplus(x))`，即 Mish。',
  },
  *check(context) {
    return yield* writtenOut(context, this, messages, 'mish');
  },
};
