import { wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { removeActivation } from '../../tfjs/edits';
import { isOp } from '../../tfjs/outputs';
import { findFeeds } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This ReLU feeds tf.losses.{0}, which takes logits: every score below 0 becomes 0, so that no class can be ruled out, and gets no gradient. Pass the logits.',
    hint: 'ReLU cuts off negative logits',
    related: 'The loss that takes logits',
    fix: 'Remove the ReLU',
  },
  'zh-cn': {
    message:
      '该 ReLU 的输出进入 tf.losses.{0}，而该损失需要 logits：所有小于 0 的分数都变成 0，无法排除任何类别，也得不到梯度。请直接传入 logits。',
    hint: 'ReLU 截断了负的 logits',
    related: '需要 logits 的损失',
    fix: '去掉该 ReLU',
  },
};

/** A ReLU that ends a model whose loss takes logits. */
export const tfjsReluLogits: TfjsRule = {
  code: 'tfjs-relu-logits',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a ReLU whose output goes into a loss that takes logits.',
    'zh-cn': 'TensorFlow.js：ReLU 的输出被传给需要 logits 的损失。',
  },
  *check(context) {
    return yield* findFeeds(context, this, {
      losses: new Set(['softmaxCrossEntropy', 'sigmoidCrossEntropy']),
      isWanted: isOp('relu', 'relu6', 'hardtanh'),
      messages,
      tell: (found, loss) => ({
        values: loss.losses.slice(0, 1),
        fixes: removeActivation(context, found, wordsOf(messages, context.language, 'fix')),
      }),
    });
  },
};
