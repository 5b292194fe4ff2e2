/** Comparisons, and membership, which compares. */
import { plainText } from '../natives/arguments';
import type { Context } from '../natives/context';
import type { CompareOperator } from '../syntax/ast';
import { PyIterator } from '../values/iteration';
import {
  PyBoundMethod,
  PyClass,
  PyDevice,
  PyDict,
  PyDtype,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PyTuple,
  PythonError,
  type PyValue,
  typeName,
  Unknown,
} from '../values/values';
import { callMethod, toNum } from './operands';

const ORDER: Readonly<Record<string, readonly [string, string]>> = {
  '<': ['__lt__', '__gt__'],
  '<=': ['__le__', '__ge__'],
  '>': ['__gt__', '__lt__'],
  '>=': ['__ge__', '__le__'],
};

export function compare(ctx: Context, operator: CompareOperator, a: PyValue, b: PyValue): PyValue {
  switch (operator) {
    case 'is':
      return isIdentical(a, b);
    case 'is not':
      return !isIdentical(a, b);
    case 'in':
      return contains(ctx, b, a);
    case 'not in': {
      const found = contains(ctx, b, a);
      return found instanceof Unknown ? found : !found;
    }
    case '==':
      return equality(ctx, a, b);
    case '!=':
      return inequality(ctx, a, b);
    default:
      return compareOrder(ctx, operator, a, b);
  }
}

export function isIdentical(a: PyValue, b: PyValue): boolean {
  return a === b || (a instanceof PyClass && b instanceof PyClass && a.canonical === b.canonical);
}

