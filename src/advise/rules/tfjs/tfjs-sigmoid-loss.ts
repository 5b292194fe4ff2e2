import { wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { removeActivation, replaceLoss } from '../../tfjs/edits';
import { isOp } from '../../tfjs/outputs';
import { findFeeds } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';

const messages: Messages<'message' | 'softmax' | 'hint' | 'softmaxHint' | 'related' | 'fix' | 'loss'> = {
  en: {
    message:
      'This sigmoid feeds tf.losses.sigmoidCrossEntropy, which applies sigmoid itself: probabilities end between 0.50 and 0.73, and the loss of a 1 cannot fall below 0.31. Pass the logits.',
    softmax:
      'This softmax feeds tf.losses.sigmoidCrossEntropy, which applies sigmoid to each number: probabilities end between 0.50 and 0.73. Pass the logits.',
    hint: 'sigmoid twice: the loss wants logits',
    softmaxHint: 'softmax before sigmoid: the loss wants logits',
    related: 'The loss that applies sigmoid itself',
    fix: 'Remove the activation',
    loss: 'Use binaryCrossentropy, which takes probabilities',
  },
  'zh-cn': {
    message:
      '该 sigmoid 的输出进入 tf.losses.sigmoidCrossEntropy，而该损失内部已执行 sigmoid：概率只能落在 0.50 到 0.73 之间，标签为 1 时损失不可能低于 0.31。请直接传入 logits。',
    softmax:
      '该 softmax 的输出进入 tf.losses.sigmoidCrossEntropy，而该损失会对每个数执行 sigmoid：概率只能落在 0.50 到 0.73 之间。请直接传入 logits。',
    hint: 'sigmoid 重复：损失需要 logits',
    softmaxHint: 'sigmoid 之前有 softmax：损失需要 logits',
    related: '内部已执行 sigmoid 的损失',
    fix: '去掉该激活函数',
    loss: '改用接受概率的 binaryCrossentropy',
  },
};

/** Probabilities that reach a loss which takes logits of yes or no. */
export const tfjsSigmoidLoss: TfjsRule = {
  code: 'tfjs-sigmoid-loss',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a sigmoid or softmax whose output goes into `tf.losses.sigmoidCrossEntropy`, which applies sigmoid itself.',
    'zh-cn': 'TensorFlow.js：sigmoid 或 softmax 的输出被传给内部已执行 sigmoid 的 `tf.losses.sigmoidCrossEntropy`。',
  },
  *check(context) {
    const words = (key: 'fix' | 'loss') => wordsOf(messages, context.language, key);
    return yield* findFeeds(context, this, {
      losses: new Set(['sigmoidCrossEntropy']),
      isWanted: isOp('sigmoid', 'hardsigmoid', 'softmax'),
      messages,
      tell: (found, loss) => {
        const removed = removeActivation(context, found, words('fix'));
        if (found.op === 'softmax') return { message: 'softmax', hint: 'softmaxHint', fixes: removed };
        return { fixes: [...replaceLoss(context, loss.at, 'binaryCrossentropy', words('loss')), ...removed] };
      },
    });
  },
};
