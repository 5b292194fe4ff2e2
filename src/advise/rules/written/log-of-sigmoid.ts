import type { FlowResult, FlowValue } from '../../../flow/values';
import type { Advice, Fix } from '../../advice';
import { nodeOfPlace } from '../../codeNodes';
import { moduleAt } from '../../imports';
import { isLogarithm, isMoved, numberOf } from '../../operations';
import { faultyPlaces, makersOf } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { functionInstead } from './instead';

const messages: Messages<'message' | 'other' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'The logarithm of a sigmoid is -inf below about -89 in float32, where the sigmoid becomes 0. logsigmoid computes both at once, and safely.',
    other:
      'log(1 - sigmoid(x)) is -inf from about 17 on in float32, where the sigmoid rounds to 1. It is logsigmoid(-x), which stays exact.',
    hint: 'log of sigmoid: logsigmoid',
    related: 'The sigmoid',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message:
      '对 sigmoid 取对数：float32 中输入低于约 -89 时 sigmoid 变为 0，结果为 -inf。logsigmoid 一步完成，数值安全。',
    other:
      'log(1 - sigmoid(x))：float32 中输入高于约 17 时 sigmoid 舍入为 1，结果为 -inf。它等于 logsigmoid(-x)，后者保持精确。',
    hint: 'sigmoid 的对数：请用 logsigmoid',
    related: '该 sigmoid',
    fix: '改用 {0}',
  },
};

/** `log(sigmoid(x))` and `log(1 - sigmoid(x))`. */
export const logOfSigmoid: Rule = {
  code: 'log-of-sigmoid',
  severity: 'information',
  about: {
    en: 'The logarithm of a sigmoid, or of 1 minus a sigmoid, which logsigmoid computes safely.',
    'zh-cn': '对 sigmoid 或 1 减 sigmoid 取对数；logsigmoid 的计算是数值安全的。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isLogarithm, (run) => {
      if (run.isMaybe) return 'fine';
      const value = run.op === 'log1p' ? oppositeOf(run.inputs[0]) : run.inputs[0];
      const rest = run.op === 'log' ? restOfOne(value) : undefined;
      const makers = makersOf(value && (rest ?? value), ({ op }) => op === 'sigmoid', isMoved);
      return run.op === 'log1p' && !value ? undefined : makers;
    });
    return found.flatMap(({ run, found: [sigmoid] }): Advice[] => {
      if (!sigmoid) return [];
      const isOther = run.op === 'log1p' || restOfOne(run.inputs[0]) !== undefined;
      return [
        adviceFrom(context, this, messages, {
          at: rangeAt(run.at),
          message: isOther ? 'other' : 'message',
          related: [{ at: rangeAt(sigmoid.at), message: 'related' }],
          fixes: fixesOf(context, run, sigmoid, isOther),
        }),
      ];
    });
  },
};

/** What is taken from 1: `p` of `1 - p`. */
function restOfOne(value: FlowValue | undefined): FlowValue | undefined {
  if (value?.kind !== 'result' || value.op !== '-' || value.inputs.length !== 2) return undefined;
  return numberOf(value.inputs[0]) === 1 ? value.inputs[1] : undefined;
}

function oppositeOf(value: FlowValue | undefined): FlowValue | undefined {
  return value?.kind === 'result' && value.op === 'unary -' ? value.inputs[0] : undefined;
}

function fixesOf(context: RuleContext, log: FlowResult, sigmoid: FlowResult, isOther: boolean): readonly Fix[] {
  const [argument] = log.inputs;
  const isDirect = isOther ? (restOfOne(argument) ?? oppositeOf(argument)) === sigmoid : argument === sigmoid;
  const call = nodeOfPlace(context, log.at);
  if (!isDirect || !call) return [];
  const { prefix, edits } = moduleAt('torch.nn.functional', call, context.names, context.text.file);
  const callee = `${prefix}.logsigmoid`;
  const plain = functionInstead(context, log, sigmoid, callee, []);
  const inner = plain?.slice(callee.length + 1, -1);
  if (plain === undefined || inner === undefined) return [];
  const text = isOther ? `${callee}(-${/^[\w.]+(\([^()]*\))?$/.test(inner) ? inner : `(${inner})`})` : plain;
  const title = wordsOf(messages, context.language, 'fix', [callee]);
  return [{ title, preferred: true, edits: [{ range: rangeAt(log.at), text }, ...edits] }];
}
