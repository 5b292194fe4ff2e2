import { originsOf } from '../../../flow/trace';
import { constantOf, type FlowResult, type FlowValue, unknown } from '../../../flow/values';
import { isListed, reluBehind } from '../../insertion';
import { isKeeping, numberOf, optionOf } from '../../operations';
import { faultyPlaces, makersOf, type RunVerdict } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';
import { ResultUses } from '../../uses';
import { isAtLeast, widthsOf } from '../../widths';
import { isMeantApart, isNamed } from './meant';

export const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'Nothing non-linear stands between this convolution and the one before it: together they are a single convolution with a kernel of {0}.',
    hint: 'two convolutions, no activation between',
    related: 'The convolution before it',
    fix: 'Put {0} between them',
  },
  'zh-cn': {
    message: '此卷积与前一个卷积之间没有非线性：两者合起来只是一个核大小为 {0} 的卷积。',
    hint: '两个卷积之间没有激活函数',
    related: '前一个卷积',
    fix: '在两者之间加入 {0}',
  },
};

/** Conv → Conv with nothing or a batch norm between, where both look like plain ones. */
export const noNonlinearityConv: Rule = {
  code: 'no-nonlinearity-conv',
  severity: 'information',
  about: {
    en: 'Two plain convolutions with no activation between them, which are a single one.',
    'zh-cn': '两个普通卷积之间没有激活函数，合起来只是一个卷积。',
  },
  *check(context) {
    const found = yield* faultyPlaces(
      context,
      (op) => op === 'conv',
      (run) => judge(context, run),
    );
    return found.flatMap(({ run, found: [first] }) => {
      if (!first) return [];
      const [a, b] = [kernelOf(first), kernelOf(run)];
      const stride = first.layer ? (numberOf(argument(first, 3, 'stride')) ?? 1) : 1;
      const size = a && b ? a + (b - 1) * stride : undefined;
      const { expression } = run.at;
      return adviceFrom(context, this, messages, {
        at: rangeAt(expression?.kind === 'call' ? { ...run.at, span: expression.callee.span } : run.at),
        values: [String(size)],
        related: [{ at: rangeAt(first.at), message: 'related' }],
        fixes: reluBehind(first, context, wordsOf(messages, context.language, 'fix')),
      });
    });
  },
};

/** Names of layers that only change a size. */
export const resampling =
  /sample|stem|patch|down|\bup|_up|resize|shrink|expand|reduc|quant|smooth|blur|lateral|fpn|residual|skip|shortcut/i;

const isStillLinear = (each: FlowResult) => isKeeping(each) || each.op === 'batch_norm';

function judge(context: RuleContext, second: FlowResult): RunVerdict<readonly FlowResult[]> {
  if (second.layer === undefined) return undefined;
  if (second.isMaybe || !isPlain(second)) return 'fine';
  const uses = ResultUses.of(context.flow);
  const makers = makersOf(second.inputs[0], (first) => first.op === 'conv' && isPlain(first), isStillLinear);
  if (!Array.isArray(makers)) return isBehindPool(second) ? undefined : makers;
  const isMistake = makers.every((first: FlowResult) => isPair(context, uses, first, second));
  return isMistake ? makers : 'fine';
}

/** That a pool stands between two of a loop's convolutions says nothing of the others. */
function isBehindPool(second: FlowResult): boolean {
  const isThrough = (each: FlowResult) => isStillLinear(each) || /_pool$/.test(each.op);
  return originsOf(second.inputs[0] ?? unknown, isThrough).every(
    (each) => each.kind === 'parameter' || (each.kind === 'result' && each.op === 'conv'),
  );
}

function isPair(context: RuleContext, uses: ResultUses, first: FlowResult, second: FlowResult): boolean {
  const [a, b] = [first.layer, second.layer];
  if (!a || !b || a.id === b.id || uses.isShared(a) || uses.isShared(b)) return false;
  if (isListed(first) !== isListed(second) || first.trail.at(-1)?.code !== second.trail.at(-1)?.code) return false;
  if (pathFrom(second, first).some((each) => uses.count(each) !== 1)) return false;
  const [{ input, output: middle }, { output }] = [widthsOf(a), widthsOf(b)];
  const isStrided = (each: FlowResult) => numberOf(argument(each, 3, 'stride') ?? constantOf(1)) !== 1;
  if (
    (isStrided(first) && isStrided(second)) ||
    [first, second].some((each) => isNamed(context, innermost(each), resampling))
  )
    return false;
  // Narrower than both ends it is a low rank; as the last one, with few channels, a head.
  const isWide = middle && [input, output].some((end) => end && isAtLeast(middle, end));
  return isWide === true && !isMeantApart(context, first, second);
}

/** A square kernel larger than 1, of all channels. */
function isPlain(result: FlowResult): boolean {
  const kernel = kernelOf(result);
  const groups = argument(result, 6, 'groups');
  const dilation = argument(result, 5, 'dilation');
  const isOne = (value: FlowValue | undefined) => value === undefined || numberOf(value) === 1;
  return kernel !== undefined && kernel > 1 && kernel % 2 === 1 && isOne(groups) && isOne(dilation);
}

function kernelOf(result: FlowResult): number | undefined {
  return numberOf(argument(result, 2, 'kernel_size'));
}

/** Run by the class that holds it; what holds that may be called a block on the way down or up. */
const innermost = (result: FlowResult): FlowResult => ({ ...result, trail: result.trail.slice(-1) });

function argument(result: FlowResult, position: number, name: string): FlowValue | undefined {
  return optionOf(result, position, name);
}

function pathFrom(second: FlowResult, first: FlowResult): readonly FlowResult[] {
  const found: FlowResult[] = [];
  let at = second.inputs[0];
  while (at?.kind === 'result' && found.length < 32) {
    found.push(at);
    if (at === first) break;
    at = at.inputs[0];
  }
  return found;
}
