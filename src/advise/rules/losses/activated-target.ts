import { originsOf, sureOrigins } from '../../../flow/trace';
import { type FlowResult, type FlowValue, unknown } from '../../../flow/values';
import type { Advice } from '../../advice';
import { lossCalls } from '../../losses';
import { removalOf } from '../../removal';
import { adviceFrom, rangeAt, textAround, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';
import { isGiven } from '../../tensors';
import { isComputed, namesTarget, wordOf } from '../../writtenNames';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'The target of a loss goes through {0} here: what the model should say is no longer what the data says. Pass the target as it is.',
    hint: 'the target needs no activation',
    related: 'The loss that takes the target as it is',
    fix: 'Remove the activation',
  },
  'zh-cn': {
    message: '这里损失的目标经过了 {0}：模型应学到的不再是数据本身。请直接传入目标。',
    hint: '目标不需要激活函数',
    related: '直接接收目标的损失',
    fix: '去掉激活函数',
  },
};

/** An activation around the label. */
export const activatedTarget: Rule = {
  code: 'activated-target',
  severity: 'warning',
  isAcrossFiles: true,
  about: {
    en: 'A sigmoid, softmax or another activation around the target of a loss.',
    'zh-cn': '损失的目标外套了 sigmoid、softmax 或其他激活函数。',
  },
  *check(context) {
    const found = new Map<string, Advice>();
    for (const { loss, input, target } of lossCalls(context, ...losses)) {
      yield;
      // A function that gets both sides may compare two models.
      if (originsOf(input.value).some(({ kind }) => kind === 'parameter') || activates(input.value)) continue;
      for (const each of (target &&
        sureOrigins(target.value, (each) => isAroundLabel(each, textAround(each, context)))) ??
        []) {
        const at = rangeAt(each.at);
        found.set(
          `${at.line}:${at.column}`,
          adviceFrom(context, this, messages, {
            at,
            values: [each.op],
            related: [{ at: rangeAt(loss.at), message: 'related' }],
            fixes: removalOf(each, context, wordsOf(messages, context.language, 'fix')),
          }),
        );
      }
    }
    return [...found.values()];
  },
};

const losses = [
  'cross_entropy',
  'nll_loss',
  'binary_cross_entropy',
  'binary_cross_entropy_with_logits',
  'mse_loss',
  'l1_loss',
  'smooth_l1_loss',
  'huber_loss',
];
const activations = /^(?:sigmoid|softmax|log_softmax|logsigmoid)$/;

/** Whether a prediction is itself an activation of what a function gets: both sides are made alike then. */
function activates(value: FlowValue): boolean {
  return originsOf(value).some(
    (each) =>
      each.kind === 'result' &&
      activations.test(each.op) &&
      originsOf(each.inputs[0] ?? unknown).some(({ kind }) => kind === 'parameter'),
  );
}

/** An activation of what comes from outside and is called a label; a teacher's output is none. */
function isAroundLabel({ op, args, at, form, inputs }: FlowResult, text: string): boolean {
  if (!activations.test(op)) return false;
  const expression = at.expression;
  const inner =
    form === 'method' && expression?.kind === 'call' && expression.callee.kind === 'attribute'
      ? expression.callee.object
      : args[0]?.at.expression;
  if (sureOrigins(inputs[0] ?? unknown, (each) => each.op === 'one_hot')) return true;
  const word = wordOf(inner);
  return isGiven(inputs[0] ?? unknown) && namesTarget(word) && !isComputed(word ?? '', text);
}
