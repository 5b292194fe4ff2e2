import { leastCrossEntropy } from '../../../graph/leastLoss';
import { wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { removeActivation, replaceLoss } from '../../tfjs/edits';
import { isOp, unitsOf } from '../../tfjs/outputs';
import { findFeeds } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';

const messages: Messages<'message' | 'bounded' | 'squeezed' | 'hint' | 'squeezedHint' | 'related' | 'fix' | 'loss'> = {
  en: {
    message:
      'This softmax feeds tf.losses.softmaxCrossEntropy, which applies softmax itself: softmax runs twice, and gradients shrink. Pass the logits.',
    bounded:
      'This softmax feeds tf.losses.softmaxCrossEntropy, which applies softmax itself: with {0} classes the loss cannot fall below {1}, and gradients shrink. Pass the logits.',
    squeezed:
      'This sigmoid feeds tf.losses.softmaxCrossEntropy, which takes logits: scores from 0 to 1 give softmax almost nothing to tell classes apart by. Pass the logits.',
    hint: 'softmax twice: the loss wants logits',
    squeezedHint: 'sigmoid before softmax: the loss wants logits',
    related: 'The loss that applies softmax itself',
    fix: 'Remove the activation',
    loss: 'Use categoricalCrossentropy, which takes probabilities',
  },
  'zh-cn': {
    message:
      '该 softmax 的输出进入 tf.losses.softmaxCrossEntropy，而该损失内部已执行 softmax：softmax 执行了两次，梯度会变小。请直接传入 logits。',
    bounded:
      '该 softmax 的输出进入 tf.losses.softmaxCrossEntropy，而该损失内部已执行 softmax：{0} 个类别时损失不可能低于 {1}，梯度也会变小。请直接传入 logits。',
    squeezed:
      '该 sigmoid 的输出进入 tf.losses.softmaxCrossEntropy，而该损失需要 logits：0 到 1 之间的分数让 softmax 几乎无法区分类别。请直接传入 logits。',
    hint: 'softmax 重复：损失需要 logits',
    squeezedHint: 'softmax 之前有 sigmoid：损失需要 logits',
    related: '内部已执行 softmax 的损失',
    fix: '去掉该激活函数',
    loss: '改用接受概率的 categoricalCrossentropy',
  },
};

/** Probabilities that reach a loss which takes logits of classes. */
export const tfjsSoftmaxLoss: TfjsRule = {
  code: 'tfjs-softmax-loss',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a softmax or sigmoid whose output goes into `tf.losses.softmaxCrossEntropy`, which applies softmax itself.',
    'zh-cn': 'TensorFlow.js：softmax 或 sigmoid 的输出被传给内部已执行 softmax 的 `tf.losses.softmaxCrossEntropy`。',
  },
  *check(context) {
    const words = (key: 'fix' | 'loss') => wordsOf(messages, context.language, key);
    return yield* findFeeds(context, this, {
      losses: new Set(['softmaxCrossEntropy']),
      isWanted: isOp('softmax', 'sigmoid', 'hardsigmoid'),
      messages,
      tell: (found, loss) => {
        const fixes = [
          ...(found.op === 'softmax' ? replaceLoss(context, loss.at, 'categoricalCrossentropy', words('loss')) : []),
          ...removeActivation(context, found, words('fix')),
        ];
        if (found.op !== 'softmax') return { message: 'squeezed', hint: 'squeezedHint', fixes };
        const classes = unitsOf(found);
        return classes === undefined || classes < 2
          ? { fixes }
          : { message: 'bounded', values: [classes, leastCrossEntropy(classes, 1).toFixed(2)], fixes };
      },
    });
  },
};
