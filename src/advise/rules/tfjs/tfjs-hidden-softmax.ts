import type { Advice } from '../../advice';
import { adviceFrom, wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { replaceWord } from '../../tfjs/edits';
import { isWeighted, settingOf } from '../../tfjs/layers';
import { placeOf, rangeOfCode } from '../../tfjs/report';
import type { TfjsContext, TfjsRule } from '../../tfjs/rule';
import { lastSizeOf, sureOrigins } from '../../tfjs/trace';
import { type TfjsResult, textOf, unknown } from '../../tfjs/values';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This softmax feeds another layer: its outputs are positive and sum to 1, so that units push each other down and most carry almost nothing on. Inside a model use relu.',
    hint: 'softmax inside of a model',
    related: 'The layer that it feeds',
    fix: 'Use relu',
  },
  'zh-cn': {
    message:
      '该 softmax 的输出进入另一层：输出均为正且和为 1，单元之间相互抑制，大多数几乎不再传递信息。模型内部请使用 relu。',
    hint: '模型内部的 softmax',
    related: '其输出进入的层',
    fix: '改用 relu',
  },
};

/** Softmax as the activation of a hidden layer. */
export const tfjsHiddenSoftmax: TfjsRule = {
  code: 'tfjs-hidden-softmax',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: softmax as the activation of a layer inside a model.',
    'zh-cn': 'TensorFlow.js：softmax 被用作模型内部某层的激活函数。',
  },
  *check(context) {
    const found: Advice[] = [];
    for (const next of context.flow.results) {
      if (!isWeighted(next) || next.isMaybe) continue;
      yield;
      const softmaxes = sureOrigins(next.inputs[0] ?? unknown, ({ op }) => op === 'softmax', isStep) ?? [];
      for (const softmax of softmaxes) {
        if (softmax.isMaybe || isMeant(context, softmax)) continue;
        const fixes = replaceWord(context, softmax.at, 'relu', wordsOf(messages, context.language, 'fix'));
        const related = [{ at: rangeOfCode(context, placeOf(next)), message: 'related' as const }];
        found.push(adviceFrom(context, this, messages, { at: rangeOfCode(context, placeOf(softmax)), related, fixes }));
      }
    }
    return found;
  },
};

const isStep = ({ op, form }: TfjsResult) =>
  form === 'layer' &&
  /^(dropout|spatialDropout1d|flatten|reshape|batchNormalization|layerNormalization|(max|average)Pooling[123]d)$/.test(
    op,
  );

/** Names of softmaxes that weigh what other layers give. */
const weighing = /atten|weight|gate|rout|mix|topic|theta|prob|assign|align|score/i;

function isMeant({ flow }: TfjsContext, softmax: TfjsResult): boolean {
  const name = softmax.layer && textOf(settingOf(softmax.layer, 'name'));
  if (weighing.test(name ?? '') || weighing.test(flow.nameOf(softmax) ?? '')) return true;
  return flow.usesOf(softmax) > 1 || lastSizeOf(softmax) === 1;
}
