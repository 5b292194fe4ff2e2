import type { Advice } from '../../advice';
import { adviceFrom } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint'> = {
  en: {
    message:
      'x·sigmoid(1.702·x) is an approximation of GELU that differs from it by up to 0.02. Keep it for weights that were trained with it (CLIP); else F.gelu is exact and runs as one operation.',
    hint: 'not quite GELU (up to 0.02 off)',
  },
  'zh-cn': {
    message:
      'x·sigmoid(1.702·x) 是 GELU 的近似，最多相差 0.02。若权重以它训练（如 CLIP）请保留；否则 F.gelu 精确且只需一次运算。',
    hint: '并非精确的 GELU（最多相差 0.02）',
  },
};

/** `x * sigmoid(1.702 * x)` */
export const quickGelu: Rule = {
  code: 'quick-gelu',
  severity: 'information',
  isOptional: true,
  about: {
    en: '`x * sigmoid(1.702 * x)`, which is close to GELU and not GELU.',
    'zh-cn': '`x * sigmoid(1.702 * x)`，接近 GELU 但并非 GELU。',
  },
  *check(context) {
    const found: Advice[] = [];
    if (!context.text.text.includes('1.7')) return found;
    for (const { form, activation, expression } of yield* context.findSites()) {
      yield;
      if (form === 'formula' && activation === 'quick_gelu')
        found.push(adviceFrom(context, this, messages, { at: { ...expression, file: context.text.file } }));
    }
    return found;
  },
};
