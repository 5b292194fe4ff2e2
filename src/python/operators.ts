import { say } from '../language/say';
import type { BinaryOperator, CompareOperator } from './ast';
import { formatPercent } from './format';
import type { Interpreter } from './interpreter';
import { PyIterator } from './iteration';
import {
  identityOf,
  keyOf,
  NotImplemented,
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
} from './values';

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

function numeric(value: PyValue): Num | undefined {
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
export function binary(ctx: Interpreter, operator: BinaryOperator, a: PyValue, b: PyValue, inPlace: boolean): PyValue {
  const joins = a instanceof PyInstance && '|&^'.includes(operator) && a.cls.lookup('__or__') !== undefined;
  const x = joins ? undefined : numeric(a);
  const y = numeric(b);
  if (x !== undefined && y !== undefined) {
    if (typeof a === 'boolean' && typeof b === 'boolean') {
      if (operator === '&') return a && b;
      if (operator === '|') return a || b;
      if (operator === '^') return a !== b;
    }
    return typeof x === 'bigint' && typeof y === 'bigint'
      ? integers(ctx, operator, x, y)
      : floats(operator, Number(x), Number(y));
  }
  if (a instanceof Unknown) return new Unknown(a.reason, a.range);
  if (b instanceof Unknown) return new Unknown(b.reason, b.range);
  const own = containers(ctx, operator, a, b, inPlace);
  if (own !== undefined) return own;
  const name = METHODS[operator];
  if (inPlace) {
    const result = method(ctx, a, `__i${name}__`, b);
    if (result !== undefined) return result;
  }
  const direct = method(ctx, a, `__${name}__`, b);
  if (direct !== undefined) return direct;
  const reflected = method(ctx, b, `__r${name}__`, a);
  if (reflected !== undefined) return reflected;
  const shown = operator === '**' ? '** or pow()' : operator;
  throw new PythonError(
    'TypeError',
    `unsupported operand type(s) for ${shown}${inPlace ? '=' : ''}: '${typeName(a)}' and '${typeName(b)}'`,
  );
}

function method(ctx: Interpreter, self: PyValue, name: string, other: PyValue): PyValue | undefined {
  if (!(self instanceof PyObject)) return undefined;
  const found = ctx.typeOf(self).lookup(name);
  if (found === undefined) return undefined;
  const result = ctx.call(found, [self, other]);
  return result === NotImplemented ? undefined : result;
}

function integers(ctx: Interpreter, operator: BinaryOperator, x: bigint, y: bigint): PyValue {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      ctx.meter.container(bits(x) + bits(y), say('This number, in bits,'));
      return x * y;
    case '/':
      if (y === 0n) throw new PythonError('ZeroDivisionError', 'division by zero');
      return Number(x) / Number(y);
    case '//':
      return floorDivide(x, y);
    case '%':
      return x - floorDivide(x, y) * y;
    case '**': {
      if (y < 0n) return power(Number(x), Number(y));
      if (x > 1n || x < -1n) ctx.meter.container(BigInt(bits(x)) * y, say('This number, in bits,'));
      return x ** y;
    }
    case '&':
      return x & y;
    case '|':
      return x | y;
    case '^':
      return x ^ y;
    case '<<':
      if (y < 0n) throw new PythonError('ValueError', 'negative shift count');
      ctx.meter.container(BigInt(bits(x)) + y, say('This number, in bits,'));
      return x << y;
    case '>>':
      if (y < 0n) throw new PythonError('ValueError', 'negative shift count');
      return x >> y;
    case '@':
      throw new PythonError('TypeError', "unsupported operand type(s) for @: 'int' and 'int'");
  }
}

function bits(x: bigint): number {
  return x > -4503599627370496n && x < 4503599627370496n ? 52 : x.toString(16).length * 4;
}

function floorDivide(x: bigint, y: bigint): bigint {
  if (y === 0n) throw new PythonError('ZeroDivisionError', 'integer division or modulo by zero');
  const quotient = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
}

function floats(operator: BinaryOperator, x: number, y: number): PyValue {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      if (y === 0) throw new PythonError('ZeroDivisionError', 'float division by zero');
      return x / y;
    case '//':
      if (y === 0) throw new PythonError('ZeroDivisionError', 'float floor division by zero');
      return Math.floor(x / y);
    case '%': {
      if (y === 0) throw new PythonError('ZeroDivisionError', 'float modulo');
      const rest = x % y;
      return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
    }
    case '**':
      return power(x, y);
    default:
      throw new PythonError('TypeError', `unsupported operand type(s) for ${operator}: 'float' and 'float'`);
  }
}

