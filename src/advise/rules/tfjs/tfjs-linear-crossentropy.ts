import { itemOr } from '../../../graph/access';
import { wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { replaceWord, setActivation } from '../../tfjs/edits';
import { isWeighted } from '../../tfjs/layers';
import { binary, categorical, isUnboundedOutput, titleOf, unitsOf } from '../../tfjs/outputs';
import { findFeeds } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';

const messages: Messages<
  'message' | 'divided' | 'other' | 'otherDivided' | 'single' | 'hint' | 'otherHint' | 'related' | 'fix'
> = {
  en: {
    message:
      'The last layer has no activation, but {0} takes probabilities: what lies outside 0 to 1 is cut off, and no gradient comes back from there. Give the layer {1}.',
    divided:
      'The last layer has no activation, but {0} takes probabilities: it divides the outputs by their sum, which may be 0 or negative, and cuts off what is then outside 0 to 1. Give the layer {1}.',
    otherDivided:
      '{2} ends the model, but {0} takes probabilities: it divides the outputs by their sum, which may be 0 or negative, and cuts off what is then outside 0 to 1. End with {1}.',
    other:
      '{2} ends the model, but {0} takes probabilities: what lies outside 0 to 1 is cut off, and no gradient comes back from there. End with {1}.',
    single:
      'The one output of this model feeds {0}, which divides outputs by their sum: one number always becomes 1, and the model learns nothing. Use sigmoid and binaryCrossentropy.',
    hint: 'no probabilities: {1} is missing',
    otherHint: '{2} gives no probabilities: the loss wants {1}',
    related: 'The loss that takes probabilities',
    fix: 'End with {1}',
  },
  'zh-cn': {
    message: '最后一层没有激活函数，而 {0} 需要概率：0 到 1 之外的值会被截断，那里没有梯度传回。请为该层设置 {1}。',
    divided:
      '最后一层没有激活函数，而 {0} 需要概率：它会把输出除以它们的和（可能为 0 或负数），再截断 0 到 1 之外的值。请为该层设置 {1}。',
    otherDivided:
      '模型以 {2} 结尾，而 {0} 需要概率：它会把输出除以它们的和（可能为 0 或负数），再截断 0 到 1 之外的值。请以 {1} 结尾。',
    other: '模型以 {2} 结尾，而 {0} 需要概率：0 到 1 之外的值会被截断，那里没有梯度传回。请以 {1} 结尾。',
    single:
      '该模型唯一的输出进入 {0}，而该损失会把输出除以它们的和：单个数总会变成 1，模型学不到任何东西。请使用 sigmoid 和 binaryCrossentropy。',
    hint: '不是概率：缺少 {1}',
    otherHint: '{2} 给不出概率：损失需要 {1}',
    related: '需要概率的损失',
    fix: '以 {1} 结尾',
  },
};

/** Scores that reach a loss which takes probabilities. */
export const tfjsLinearCrossentropy: TfjsRule = {
  code: 'tfjs-linear-crossentropy',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a last layer without activation, or with one that gives no probabilities, and a cross-entropy that takes probabilities.',
    'zh-cn': 'TensorFlow.js：最后一层没有激活函数或其激活函数给不出概率，而所用的交叉熵需要概率。',
  },
  *check(context) {
    const found = [];
    for (const [losses, wanted] of [
      [categorical, 'softmax'],
      [binary, 'sigmoid'],
    ] as const)
      for (const each of yield* findFeeds(context, this, {
        losses,
        isWanted: isUnboundedOutput,
        messages,
        tell: (result, loss) => {
          const { layer, at } = result;
          const name = itemOr(loss.losses, 0, wanted);
          const values = [name, wanted, titleOf(result)];
          const isDivided = name === 'categoricalCrossentropy';
          const isLinear = isWeighted(result);
          if (wanted === 'softmax' && unitsOf(result) === 1) return { message: 'single', values };
          const title = wordsOf(messages, context.language, 'fix', values);
          if (isLinear)
            return {
              message: isDivided ? 'divided' : 'message',
              values,
              fixes: layer ? setActivation(context, layer, wanted, title) : [],
            };
          return {
            message: isDivided ? 'otherDivided' : 'other',
            hint: 'otherHint',
            values,
            fixes: replaceWord(context, at, wanted, title),
          };
        },
      }))
        found.push(each);
    return found;
  },
};
