import { findFed } from '../../fed';
import { removalOf } from '../../removal';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This log-softmax feeds a cross-entropy loss, which applies it itself. The loss is the same without it: log-softmax of log-softmax is log-softmax. NLLLoss expects what stands here.',
    hint: 'log-softmax twice: harmless',
    related: 'The loss that applies log-softmax itself',
    fix: 'Remove the log-softmax',
  },
  'zh-cn': {
    message:
      '该 log_softmax 的输出进入交叉熵损失，而损失内部已包含它。去掉后损失不变：对 log_softmax 再取一次结果相同。若要保留，请改用 NLLLoss。',
    hint: 'log_softmax 重复：无害',
    related: '内部已包含 log_softmax 的损失',
    fix: '去掉 log_softmax',
  },
};

/** Log-probabilities that reach a cross-entropy loss: taken again, the logarithm changes nothing. */
export const logSoftmaxBeforeCrossEntropy: Rule = {
  code: 'log-softmax-before-cross-entropy',
  severity: 'information',
  isAcrossFiles: true,
  about: {
    en: 'A log-softmax whose output goes into a cross-entropy loss, which applies it itself: redundant and harmless.',
    'zh-cn': 'log_softmax 的输出进入交叉熵损失，而损失内部已包含它：多余但无害。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['cross_entropy'],
      isWanted: ({ op }) => op === 'log_softmax',

      messages,
      tell: (found) => ({ fixes: removalOf(found, context, wordsOf(messages, context.language, 'fix')) }),
    });
  },
};
