import { wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { replaceLoss, replaceWord } from '../../tfjs/edits';
import { categorical, isOp, unitsOf } from '../../tfjs/outputs';
import { findFeeds } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';

const messages: Messages<'message' | 'single' | 'hint' | 'singleHint' | 'related' | 'fix' | 'loss'> = {
  en: {
    message:
      '{0} is for classes of which one is right, but sigmoid scores each class by itself: the outputs do not sum to 1. Use softmax, or binaryCrossentropy where several may be right.',
    single:
      '{0} divides outputs by their sum: one number always becomes 1, the loss is always about 0, and the model learns nothing. Use binaryCrossentropy.',
    hint: 'sigmoid for exclusive classes: softmax is meant',
    singleHint: 'the loss is always about 0',
    related: 'The loss over classes of which one is right',
    fix: 'Use softmax',
    loss: 'Use binaryCrossentropy',
  },
  'zh-cn': {
    message:
      '{0} 用于只有一个正确的类别，而 sigmoid 对每个类别单独打分：输出之和不为 1。请使用 softmax；若可能同时有多个正确，请使用 binaryCrossentropy。',
    single:
      '{0} 会把输出除以它们的和：单个数总会变成 1，损失总是约为 0，模型学不到任何东西。请使用 binaryCrossentropy。',
    hint: '互斥类别用了 sigmoid：应为 softmax',
    singleHint: '损失总是约为 0',
    related: '只有一个正确类别时使用的损失',
    fix: '改用 softmax',
    loss: '改用 binaryCrossentropy',
  },
};

/** Scores of single classes that reach a loss over exclusive ones. */
export const tfjsSigmoidCategorical: TfjsRule = {
  code: 'tfjs-sigmoid-categorical',
  severity: 'information',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a sigmoid at the end of a model whose loss is over classes of which one is right.',
    'zh-cn': 'TensorFlow.js：模型以 sigmoid 结尾，而其损失用于只有一个正确的类别。',
  },
  *check(context) {
    const words = (key: 'fix' | 'loss') => wordsOf(messages, context.language, key);
    return yield* findFeeds(context, this, {
      losses: categorical,
      isWanted: isOp('sigmoid', 'hardsigmoid'),
      messages,
      tell: (found, loss) => {
        const values = loss.losses.slice(0, 1);
        const other = replaceLoss(context, loss.at, 'binaryCrossentropy', words('loss'));
        if (unitsOf(found) === 1)
          return { message: 'single', hint: 'singleHint', severity: 'warning', values, fixes: other };
        // Labels of a sparse loss are no yes and no.
        const isSparse = loss.losses.includes('sparseCategoricalCrossentropy');
        const fixes = [...replaceWord(context, found.at, 'softmax', words('fix')), ...(isSparse ? [] : other)];
        return { values, fixes };
      },
    });
  },
};
