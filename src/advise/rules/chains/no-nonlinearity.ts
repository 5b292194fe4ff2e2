import { originsOf } from '../../../flow/trace';
import { type FlowResult, type FlowValue, possibilities } from '../../../flow/values';
import type { Advice } from '../../advice';
import { statementAround } from '../../codeNodes';
import { reluBehind } from '../../insertion';
import { isElementwise, isKeeping, isNorm, numberOf } from '../../operations';
import { placeKey } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';
import { ResultUses } from '../../uses';
import { isAtLeast, widthsOf } from '../../widths';
import { isMeantApart } from './meant';

export const messages: Messages<'message' | 'behind' | 'weights' | 'hint' | 'related' | 'next' | 'fix'> = {
  en: {
    message:
      'Nothing non-linear stands between this linear layer and the one before it: together they are a single linear map.',
    behind:
      'Nothing non-linear stands between this linear layer and the one behind it: together they are a single linear map.',
    weights: ' Its {0} weights would do what these {1} do.',
    hint: 'two linear layers, no activation between',
    related: 'The linear layer before it',
    next: 'The linear layer behind it',
    fix: 'Put {0} between them',
  },
  'zh-cn': {
    message: '此线性层与前一个线性层之间没有非线性：两层合起来只是一个线性映射。',
    behind: '此线性层与后一个线性层之间没有非线性：两层合起来只是一个线性映射。',
    weights: '用它的 {0} 个权重即可完成现在 {1} 个权重所做的事。',
    hint: '两个线性层之间没有激活函数',
    related: '前一个线性层',
    next: '后一个线性层',
    fix: '在两层之间加入 {0}',
  },
};

/** Linear → Linear with nothing between, wherever the two are built and run. */
export const noNonlinearity: Rule = {
  code: 'no-nonlinearity',
  severity: 'warning',
  about: {
    en: 'Two linear layers with no activation between them, which are a single linear map.',
    'zh-cn': '两个线性层之间没有激活函数，合起来只是一个线性映射。',
  },
  *check(context) {
    const found: Advice[] = [];
    const acting = activeScopes(context);
    const apart = new Set<string>();
    const pairs = new Map<string, readonly [FlowResult, FlowResult]>();
    for (const second of operationsOf(context.flow, (op) => op === 'linear')) {
      yield;
      if (!isLinear(second)) continue;
      const firsts = linearBefore(second);
      if (!firsts) for (const each of whatIsBefore(second)) apart.add(each);
      for (const first of firsts ?? [])
        if (isMistake(context, first, second, acting))
          pairs.set(`${placeKey(first.at)} ${placeKey(second.at)}`, [first, second]);
    }
    const told = new Set<string>();
    for (const [key, [first, second]] of pairs) {
      const place = placeKey(second.at);
      if (apart.has(key) || apart.has(`any ${place}`) || told.has(place)) continue;
      told.add(place);
      const advice = tell(context, first, second);
      if (advice) found.push(advice);
    }
    return found;
  },
};

function tell(context: RuleContext, first: FlowResult, second: FlowResult): Advice | undefined {
  const { file } = context.text;
  const [before, behind] = [calleeRange(first), calleeRange(second)];
  if (behind.file !== file && before.file !== file) return undefined;
  const isHere = behind.file === file;
  // Where one place is both, a ReLU behind it would follow the last layer too.
  const isLoop = placeKey(first.at) === placeKey(second.at);
  const counts = weightsOf(first, second);
  const advice = adviceFrom(context, noNonlinearity, messages, {
    at: isHere ? behind : before,
    message: isHere ? 'message' : 'behind',
    related: [{ at: isHere ? rangeAt(first.at) : rangeAt(second.at), message: isHere ? 'related' : 'next' }],
    fixes: isLoop ? [] : reluBehind(first, context, wordsOf(messages, context.language, 'fix')),
  });
  return counts
    ? { ...advice, message: advice.message + wordsOf(messages, context.language, 'weights', counts) }
    : advice;
}

/** How many weights the single map has, and how many both layers, where the code tells and both have more. */
function weightsOf(first: FlowResult, second: FlowResult): readonly [number, number] | undefined {
  if (!first.layer || !second.layer) return undefined;
  const { input, output } = widthsOf(first.layer);
  const ends = [input, output, widthsOf(second.layer).output].map((each) => each && numberOf(each.value));
  const [from, between, to] = ends;
  if (from === undefined || between === undefined || to === undefined) return undefined;
  const [one, both] = [from * to, from * between + between * to];
  return one < both ? [one, both] : undefined;
}

/** The name that is called or built. */
function calleeRange({ at }: FlowResult) {
  const { expression } = at;
  return rangeAt(expression?.kind === 'call' ? { ...at, span: expression.callee.span } : at);
}

function isLinear({ op, layer, isMaybe }: FlowResult): boolean {
  return op === 'linear' && layer !== undefined && !isMaybe;
}

/** Still linear, in training too: dropout scales by a random diagonal matrix, batch norm by what it has measured. */
function isStillLinear(result: FlowResult): boolean {
  return isKeeping(result) || /^(un)?squeeze$/.test(result.op) || result.op === 'batch_norm' || isViewAsIs(result);
}

