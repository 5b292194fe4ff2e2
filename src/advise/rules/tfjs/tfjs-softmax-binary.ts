import { wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { replaceLoss, replaceWord } from '../../tfjs/edits';
import { binary, isOp, unitsOf } from '../../tfjs/outputs';
import { findFeeds } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';

const messages: Messages<'message' | 'pair' | 'hint' | 'pairHint' | 'related' | 'fix' | 'loss'> = {
  en: {
    message:
      '{0} treats each output as a question of its own, but softmax makes them sum to 1: no two classes can be right, and accuracy counts every output alone. Use sigmoid, or categoricalCrossentropy where one class is right.',
    pair: 'Over the two outputs of a softmax {0} is the same as categoricalCrossentropy, which says what is meant.',
    hint: 'softmax with a binary loss',
    pairHint: 'categoricalCrossentropy says what is meant',
    related: 'The loss that treats each output by itself',
    fix: 'Use sigmoid',
    loss: 'Use categoricalCrossentropy',
  },
  'zh-cn': {
    message:
      '{0} 把每个输出当作独立的问题，而 softmax 使它们之和为 1：不可能有两个类别同时正确，准确率也会单独统计每个输出。请使用 sigmoid；若只有一个类别正确，请使用 categoricalCrossentropy。',
    pair: '对 softmax 的两个输出，{0} 与 categoricalCrossentropy 相同，而后者更能表明意图。',
    hint: 'softmax 搭配了二元损失',
    pairHint: 'categoricalCrossentropy 更能表明意图',
    related: '单独对待每个输出的损失',
    fix: '改用 sigmoid',
    loss: '改用 categoricalCrossentropy',
  },
};

/** Probabilities of exclusive classes that reach a loss over single ones. */
export const tfjsSoftmaxBinary: TfjsRule = {
  code: 'tfjs-softmax-binary',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a softmax at the end of a model whose loss treats each output by itself.',
    'zh-cn': 'TensorFlow.js：模型以 softmax 结尾，而其损失单独对待每个输出。',
  },
  *check(context) {
    const words = (key: 'fix' | 'loss') => wordsOf(messages, context.language, key);
    return yield* findFeeds(context, this, {
      losses: binary,
      isWanted: isOp('softmax'),
      messages,
      tell: (found, loss) => {
        const values = loss.losses.slice(0, 1);
        const other = replaceLoss(context, loss.at, 'categoricalCrossentropy', words('loss'));
        const units = unitsOf(found);
        // That it is always 1 is said by itself.
        if (units === 1) return undefined;
        if (units === 2) return { message: 'pair', hint: 'pairHint', severity: 'information', values, fixes: other };
        return { values, fixes: [...other, ...replaceWord(context, found.at, 'sigmoid', words('fix'))] };
      },
    });
  },
};
