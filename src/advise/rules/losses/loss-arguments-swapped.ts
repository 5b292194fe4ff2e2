import { originsOf, sureOrigins } from '../../../flow/trace';
import type { FlowValue } from '../../../flow/values';
import type { Advice } from '../../advice';
import { isUnbounded, lossCalls } from '../../losses';
import { adviceFrom, rangeAt, textAround, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';
import { isGiven } from '../../tensors';
import { isComputed, namesOutput, namesTarget, wordOf } from '../../writtenNames';

const messages: Messages<'message' | 'hint' | 'fix'> = {
  en: {
    message:
      'The label stands where this loss wants the prediction, and the prediction where it wants the label: {0} and {1} are swapped.',
    hint: 'prediction first, then the label',
    fix: 'Swap the two arguments',
  },
  'zh-cn': {
    message: '该损失的预测位置上是标签，标签位置上是预测：{0} 与 {1} 写反了。',
    hint: '预测在前，标签在后',
    fix: '交换这两个参数',
  },
};

/** A loss that is given the label first. */
export const lossArgumentsSwapped: Rule = {
  code: 'loss-arguments-swapped',
  severity: 'error',
  isAcrossFiles: true,
  about: {
    en: 'A loss that gets the label where it wants the prediction, and the other way round.',
    'zh-cn': '损失的预测与标签两个参数写反了。',
  },
  *check(context) {
    const found = new Map<string, Advice>();
    for (const { loss, input, target } of lossCalls(
      context,
      'cross_entropy',
      'nll_loss',
      'binary_cross_entropy',
      'binary_cross_entropy_with_logits',
    )) {
      yield;
      const at = rangeAt(loss.at);
      if (!target || input.name || target.name || loss.args.filter(({ name }) => name === undefined).length > 2)
        continue;
      const [first, second] = [wordOf(input.at.expression), wordOf(target.at.expression)];
      const { texts, language } = context;
      const isConstant = sureOrigins(input.value, ({ op }) => filled.test(op)) !== undefined;
      if (!isConstant && (!namesTarget(first) || !isGiven(input.value))) continue;
      const isNamed = namesOutput(second) && !namesTarget(second) && isGiven(target.value);
      const isTold = isNamed && namesTarget(first) && !isComputed(first ?? '', textAround(loss, context));
      if (!isModelled(target.value) && !isTold) continue;
      const [one, other] = [rangeAt(input.at), rangeAt(target.at)];
      const edits = [
        { range: one, text: texts.at(other) },
        { range: other, text: texts.at(one) },
      ];
      found.set(
        `${at.line}:${at.column}`,
        adviceFrom(context, this, messages, {
          at,
          values: [texts.at(one), texts.at(other)],
          fixes: [{ title: wordsOf(messages, language, 'fix'), preferred: true, edits }],
        }),
      );
    }
    return [...found.values()];
  },
};

/** Tensors that hold what no model says: the labels of a GAN. */
const filled =
  /^(?:full|full_like|ones|ones_like|zeros|zeros_like|one_hot|eye|fill|\.fill|new_full|new_ones|new_zeros)$/;

const ends = /^(linear|logits|conv|softmax|log_softmax|sigmoid|tanh|relu)$/;

/** What a model's last layer or activation gives. */
function isModelled(value: FlowValue): boolean {
  return originsOf(value).every((each) => each.kind === 'result' && (ends.test(each.op) || isUnbounded(each)));
}
