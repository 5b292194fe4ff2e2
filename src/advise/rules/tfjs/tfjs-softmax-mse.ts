import { wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { replaceLoss } from '../../tfjs/edits';
import { isOp, unitsOf } from '../../tfjs/outputs';
import { findFeeds } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';

const messages: Messages<'message' | 'hint' | 'related' | 'loss'> = {
  en: {
    message:
      'meanSquaredError of a softmax learns slowly: where the model is sure and wrong, the gradient goes to 0. For classes use categoricalCrossentropy.',
    hint: 'softmax with meanSquaredError learns slowly',
    related: 'The loss',
    loss: 'Use categoricalCrossentropy',
  },
  'zh-cn': {
    message:
      '对 softmax 的输出使用 meanSquaredError 会学得很慢：当模型自信却答错时，梯度趋近于 0。分类请使用 categoricalCrossentropy。',
    hint: 'softmax 搭配 meanSquaredError 学得慢',
    related: '该损失',
    loss: '改用 categoricalCrossentropy',
  },
};

/** Probabilities that reach a squared error. */
export const tfjsSoftmaxMse: TfjsRule = {
  code: 'tfjs-softmax-mse',
  severity: 'information',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a softmax at the end of a model that is trained on the squared error.',
    'zh-cn': 'TensorFlow.js：模型以 softmax 结尾，却用平方误差训练。',
  },
  *check(context) {
    return yield* findFeeds(context, this, {
      losses: new Set(['meanSquaredError']),
      isWanted: isOp('softmax'),
      messages,
      tell: (found, loss) => {
        // That it is always 1 is said by itself.
        if (unitsOf(found) === 1) return undefined;
        const title = wordsOf(messages, context.language, 'loss');
        return { fixes: replaceLoss(context, loss.at, 'categoricalCrossentropy', title) };
      },
    });
  },
};
