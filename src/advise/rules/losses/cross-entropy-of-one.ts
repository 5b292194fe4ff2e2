import { resultsOf } from '../../../flow/trace';
import { unknown } from '../../../flow/values';
import { findFed } from '../../fed';
import { classesOf, isUnbounded } from '../../losses';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'A cross-entropy loss gets the score of one class alone: its softmax is always 1 and the loss always 0. Use two outputs, or BCEWithLogitsLoss for one.',
    hint: 'one class: the loss is always 0',
    related: 'The loss that compares classes',
  },
  'zh-cn': {
    message:
      '交叉熵损失只得到一个类别的分数：其 softmax 恒为 1，损失恒为 0。请使用两个输出，或对单个输出使用 BCEWithLogitsLoss。',
    hint: '只有一个类别：损失恒为 0',
    related: '比较各类别的损失',
  },
};

/** One score for a loss that compares classes. */
export const crossEntropyOfOne: Rule = {
  code: 'cross-entropy-of-one',
  severity: 'error',
  isAcrossFiles: true,
  about: {
    en: 'A cross-entropy loss of a single output, which is always 0.',
    'zh-cn': '对单个输出计算交叉熵损失，结果恒为 0。',
  },
  *check(context) {
    return yield* findFed(context, this, {
      losses: ['cross_entropy'],
      // Moved numbers may be scores of several candidates in a row.
      isTransparent: ({ op }) => /^(softmax|log_softmax|sigmoid|identity|dropout|to|float|cuda|cpu)$/.test(op),
      isWanted: (result) => isUnbounded(result) && classesOf(result) === 1,
      messages,
      // Scores of candidates along the second dimension want a target with a dimension of its own.
      tell: (_, { target }) =>
        resultsOf(target?.value ?? unknown).some(({ op }) => /^(unsqueeze|\[\]|view|reshape)$/.test(op))
          ? undefined
          : {},
    });
  },
};