function power(x: number, y: number): number {
  if (x === 0 && y < 0) throw new PythonError('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  return x ** y;
}

function containers(
  ctx: Interpreter,
  operator: BinaryOperator,
  a: PyValue,
  b: PyValue,
  inPlace: boolean,
): PyValue | undefined {
  if (operator === '+') {
    grown(ctx, a, b);
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (a instanceof PyList && inPlace) {
      a.items.push(...ctx.list(b));
      return a;
    }
    if (a instanceof PyList && b instanceof PyList) return new PyList([...a.items, ...b.items]);
    if (a instanceof PyTuple && b instanceof PyTuple) return new PyTuple([...a.items, ...b.items]);
  } else if (operator === '*') {
    if (typeof b === 'bigint' || typeof b === 'boolean') return repeated(ctx, a, BigInt(b), inPlace);
    if (typeof a === 'bigint' || typeof a === 'boolean') return repeated(ctx, b, BigInt(a), false);
  } else if (operator === '%' && typeof a === 'string') return formatPercent(ctx, a, b);
  else if (operator === '|' && a instanceof PyDict && b instanceof PyDict) {
    const result = inPlace ? a : PyDict.from(a.entries());
    for (const [key, value] of b.entries()) result.set(key, value);
    return result;
  } else if (operator === '|' && (a instanceof PyClass || a === null) && (b instanceof PyClass || b === null)) {
    return new PyTuple([a, b]);
  }
  if (a instanceof PySet && b instanceof PySet) return sets(operator, a, b);
  return undefined;
}

/** Counts what a concatenation makes against the budget. */
function grown(ctx: Interpreter, a: PyValue, b: PyValue): void {
  const size = (value: PyValue): number => {
    if (typeof value === 'string') return value.length;
    return value instanceof PyList || value instanceof PyTuple ? value.items.length : 0;
  };
  ctx.meter.container(size(a) + size(b), typeof a === 'string' ? say('This text') : say('This list'));
}

function repeated(ctx: Interpreter, value: PyValue, count: bigint, inPlace: boolean): PyValue | undefined {
  const times = count < 0n ? 0n : count;
  if (typeof value === 'string') {
    ctx.meter.container(BigInt(value.length) * times, say('This text'));
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

function sets(operator: BinaryOperator, a: PySet, b: PySet): PyValue | undefined {
  if (operator === '|') return new PySet([...a, ...b], a.frozen);
  if (operator === '&')
    return new PySet(
      [...a].filter((item) => b.has(item)),
      a.frozen,
    );
  if (operator === '-')
    return new PySet(
      [...a].filter((item) => !b.has(item)),
      a.frozen,
    );
  if (operator === '^') {
    return new PySet([...[...a].filter((item) => !b.has(item)), ...[...b].filter((item) => !a.has(item))], a.frozen);
  }
  return undefined;
}

export function unary(ctx: Interpreter, operator: '-' | '+' | '~', value: PyValue): PyValue {
  const x = numeric(value);
  if (x !== undefined) {
    if (operator === '-') return -x;
    if (operator === '+') return x;
    if (typeof x === 'bigint') return ~x;
  }
  if (value instanceof Unknown) return new Unknown(value.reason, value.range);
  const name = operator === '-' ? '__neg__' : operator === '+' ? '__pos__' : '__invert__';
  const found = value instanceof PyObject ? ctx.typeOf(value).lookup(name) : undefined;
  if (found !== undefined) return ctx.call(found, [value]);
  throw new PythonError('TypeError', `bad operand type for unary ${operator}: '${typeName(value)}'`);
}

const ORDER: Readonly<Record<string, readonly [string, string]>> = {
  '<': ['__lt__', '__gt__'],
  '<=': ['__le__', '__ge__'],
  '>': ['__gt__', '__lt__'],
  '>=': ['__ge__', '__le__'],
};

export function compare(ctx: Interpreter, operator: CompareOperator, a: PyValue, b: PyValue): PyValue {
  switch (operator) {
    case 'is':
      return identical(a, b);
    case 'is not':
      return !identical(a, b);
    case 'in':
      return contains(ctx, b, a);
    case 'not in': {
      const found = contains(ctx, b, a);
      return found instanceof Unknown ? found : !found;
    }
    case '==':
    case '!=': {
      if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown ? a : b;
      if (a instanceof PyTensor || b instanceof PyTensor) {
        const name = operator === '==' ? '__eq__' : '__ne__';
        const result = method(ctx, a, name, b) ?? method(ctx, b, name, a);
        if (result !== undefined) return result;
      }
      if (operator === '!=' && a instanceof PyObject && ctx.typeOf(a).lookup('__ne__') !== undefined) {
        const result = method(ctx, a, '__ne__', b);
        if (result !== undefined) return result;
      }
      return equalValues(ctx, a, b) === (operator === '==');
    }
    default:
      return ordered(ctx, operator, a, b);
  }
}

export function identical(a: PyValue, b: PyValue): boolean {
  return a === b || (a instanceof PyClass && b instanceof PyClass && a.canonical === b.canonical);
}

function ordered(ctx: Interpreter, operator: '<' | '<=' | '>' | '>=', a: PyValue, b: PyValue): PyValue {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined && y !== undefined) return orderOf(operator, x < y ? -1 : x > y ? 1 : x <= y ? 0 : Number.NaN);
  if (typeof a === 'string' && typeof b === 'string') return orderOf(operator, a < b ? -1 : a > b ? 1 : 0);
  const sequences = (a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple);
  if (sequences) {
    const [left, right] = [a.items, b.items];
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const [p, q] = [left[i] ?? null, right[i] ?? null];
      if (!equalValues(ctx, p, q)) return ordered(ctx, operator, p, q);
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
  const result = method(ctx, a, name, b) ?? method(ctx, b, reflected, a);
  if (result !== undefined) return result;
  throw new PythonError(
    'TypeError',
    `'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  );
}

function orderOf(operator: '<' | '<=' | '>' | '>=', sign: number): boolean {
  if (operator === '<') return sign < 0;
  if (operator === '<=') return sign <= 0;
  return operator === '>' ? sign > 0 : sign >= 0;
}

/** `a == b` as a bool. */
export function equalValues(ctx: Interpreter, a: PyValue, b: PyValue): boolean {
  if (identical(a, b)) return !(typeof a === 'number' && Number.isNaN(a));
  const [x, y] = [numeric(a), numeric(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are equal by value only with ==
  if (x !== undefined && y !== undefined) return x == y;
  if (!(a instanceof PyObject) && !(b instanceof PyObject)) return false;
  const lists = (a instanceof PyList && b instanceof PyList) || (a instanceof PyTuple && b instanceof PyTuple);
  if (lists) {
    return (
      a.items.length === b.items.length &&
      a.items.every((item, index) => equalValues(ctx, item, b.items[index] ?? null))
    );
  }
  if (a instanceof PyDict && b instanceof PyDict) {
    return (
      a.size === b.size &&
      a.entries().every(([key, value]) => {
        const other = b.get(key);
        return other !== undefined && equalValues(ctx, value, other);
      })
    );
  }
  if (a instanceof PySet && b instanceof PySet) return a.size === b.size && [...a].every((item) => b.has(item));
  if (a instanceof PyRange && b instanceof PyRange) {
    return (
      a.length === b.length && (a.length === 0n || (a.start === b.start && (a.length === 1n || a.step === b.step)))
    );
  }
  if (a instanceof PyDtype && b instanceof PyDtype) return a.dtype === b.dtype;
  if (a instanceof PyDevice && b instanceof PyDevice) return a.type === b.type && a.index === b.index;
  const result = method(ctx, a, '__eq__', b) ?? method(ctx, b, '__eq__', a);
  return result === undefined ? false : ctx.truth(result);
}

export function contains(ctx: Interpreter, container: PyValue, item: PyValue): PyValue {
  if (container instanceof Unknown) return container;
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item);
    throw new PythonError('TypeError', `'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  const custom = container instanceof PyObject && container.cls ? container.cls.lookup('__contains__') : undefined;
  if (custom !== undefined) return ctx.truth(ctx.call(custom, [container, item]));
  if (container instanceof PyDict || container instanceof PySet) return container.has(item);
  if (container instanceof PyRange) {
    const value = numeric(item);
    if (typeof value !== 'bigint') return false;
    const offset = value - container.start;
    const inside =
      container.step > 0n
        ? value >= container.start && value < container.stop
        : value <= container.start && value > container.stop;
    return inside && offset % container.step === 0n;
  }
  if (container instanceof PyList || container instanceof PyTuple) {
    return container.items.some((other) => other === item || equalValues(ctx, other, item));
  }
  if (
    container instanceof PyIterator ||
    ctx.typeOf(container).lookup('__iter__') !== undefined ||
    container instanceof PyClass
  ) {
    return ctx.list(container).some((other) => equalValues(ctx, other, item));
  }
  throw new PythonError('TypeError', `argument of type '${typeName(container)}' is not iterable`);
}

/** `bool(value)`. @throws ExtractionError where it depends on what is not known. */
export function truthOf(ctx: Interpreter, value: PyValue): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (value instanceof Unknown) return ctx.unknown(value, say('this condition'));
  const cls = ctx.typeOf(value);
  const boolean = cls.lookup('__bool__');
  if (boolean !== undefined) return ctx.truth(ctx.call(boolean, [value]));
  if (value instanceof PyTensor) return tensorTruth(ctx, value);
  if (value instanceof PyList || value instanceof PyTuple) return value.items.length > 0;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  if (value instanceof PyRange) return value.length > 0n;
  const length = cls.lookup('__len__');
  return length === undefined ? true : ctx.truth(ctx.call(length, [value]));
}

function tensorTruth(ctx: Interpreter, tensor: PyTensor): boolean {
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
