import type { FlowResult } from '../../../flow/values';
import { isListed, reluInstead } from '../../insertion';
import { isKeeping, isMixing, isMixingOperation, isNorm } from '../../operations';
import { faultyPlaces, makersOf } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { ResultUses } from '../../uses';
import { containerOf, weighs } from './meant';

export const messages: Messages<'message' | 'logarithm' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'Softmax as a hidden activation: its outputs sum to 1, so that the units of the {0} layer compete, and for most inputs few of them pass a gradient. Use ReLU or GELU here.',
    logarithm:
      'Log-softmax as a hidden activation: its outputs are never positive and their exponentials sum to 1, so that the units of the {0} layer compete. Use ReLU or GELU here.',
    hint: 'softmax as a hidden activation',
    related: 'The layer that its output goes into',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message:
      '隐藏层使用了 softmax：输出之和恒为 1，{0} 层的各单元相互竞争，多数输入下只有少数单元能传递梯度。此处请用 ReLU 或 GELU。',
    logarithm:
      '隐藏层使用了 log-softmax：输出恒不为正，其指数之和恒为 1，{0} 层的各单元相互竞争。此处请用 ReLU 或 GELU。',
    hint: '隐藏层使用了 softmax',
    related: '接收其输出的层',
    fix: '改用 {0}',
  },
};

/** Which message tells what this kind of softmax gives. */
export function wordFor(softmax: string): 'message' | 'logarithm' {
  return softmax === 'log_softmax' ? 'logarithm' : 'message';
}

/** Softmax between two layers of a model. */
export const hiddenSoftmax: Rule = {
  code: 'hidden-softmax',
  severity: 'warning',
  about: {
    en: 'A softmax between two layers of a model, as their activation.',
    'zh-cn': '模型两层之间以 softmax 作为激活函数。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isMixingOperation, (run) => {
      if (!isMixing(run)) return undefined;
      const makers = makersOf(run.inputs[0], (each) => isHidden(context, each, run), isKeeping);
      // What else feeds this layer is no matter of the softmax.
      return makers === 'fine' ? undefined : makers;
    });
    return found.flatMap(({ run, found: [softmax] }) => {
      const layer = softmax && makersOf(softmax.inputs[0], isMixing, (each) => isKeeping(each) || isNorm(each));
      if (!softmax || softmax.at.file !== context.text.file || !Array.isArray(layer)) return [];
      return adviceFrom(context, this, messages, {
        at: rangeAt(softmax.at),
        message: wordFor(softmax.op),
        values: [String(layer[0]?.op ?? '')],
        related: [{ at: rangeAt(run.at), message: 'related' }],
        fixes: reluInstead(softmax, context, wordsOf(messages, context.language, 'fix')),
      });
    });
  },
};

function isHidden(context: RuleContext, softmax: FlowResult, next: FlowResult): boolean {
  if (softmax.op !== 'softmax' && softmax.op !== 'log_softmax') return false;
  const before = makersOf(softmax.inputs[0], isMixing, (each) => isKeeping(each) || isNorm(each));
  if (!Array.isArray(before) || ResultUses.of(context.flow).count(softmax) !== 1) return false;
  // A table of embeddings by probabilities has no bias.
  const isTable = next.layer?.args.some(
    ({ name, value }) => name === 'bias' && !(value.kind === 'constant' && value.value === true),
  );
  // What is added to the way around it is a condition of its own: a model's first guess that is fed back.
  const isFedBack = ResultUses.of(context.flow)
    .takersThrough(next)
    .some(({ op }) => op === '+' || op === 'add');
  return (
    !isTable && !isFedBack && isOneModel(context, softmax, next) && !weighs(context, softmax) && !weighs(context, next)
  );
}

/** Whether both stand in one list of layers, or run in one method: a model's output may go into another model. */
function isOneModel(context: RuleContext, first: FlowResult, second: FlowResult): boolean {
  if (isListed(first) !== isListed(second)) return false;
  if (isListed(first)) return containerOf(context, first.at) === containerOf(context, second.at);
  const [a, b] = [first.trail.at(-1), second.trail.at(-1)];
  return a !== undefined && a.code === b?.code && a.receiver === b.receiver;
}
