import { sureOrigins } from '../../../flow/trace';
import type { Advice } from '../../advice';
import { lossCalls } from '../../losses';
import { adviceFrom, rangeAt } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint'> = {
  en: {
    message:
      'The target is one class of several (one_hot), and this loss asks a yes or no of each class by itself. CrossEntropyLoss on the logits with the class’s number compares them with one another.',
    hint: 'exclusive classes: cross-entropy fits',
  },
  'zh-cn': {
    message:
      '目标是多个类别中的一个（one_hot），而该损失对每个类别单独做二元判断。对 logits 和类别编号使用 CrossEntropyLoss 可让各类别相互比较。',
    hint: '类别互斥：更适合交叉熵',
  },
};

/** A yes-or-no loss for classes of which one is true. */
export const sigmoidOnSoftmaxClasses: Rule = {
  code: 'sigmoid-on-softmax-classes',
  severity: 'information',
  isAcrossFiles: true,
  about: {
    en: 'A binary loss for classes of which exactly one is true (one_hot targets).',
    'zh-cn': '对互斥类别（one_hot 目标）使用二元损失。',
  },
  isOptional: true,
  *check(context) {
    const found = new Map<string, Advice>();
    for (const { loss, target } of lossCalls(context, 'binary_cross_entropy', 'binary_cross_entropy_with_logits')) {
      yield;
      const at = rangeAt(loss.at);
      if (!target) continue;
      if (sureOrigins(target.value, ({ op }) => op === 'one_hot'))
        found.set(`${at.line}:${at.column}`, adviceFrom(context, this, messages, { at }));
    }
    return [...found.values()];
  },
};
