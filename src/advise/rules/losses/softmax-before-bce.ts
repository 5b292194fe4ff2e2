import { isMoving } from '../../../flow/trace';
import { unknown } from '../../../flow/values';
import { findFed } from '../../fed';
import { classesOf, isSoftmax } from '../../losses';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'This softmax feeds BCELoss: the classes share one unit of probability, while the loss asks a yes or no of each. Use CrossEntropyLoss on the logits where one class is true, a sigmoid where several may be.',
    hint: 'softmax into BCELoss: cross-entropy or sigmoid',
    related: 'The loss that asks a yes or no of each',
  },
  'zh-cn': {
    message:
      '该 softmax 的输出进入 BCELoss：各类别共享总和为 1 的概率，而损失对每个类别单独做二元判断。若恰有一个类别为真，请对 logits 使用 CrossEntropyLoss；若可有多个类别为真，请用 sigmoid。',
    hint: 'softmax 进入 BCELoss：应改用交叉熵或 sigmoid',
    related: '逐个做二元判断的损失',
  },
};

/** Probabilities of exclusive classes that reach BCELoss. */
export const softmaxBeforeBce: Rule = {
  code: 'softmax-before-bce',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'A softmax whose output goes into BCELoss, which is about one yes or no at a time.',
    'zh-cn': 'softmax 的输出进入 BCELoss，而该损失针对的是逐个的二元判断。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['binary_cross_entropy'],
      // The probability of one class by itself is a yes or no, and so are two classes: they say the same twice.
      isTransparent: ({ op }) =>
        isMoving(op) && !/^(?:\[\]|select|index_select|narrow|gather|split|chunk|unbind|max|topk)$/.test(op),
      isWanted: (result) => isSoftmax(result) && classesOf(result.inputs[0] ?? unknown) !== 2,
      messages,
      tell: () => ({}),
    });
  },
};
