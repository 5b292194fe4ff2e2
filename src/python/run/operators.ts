/** Operators with two operands or one. */
import { plainText } from '../natives/arguments';
import type { Context } from '../natives/context';
import type { BinaryOperator } from '../syntax/ast';
import { PyInstance, PyObject, PyTuple, PythonError, type PyValue, typeName, Unknown } from '../values/values';
import { floats, integers, toFloat } from './arithmetic';
import { combineContainers, isSequence } from './combine';
import { callMethod, toNum } from './operands';

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
  const reflected = other ? callMethod(ctx, b, `__r${name}__`, a) : undefined;
  if (reflected !== undefined) return reflected;
  const own = combineContainers(ctx, operator, plainText(a), plainText(b), inPlace);
  if (own !== undefined) return own;
  const result = binaryByMethods(ctx, name, a, b, inPlace);
  return result === undefined ? raiseUnsupported(operator, a, b, inPlace) : result;
}

/** The operator by the operands' own methods, in CPython's order; undefined where none takes it. */
function binaryByMethods(ctx: Context, name: string, a: PyValue, b: PyValue, inPlace: boolean): PyValue | undefined {
  if (inPlace) {
    const result = callMethod(ctx, a, `__i${name}__`, b);
    if (result !== undefined) return result;
  }
  const [left, right] = [ctx.typeOf(a), ctx.typeOf(b)];
  // A subclass that answers in its own way is asked first; of two of one type only the left one is asked.
  const first =
    left !== right && right.isSubclassOf(left) && right.lookup(`__r${name}__`) !== left.lookup(`__r${name}__`);
  if (first) {
    const result = callMethod(ctx, b, `__r${name}__`, a);
    if (result !== undefined) return result;
  }
  const direct = callMethod(ctx, a, `__${name}__`, b);
  if (direct !== undefined || first || left === right) return direct;
  return callMethod(ctx, b, `__r${name}__`, a);
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
