import { findFed } from '../../fed';
import { logSoftmaxInstead } from '../../logSoftmax';
import { isMovingProbability, isSoftmax } from '../../losses';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This softmax feeds NLLLoss, which wants log-probabilities: the loss becomes minus the probability, between -1 and 0, and its gradient vanishes where the model is wrong. Use log_softmax.',
    hint: 'NLLLoss wants log-softmax',
    related: 'The loss that wants log-probabilities',
    fix: 'Use log-softmax',
  },
  'zh-cn': {
    message:
      '该 softmax 的输出进入 NLLLoss，而该损失需要对数概率：损失变成概率的相反数（-1 到 0 之间），模型出错时梯度反而消失。请使用 log_softmax。',
    hint: 'NLLLoss 需要 log_softmax',
    related: '需要对数概率的损失',
    fix: '改用 log_softmax',
  },
};

/** Probabilities that reach NLLLoss, which wants their logarithms. */
export const softmaxBeforeNll: Rule = {
  code: 'softmax-before-nll',
  severity: 'error',
  isAcrossFiles: true,
  about: {
    en: 'A softmax whose output goes into NLLLoss, which wants log-probabilities.',
    'zh-cn': 'softmax 的输出进入 NLLLoss，而该损失需要对数概率。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['nll_loss'],
      isWanted: isSoftmax,
      isTransparent: isMovingProbability,
      messages,
      tell: (found) => ({ fixes: logSoftmaxInstead(found, context, wordsOf(messages, context.language, 'fix')) }),
    });
  },
};
