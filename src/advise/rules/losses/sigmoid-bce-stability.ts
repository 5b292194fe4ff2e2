import { findFed } from '../../fed';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'A sigmoid and BCELoss: where the sigmoid rounds to 0 or 1, from scores of about 17 in single precision, the gradient is lost. BCEWithLogitsLoss on the logits computes both in one step.',
    hint: 'BCEWithLogitsLoss is stabler',
    related: 'The loss behind it',
  },
  'zh-cn': {
    message:
      'sigmoid 加 BCELoss：当 sigmoid 舍入为 0 或 1（单精度下分数约 17 起）时梯度丢失。对 logits 使用 BCEWithLogitsLoss 可一步完成两者。',
    hint: 'BCEWithLogitsLoss 更稳定',
    related: '其后的损失',
  },
};

/** A sigmoid before BCELoss, which BCEWithLogitsLoss computes in one step. */
export const sigmoidBceStability: Rule = {
  code: 'sigmoid-bce-stability',
  severity: 'information',
  isAcrossFiles: true,
  about: {
    en: 'A sigmoid before BCELoss: BCEWithLogitsLoss computes both in one step and keeps its gradient at large scores.',
    'zh-cn': 'BCELoss 之前的 sigmoid：BCEWithLogitsLoss 一步完成两者，且在分数很大时仍保有梯度。',
  },
  isOptional: true,
  *check(context) {
    return yield* findFed(context, this, {
      losses: ['binary_cross_entropy'],
      isWanted: ({ op }) => op === 'sigmoid',

      messages,
      tell: () => ({}),
    });
  },
};
