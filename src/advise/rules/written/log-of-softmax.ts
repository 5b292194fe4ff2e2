import type { FlowResult } from '../../../flow/values';
import type { Advice, Fix } from '../../advice';
import { nodeOfPlace } from '../../codeNodes';
import { moduleAt } from '../../imports';
import { dimensionOf, isMoved } from '../../operations';
import { faultyPlaces, makersOf } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { functionInstead } from './instead';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'The logarithm of a softmax is -inf where a probability underflows to 0 (from a score about 104 below the largest, in float32), and its gradient NaN. log_softmax computes both at once, and safely.',
    hint: 'log of softmax: log_softmax',
    related: 'The softmax',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message:
      '对 softmax 取对数：概率下溢为 0 时（float32 中分数比最大值低约 104）结果为 -inf，梯度为 NaN。log_softmax 一步完成，数值安全。',
    hint: 'softmax 的对数：请用 log_softmax',
    related: '该 softmax',
    fix: '改用 {0}',
  },
};

/** `log(softmax(x))`, nested or by a variable. */
export const logOfSoftmax: Rule = {
  code: 'log-of-softmax',
  severity: 'warning',
  about: {
    en: 'The logarithm of a softmax, which log_softmax computes safely.',
    'zh-cn': '对 softmax 取对数；log_softmax 的计算是数值安全的。',
  },
  *check(context) {
    const found = yield* faultyPlaces(
      context,
      (op) => op === 'log',
      (run) => {
        if (run.isMaybe) return 'fine';
        return makersOf(run.inputs[0], ({ op }) => op === 'softmax' || op === 'softmax2d', isMoved);
      },
    );
    return found.flatMap(({ run, found: [softmax] }): Advice[] => {
      if (!softmax) return [];
      return [
        adviceFrom(context, this, messages, {
          at: rangeAt(run.at),
          related: [{ at: rangeAt(softmax.at), message: 'related' }],
          fixes: fixesOf(context, run, softmax),
        }),
      ];
    });
  },
};

/** Only where the softmax stands inside of the logarithm: elsewhere its probabilities may be wanted too. */
function fixesOf(context: RuleContext, log: FlowResult, softmax: FlowResult): readonly Fix[] {
  const isDirect = log.inputs[0] === softmax;
  const call = nodeOfPlace(context, log.at);
  if (!isDirect || !call || softmax.op !== 'softmax') return [];
  const dim = dimensionOf(softmax);
  const at = dim && argumentText(context, softmax);
  if (dim !== null && at === undefined) return [];
  const { prefix, edits } = moduleAt('torch.nn.functional', call, context.names, context.text.file);
  const written = functionInstead(context, log, softmax, `${prefix}.log_softmax`, at ? [`dim=${at}`] : []);
  return written
    ? [
        {
          title: wordsOf(messages, context.language, 'fix', [`${prefix}.log_softmax`]),
          preferred: true,
          edits: [{ range: rangeAt(log.at), text: written }, ...edits],
        },
      ]
    : [];
}

/** The dimension as it is written where the softmax is called or built. */
function argumentText({ texts, text }: RuleContext, { layer, args, form }: FlowResult): string | undefined {
  const list = layer ? layer.args : args;
  const position = layer || form === 'method' ? 0 : 1;
  const found =
    list.find(({ name }) => name === 'dim' || name === 'axis') ??
    list.filter(({ name }) => name === undefined)[position];
  return found && found.at.file === text.file ? texts.at(rangeAt(found.at)) : undefined;
}
