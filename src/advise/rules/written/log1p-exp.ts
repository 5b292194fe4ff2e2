import type { FlowResult, FlowValue } from '../../../flow/values';
import type { Advice } from '../../advice';
import { nodeOfPlace } from '../../codeNodes';
import { moduleAt } from '../../imports';
import { isLogarithm, isMoved, numberOf } from '../../operations';
import { faultyPlaces, makersOf, type RunVerdict } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { ResultUses } from '../../uses';
import { functionInstead } from './instead';

const messages: Messages<'message' | 'hint' | 'fix'> = {
  en: {
    message: 'log(1 + exp(x)) is softplus written out: exp overflows from about 89 on in float32, F.softplus does not.',
    hint: 'softplus, written out: F.softplus',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: 'log(1 + exp(x)) 是手写的 softplus：float32 中 exp 从约 89 起溢出，F.softplus 则不会。',
    hint: '手写的 softplus：可用 F.softplus',
    fix: '改用 {0}',
  },
};

/** `log(1 + exp(x))`, `log1p(exp(x))`. */
export const log1pExp: Rule = {
  code: 'log1p-exp',
  severity: 'information',
  about: {
    en: '`log(1 + exp(x))` written out, which is softplus.',
    'zh-cn': '手写的 `log(1 + exp(x))`，即 softplus。',
  },
  *check(context) {
    const found = yield* faultyPlaces(context, isLogarithm, (run) => judge(context, run));
    return found.flatMap(({ run, found: [exp] }): Advice[] => {
      if (!exp) return [];
      return [adviceFrom(context, this, messages, { at: rangeAt(run.at), fixes: fixesOf(context, run, exp) })];
    });
  },
};

function judge(context: RuleContext, run: FlowResult): RunVerdict<readonly FlowResult[]> {
  // `where(x > 20, x, log(1 + exp(x)))` minds the overflow itself.
  const isGuarded = ResultUses.of(context.flow)
    .takersThrough(run)
    .some(({ op }) => op === 'where');
  if (run.isMaybe || isGuarded) return 'fine';
  const exp = run.op === 'log1p' ? run.inputs[0] : termBesideOne(run.inputs[0]);
  return exp
    ? makersOf(
        exp,
        (each) => each.op === 'exp' && !isNeverPositive(each.inputs[0]),
        () => false,
      )
    : undefined;
}

/** `y` of `1 + y` and `y + 1`. */
function termBesideOne(value: FlowValue | undefined): FlowValue | undefined {
  if (value?.kind !== 'result' || value.op !== '+') return undefined;
  const [left, right] = value.inputs;
  if (numberOf(left) === 1) return right;
  return numberOf(right) === 1 ? left : undefined;
}

/** `exp(-abs(x))` never overflows: the stable form that losses are written in. */
function isNeverPositive(value: FlowValue | undefined): boolean {
  if (value?.kind !== 'result' || (value.op !== 'unary -' && value.op !== 'neg')) return false;
  return Array.isArray(makersOf(value.inputs[0], ({ op }) => /^(abs|relu|square|norm)$/.test(op), isMoved));
}

function fixesOf(context: RuleContext, log: FlowResult, exp: FlowResult) {
  const call = nodeOfPlace(context, log.at);
  if (!call) return [];
  const { prefix, edits } = moduleAt('torch.nn.functional', call, context.names, context.text.file);
  const callee = `${prefix}.softplus`;
  const text = functionInstead(context, log, exp, callee, []);
  if (text === undefined) return [];
  const title = wordsOf(messages, context.language, 'fix', [callee]);
  return [{ title, preferred: true, edits: [{ range: rangeAt(log.at), text }, ...edits] }];
}
