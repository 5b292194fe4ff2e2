import type { Advice } from '../../advice';
import { adviceFrom, wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { replaceWord } from '../../tfjs/edits';
import { categorical } from '../../tfjs/outputs';
import { placeOf, rangeOfCode } from '../../tfjs/report';
import type { TfjsContext, TfjsRule } from '../../tfjs/rule';
import { lastSizeOf, rankOf } from '../../tfjs/trace';
import { numberOf, type TfjsResult, unknown } from '../../tfjs/values';

const messages: Messages<'message' | 'hint' | 'fix'> = {
  en: {
    message:
      'Softmax over one number is always 1, whatever the model computes, and has no gradient. For yes or no use sigmoid; for classes give the layer one unit for each.',
    hint: 'always 1',
    fix: 'Use sigmoid',
  },
  'zh-cn': {
    message:
      '对单个数做 softmax，无论模型算出什么结果总是 1，并且没有梯度。二分类请用 sigmoid；多分类请让该层的单元数等于类别数。',
    hint: '总是 1',
    fix: '改用 sigmoid',
  },
};

/** Softmax over a layer with one unit. */
export const tfjsSoftmaxOfOne: TfjsRule = {
  code: 'tfjs-softmax-of-one',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a softmax over a single unit, which is always 1.',
    'zh-cn': 'TensorFlow.js：对单个单元做 softmax，结果总是 1。',
  },
  *check(context) {
    const found: Advice[] = [];
    for (const result of context.flow.results) {
      if (
        result.op !== 'softmax' ||
        result.isMaybe ||
        !isOverLast(result) ||
        lastSizeOf(result.inputs[0] ?? unknown) !== 1
      )
        continue;
      yield;
      const at = rangeOfCode(context, placeOf(result));
      const title = wordsOf(messages, context.language, 'fix');
      const fixes = isForClasses(context) ? [] : replaceWord(context, result.at, 'sigmoid', title);
      found.push(adviceFrom(context, this, messages, { at, fixes }));
    }
    return found;
  },
};

/** Whether it runs along the last axis: the layer's own default is the first behind the batch. */
function isOverLast({ form, second, inputs }: TfjsResult): boolean {
  if (second) return numberOf(second) === -1;
  const rank = rankOf(inputs[0] ?? unknown);
  return form !== 'layer' || rank === undefined || rank === 2;
}

/** Whether a loss of the file would make 1 of any single number. */
function isForClasses({ flow }: TfjsContext): boolean {
  return flow.losses.some(({ losses }) => losses.some((each) => categorical.has(each)));
}
