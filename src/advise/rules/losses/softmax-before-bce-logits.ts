import { unknown } from '../../../flow/values';
import { leastLogisticOfSoftmax } from '../../../graph/leastLoss';
import { findFed } from '../../fed';
import { classesOf, isMovingProbability, isSoftmax } from '../../losses';
import { removalOf } from '../../removal';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'bounded' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This softmax feeds BCEWithLogitsLoss, which applies a sigmoid: probabilities end up between 0.5 and 0.73. Pass the logits; where exactly one class is true, to CrossEntropyLoss.',
    bounded:
      'This softmax feeds BCEWithLogitsLoss, which applies a sigmoid: probabilities end up between 0.5 and 0.73, and where one of {0} classes is true the loss cannot fall below {1}. Pass the logits; where exactly one class is true, to CrossEntropyLoss.',
    hint: 'softmax, then the sigmoid of the loss',
    related: 'The loss that applies a sigmoid',
    fix: 'Remove the softmax',
  },
  'zh-cn': {
    message:
      '该 softmax 的输出进入 BCEWithLogitsLoss，而损失会再应用 sigmoid：概率只能落在 0.5 到 0.73 之间。请传入 logits；若恰有一个类别为真，请用 CrossEntropyLoss。',
    bounded:
      '该 softmax 的输出进入 BCEWithLogitsLoss，而损失会再应用 sigmoid：概率只能落在 0.5 到 0.73 之间，{0} 个类别中恰有一个为真时损失不可能低于 {1}。请传入 logits；若恰有一个类别为真，请用 CrossEntropyLoss。',
    hint: 'softmax 之后又经损失的 sigmoid',
    related: '会应用 sigmoid 的损失',
    fix: '去掉 softmax',
  },
};

/** Probabilities of exclusive classes that reach BCEWithLogitsLoss. */
export const softmaxBeforeBceLogits: Rule = {
  code: 'softmax-before-bce-logits',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'A softmax whose output goes into BCEWithLogitsLoss, which applies a sigmoid to it.',
    'zh-cn': 'softmax 的输出进入 BCEWithLogitsLoss，而该损失会再对其应用 sigmoid。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['binary_cross_entropy_with_logits'],
      isWanted: isSoftmax,
      isTransparent: isMovingProbability,
      takesHanded: true,
      messages,
      tell: (found) => {
        const classes = classesOf(found.inputs[0] ?? unknown);
        const fixes = removalOf(found, context, wordsOf(messages, context.language, 'fix'));
        return classes === undefined || classes < 2
          ? { fixes }
          : { message: 'bounded', values: [classes, leastLogisticOfSoftmax(classes).toFixed(2)], fixes };
      },
    });
  },
};
