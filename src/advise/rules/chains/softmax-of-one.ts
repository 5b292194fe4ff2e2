import type { FlowResult } from '../../../flow/values';
import { dimensionOf, isElementwise, isKeeping, isMixing, isNorm, isSoftmax, numberOf } from '../../operations';
import { faultyPlaces, makersOf, type RunVerdict } from '../../places';
import { isBatchOfVectors } from '../../rank';
import { adviceFrom, rangeAt } from '../../report';
import type { Messages, Rule } from '../../rule';
import { widthsOf } from '../../widths';

export const messages: Messages<'message' | 'logarithm' | 'hint' | 'related'> = {
  en: {
    message:
      'This softmax runs over a single score, and is always 1, whatever the model says. For yes or no use a sigmoid, or two outputs.',
    logarithm:
      'This log-softmax runs over a single score, and is always 0, whatever the model says. For yes or no use a sigmoid, or two outputs.',
    hint: 'softmax of a single score is always 1',
    related: 'The layer with a single output',
  },
  'zh-cn': {
    message: '该 softmax 只作用于一个分数，无论模型输出什么，结果恒为 1。二分类请用 sigmoid，或使用两个输出。',
    logarithm: '该 log-softmax 只作用于一个分数，无论模型输出什么，结果恒为 0。二分类请用 sigmoid，或使用两个输出。',
    hint: '单个分数的 softmax 恒为 1',
    related: '只有一个输出的层',
  },
};

/** Softmax along a dimension of size 1. */
export const softmaxOfOne: Rule = {
  code: 'softmax-of-one',
  severity: 'warning',
  about: {
    en: 'A softmax over a single score, which is always 1.',
    'zh-cn': 'softmax 只作用于一个分数，结果恒为 1。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, (op) => isSoftmax({ op }), judge);
    return found.flatMap(({ run, found: [layer] }) => {
      if (!layer) return [];
      return adviceFrom(context, this, messages, {
        at: rangeAt(run.at),
        message: run.op === 'log_softmax' ? 'logarithm' : 'message',
        related: [{ at: rangeAt(layer.at), message: 'related' }],
      });
    });
  },
};

function judge(run: FlowResult): RunVerdict<readonly FlowResult[]> {
  if (run.isMaybe) return 'fine';
  const isThrough = (each: FlowResult) => isKeeping(each) || isElementwise(each) || isNorm(each);
  const makers = makersOf(run.inputs[0], isOfOne, isThrough);
  if (!Array.isArray(makers)) return makers;
  const dim = run.op === 'softmax2d' ? 1 : dimensionNumber(run);
  const isConvolution = (each: FlowResult) => each.op !== 'linear';
  if (makers.every(isConvolution)) return dim === 1 ? makers : 'fine';
  if (makers.some(isConvolution)) return 'fine';
  // Over dimension 1 of three it chooses among rows.
  return dim === -1 || ((dim === 1 || dim === null) && isBatchOfVectors(run.inputs[0])) ? makers : 'fine';
}

/** Null where none is given: 1, of two dimensions. */
function dimensionNumber(run: FlowResult): number | null | undefined {
  const dim = dimensionOf(run);
  return dim === null ? null : numberOf(dim);
}

function isOfOne(result: FlowResult): boolean {
  return isMixing(result) && result.layer !== undefined && numberOf(widthsOf(result.layer).output?.value) === 1;
}
