import { say } from '../../language/say';
import { plainText } from '../natives/arguments';
import type { Context } from '../natives/context';
import type { BinaryOperator, CompareOperator } from '../syntax/ast';
import { formatPercent } from '../text/formatPercent';
import { PyIterator } from '../values/iteration';
import {
  identityOf,
  keyOf,
  NotImplemented,
  PyBoundMethod,
  PyClass,
  PyDevice,
  PyDict,
  PyDtype,
  PyInstance,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PyTensor,
  PyTuple,
  PythonError,
  type PyValue,
  typeName,
  Unknown,
} from '../values/values';
import { floats, integers, toFloat } from './arithmetic';
import { indexOf, wholeNumber } from './subscripts';

const METHODS: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'lshift',
  '>>': 'rshift',
};

type Num = bigint | number;

function toNum(value: PyValue): Num | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  // A member of an IntEnum counts as its number.
  if (value instanceof PyInstance && value.cls.lookup('__index__') !== undefined) {
    const number = value.fields.get('_value_');
    if (typeof number === 'bigint') return number;
  }
  return undefined;
}

/** `a op b`; `inPlace` for `a op= b`. */
export function binaryOperation(
  ctx: Context,
  operator: BinaryOperator,
  a: PyValue,
  b: PyValue,
  inPlace: boolean,
): PyValue {
  const joins = a instanceof PyInstance && '|&^'.includes(operator) && a.cls.lookup('__or__') !== undefined;
  const x = joins ? undefined : toNum(a);
  const y = toNum(b);
  if (x !== undefined && y !== undefined) {
    if (typeof a === 'boolean' && typeof b === 'boolean') {
      if (operator === '&') return a && b;
      if (operator === '|') return a || b;
      if (operator === '^') return a !== b;
    }
    const result =
      typeof x === 'bigint' && typeof y === 'bigint'
        ? integers(ctx, operator, x, y)
        : floats(operator, toFloat(x), toFloat(y));
    if (result === undefined) raiseUnsupported(operator, a, b, inPlace);
    return result;
  }
  if (a instanceof Unknown) return new Unknown(a.reason, a.range);
  if (b instanceof Unknown) return new Unknown(b.reason, b.range);
  const name = METHODS[operator];
  // Sequences join and repeat only where the other side does not know what to do with them.
  const other = b instanceof PyInstance && !(a instanceof PyInstance) && '+*'.includes(operator);
  const reflected = other ? method(ctx, b, `__r${name}__`, a) : undefined;
  if (reflected !== undefined) return reflected;
  const own = containers(ctx, operator, plainText(a), plainText(b), inPlace);
  if (own !== undefined) return own;
  const result = binaryByMethods(ctx, name, a, b, inPlace);
  return result === undefined ? raiseUnsupported(operator, a, b, inPlace) : result;
}

/** The operator by the operands' own methods, in CPython's order; undefined where none takes it. */
function binaryByMethods(ctx: Context, name: string, a: PyValue, b: PyValue, inPlace: boolean): PyValue | undefined {
  if (inPlace) {
    const result = method(ctx, a, `__i${name}__`, b);
    if (result !== undefined) return result;
  }
  const [left, right] = [ctx.typeOf(a), ctx.typeOf(b)];
  // A subclass that answers in its own way is asked first; of two of one type only the left one is asked.
  const first =
    left !== right && right.isSubclassOf(left) && right.lookup(`__r${name}__`) !== left.lookup(`__r${name}__`);
  if (first) {
    const result = method(ctx, b, `__r${name}__`, a);
    if (result !== undefined) return result;
  }
  const direct = method(ctx, a, `__${name}__`, b);
  if (direct !== undefined || first || left === right) return direct;
  return method(ctx, b, `__r${name}__`, a);
}

function raiseUnsupported(operator: BinaryOperator, a: PyValue, b: PyValue, inPlace: boolean): never {
  const [left, right] = [typeName(a), typeName(b)];
  if (operator === '+' && isSequence(a)) {
    throw new PythonError('TypeError', `can only concatenate ${left} (not "${right}") to ${left}`);
  }
  if (operator === '*' && (isSequence(a) || isSequence(b))) {
    throw new PythonError('TypeError', `can't multiply sequence by non-int of type '${isSequence(a) ? right : left}'`);
  }
  const shown = operator === '**' ? (inPlace ? '**=' : '** or pow()') : `${operator}${inPlace ? '=' : ''}`;
  throw new PythonError('TypeError', `unsupported operand type(s) for ${shown}: '${left}' and '${right}'`);
}

/** `divmod(a, b)`. */
export function divmod(ctx: Context, a: PyValue, b: PyValue): PyValue {
  const [x, y] = [toNum(a), toNum(b)];
  const float = typeof x === 'number' || typeof y === 'number';
  if (float && x !== undefined && y !== undefined && Number(y) === 0) {
    throw new PythonError('ZeroDivisionError', 'float divmod()');
  }
  if (x !== undefined && y !== undefined)
    return new PyTuple([binaryOperation(ctx, '//', a, b, false), binaryOperation(ctx, '%', a, b, false)]);
  if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown ? a : b;
  const result = binaryByMethods(ctx, 'divmod', a, b, false);
  if (result !== undefined) return result;
  throw new PythonError('TypeError', `unsupported operand type(s) for divmod(): '${typeName(a)}' and '${typeName(b)}'`);
}

function method(ctx: Context, self: PyValue, name: string, other: PyValue): PyValue | undefined {
  if (!(self instanceof PyObject)) return undefined;
  const found = ctx.typeOf(self).lookup(name);
  if (found === undefined) return undefined;
  const result = ctx.call(found, [self, other]);
  return result === NotImplemented ? undefined : result;
}