function compareOrder(ctx: Context, operator: '<' | '<=' | '>' | '>=', a: PyValue, b: PyValue): PyValue {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  const [x, y] = [toNum(a), toNum(b)];
  if (x !== undefined && y !== undefined) return orderOf(operator, x < y ? -1 : x > y ? 1 : x <= y ? 0 : Number.NaN);
  const [text, other] = [plainText(a), plainText(b)];
  if (typeof text === 'string' && typeof other === 'string') return orderOf(operator, orderOfText(text, other));
  const sequences = (a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple);
  if (sequences) {
    const [left, right] = [a.items, b.items];
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const [p, q] = [left[i] ?? null, right[i] ?? null];
      if (!equalValues(ctx, p, q)) return compareOrder(ctx, operator, p, q);
    }
    return orderOf(operator, left.length - right.length);
  }
  if (a instanceof PySet && b instanceof PySet) {
    const within = [...a].every((item) => b.has(item));
    const around = [...b].every((item) => a.has(item));
    if (operator === '<=') return within;
    if (operator === '<') return within && !around;
    return operator === '>=' ? around : around && !within;
  }
  const [name, reflected] = ORDER[operator] ?? ['', ''];
  const result = compareByMethods(ctx, a, name, b, reflected);
  if (result !== undefined) return result;
  throw new PythonError(
    'TypeError',
    `'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  );
}

/** By code points, of which pairs of UTF-16 units would stand before some single ones. */
function orderOfText(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}

function orderOf(operator: '<' | '<=' | '>' | '>=', sign: number): boolean {
  if (operator === '<') return sign < 0;
  if (operator === '<=') return sign <= 0;
  return operator === '>' ? sign > 0 : sign >= 0;
}

/** A comparison by the operands' own methods: the right one's first where its class is derived from the left one's. */
function compareByMethods(ctx: Context, a: PyValue, name: string, b: PyValue, reflected: string): PyValue | undefined {
  const [left, right] = [ctx.typeOf(a), ctx.typeOf(b)];
  const first = left !== right && right.isSubclassOf(left);
  return first
    ? (callMethod(ctx, b, reflected, a) ?? callMethod(ctx, a, name, b))
    : (callMethod(ctx, a, name, b) ?? callMethod(ctx, b, reflected, a));
}

/** `a == b`: whatever the operands' methods say, which need not be a bool. */
function equality(ctx: Context, a: PyValue, b: PyValue): PyValue {
  if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown ? a : b;
  const own = a instanceof PyObject && b instanceof PyObject && !hasMethods(a) && !hasMethods(b);
  return (own ? undefined : compareByMethods(ctx, a, '__eq__', b, '__eq__')) ?? equalBuiltIns(ctx, a, b);
}

function inequality(ctx: Context, a: PyValue, b: PyValue): PyValue {
  if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown ? a : b;
  const result = compareByMethods(ctx, a, '__ne__', b, '__ne__');
  if (result !== undefined) return result;
  const equal = equality(ctx, a, b);
  return equal instanceof Unknown ? equal : !ctx.truth(equal);
}

function hasMethods(value: PyObject): boolean {
  return value.cls !== undefined;
}

/** `a is b or a == b` as a bool: what containers ask of their items. */
export function equalValues(ctx: Context, a: PyValue, b: PyValue): boolean {
  if (isIdentical(a, b)) return !(typeof a === 'number' && Number.isNaN(a));
  const [x, y] = [toNum(a), toNum(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are equal by value only with ==
  if (x !== undefined && y !== undefined) return x == y;
  if (!(a instanceof PyObject) && !(b instanceof PyObject)) return false;
  const result = equality(ctx, a, b);
  return result === true || (result !== false && ctx.truth(result));
}

/** Equality of what has no `__eq__`: by value where the language says so, else by identity. */
function equalBuiltIns(ctx: Context, a: PyValue, b: PyValue): boolean {
  const [x, y] = [toNum(a), toNum(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are equal by value only with ==
  if (x !== undefined && y !== undefined) return x == y;
  if (!(a instanceof PyObject) && !(b instanceof PyObject)) return a === b;
  const [text, other] = [plainText(a), plainText(b)];
  if (typeof text === 'string' && typeof other === 'string') return text === other;
  const lists = (a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple);
  // Each look into a container is a step: what holds itself in many places has more of them than it has parts.
  ctx.meter.spend(1);
  if (lists) {
    if (a.items.length !== b.items.length || isDeque(a) !== isDeque(b)) return false;
    return ctx.nest(() =>
      a.items.every((item, index) => {
        if ((index & 63) === 0) ctx.meter.spend(4);
        return equalValues(ctx, item, b.items[index] ?? null);
      }),
    );
  }
  if (a instanceof PyDict && b instanceof PyDict) {
    if (a.size !== b.size) return false;
    ctx.meter.spend(a.size >> 2);
    if (isOrdered(a) && isOrdered(b) && !equalValues(ctx, new PyList(a.keys()), new PyList(b.keys()))) return false;
    return ctx.nest(() =>
      a.entries().every(([key, value]) => {
        const other = b.get(key);
        return other !== undefined && equalValues(ctx, value, other);
      }),
    );
  }
  if (a instanceof PySet && b instanceof PySet) {
    if (a.size !== b.size) return false;
    ctx.meter.spend(a.size >> 2);
    return [...a].every((item) => b.has(item));
  }
  if (a instanceof PyRange && b instanceof PyRange) {
    return (
      a.length === b.length && (a.length === 0n || (a.start === b.start && (a.length === 1n || a.step === b.step)))
    );
  }
  if (a instanceof PyDtype && b instanceof PyDtype) return a.dtype === b.dtype;
  if (a instanceof PyDevice && b instanceof PyDevice) return a.type === b.type && a.index === b.index;
  if (a instanceof PyBoundMethod && b instanceof PyBoundMethod) return a.self === b.self && a.callee === b.callee;
  return isIdentical(a, b);
}

function isOrdered(value: PyDict): boolean {
  return value.cls?.mro.some((cls) => cls.native && cls.name === 'OrderedDict') ?? false;
}

/** Whether a list is another kind of sequence, which is equal to no list. */
function isDeque(value: PyList | PyTuple): boolean {
  return value instanceof PyList && (value.cls?.mro.some((cls) => cls.native && cls.name === 'deque') ?? false);
}

export function contains(ctx: Context, container: PyValue, item: PyValue): PyValue {
  if (container instanceof Unknown) return container;
  const whole = plainText(container);
  if (typeof whole === 'string') {
    const text = plainText(item);
    if (typeof text === 'string') return whole.includes(text);
    throw new PythonError('TypeError', `'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  const custom = container instanceof PyObject && container.cls ? container.cls.lookup('__contains__') : undefined;
  if (custom !== undefined) return ctx.truth(ctx.call(custom, [container, item]));
  if (container instanceof PyDict || container instanceof PySet) return container.has(item);
  if (container instanceof PyRange) {
    const value = toNum(item);
    if (value === undefined || !Number.isInteger(Number(value))) return false;
    const whole = BigInt(value);
    const offset = whole - container.start;
    const inside =
      container.step > 0n
        ? whole >= container.start && whole < container.stop
        : whole <= container.start && whole > container.stop;
    return inside && offset % container.step === 0n;
  }
  if (container instanceof PyList || container instanceof PyTuple) return placeOf(ctx, container.items, item) >= 0;
  const cls = ctx.typeOf(container);
  const iterable =
    container instanceof PyIterator ||
    cls.lookup('__iter__') !== undefined ||
    cls.lookup('__getitem__') !== undefined ||
    container instanceof PyClass;
  if (!iterable) throw new PythonError('TypeError', `argument of type '${typeName(container)}' is not iterable`);
  const iterator = ctx.finish(ctx.iterate(container));
  for (;;) {
    ctx.meter.spend(1);
    const other = ctx.finish(iterator.step());
    if (other === undefined) return false;
    if (equalValues(ctx, other, item)) return true;
  }
}

/** The first place of an item, or −1. */
export function placeOf(ctx: Context, items: readonly PyValue[], item: PyValue, from = 0, to = items.length): number {
  for (let i = from; i < to; i++) {
    if ((i & 15) === 0) ctx.meter.spend(1);
    const other = items[i] ?? null;
    if (other === item ? !Number.isNaN(other) : equalValues(ctx, other, item)) return i;
  }
  return -1;
}
