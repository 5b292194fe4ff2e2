import { sureOrigins } from '../../../flow/trace';
import { unknown } from '../../../flow/values';
import { findFed } from '../../fed';
import { removalOf } from '../../removal';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This exp undoes the log of a log-softmax before NLLLoss, which wants log-probabilities: the loss becomes minus the probability, and its gradient vanishes where the model is wrong.',
    hint: 'NLLLoss wants the logarithm',
    related: 'The loss that wants log-probabilities',
    fix: 'Remove the exp',
  },
  'zh-cn': {
    message:
      '该 exp 抵消了 log_softmax 的对数，而 NLLLoss 需要对数概率：损失变成概率的相反数，模型出错时梯度反而消失。',
    hint: 'NLLLoss 需要对数',
    related: '需要对数概率的损失',
    fix: '去掉 exp',
  },
};

/** Log-probabilities that are made probabilities again before NLLLoss. */
export const expOfLogSoftmaxToNll: Rule = {
  code: 'exp-of-log-softmax-to-nll',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'The exp of a log-softmax that goes into NLLLoss, which wants the logarithm.',
    'zh-cn': 'log_softmax 的 exp 进入 NLLLoss，而该损失需要对数。',
  },
  *check(context) {
    return yield* findFed(context, this, {
      losses: ['nll_loss'],
      isWanted: ({ op, inputs }) =>
        op === 'exp' && sureOrigins(inputs[0] ?? unknown, (each) => each.op === 'log_softmax') !== undefined,
      messages,
      tell: (exp) => ({ fixes: removalOf(exp, context, wordsOf(messages, context.language, 'fix')) }),
    });
  },
};
