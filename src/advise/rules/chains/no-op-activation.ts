import type { FlowResult } from '../../../flow/values';
import { isMoved, numberOf } from '../../operations';
import { faultyPlaces, isHelper, makersOf } from '../../places';
import { removalOf } from '../../removal';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

export const messages: Messages<'message' | 'bounded' | 'hint' | 'related' | 'fix'> = {
  en: {
    message: 'This {0} changes nothing: what {1} gives is never negative.',
    bounded: 'This {0} changes nothing: what {1} gives lies within its bounds already.',
    hint: '{0} after {1} changes nothing',
    related: 'The operation before it',
    fix: 'Remove the {0}',
  },
  'zh-cn': {
    message: '该 {0} 不起任何作用：{1} 的输出不会为负。',
    bounded: '该 {0} 不起任何作用：{1} 的输出已在其上下限之内。',
    hint: '{1} 之后的 {0} 不起作用',
    related: '前一个运算',
    fix: '去掉 {0}',
  },
};

/** Activations that hand on what is not negative. */
export const rectifiers: ReadonlySet<string> = new Set(['relu', 'leaky_relu', 'prelu', 'rrelu', 'elu', 'celu']);
const isLimiting = (op: string) => rectifiers.has(op) || op === 'relu6' || op === 'hardtanh';
const fromZeroToOne: ReadonlySet<string> = new Set(['sigmoid', 'hardsigmoid', 'softmax', 'softmax2d', 'softmin']);
const neverNegative: ReadonlySet<string> = new Set([
  ...fromZeroToOne,
  'relu',
  'relu6',
  'softplus',
  'exp',
  'square',
  'abs',
  'sqrt',
]);
const pools: ReadonlySet<string> = new Set(['max_pool', 'avg_pool', 'adaptive_max_pool', 'adaptive_avg_pool']);

/** An activation that leaves all that it can get as it is. */
export const noOpActivation: Rule = {
  code: 'no-op-activation',
  severity: 'information',
  about: {
    en: 'An activation that changes nothing of what it gets: ReLU after sigmoid, softmax, softplus or exp.',
    'zh-cn': '不起作用的激活函数：sigmoid、softmax、softplus 或 exp 之后的 ReLU。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isLimiting, (run) => {
      const isBound = !rectifiers.has(run.op);
      if (run.isMaybe || (run.op === 'hardtanh' && (run.layer ? run.layer.args : run.args.slice(1)).length > 0))
        return 'fine';
      const isWanted = (each: FlowResult) =>
        isBound
          ? fromZeroToOne.has(each.op) || (each.op === 'tanh' && run.op === 'hardtanh')
          : neverNegative.has(each.op) || isSquare(each);
      const makers = makersOf(run.inputs[0], isWanted, (each) => isMoved(each) || pools.has(each.op));
      // The same twice is said elsewhere.
      const isTwice = makersOf(run.inputs[0], ({ op }) => op === run.op, isMoved) !== 'fine';
      const isOpen = makers === undefined && isHelper(run);
      return isOpen || (Array.isArray(makers) && isTwice) ? 'fine' : makers;
    });
    return found.flatMap(({ run, found: [first] }) => {
      if (!first) return [];
      const values = [run.op, first.op === '**' || first.op === 'pow' ? 'square' : first.op];
      return adviceFrom(context, this, messages, {
        at: rangeAt(run.at),
        message: rectifiers.has(run.op) ? 'message' : 'bounded',
        values,
        related: [{ at: rangeAt(first.at), message: 'related' }],
        fixes: removalOf(run, context, wordsOf(messages, context.language, 'fix', values)),
      });
    });
  },
};

function isSquare({ op, inputs, args }: FlowResult): boolean {
  if (op !== '**' && op !== 'pow') return false;
  const exponent = numberOf(inputs[1] ?? args.at(-1)?.value);
  return exponent !== undefined && exponent > 0 && exponent % 2 === 0;
}
