import type { FlowResult } from '../../../flow/values';
import { dimensionOf, isKeeping, isSoftmaxOperation, numberOf } from '../../operations';
import { faultyPlaces, makersOf, type RunVerdict } from '../../places';
import { isBatchOfVectors } from '../../rank';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { isWeight } from '../../uses';
import { widthsOf } from '../../widths';
import { dimensionEdit } from './dimension';
import { weighs } from './meant';

export const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'dim=0 is the batch here: the samples of a batch compete with each other, and the scores of one do not sum to 1. Use dim=1.',
    hint: 'softmax over the batch: dim=1',
    related: 'The layer whose scores these are',
    fix: 'Use dim=1',
  },
  'zh-cn': {
    message: '此处 dim=0 是批次维：同一批次的样本相互竞争，而单个样本的分数之和不为 1。请用 dim=1。',
    hint: 'softmax 作用于批次维：应为 dim=1',
    related: '给出分数的层',
    fix: '改为 dim=1',
  },
};

/** Softmax along the samples of a batch. */
export const softmaxOverBatch: Rule = {
  code: 'softmax-over-batch',
  severity: 'warning',
  about: {
    en: 'A softmax along dimension 0 of a batch, which makes its samples compete.',
    'zh-cn': 'softmax 作用于批次的第 0 维，使样本之间相互竞争。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isSoftmaxOperation, (run) => judge(context, run));
    return found.flatMap(({ run, found: [layer] }) => {
      if (!layer) return [];
      const place = run.layer?.at.file === context.text.file ? run.layer.at : run.at;
      const edit = dimensionEdit(context, place, run.layer ? 0 : 1, 'dim=1');
      const title = wordsOf(messages, context.language, 'fix');
      return adviceFrom(context, this, messages, {
        at: rangeAt(place),
        related: [{ at: rangeAt(layer.at), message: 'related' }],
        fixes: edit ? [{ title, preferred: true, edits: [edit] }] : [],
      });
    });
  },
};

function judge(context: RuleContext, run: FlowResult): RunVerdict<readonly FlowResult[]> {
  const dim = dimensionOf(run);
  if (dim === null || numberOf(dim) !== 0) return undefined;
  if (run.isMaybe || isWeight(run, context.flow) || weighs(context, run)) return 'fine';
  const makers = makersOf(run.inputs[0], ({ op, layer }) => op === 'linear' && layer !== undefined, isKeeping);
  if (!Array.isArray(makers)) return makers;
  // A single score for each row is a choice among rows.
  const isOne = makers.some(({ layer }) => layer && numberOf(widthsOf(layer).output?.value) === 1);
  return !isOne && isBatchOfVectors(run.inputs[0]) ? makers : 'fine';
}
