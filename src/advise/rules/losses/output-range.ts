import { sureOrigins } from '../../../flow/trace';
import type { Advice } from '../../advice';
import { knownRange } from '../../knownRange';
import { lossCalls } from '../../losses';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'any' | 'hint' | 'related'> = {
  en: {
    message:
      'The model ends in {0}, which stays between {1} and {2}, and its targets reach from {3} to {4}: what lies outside can never be learned.',
    any: 'any size',
    hint: 'targets lie outside of what {0} gives',
    related: 'The loss with targets outside',
  },
  'zh-cn': {
    message: '模型以 {0} 结尾，输出在 {1} 与 {2} 之间，而目标的范围是 {3} 到 {4}：超出的部分永远学不到。',
    any: '任意大小',
    hint: '目标超出 {0} 的取值范围',
    related: '目标超出范围的损失',
  },
};

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  sigmoid: [0, 1],
  hardsigmoid: [0, 1],
  softmax: [0, 1],
  tanh: [-1, 1],
  softsign: [-1, 1],
  relu: [0, Number.POSITIVE_INFINITY],
};

/** A bounded output for targets that lie outside of its bounds. */
export const outputRange: Rule = {
  code: 'output-range',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'A bounded activation at the end of a model whose targets lie outside of its range.',
    'zh-cn': '模型以有界激活函数结尾，而目标超出其取值范围。',
  },
  *check(context) {
    const found = new Map<string, Advice>();
    const { language } = context;
    const word = (bound: number) =>
      Number.isFinite(bound) ? String(Number(bound.toPrecision(4))) : wordsOf(messages, language, 'any');
    for (const { loss, input, target } of lossCalls(context, 'mse_loss', 'l1_loss', 'smooth_l1_loss', 'huber_loss')) {
      yield;
      const wanted = target && knownRange(target.value, context.flow.store);
      // Noise as a target is a stand-in for data.
      if (!wanted || sureOrigins(target.value, ({ op }) => /^rand/.test(op))) continue;
      for (const end of sureOrigins(input.value, ({ op }) => op in ranges) ?? []) {
        const [low, high] = ranges[end.op] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
        const at = rangeAt(end.at);
        if (wanted.low >= low && wanted.high <= high) continue;
        found.set(
          `${at.line}:${at.column}`,
          adviceFrom(context, this, messages, {
            at,
            values: [end.op, word(low), word(high), word(wanted.low), word(wanted.high)],
            related: [{ at: rangeAt(loss.at), message: 'related' }],
          }),
        );
      }
    }
    return [...found.values()];
  },
};
