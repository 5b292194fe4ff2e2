import { argumentOf } from '../../../flow/queries';
import { Findings, isOpenCall, numberAt, widthOf } from '../../parts';
import { rangeAt } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'GLU halves its dimension, and {0} come in here: an odd number raises a RuntimeError. Let the layer before it give {1} or {2}.',
    hint: 'GLU of an odd dimension ({0})',
    related: 'The layer that gives {0}',
  },
  'zh-cn': {
    message: 'GLU 会把该维度减半，而此处输入为 {0}：奇数会抛出 RuntimeError。请让前一层输出 {1} 或 {2}。',
    hint: 'GLU 的维度为奇数（{0}）',
    related: '输出 {0} 的层',
  },
};

/** An odd dimension that goes into GLU. */
export const gluOdd: Rule = {
  code: 'glu-odd',
  severity: 'warning',
  about: {
    en: 'A GLU over a dimension of an odd size, which it cannot halve.',
    'zh-cn': 'GLU 作用于奇数维度，无法减半。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const result of operationsOf(context.flow, (op) => op === 'glu')) {
      yield;
      const { layer, args, inputs, isMaybe } = result;
      const given = layer?.args ?? args;
      const [input] = inputs;
      if (isMaybe || isOpenCall(given) || !input) continue;
      const position = layer ? 0 : result.form === 'method' ? 0 : 1;
      const dim = argumentOf(given, position, 'dim') ? numberAt(given, position, 'dim') : -1;
      const fed = widthOf(input, dim === -1 ? /^linear$/ : dim === 1 ? /^(conv|conv_transpose)$/ : /^$/);
      if (!fed || fed.width % 2 === 0) continue;
      findings.add(result.at, () => ({
        values: [fed.width, fed.width - 1, fed.width + 1],
        related: [{ at: rangeAt(fed.from.layer?.at ?? fed.from.at), message: 'related' }],
      }));
    }
    return findings.list;
  },
};
