import { argumentOf } from '../../../flow/queries';
import type { Fix } from '../../advice';
import { Findings, isOpenCall, numberAt, widthOf } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import { operationsOf, runsOf } from '../../results';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This PReLU has {0} slopes, and {1} channels come in: it raises a RuntimeError. Use PReLU({1}), or PReLU() for one slope.',
    hint: '{0} slopes for {1} channels',
    related: 'The layer that gives {1} channels',
    fix: 'Use {0} slopes',
  },
  'zh-cn': {
    message:
      '该 PReLU 有 {0} 个斜率，而输入有 {1} 个通道：会抛出 RuntimeError。请使用 PReLU({1})，或用 PReLU() 共享一个斜率。',
    hint: '{0} 个斜率对应 {1} 个通道',
    related: '输出 {1} 个通道的层',
    fix: '改为 {0} 个斜率',
  },
};

/** `nn.PReLU(n)` behind a layer with another number of channels. */
export const preluChannels: Rule = {
  code: 'prelu-channels',
  severity: 'error',
  about: {
    en: 'An `nn.PReLU(n)` whose input has another number of channels than n.',
    'zh-cn': '`nn.PReLU(n)` 的输入通道数与 n 不同。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const result of operationsOf(context.flow, (op) => op === 'prelu')) {
      yield;
      const { layer, inputs, isMaybe } = result;
      if (!layer || isMaybe || isOpenCall(layer.args)) continue;
      const slopes = numberAt(layer.args, 0, 'num_parameters');
      const [input] = inputs;
      const fed = input && widthOf(input, /^(linear|conv|conv_transpose)$/);
      if (slopes === undefined || slopes <= 1 || !fed || fed.width === slopes) continue;
      const written = argumentOf(layer.args, 0, 'num_parameters')?.at;
      const isAlone = runsOf(context.flow, layer).every(
        ({ inputs: [each] }) => each && widthOf(each, /^(linear|conv|conv_transpose)$/)?.width === fed.width,
      );
      const fixes: Fix[] =
        isAlone && written?.expression?.kind === 'constant' && written.file === layer.at.file
          ? [
              {
                title: wordsOf(messages, context.language, 'fix', [fed.width]),
                preferred: true,
                edits: [{ range: rangeAt(written), text: String(fed.width) }],
              },
            ]
          : [];
      findings.add(layer.at, () => ({
        values: [slopes, fed.width],
        related: [{ at: rangeAt(fed.from.layer?.at ?? fed.from.at), message: 'related' }],
        fixes,
      }));
    }
    return findings.list;
  },
};
