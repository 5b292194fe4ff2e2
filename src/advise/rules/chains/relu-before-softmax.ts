import type { FlowResult } from '../../../flow/values';
import { isKeeping, isMixing, isMoved, isNorm, isSoftmaxOperation } from '../../operations';
import { faultyPlaces, makersOf } from '../../places';
import { removalOf } from '../../removal';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { isWeight } from '../../uses';
import { weighs } from './meant';

export const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This ReLU makes every negative score 0 before {0}: classes that the layer rules out all get the same probability, and no gradient tells them apart.',
    hint: 'negative scores are lost before {0}',
    related: 'The softmax of the scores',
    fix: 'Remove the ReLU',
  },
  'zh-cn': {
    message: '该 ReLU 在 {0} 之前把所有负分数变为 0：被排除的类别得到相同的概率，也没有梯度区分它们。',
    hint: '{0} 之前负分数丢失',
    related: '对分数执行的 softmax',
    fix: '去掉 ReLU',
  },
};

/** ReLU between the last layer and the softmax of its scores. */
export const reluBeforeSoftmax: Rule = {
  code: 'relu-before-softmax',
  severity: 'warning',
  about: {
    en: 'A ReLU whose output goes into a softmax: negative scores are lost.',
    'zh-cn': 'ReLU 的输出进入 softmax：负分数丢失。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isSoftmaxOperation, (run) => {
      if (run.isMaybe || isWeight(run, context.flow) || weighs(context, run)) return 'fine';
      return makersOf(run.inputs[0], isScoresRelu, isMoved);
    });
    return found.flatMap(({ run, found: [relu] }) => report(context, run, relu));
  },
};

/** A ReLU on what a layer gives, normalised or not. */
export function isScoresRelu(relu: FlowResult): boolean {
  const layers = makersOf(relu.inputs[0], isMixing, (each) => isKeeping(each) || isNorm(each));
  return relu.op === 'relu' && Array.isArray(layers);
}

function report(context: RuleContext, softmax: FlowResult, relu: FlowResult | undefined) {
  if (!relu) return [];
  const isHere = relu.at.file === context.text.file;
  return [
    adviceFrom(context, reluBeforeSoftmax, messages, {
      at: rangeAt(isHere ? relu.at : softmax.at),
      values: [softmax.op === 'softmax' ? 'softmax' : 'log-softmax'],
      related: [{ at: rangeAt(isHere ? softmax.at : relu.at), message: 'related' }],
      fixes: removalOf(relu, context, wordsOf(messages, context.language, 'fix')),
    }),
  ];
}
