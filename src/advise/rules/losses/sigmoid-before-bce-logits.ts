import { findFed } from '../../fed';
import { isMovingProbability, isSigmoid } from '../../losses';
import { removalOf } from '../../removal';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This sigmoid feeds BCEWithLogitsLoss, which applies it itself: probabilities end up between 0.5 and 0.73, and the loss of a negative cannot fall below 0.69, that of a positive not below 0.31. Pass the logits.',
    hint: 'sigmoid twice: the loss wants logits',
    related: 'The loss that applies the sigmoid itself',
    fix: 'Remove the sigmoid',
  },
  'zh-cn': {
    message:
      '该 sigmoid 的输出进入 BCEWithLogitsLoss，而损失内部已包含 sigmoid：概率只能落在 0.5 到 0.73 之间，负样本的损失不会低于 0.69，正样本的不会低于 0.31。请直接传入 logits。',
    hint: 'sigmoid 重复：损失需要 logits',
    related: '内部已包含 sigmoid 的损失',
    fix: '去掉 sigmoid',
  },
};

/** Probabilities that reach BCEWithLogitsLoss, which applies the sigmoid itself. */
export const sigmoidBeforeBceLogits: Rule = {
  code: 'sigmoid-before-bce-logits',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'A sigmoid whose output goes into BCEWithLogitsLoss, which applies it itself.',
    'zh-cn': 'sigmoid 的输出进入 BCEWithLogitsLoss，而该损失内部已包含 sigmoid。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['binary_cross_entropy_with_logits'],
      isWanted: isSigmoid,
      isTransparent: isMovingProbability,
      takesHanded: true,
      messages,
      tell: (found) => ({ fixes: removalOf(found, context, wordsOf(messages, context.language, 'fix')) }),
    });
  },
};