function containers(
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
    if (a instanceof PyList && b instanceof PyList && !answers(a, '__add__'))
      return new PyList([...a.items, ...b.items]);
    if (a instanceof PyTuple && b instanceof PyTuple) return new PyTuple([...a.items, ...b.items]);
  } else if (operator === '*') {
    const [times, other] = [countOf(ctx, b), countOf(ctx, a)];
    if (times !== undefined && isSequence(a) && !answers(a, '__mul__')) return repeat(ctx, a, times, inPlace);
    if (other !== undefined && isSequence(b)) return repeat(ctx, b, other, false);
  } else if (operator === '%' && typeof a === 'string') return formatPercent(ctx, a, b);
  else if (operator === '|' && a instanceof PyDict && b instanceof PyDict && !answers(a, '__or__')) {
    ctx.meter.container(inPlace ? b.size : a.size + b.size, say('This dict'), ENTRY);
    const result = inPlace ? a : PyDict.from(a.entries());
    for (const [key, value] of b.entries()) result.set(key, value);
    return result;
  } else if (operator === '|' && (a instanceof PyClass || a === null) && (b instanceof PyClass || b === null)) {
    return new PyTuple([a, b]);
  }
  if (a instanceof PySet && b instanceof PySet) return sets(ctx, operator, a, b);
  return undefined;
}

/** Bytes of an entry of a dict, or of a set's item: a place in a map and what it holds. */
export const ENTRY = 48;

/** Whether a container's class has an operator of its own. */
function answers(value: PyValue, name: string): boolean {
  return value instanceof PyObject && value.cls?.lookup(name) !== undefined;
}

function isSequence(value: PyValue): boolean {
  return typeof value === 'string' || value instanceof PyList || value instanceof PyTuple;
}

/** How often a sequence is repeated by this factor. */
function countOf(ctx: Context, value: PyValue): bigint | undefined {
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
export function sets(ctx: Context, operator: BinaryOperator, a: PySet, b: PySet): PySet | undefined {
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

export function unaryOperation(ctx: Context, operator: '-' | '+' | '~', value: PyValue): PyValue {
  const flags = operator === '~' && value instanceof PyInstance && value.cls.lookup('__invert__') !== undefined;
  const x = flags ? undefined : toNum(value);
  if (x !== undefined) {
    if (operator === '-') return -x;
    if (operator === '+') return x;
    if (typeof x === 'bigint') return ~x;
  }
  if (value instanceof Unknown) return new Unknown(value.reason, value.range);
  const name = operator === '-' ? '__neg__' : operator === '+' ? '__pos__' : '__invert__';
  const found = value instanceof PyObject ? ctx.typeOf(value).lookup(name) : undefined;
  if (found !== undefined && found !== null) return ctx.call(found, [value]);
  throw new PythonError('TypeError', `bad operand type for unary ${operator}: '${typeName(value)}'`);
}

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
    ? (method(ctx, b, reflected, a) ?? method(ctx, a, name, b))
    : (method(ctx, a, name, b) ?? method(ctx, b, reflected, a));
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
  const lists = (a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple);
  // Each look into a container is a step: what holds itself in many places has more of them than it has parts.
  ctx.meter.spend(1);
  if (lists) {
    if (a.items.length !== b.items.length || deque(a) !== deque(b)) return false;
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
function deque(value: PyList | PyTuple): boolean {
  return value instanceof PyList && (value.cls?.mro.some((cls) => cls.native && cls.name === 'deque') ?? false);
}

export function contains(ctx: Context, container: PyValue, item: PyValue): PyValue {
  if (container instanceof Unknown) return container;
  if (typeof container === 'string') {
    const text = plainText(item);
    if (typeof text === 'string') return container.includes(text);
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

/** `bool(value)`. @throws ExtractionError where it depends on what is not known. */
export function truthOf(ctx: Context, value: PyValue): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (value instanceof Unknown) return ctx.refuseUnknown(value, say('this condition'));
  const cls = ctx.typeOf(value);
  const boolean = cls.lookup('__bool__');
  if (boolean !== undefined) {
    const result = ctx.call(boolean, [value]);
    if (typeof result === 'boolean' || result instanceof Unknown) return ctx.truth(result);
    throw new PythonError('TypeError', `__bool__ should return bool, returned ${typeName(result)}`);
  }
  if (value instanceof PyTensor) return tensorTruth(ctx, value);
  if (value instanceof PyList || value instanceof PyTuple) return value.items.length > 0;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  if (value instanceof PyRange) return value.length > 0n;
  const length = cls.lookup('__len__');
  return length === undefined ? true : ctx.truth(lengthIn(ctx, ctx.call(length, [value])));
}

/** What `__len__` gave, checked. */
export function lengthIn(ctx: Context, length: PyValue): PyValue {
  if (length instanceof Unknown) return length;
  const value = indexOf(ctx, length);
  if (value < 0) throw new PythonError('ValueError', '__len__() should return >= 0');
  return BigInt(value);
}

function tensorTruth(ctx: Context, tensor: PyTensor): boolean {
  const [only] = tensor.data ?? [];
  if (tensor.data?.length === 1 && only !== undefined) return only !== 0;
  return ctx.error(
    'unsupported',
    say(
      "This condition depends on a tensor's values, which are known only when the model runs; compare a model whose branches do not depend on data",
    ),
  );
}

export function hashOf(value: PyValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  const key = keyOf(value);
  const text = key instanceof PyObject ? `o${identityOf(key)}` : String(key);
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return BigInt(hash);
}
