import { type FlowResult, isSame } from '../../../flow/values';
import { dimensionOf, isElementwise, isKeeping, isMoved, isSoftmax } from '../../operations';
import { faultyPlaces, isHelper, makersOf } from '../../places';
import { removalOf } from '../../removal';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

type Key = 'message' | 'nothing' | 'slopes' | 'sigmoid' | 'tanh' | 'softmax' | 'logarithm' | 'hint' | 'related' | 'fix';

export const messages: Messages<Key> = {
  en: {
    message: '{0} is applied to its own output: together they are another function than {0}.',
    nothing: '{0} is applied to its own output: the second one changes nothing.',
    slopes: '{0} is applied to its own output: what is negative is multiplied by the slopes of both.',
    sigmoid: 'sigmoid is applied to its own output: what comes out lies between 0.50 and 0.73.',
    tanh: 'tanh is applied to its own output: what comes out lies between -0.76 and 0.76.',
    softmax:
      'softmax is applied to its own output: probabilities as scores make all classes nearly alike, none more than 2.72 times as likely as another.',
    logarithm:
      'log-softmax is applied to a softmax: it wants scores, and applies softmax itself; no class comes out more than 2.72 times as likely as another.',
    hint: '{0} twice',
    related: 'The one before it',
    fix: 'Remove this one',
  },
  'zh-cn': {
    message: '{0} 作用于自身的输出：两次合起来不再是 {0}。',
    nothing: '{0} 作用于自身的输出：第二次不起任何作用。',
    slopes: '{0} 作用于自身的输出：负值要先后乘以两者的斜率。',
    sigmoid: 'sigmoid 作用于自身的输出：结果只在 0.50 到 0.73 之间。',
    tanh: 'tanh 作用于自身的输出：结果只在 -0.76 到 0.76 之间。',
    softmax: 'softmax 作用于自身的输出：把概率当作分数，各类别几乎相同，任何类别的概率都不超过另一类别的 2.72 倍。',
    logarithm:
      'log-softmax 作用于 softmax 的输出：它需要的是分数，内部已包含 softmax；任何类别的概率都不超过另一类别的 2.72 倍。',
    hint: '{0} 执行了两次',
    related: '前一个',
    fix: '去掉这一个',
  },
};

/** Those that leave alone what they have given themselves. */
const idempotent: ReadonlySet<string> = new Set(['relu', 'relu6', 'log_softmax', 'hardtanh', 'hardshrink']);

const isActive = (op: string) => isElementwise({ op }) || isSoftmax({ op });

/** Which message says what two of a kind do together. */
export function wordFor(first: string, second: string): keyof (typeof messages)['en'] {
  if (second === 'log_softmax' && first === 'softmax') return 'logarithm';
  if (idempotent.has(second)) return 'nothing';
  if (second === 'leaky_relu' || second === 'prelu' || second === 'rrelu') return 'slopes';
  return second === 'sigmoid' || second === 'tanh' || second === 'softmax' ? second : 'message';
}

/** An activation directly on the output of the same activation. */
export const doubleActivation: Rule = {
  code: 'double-activation',
  severity: 'warning',
  about: {
    en: 'An activation applied to the output of the same activation.',
    'zh-cn': '激活函数作用于同一激活函数的输出。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isActive, (run) => {
      // For want of a caller that is known nothing is chosen yet.
      if (run.isMaybe) return run.trail.some(({ receiver }) => receiver?.isAny) ? undefined : 'fine';
      const isThrough = isElementwise(run) ? isMoved : isKeeping;
      const makers = makersOf(run.inputs[0], (each) => isSameAgain(each, run), isThrough);
      // A function for everybody's tensors is no place of a mistake.
      return makers === undefined && isHelper(run) ? 'fine' : makers;
    });
    return found.flatMap(({ run, found: [first] }) => {
      if (!first) return [];
      const { op } = run;
      const message = wordFor(first.op, op);
      return adviceFrom(context, this, messages, {
        at: rangeAt(run.at),
        message,
        values: [op],
        related: [{ at: rangeAt(first.at), message: 'related' }],
        fixes: message === 'logarithm' ? [] : removalOf(run, context, wordsOf(messages, context.language, 'fix')),
      });
    });
  },
};

function isSameAgain(first: FlowResult, second: FlowResult): boolean {
  if (first.layer && first.layer === second.layer && first.at === second.at) return false;
  if (isSoftmax(second)) {
    const isPair = first.op === second.op || (first.op === 'softmax' && second.op === 'log_softmax');
    return isPair && second.op !== 'softmin' && isSameDimension(first, second);
  }
  // With bounds of their own they cut elsewhere.
  const isBounded = (each: FlowResult) => (each.layer ? each.layer.args.length > 0 : each.args.length > 1);
  const mayDiffer = /^(hardtanh|threshold|hardshrink|softshrink)$/.test(second.op);
  return first.op === second.op && !(mayDiffer && (isBounded(first) || isBounded(second)));
}

function isSameDimension(first: FlowResult, second: FlowResult): boolean {
  const [a, b] = [dimensionOf(first), dimensionOf(second)];
  if (a === null || b === null) return a === b;
  return isSame(a, b) && a.kind !== 'unknown';
}
