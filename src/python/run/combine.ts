/** Operators between containers: joining, repeating, uniting. */
import { say } from '../../language/say';
import type { Context } from '../natives/context';
import type { BinaryOperator } from '../syntax/ast';
import { formatPercent } from '../text/formatPercent';
import { PyClass, PyDict, PyInstance, PyList, PyObject, PySet, PyTuple, type PyValue, plainOf } from '../values/values';
import { wholeNumber } from './subscripts';

/** `a op b` of containers; undefined where they have no such operator. In place `a` itself changes. */
export function combineContainers(
  ctx: Context,
  operator: BinaryOperator,
  a: PyValue,
  b: PyValue,
  inPlace: boolean,
): PyValue | undefined {
  if (operator === '+') {
    if (!inPlace || typeof a === 'string') countConcatenation(ctx, a, b);
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (a instanceof PyList && inPlace) {
      for (const item of ctx.list(b)) a.items.push(item);
      ctx.meter.requireSize(a.items.length, say('This list'));
      return a;
    }
    if (a instanceof PyList && b instanceof PyList && !hasOwnOperator(a, '__add__'))
      return new PyList([...a.items, ...b.items]);
    if (a instanceof PyTuple && b instanceof PyTuple) return new PyTuple([...a.items, ...b.items]);
  } else if (operator === '*') {
    const [times, other] = [countOf(ctx, b), countOf(ctx, a)];
    if (times !== undefined && isSequence(a) && !hasOwnOperator(a, '__mul__')) return repeat(ctx, a, times, inPlace);
    if (other !== undefined && isSequence(b)) return repeat(ctx, b, other, false);
  } else if (operator === '%' && typeof a === 'string') return formatPercent(ctx, a, b);
  else if (operator === '|' && a instanceof PyDict && b instanceof PyDict && !hasOwnOperator(a, '__or__')) {
    ctx.meter.container(inPlace ? b.size : a.size + b.size, say('This dict'), ENTRY);
    const result = inPlace ? a : PyDict.from(a.entries());
    for (const [key, value] of b.entries()) result.set(key, value);
    return result;
  } else if (operator === '|' && (a instanceof PyClass || a === null) && (b instanceof PyClass || b === null)) {
    return new PyTuple([a, b]);
  }
  if (a instanceof PySet && b instanceof PySet) return combineSets(ctx, operator, a, b);
  return undefined;
}

/** Bytes of an entry of a dict, or of a set's item: a place in a map and what it holds. */
export const ENTRY = 48;

/** Whether a container's class has an operator of its own. */
function hasOwnOperator(value: PyValue, name: string): boolean {
  return value instanceof PyObject && value.cls?.lookup(name) !== undefined;
}

export function isSequence(value: PyValue): boolean {
  return typeof value === 'string' || value instanceof PyList || value instanceof PyTuple;
}

/** How often a sequence is repeated by this factor. */
function countOf(ctx: Context, given: PyValue): bigint | undefined {
  const value = plainOf(given);
  if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
  const known = value instanceof PyInstance && value.cls.lookup('__index__') !== undefined;
  return known ? wholeNumber(ctx, value) : undefined;
}

/** Counts what a concatenation makes against the budget. */
function countConcatenation(ctx: Context, a: PyValue, b: PyValue): void {
  if (typeof a === 'string') {
    // Joined text is not copied: the engine remembers its parts.
    if (typeof b === 'string') ctx.meter.requireSize(a.length + b.length, say('This text'));
    return;
  }
  const size = (value: PyValue): number =>
    value instanceof PyList || value instanceof PyTuple ? value.items.length : 0;
  ctx.meter.container(size(a) + size(b), say('This list'));
}

function repeat(ctx: Context, value: PyValue, count: bigint, inPlace: boolean): PyValue | undefined {
  const times = count < 0n ? 0n : count;
  if (typeof value === 'string') {
    ctx.meter.text(BigInt(value.length) * times);
    return value.repeat(Number(times));
  }
  if (!(value instanceof PyList) && !(value instanceof PyTuple)) return undefined;
  ctx.meter.container(BigInt(value.items.length) * times, say('This list'));
  const result: PyValue[] = [];
  for (let i = 0; i < Number(times); i++) for (const item of value.items) result.push(item);
  if (value instanceof PyTuple) return new PyTuple(result);
  if (!inPlace) return new PyList(result);
  value.items = result;
  return value;
}

/** `a & b` and the like: a new set, of the kind of `a`. */
export function combineSets(ctx: Context, operator: BinaryOperator, a: PySet, b: PySet): PySet | undefined {
  if (!'|&-^'.includes(operator)) return undefined;
  ctx.meter.container(operator === '|' ? a.size + b.size : Math.max(a.size, b.size), say('This set'), ENTRY);
  const result = new PySet([], a.frozen);
  const add = (from: PySet, other: PySet, wanted: boolean): void => {
    for (const item of from) if (other.has(item) === wanted) result.add(item);
  };
  if (operator === '|') {
    for (const item of a) result.add(item);
    for (const item of b) result.add(item);
  } else if (operator === '&') {
    // Of two that are equal the one in the smaller set is kept.
    if (b.size > a.size) add(a, b, true);
    else add(b, a, true);
  } else {
    add(a, b, false);
    if (operator === '^') add(b, a, false);
  }
  return result;
}
