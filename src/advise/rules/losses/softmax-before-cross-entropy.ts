import { unknown } from '../../../flow/values';
import { leastCrossEntropy } from '../../../graph/leastLoss';
import { findFed } from '../../fed';
import { classesOf, isMovingProbability, isSoftmax } from '../../losses';
import { removalOf } from '../../removal';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'bounded' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This softmax feeds a cross-entropy loss, which applies log-softmax itself: softmax runs twice, and gradients shrink. Pass the logits.',
    bounded:
      'This softmax feeds a cross-entropy loss, which applies log-softmax itself: with {0} classes the loss cannot fall below {1}, and gradients shrink. Pass the logits.',
    hint: 'softmax twice: the loss wants logits',
    related: 'The loss that applies log-softmax itself',
    fix: 'Remove the softmax',
  },
  'zh-cn': {
    message:
      '该 softmax 的输出进入交叉熵损失，而损失内部已包含 log-softmax：softmax 执行了两次，梯度会变小。请直接传入 logits。',
    bounded:
      '该 softmax 的输出进入交叉熵损失，而损失内部已包含 log-softmax：{0} 个类别时损失不可能低于 {1}，梯度也会变小。请直接传入 logits。',
    hint: 'softmax 重复：损失需要 logits',
    related: '内部已包含 log-softmax 的损失',
    fix: '去掉 softmax',
  },
};

/** Probabilities that reach a cross-entropy loss. */
export const softmaxBeforeCrossEntropy: Rule = {
  code: 'softmax-before-cross-entropy',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'A softmax whose output goes into a cross-entropy loss, which applies log-softmax itself.',
    'zh-cn': 'softmax 的输出被传给交叉熵损失，而该损失内部已包含 log-softmax。',
  },
  *check(context) {
    return yield* findFed(context, this, {
      losses: ['cross_entropy'],
      isWanted: isSoftmax,
      isTransparent: isMovingProbability,
      takesHanded: true,
      messages,
      tell: (softmax) => {
        const classes = classesOf(softmax.inputs[0] ?? unknown);
        const fixes = removalOf(softmax, context, wordsOf(messages, context.language, 'fix'));
        return classes === undefined || classes < 2
          ? { fixes }
          : { message: 'bounded', values: [classes, leastCrossEntropy(classes, 1).toFixed(2)], fixes };
      },
    });
  },
};
