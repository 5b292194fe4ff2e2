import type { Advice } from '../../advice';
import { adviceFrom, wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { removeActivation } from '../../tfjs/edits';
import { titleOf } from '../../tfjs/outputs';
import { placeOf, rangeOfCode } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';
import { isActivationOp, sureOrigins } from '../../tfjs/trace';
import { type TfjsResult, unknown } from '../../tfjs/values';

const messages: Messages<'twice' | 'relu' | 'idle' | 'hint' | 'idleHint' | 'related' | 'fix'> = {
  en: {
    twice: '{0} runs on the output of another {0}: it squeezes the values a second time. Keep one.',
    relu: '{0} runs on the output of another {0}, which it leaves as it is. Keep one.',
    idle: '{0} does nothing here: what goes in comes from {1} and is never negative. Keep one of the two.',
    hint: '{0} twice',
    idleHint: '{0} after {1} does nothing',
    related: 'The first',
    fix: 'Remove the second',
  },
  'zh-cn': {
    twice: '{0} 作用在另一个 {0} 的输出上：数值被再次压缩。请只保留一个。',
    relu: '{0} 作用在另一个 {0} 的输出上，不会改变任何值。请只保留一个。',
    idle: '{0} 在这里不起作用：输入来自 {1}，从不为负。请只保留其中一个。',
    hint: '{0} 重复',
    idleHint: '{1} 之后的 {0} 不起作用',
    related: '第一个',
    fix: '去掉第二个',
  },
};

/** An activation on the output of one that leaves it nothing to do, or of the same. */
export const tfjsDoubleActivation: TfjsRule = {
  code: 'tfjs-double-activation',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: the same activation twice in a row, or one that the activation before it leaves nothing to do.',
    'zh-cn': 'TensorFlow.js：同一个激活函数连续用了两次，或前一个激活函数使其不起作用。',
  },
  *check(context) {
    const found: Advice[] = [];
    for (const second of context.flow.results) {
      if (!isActivationOp(second) || second.isMaybe) continue;
      yield;
      const firsts = sureOrigins(second.inputs[0] ?? unknown, (first) => isDoubled(first, second), isStep);
      const [first] = firsts ?? [];
      if (!first) continue;
      const isSame = first.op === second.op;
      const message = isSame ? (idempotent.test(first.op) ? 'relu' : 'twice') : 'idle';
      const fixes = removeActivation(context, second, wordsOf(messages, context.language, 'fix'));
      const related = [{ at: rangeOfCode(context, placeOf(first)), message: 'related' as const }];
      const values = [titleOf(second), titleOf(first)];
      const hint = isSame ? 'hint' : 'idleHint';
      const at = rangeOfCode(context, placeOf(second));
      found.push(adviceFrom(context, this, messages, { at, message, hint, values, related, fixes }));
    }
    return found;
  },
};

const idempotent = /^(relu|relu6|log_softmax)$/;
/** Functions that give nothing below 0; and those that leave what is not below 0 as it is. */
const positive = /^(relu|relu6|sigmoid|hardsigmoid|softmax|softplus)$/;
const rectifying = /^(relu|leaky_relu|prelu|elu)$/;

function isDoubled(first: TfjsResult, second: TfjsResult): boolean {
  if (!isActivationOp(first)) return false;
  if (first.op === second.op) return !/^(prelu|hardtanh|threshold)$/.test(first.op);
  return positive.test(first.op) && rectifying.test(second.op);
}

const isStep = ({ op, form }: TfjsResult) =>
  form === 'layer' && /^(dropout|spatialDropout1d|flatten|reshape)$/.test(op);