/** `x.view(-1, 128)` of 128 features. */
function isViewAsIs({ op, inputs, args }: FlowResult): boolean {
  if (op !== 'view' && op !== 'reshape') return false;
  const width = numberOf(args.at(-1)?.value);
  const [source] = inputs;
  if (width === undefined || !source) return false;
  return possibilities(source).every(
    (each) => each.kind === 'result' && each.layer && numberOf(widthsOf(each.layer).output?.value) === width,
  );
}

/** The linear layers whose output surely goes into another. */
function linearBefore(second: FlowResult): readonly FlowResult[] | undefined {
  const origins = originsOf(second.inputs[0] ?? { kind: 'unknown' }, isStillLinear);
  const results = origins.filter((each) => each.kind === 'result');
  return results.length === origins.length && results.every(isLinear) ? results : undefined;
}

/** Pairs of places that another run holds apart by something; every pair of the place, where that is not known. */
function whatIsBefore(second: FlowResult): readonly string[] {
  const place = placeKey(second.at);
  const found: string[] = [];
  const open: FlowValue[] = second.inputs.slice(0, 1);
  const isAlone = second.trail.length === 1 && second.trail[0]?.receiver?.isAny === true;
  for (let steps = 0; open.length > 0 && steps < 64; steps++) {
    const next = open.pop() as FlowValue;
    if (next.kind === 'choice') for (const each of next.of) open.push(each);
    else if (next.kind === 'unknown' && isAlone) found.push(`any ${place}`);
    else if (next.kind === 'result') {
      if (isLinear(next)) found.push(`${placeKey(next.at)} ${place}`);
      else for (const each of next.inputs) open.push(each);
    }
  }
  return found;
}

function isMistake(context: RuleContext, first: FlowResult, second: FlowResult, acting: ReadonlySet<number>): boolean {
  const [a, b] = [first.layer, second.layer];
  if (!a || !b || a.id === b.id || isFactor(first, second)) return false;
  const uses = ResultUses.of(context.flow);
  if (uses.isShared(a) || uses.isShared(b)) return false;
  const path = pathBetween(first, second);
  if (path.some((each) => uses.count(each) !== 1)) return false;
  if (path.some(({ op }) => op === 'batch_norm')) {
    // Linear once it is trained, and used like that on purpose; not so where the same model puts activations elsewhere.
    const scope = scopeOf(context, first);
    if (scope === undefined || !acting.has(scope)) return false;
  }
  return !isMeantApart(context, first, second);
}

/** The operations from one to another: the first one too. */
function pathBetween(first: FlowResult, second: FlowResult): readonly FlowResult[] {
  const found: FlowResult[] = [];
  const open: FlowValue[] = second.inputs.slice(0, 1);
  for (let steps = 0; open.length > 0 && steps < 64; steps++) {
    const next = open.pop() as FlowValue;
    if (next.kind === 'choice') for (const each of next.of) open.push(each);
    else if (next.kind === 'result') {
      found.push(next);
      if (next !== first && isStillLinear(next)) for (const each of next.inputs.slice(0, 1)) open.push(each);
    }
  }
  return found;
}

/** Whether the middle is or may be narrower than both ends: a low-rank map, made on purpose. */
function isFactor(first: FlowResult, second: FlowResult): boolean {
  if (!first.layer || !second.layer) return true;
  const { input, output: hidden } = widthsOf(first.layer);
  const { output } = widthsOf(second.layer);
  if (!hidden) return true;
  if ([input, output].some((end) => end && isAtLeast(hidden, end))) return false;
  const isKnown = [input, hidden, output].every(
    (each) => each === undefined || numberOf(each.value, true) !== undefined,
  );
  return isKnown || !(isNamed(hidden.at.expression, hiddenWidth) && isNamed(output?.at.expression, outputWidth));
}

/** Names of widths that are no low rank, in front of a layer whose width is that of the answer. */
const hiddenWidth = /hid|units|neurons|nodes|^h_?\d*$|^n_?h\d*$/i;
const outputWidth =
  /class|^(n_?|num_?)?(out|output|action|act|label|target)s?_?(dims?|sizes?|features|channels|units|num)?$/i;

function isNamed(expression: FlowResult['at']['expression'], pattern: RegExp): boolean {
  return (expression?.kind === 'name' || expression?.kind === 'attribute') && pattern.test(expression.name);
}

/** Classes and functions that put activations behind linear layers. */
function activeScopes(context: RuleContext): ReadonlySet<number> {
  const found = new Set<number>();
  for (const each of operationsOf(context.flow, (op) => isElementwise({ op }))) {
    for (const origin of originsOf(
      each.inputs[0] ?? { kind: 'unknown' },
      (result) => isKeeping(result) || isNorm(result),
    )) {
      const scope = origin.kind === 'result' && isLinear(origin) ? scopeOf(context, origin) : undefined;
      if (scope !== undefined) found.add(scope);
    }
  }
  return found;
}

function scopeOf(context: RuleContext, { layer }: FlowResult): number | undefined {
  return layer && statementAround(context, layer.at);
}
