import { isMoving, originsOf } from '../../../flow/trace';
import type { FlowResult, FlowValue } from '../../../flow/values';
import type { Advice } from '../../advice';
import { lossCalls } from '../../losses';
import { adviceFrom, rangeAt } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint'> = {
  en: {
    message:
      'The prediction that this loss gets has been made whole numbers by {0}: no gradient passes, and the model learns nothing. Pass the scores themselves.',
    hint: 'no gradient passes: pass the scores',
  },
  'zh-cn': {
    message: '该损失得到的预测已被 {0} 变成整数：梯度无法通过，模型学不到任何东西。请直接传入分数。',
    hint: '梯度无法通过：应传入分数',
  },
};

const steps = /^(argmax|argmin|one_hot|round|sign|floor|ceil|[<>]=?|[=!]=|gt|lt|ge|le|eq)$/;
const pairs = /^(max|min|topk|sort|kthvalue|median|mode)$/;

/** A prediction that has been made whole numbers before its loss. */
export const argmaxToCrossEntropy: Rule = {
  code: 'argmax-to-cross-entropy',
  severity: 'error',
  isAcrossFiles: true,
  about: {
    en: 'A loss of predicted classes (argmax, round, a threshold), through which no gradient passes.',
    'zh-cn': '对预测类别（argmax、round、阈值）计算损失，梯度无法通过。',
  },
  *check(context) {
    const found = new Map<string, Advice>();
    for (const { input } of lossCalls(
      context,
      'cross_entropy',
      'nll_loss',
      'binary_cross_entropy',
      'binary_cross_entropy_with_logits',
    )) {
      yield;
      const at = rangeAt(input.at);
      const names = originsOf(input.value, isTransparent).map(stepOf);
      const [first] = names;
      if (first === undefined || names.includes(undefined)) continue;
      found.set(`${at.line}:${at.column}`, adviceFrom(context, this, messages, { at, values: [first] }));
    }
    return [...found.values()];
  },
};

/** The second of a pair of values and places is no part of the numbers that go in. */
function isTransparent(result: FlowResult): boolean {
  return isMoving(result.op) && !isPlace(result);
}

function isPlace({ op, inputs, args }: FlowResult): boolean {
  const [whole] = inputs;
  const index = args[0]?.value;
  return (
    op === '[]' && whole?.kind === 'result' && pairs.test(whole.op) && index?.kind === 'constant' && index.value === 1
  );
}

function stepOf(value: FlowValue): string | undefined {
  if (value.kind === 'method')
    return value.name === 'indices' && value.receiver.kind === 'result' && pairs.test(value.receiver.op)
      ? `${value.receiver.op}().indices`
      : undefined;
  if (value.kind !== 'result') return undefined;
  if (isPlace(value) && value.inputs[0]?.kind === 'result') return `${value.inputs[0].op}()[1]`;
  return steps.test(value.op) ? value.op : undefined;
}
