import { catalogue, torchGain } from '../../../activations/catalogue';
import { initCalls } from '../../inits';
import { Findings, quoteLike, textAt } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'These weights are scaled for {0} (gain {1}), and {2} follows (gain {3}): the signal {4} by {5} % more in each layer than it should.',
    hint: 'scaled for {0}; {2} follows',
    related: 'The {2} that follows',
    fix: 'Scale for {2}',
  },
  'zh-cn': {
    message: '权重按 {0} 缩放（增益 {1}），后面却是 {2}（增益 {3}）：每一层的信号比应有的多{4} {5} %。',
    hint: '按 {0} 缩放，后面却是 {2}',
    related: '后面的 {2}',
    fix: '按 {2} 缩放',
  },
};
const directions = { en: { up: 'grows', down: 'shrinks' }, 'zh-cn': { up: '放大', down: '缩小' } } as const;

/** Activations that are treated as ReLU, for want of a gain of their own. */
const rectifiers = /^(relu|relu6|leaky_relu|prelu|rrelu|elu|celu|gelu|silu|mish|hardswish|softplus)$/;
const bounded = /^(tanh|sigmoid)$/;

/** The gain for one activation, and another one behind the layer. */
export const initGain: Rule = {
  code: 'init-gain',
  severity: 'information',
  about: {
    en: 'Initial weights that are scaled for another activation than the one that follows the layer.',
    'zh-cn': '初始权重按另一种激活缩放，而不是该层之后的激活。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const init of initCalls(context)) {
      yield;
      const [first] = init?.activations ?? [];
      const meant = init?.nonlinearity;
      if (!init || !first || meant === undefined || meant === first.op) continue;
      const isOther =
        (rectifiers.test(meant) && bounded.test(first.op)) ||
        (bounded.test(meant) && (rectifiers.test(first.op) || bounded.test(first.op)));
      const [gain, wanted] = [gainOf(meant), gainOf(first.op)];
      if (!isOther || gain === undefined || wanted === undefined) continue;
      const title = (id: string) => catalogue.get(id)?.title ?? id;
      const values = [
        title(meant),
        gain.toFixed(2),
        title(first.op),
        wanted.toFixed(2),
        directions[context.language][gain > wanted ? 'up' : 'down'],
        Math.round(Math.abs(gain / wanted - 1) * 100),
      ];
      const { written, call } = init;
      const name = rectifiers.test(first.op) ? 'relu' : first.op;
      const fixes =
        written?.at.expression?.kind === 'constant' && written.at.file === call.at.file
          ? [
              {
                title: wordsOf(messages, context.language, 'fix', values),
                preferred: false,
                edits: [{ range: rangeAt(written.at), text: quoteLike(name, textAt(context, written.at)) }],
              },
            ]
          : [];
      findings.add(call.at, () => ({ values, related: [{ at: rangeAt(first.at), message: 'related' }], fixes }));
    }
    return findings.list;
  },
};

/** PyTorch's gain; rectifiers that it has none for are drawn as for ReLU. */
const gainOf = (id: string): number | undefined =>
  torchGain(id) ?? (rectifiers.test(id) ? torchGain('relu') : undefined);
