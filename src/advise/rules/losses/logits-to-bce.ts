import { findFed } from '../../fed';
import { isUnbounded } from '../../losses';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'BCELoss wants probabilities and stops with an error at a value outside of 0 and 1; nothing bounds what it gets here. Use BCEWithLogitsLoss, or a sigmoid before the loss.',
    hint: 'BCELoss wants probabilities',
    related: 'The loss that wants probabilities',
  },
  'zh-cn': {
    message:
      'BCELoss 需要概率，遇到 0 到 1 之外的值会报错；这里传入的值没有任何限制。请使用 BCEWithLogitsLoss，或在损失之前加 sigmoid。',
    hint: 'BCELoss 需要概率',
    related: '需要概率的损失',
  },
};

/** What may lie outside of 0 and 1 and reaches BCELoss. */
export const logitsToBce: Rule = {
  code: 'logits-to-bce',
  severity: 'error',
  isAcrossFiles: true,
  about: {
    en: 'Values that may lie outside of 0 and 1 that go into BCELoss, which refuses them.',
    'zh-cn': '可能超出 0 到 1 的值进入 BCELoss，而该损失会拒绝这样的值。',
  },

  *check(context) {
    return yield* findFed(context, this, {
      losses: ['binary_cross_entropy'],
      isWanted: (result) =>
        isUnbounded(result) ||
        /^(relu|leaky_relu|tanh|elu|selu|gelu|silu|mish|softplus|batch_norm|layer_norm)$/.test(result.op),

      messages,
      tell: () => ({}),
    });
  },
};
