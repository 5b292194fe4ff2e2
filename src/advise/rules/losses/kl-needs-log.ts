import { argumentOf } from '../../../flow/queries';
import { sureOrigins } from '../../../flow/trace';
import type { FlowResult } from '../../../flow/values';
import type { Advice } from '../../advice';
import { findFed } from '../../fed';
import { logSoftmaxInstead } from '../../logSoftmax';
import { isUnbounded, type LossCall, lossCalls } from '../../losses';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'hint' | 'target' | 'targetHint' | 'related' | 'fix'> = {
  en: {
    message:
      'KLDivLoss wants the logarithms of probabilities as its input, and gets {0}: what it computes is no divergence. Use log_softmax.',
    hint: 'KLDivLoss wants log-probabilities',
    target:
      'The target of this KLDivLoss is in log space, and the loss takes it for probabilities: it sees negative ones. Say log_target=True.',
    targetHint: 'a target in log space: log_target=True',
    related: 'The divergence that wants log-probabilities',
    fix: 'Use log-softmax',
  },
  'zh-cn': {
    message: 'KLDivLoss 的输入应为概率的对数，这里得到的是{0}：算出的并不是散度。请使用 log_softmax。',
    hint: 'KLDivLoss 需要对数概率',
    target: '该 KLDivLoss 的目标是对数概率，而损失把它当作概率：得到的是负数。请写明 log_target=True。',
    targetHint: '目标为对数概率：需要 log_target=True',
    related: '需要对数概率的散度',
    fix: '改用 log_softmax',
  },
};

const gets = {
  en: { softmax: 'a softmax', scores: 'raw scores' },
  'zh-cn': { softmax: ' softmax 的结果', scores: '未经处理的 logits' },
} as const;

/** A divergence whose sides are not in the space that it takes them for. */
export const klNeedsLog: Rule = {
  code: 'kl-needs-log',
  severity: 'error',
  isAcrossFiles: true,
  about: {
    en: 'KLDivLoss whose input is not in log space, or whose target is without log_target=True.',
    'zh-cn': 'KLDivLoss 的输入不是对数概率，或目标为对数概率却未写 log_target=True。',
  },
  *check(context) {
    const inputs = yield* findFed(context, this, {
      losses: ['kl_div'],
      isWanted: (result) => isProbability(result) || isUnbounded(result),
      messages,
      tell: (found) => ({
        values: [gets[context.language][isProbability(found) ? 'softmax' : 'scores']],
        fixes: logSoftmaxInstead(found, context, wordsOf(messages, context.language, 'fix')),
      }),
    });
    return [...inputs, ...(yield* targets(context, this))];
  },
};

const isProbability = ({ op }: FlowResult) => op === 'softmax' || op === 'sigmoid';

function* targets(context: RuleContext, rule: Rule): Generator<void, Advice[]> {
  const found = new Map<string, Advice>();
  for (const call of lossCalls(context, 'kl_div')) {
    yield;
    const { loss, target } = call;
    const at = rangeAt(loss.at);
    if (!target || saysLogTarget(call)) continue;
    if (sureOrigins(target.value, ({ op }) => op === 'log_softmax' || op === 'logsigmoid'))
      found.set(
        `${at.line}:${at.column}`,
        adviceFrom(context, rule, messages, { at, message: 'target', hint: 'targetHint' }),
      );
  }
  return [...found.values()];
}

/** Whether the loss is told what space its target is in, or something unknown may tell it. */
function saysLogTarget({ loss: { args, layer } }: LossCall): boolean {
  const settings = layer?.args ?? args;
  const given = argumentOf(settings, layer ? 3 : 5, 'log_target');
  const isFalse = given?.value.kind === 'constant' && !given.value.value;
  return (given !== undefined && !isFalse) || settings.some(({ isSpread }) => isSpread);
}
