import { findFed } from '../../fed';
import { isUnbounded } from '../../losses';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'NLLLoss gets raw scores here, and wants log-probabilities: the loss has no lower bound, and falls by making scores larger. Use CrossEntropyLoss, or log_softmax before the loss.',
    hint: 'NLLLoss wants log-probabilities',
    related: 'The loss that wants log-probabilities',
  },
  'zh-cn': {
    message:
      '这里 NLLLoss 得到的是未经处理的 logits，而它需要对数概率：损失没有下界，只要分数变大就会下降。请使用 CrossEntropyLoss，或在损失之前加 log_softmax。',
    hint: 'NLLLoss 需要对数概率',
    related: '需要对数概率的损失',
  },
};

/** Raw scores that reach NLLLoss. */
export const logitsToNll: Rule = {
  code: 'logits-to-nll',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'Raw scores that go into NLLLoss, which wants log-probabilities.',
    'zh-cn': '未经处理的 logits 进入 NLLLoss，而该损失需要对数概率。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['nll_loss'],
      isWanted: (result) => isUnbounded(result),

      messages,
      tell: () => ({}),
    });
  },
};
