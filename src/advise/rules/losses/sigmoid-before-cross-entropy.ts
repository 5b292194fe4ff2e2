import { findFed } from '../../fed';
import { isMovingProbability, isSigmoid, leastLoss } from '../../losses';
import { removalOf } from '../../removal';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'bounded' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This sigmoid feeds a cross-entropy loss, which wants unbounded scores: between 0 and 1 no class gets more than e times the probability of another. Pass the logits, or use BCEWithLogitsLoss where several classes may be true.',
    bounded:
      'This sigmoid feeds a cross-entropy loss, which wants unbounded scores: between 0 and 1, with {0} classes, the loss cannot fall below {1}. Pass the logits, or use BCEWithLogitsLoss where several classes may be true.',
    hint: 'sigmoid squeezes the scores: the loss wants logits',
    related: 'The loss that wants logits',
    fix: 'Remove the sigmoid',
  },
  'zh-cn': {
    message:
      '该 sigmoid 的输出进入交叉熵损失，而损失需要不受限制的 logits：取值在 0 与 1 之间时，任何类别的概率都不会超过另一类别的 e 倍。请直接传入 logits；若允许多个类别同时为真，请用 BCEWithLogitsLoss。',
    bounded:
      '该 sigmoid 的输出进入交叉熵损失，而损失需要不受限制的 logits：取值在 0 与 1 之间、{0} 个类别时，损失不可能低于 {1}。请直接传入 logits；若允许多个类别同时为真，请用 BCEWithLogitsLoss。',
    hint: 'sigmoid 压缩了分数：损失需要 logits',
    related: '需要 logits 的损失',
    fix: '去掉 sigmoid',
  },
};

/** Scores between 0 and 1 that reach a cross-entropy loss. */
export const sigmoidBeforeCrossEntropy: Rule = {
  code: 'sigmoid-before-cross-entropy',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'A sigmoid whose output goes into a cross-entropy loss, which wants unbounded scores.',
    'zh-cn': 'sigmoid 的输出进入交叉熵损失，而该损失需要不受限制的 logits。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['cross_entropy'],
      isWanted: isSigmoid,
      isTransparent: isMovingProbability,
      takesHanded: true,
      messages,
      tell: (found) => {
        const values = leastLoss(found, 1);
        const fixes = removalOf(found, context, wordsOf(messages, context.language, 'fix'));
        return values ? { message: 'bounded', values, fixes } : { fixes };
      },
    });
  },
};
