import type { FlowResult } from '../../../flow/values';
import { isKeeping, isMixing } from '../../operations';
import { faultyPlaces, makersOf } from '../../places';
import { adviceFrom, rangeAt } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { ResultUses } from '../../uses';

const messages: Messages<'message' | 'always' | 'zero' | 'hint' | 'related'> = {
  en: {
    message:
      '{0} of what {1} gives, which may be negative: the result is NaN there, and so is every gradient after it.',
    always: '{0} of what {1} gives, which is never positive: the result is NaN.',
    zero: '{0} of what {1} gives, which is 0 for every negative input: the result is infinite there.',
    hint: '{0} of negative numbers: NaN',
    related: 'The operation whose output this is',
  },
  'zh-cn': {
    message: '对 {1} 的输出取 {0}，而该输出可能为负：结果为 NaN，之后的梯度也都是 NaN。',
    always: '对 {1} 的输出取 {0}，而该输出从不为正：结果为 NaN。',
    zero: '对 {1} 的输出取 {0}，而输入为负时该输出为 0：结果为无穷大。',
    hint: '对负数取 {0}：NaN',
    related: '给出该值的运算',
  },
};

const mayBeNegative: ReadonlySet<string> = new Set(
  'tanh silu gelu leaky_relu prelu elu selu celu mish hardswish softsign tanhshrink softshrink hardshrink rrelu'.split(
    ' ',
  ),
);
const neverPositive: ReadonlySet<string> = new Set(['log_softmax', 'logsigmoid']);

const isNarrow = (op: string) => /^(log|log2|log10|sqrt|rsqrt)$/.test(op);

/** The logarithm or root of what may be negative. */
export const domainError: Rule = {
  code: 'domain-error',
  severity: 'warning',
  about: {
    en: 'A logarithm or square root of an activation or a layer whose output may be negative.',
    'zh-cn': '对可能为负的激活函数或层的输出取对数或平方根。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isNarrow, (run) => {
      if (run.isMaybe || isGuarded(context, run)) return 'fine';
      const isZero = (op: string) => op === 'relu' && run.op !== 'sqrt';
      return makersOf(
        run.inputs[0],
        (each) => mayBeNegative.has(each.op) || neverPositive.has(each.op) || isMixing(each) || isZero(each.op),
        (each) => isKeeping(each) || /^(un)?squeeze$|^view$|^reshape$|^flatten$/.test(each.op),
      );
    });
    return found.flatMap(({ run, found: [maker] }) => {
      if (!maker) return [];
      return adviceFrom(context, this, messages, {
        at: rangeAt(run.at),
        message: maker.op === 'relu' ? 'zero' : neverPositive.has(maker.op) ? 'always' : 'message',
        values: [run.op, maker.op],
        related: [{ at: rangeAt(maker.at), message: 'related' }],
      });
    });
  },
};

/** `torch.where(x > 0, torch.log(x), …)`, or NaN taken away behind it. */
function isGuarded({ flow }: RuleContext, run: FlowResult): boolean {
  return ResultUses.of(flow)
    .takersOf(run)
    .some(({ op }) => /^(where|nan_to_num|masked_fill|isnan|isinf|isfinite|torch\.where|masked_select)$/.test(op));
}
