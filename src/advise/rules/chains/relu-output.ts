import type { FlowResult, FlowValue } from '../../../flow/values';
import { findFed } from '../../fed';
import { isMoved } from '../../operations';
import { makersOf } from '../../places';
import { removalOf } from '../../removal';
import { wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';
import { isScoresRelu } from './relu-before-softmax';

const messages: Messages<'message' | 'binary' | 'centred' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'This ReLU makes every negative score 0 before a cross-entropy loss: classes that the layer rules out get no gradient, and the model may stop learning. Pass the scores as they are.',
    binary:
      'This ReLU makes every negative score 0 before a sigmoid: no probability falls below 0.5, so that nothing is ever said to be false.',
    centred: 'This ReLU ends a model whose targets have mean 0: half of them are negative, which it never gives.',
    hint: 'ReLU as the last layer before the loss',
    related: 'The loss that it feeds',
    fix: 'Remove the ReLU',
  },
  'zh-cn': {
    message: '该 ReLU 在交叉熵损失之前把所有负分数变为 0：被排除的类别没有梯度，模型可能停止学习。请直接传入分数。',
    binary: '该 ReLU 在 sigmoid 之前把所有负分数变为 0：概率不会低于 0.5，永远不会判为假。',
    centred: '模型以该 ReLU 结尾，而目标的均值为 0：约一半目标为负，ReLU 永远给不出。',
    hint: '损失之前的最后一层是 ReLU',
    related: '接收其输出的损失',
    fix: '去掉 ReLU',
  },
};

/** Scores that lose their negative half before a loss that wants it. */
export const reluOutput: Rule = {
  code: 'relu-output',
  severity: 'warning',
  about: {
    en: 'A ReLU as the last layer before a loss on scores, or before targets of mean 0.',
    'zh-cn': '在以分数为输入的损失之前，或目标均值为 0 时，最后一层是 ReLU。',
  },
  *check(context) {
    const fixesOf = (relu: FlowResult) => removalOf(relu, context, wordsOf(messages, context.language, 'fix'));
    const classes = yield* findFed(context, this, {
      losses: ['cross_entropy'],
      isWanted: isScoresRelu,
      messages,
      tell: (relu) => ({ fixes: fixesOf(relu) }),
    });
    const binary = yield* findFed(context, this, {
      losses: ['binary_cross_entropy_with_logits', 'binary_cross_entropy'],
      isWanted: isScoresRelu,
      isTransparent: (each) => isMoved(each) || each.op === 'sigmoid',
      messages,
      tell: (relu, { loss }) => {
        // Without a sigmoid another rule speaks of the loss.
        const hasSigmoid = loss.op !== 'binary_cross_entropy' || endsInSigmoid(loss.inputs[0]);
        return hasSigmoid ? { message: 'binary', fixes: fixesOf(relu) } : undefined;
      },
    });
    const centred = yield* findFed(context, this, {
      losses: ['mse_loss', 'l1_loss', 'smooth_l1_loss', 'huber_loss'],
      isWanted: isScoresRelu,
      messages,
      tell: (relu, { target }) =>
        target && isStandardised(target.value) ? { message: 'centred', fixes: fixesOf(relu) } : undefined,
    });
    return [...classes, ...binary, ...centred];
  },
};

function endsInSigmoid(value: FlowValue | undefined): boolean {
  return Array.isArray(makersOf(value, ({ op }) => op === 'sigmoid', isMoved));
}

const wrapping = /^(tensor|torch\.(Float)?Tensor|from_numpy|as_tensor|numpy\.array|astype)$/;

/** Targets with their mean taken away: `(y - y.mean()) / y.std()`, `StandardScaler().fit_transform(y)`. */
function isStandardised(target: FlowValue): boolean {
  const isThrough = (each: FlowResult) =>
    isMoved(each) || each.op === '/' || each.op === 'div' || wrapping.test(each.op);
  return Array.isArray(makersOf(target, isCentred, isThrough));
}

function isCentred({ op, inputs }: FlowResult): boolean {
  const [first, second] = inputs;
  if (op === 'fit_transform' || op === '.fit_transform')
    return first?.kind === 'result' && first.op.endsWith('.StandardScaler');
  return (op === '-' || op === 'sub') && second?.kind === 'result' && /^\.?(mean|numpy\.mean)$/.test(second.op);
}
