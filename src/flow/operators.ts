/** Operators: of numbers, of lists, and of what becomes a tensor. */
import type { Expr } from '../python/syntax/ast';
import { makeSequence } from './collections';
import { elementsOf } from './queries';
import { ELEMENTS, type FlowRun } from './run';
import type { Frame } from './store';
import { constantOf, type FlowPlace, type FlowValue, isSame, type KnownConstant, unknown } from './values';

const MAX_COUNT = 24;

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => ((a % b) + b) % b,
  '**': (a, b) => a ** b,
};

export function binaryValue(run: FlowRun, sign: string, left: FlowValue, right: FlowValue, at: FlowPlace): FlowValue {
  if (left.kind === 'constant' && right.kind === 'constant') {
    const [a, b] = [left.value, right.value];
    const compute = arithmetic[sign];
    if (typeof a === 'number' && typeof b === 'number' && compute) return constantOf(compute(a, b));
    return typeof a === 'string' && typeof b === 'string' && sign === '+' ? constantOf(a + b) : unknown;
  }
  const [first, second] = [elementsOf(left, run.store), elementsOf(right, run.store)];
  if (sign === '+' && first && second && left.kind === 'sequence')
    return makeSequence(run, left.form, { items: [...first, ...second], isOpen: false }, at);
  if (sign === '*' && first && left.kind === 'sequence') {
    const times = right.kind === 'constant' ? Number(right.value) : ELEMENTS;
    const items = Array.from({ length: Math.min(times, MAX_COUNT) }, () => first).flat();
    return makeSequence(run, left.form, { items, isOpen: false }, at);
  }
  return operatorResult(run, sign, [left, right], at);
}

export function operatorResult(run: FlowRun, op: string, inputs: readonly FlowValue[], at: FlowPlace): FlowValue {
  return run.record({
    op,
    inputs,
    args: [],
    layer: undefined,
    form: 'operator',
    at,
    isMaybe: false,
    isAssumed: false,
  });
}

export function comparisonValue(
  run: FlowRun,
  { left, rest }: Extract<Expr, { kind: 'compare' }>,
  frame: Frame,
  at: FlowPlace,
): FlowValue {
  const values = [run.evaluate(left, frame), ...rest.map((each) => run.evaluate(each.right, frame))];
  const [first = unknown, second = unknown] = values;
  const sign = rest.length === 1 ? rest[0]?.operator : undefined;
  if (sign === undefined) return unknown;
  const known = compareValues(run, sign, first, second);
  if (known !== undefined) return constantOf(known);
  // A comparison of tensors is a mask.
  return /^(?:[<>]=?|[=!]=)$/.test(sign) && [first, second].some(({ kind }) => kind === 'result')
    ? operatorResult(run, sign, [first, second], at)
    : unknown;
}

function compareValues(run: FlowRun, sign: string, first: FlowValue, second: FlowValue): boolean | undefined {
  const isNone = (value: FlowValue) => value.kind === 'constant' && value.value === null;
  if (sign === 'is' || sign === 'is not' || ((sign === '==' || sign === '!=') && isNone(second))) {
    const isWanted = sign === 'is' || sign === '==';
    if (isNone(second)) {
      if (isNone(first)) return isWanted;
      const isSomething = !/^(unknown|parameter|choice|method)$/.test(first.kind) || first.kind === 'method';
      return isSomething && first.kind !== 'result'
        ? !isWanted
        : first.kind === 'result' && first.form !== 'operator'
          ? !isWanted
          : undefined;
    }
    if (first.kind === 'library' && second.kind === 'library') return isSame(first, second) === isWanted;
    if (first.kind !== 'constant' || second.kind !== 'constant') return undefined;
    return (first.value === second.value) === isWanted;
  }
  if (first.kind !== 'constant') return undefined;
  if ((sign === 'in' || sign === 'not in') && (second.kind === 'sequence' || second.kind === 'mapping')) {
    const { items, keys, isOpen } = run.store.contents(second.id);
    if (isOpen) return undefined;
    const all: readonly (KnownConstant['value'] | undefined)[] =
      second.kind === 'mapping' ? keys : items.map((each) => (each.kind === 'constant' ? each.value : undefined));
    if (all.includes(undefined)) return undefined;
    return all.includes(first.value) === (sign === 'in');
  }
  if (second.kind !== 'constant') return undefined;
  const [a, b] = [first.value, second.value];
  if (sign === '==') return a === b;
  if (sign === '!=') return a !== b;
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  if (sign === '<') return a < b;
  if (sign === '>') return a > b;
  if (sign === '<=') return a <= b;
  return sign === '>=' ? a >= b : undefined;
}
