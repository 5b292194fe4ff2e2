import type { FlowResult, FlowValue } from '../../../flow/values';
import type { Advice } from '../../advice';
import { isKeeping, isMixing, isMixingOperation } from '../../operations';
import { makersOf, placeKey } from '../../places';
import { adviceFrom, rangeAt } from '../../report';
import { hasOperation, operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';
import { isNamed } from './meant';

export const messages: Messages<'sigmoid' | 'message' | 'hint' | 'related'> = {
  en: {
    sigmoid:
      '{0} hidden sigmoids in a row: the slope of each is at most 0.25, so that together they pass on at most {1} of a gradient. Use ReLU or GELU in hidden layers, or normalise between them.',
    message:
      '{0} hidden tanh in a row, with no normalisation between: where one saturates (its slope is 0.07 at 2) little gradient passes on. Use ReLU or GELU, Xavier initialisation, or normalise between them.',
    hint: '{0} saturating layers in a row',
    related: 'The first of them',
  },
  'zh-cn': {
    sigmoid:
      '连续 {0} 个隐藏层 sigmoid：每个的斜率不超过 0.25，合起来最多只传递梯度的 {1}。隐藏层请用 ReLU 或 GELU，或在层间加入归一化。',
    message:
      '连续 {0} 个隐藏层 tanh，层间没有归一化：一旦饱和（输入为 2 时斜率仅 0.07），传递的梯度很少。请用 ReLU 或 GELU、Xavier 初始化，或在层间加入归一化。',
    hint: '连续 {0} 个饱和层',
    related: '其中第一个',
  },
};

/** A sigmoid and the hidden sigmoids before it, without anything between that helps. */
const FEWEST = 3;
const pools = /^(adaptive_)?(max|avg)_pool$|^flatten$|^view$|^reshape$/;

/** Hidden layers with sigmoid or tanh, one after the other. */
export const saturatingStack: Rule = {
  code: 'saturating-stack',
  severity: 'information',
  about: {
    en: 'Three or more hidden layers in a row with sigmoid or tanh and no normalisation between.',
    'zh-cn': '连续三个或更多以 sigmoid 或 tanh 为激活的隐藏层，层间没有归一化。',
  },
  *check(context) {
    const found = new Map<string, Advice>();
    if (isMeant(context)) return [];
    const depths = new Map<FlowResult, readonly FlowResult[]>();
    if (!hasOperation(context.flow, (op) => op === 'sigmoid' || op === 'tanh')) return [];
    const isInitialised = hasOperation(context.flow, (op) => /\.init\.(xavier|orthogonal|trunc_normal)/.test(op));
    for (const next of operationsOf(context.flow, isMixingOperation)) {
      yield;
      if (!isMixing(next)) continue;
      const stack = stackBefore(next.inputs[0], depths, 0);
      const [last] = stack;
      const first = stack.at(-1);
      if (!last || !first || stack.length < FEWEST || last.at.file !== context.text.file) continue;
      if (last.op === 'tanh' && (isInitialised || isBounded(context, last))) continue;
      // The longest of a chain speaks for all.
      for (const each of stack) found.delete(placeKey(each.at));
      const bound = (0.25 ** stack.length).toPrecision(2);
      found.set(
        placeKey(last.at),
        adviceFrom(context, this, messages, {
          at: rangeAt(last.at),
          message: stack.every(({ op }) => op === 'sigmoid') ? 'sigmoid' : 'message',
          values: [stack.length, bound],
          related: [{ at: rangeAt(first.at), message: 'related' }],
        }),
      );
    }
    return [...found.values()];
  },
};

/** The saturating activations on the way to a value, last one first. */
function stackBefore(
  value: FlowValue | undefined,
  known: Map<FlowResult, readonly FlowResult[]>,
  depth: number,
): readonly FlowResult[] {
  if (depth > 32) return [];
  const isThrough = (each: FlowResult) => isKeeping(each) || pools.test(each.op);
  const acts = makersOf(value, ({ op }) => op === 'sigmoid' || op === 'tanh', isThrough);
  const act = Array.isArray(acts) && acts.length === 1 ? acts[0] : undefined;
  if (!act) return [];
  const found = known.get(act);
  if (found) return found;
  const layers = makersOf(act.inputs[0], isMixing, isKeeping);
  const layer = Array.isArray(layers) && layers.length === 1 ? layers[0] : undefined;
  const before = layer ? stackBefore(layer.inputs[0], known, depth + 1) : [];
  const stack = !layer ? [] : before[0] && before[0].op !== act.op ? [act] : [act, ...before];
  known.set(act, stack);
  return stack;
}

/** Code that differentiates by its inputs wants smooth activations, and so do policies. */
function isMeant({ flow }: RuleContext): boolean {
  return operationsOf(flow, (op) => op === 'torch.autograd.grad' || op === 'grad').some(
    ({ op, args }) => op !== 'grad' || args.length > 1,
  );
}

/** Names of models whose outputs are wanted bounded and smooth. */
export const bounded = /actor|critic|policy|agent|pinn|siren|value|^pi$|^self\.pi$/i;

function isBounded(context: RuleContext, last: FlowResult): boolean {
  return /\bgym(nasium)?\b/.test(context.text.text) || isNamed(context, last, bounded);
}
