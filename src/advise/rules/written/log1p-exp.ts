import type { FlowResult, FlowValue } from '../../../flow/values';
import type { Climb } from '../../../syntax/ancestors';
import type { Advice } from '../../advice';
import { nodeOfPlace } from '../../codeNodes';
import { moduleAt } from '../../imports';
import { isLogarithm, isMoved, numberOf } from '../../operations';
import { faultyPlaces, makersOf, type RunVerdict } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { ResultUses } from '../../uses';
import { deliberateFormulas } from './deliberate';
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
    const deliberate = deliberateFormulas(context, 'softplus');
    const found = yield* faultyPlaces(context, isLogarithm, (run) => judge(context, run, deliberate));
    return found.flatMap(({ run, found: [exp] }): Advice[] => {
      if (!exp) return [];
      return [adviceFrom(context, this, messages, { at: rangeAt(run.at), fixes: fixesOf(context, run, exp) })];
    });
  },
};

function judge(context: RuleContext, run: FlowResult, deliberate: Climb<boolean>): RunVerdict<readonly FlowResult[]> {
  if (run.isMaybe || isGuarded(ResultUses.of(context.flow), run, 0)) return 'fine';
  const exp = run.op === 'log1p' ? run.inputs[0] : termBesideOne(run.inputs[0]);
  if (!exp) return undefined;
  const found = makersOf(
    exp,
    (each) => each.op === 'exp' && !isNeverPositive(each.inputs[0]),
    () => false,
  );
  const node = Array.isArray(found) ? nodeOfPlace(context, run.at) : undefined;
  return node && deliberate.from(node) ? 'fine' : found;
}

const scaling = /^([*/]|mul|multiply|div|divide|true_divide)$/;

/** `where(b * x > 20, x, log(1 + exp(b * x)) / b)` minds the overflow itself. */
function isGuarded(uses: ResultUses, run: FlowResult, depth: number): boolean {
  return uses
    .takersThrough(run)
    .some((each) => each.op === 'where' || (depth < 2 && scaling.test(each.op) && isGuarded(uses, each, depth + 1)));
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
