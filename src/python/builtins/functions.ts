import { firstElements } from '../../graph/access';
import { say } from '../../language/say';
import { type NativeArguments, plainText } from '../natives/arguments';
import type { Context, Eval } from '../natives/context';
import { NativeFunction, native } from '../natives/native';
import { bits, modularPower } from '../run/arithmetic';
import { compare } from '../run/comparisons';
import { binaryOperation, divmod } from '../run/operators';
import { getItem, indexOf, wholeNumber } from '../run/subscripts';
import { hashOf, lengthIn } from '../run/truth';
import { roundDecimal } from '../text/decimals';
import { escapeNonAscii } from '../text/format';
import { formatValue } from '../text/formatSpec';
import { textLength } from '../text/text';
import { iteratorOf, PyIterator, stopIteration } from '../values/iteration';
import { PyFunction } from '../values/scope';
import {
  identityOf,
  PyBoundMethod,
  PyClass,
  PyDict,
  PyInstance,
  PyList,
  PyModule,
  PyObject,
  PyRange,
  PySet,
  PyTuple,
  PythonError,
  type PyValue,
  plainOf,
  typeName,
  Unknown,
} from '../values/values';
import { evalText, execText } from './evaluation';
import { openFile } from './files';
import { belongs, isInstanceOf } from './instances';
import { sortValues } from './sorting';

/** `len(value)`. */
export function lengthOf(ctx: Context, value: PyValue): PyValue {
  if (value instanceof Unknown) return value;
  if (typeof value === 'string') {
    ctx.spend(value.length >> 8);
    return BigInt(textLength(value));
  }
  const method = value instanceof PyObject && value.cls ? value.cls.lookup('__len__') : undefined;
  if (method !== undefined) return lengthIn(ctx, ctx.call(method, [value]));
  if (value instanceof PyList || value instanceof PyTuple) return BigInt(value.items.length);
  if (value instanceof PyDict || value instanceof PySet) return BigInt(value.size);
  if (value instanceof PyRange) return value.length;
  const members = value instanceof PyClass ? value.members.get('__members__') : undefined;
  if (members instanceof PyDict) return BigInt(new Set(members.values()).size);
  throw new PythonError('TypeError', `object of type '${typeName(value)}' has no len()`);
}

function extremum(sign: '<' | '>', name: string): NativeFunction {
  return native(
    '*args, key=None, default=None',
    function* (ctx, args): Eval<PyValue> {
      const given = args.rest('args');
      const [only] = given;
      if (only === undefined) ctx.raise('TypeError', `${name} expected at least 1 argument, got 0`);
      const source = given.length === 1 ? yield* ctx.iterate(only ?? null) : iteratorOf(given);
      let best: PyValue | undefined;
      let bestKey: PyValue = null;
      for (;;) {
        if (ctx.meter.step()) yield* ctx.pause();
        const item = yield* source.step();
        if (item === undefined) break;
        const key: PyValue = args.isNone('key') ? item : yield* ctx.run(args.get('key'), [item]);
        if (best === undefined || ctx.truth(compare(ctx, sign, key, bestKey))) {
          best = item;
          bestKey = key;
        }
      }
      if (best !== undefined) return best;
      if (args.isGiven('default')) return args.get('default');
      return ctx.raise('ValueError', `${name}() arg is an empty sequence`);
    },
    name,
  );
}

/** Round half to even, exactly, as CPython. */
function roundHalfEven(value: number): bigint {
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return BigInt(up ? floor + 1 : floor);
}

function roundTo(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0 || digits > 323) return value;
  if (digits < -308) return 0 * value;
  return Math.sign(value) * Number(roundDecimal(Math.abs(value), digits));
}

function roundInteger(value: bigint, unit: bigint): bigint {
  const rest = ((value % unit) + unit) % unit;
  const down = value - rest;
  return 2n * rest > unit || (2n * rest === unit && (down / unit) % 2n !== 0n) ? down + unit : down;
}

/** A method of the operand's class, by which a built-in function works on what is no number. */
function callSpecial(
  ctx: Context,
  value: PyValue,
  name: string,
  refusal: (type: string) => string,
  args: readonly PyValue[] = [],
): PyValue {
  if (value instanceof Unknown) return value;
  const method = value instanceof PyObject ? ctx.typeOf(value).lookup(name) : undefined;
  return method === undefined ? ctx.raise('TypeError', refusal(typeName(value))) : ctx.call(method, [value, ...args]);
}

function digitsInBase(ctx: Context, value: PyValue, base: number, prefix: string): PyValue {
  if (value instanceof Unknown) return value;
  const number = wholeNumber(ctx, value);
  const digits = (number < 0n ? -number : number).toString(base);
  ctx.meter.text(digits.length);
  return `${number < 0n ? '-' : ''}${prefix}${digits}`;
}

function lazyIterator(make: (ctx: Context, args: NativeArguments) => Eval<() => Eval<PyValue | undefined>>) {
  return function* (ctx: Context, args: NativeArguments): Eval<PyValue> {
    return new PyIterator(yield* make(ctx, args));
  };
}

function* iterators(ctx: Context, values: readonly PyValue[]): Eval<PyIterator[]> {
  const result: PyIterator[] = [];
  for (const value of values) result.push(yield* ctx.iterate(value));
  return result;
}

/** One item of each, or undefined where one has ended. */
function* row(sources: readonly PyIterator[]): Eval<PyValue[] | undefined> {
  const items: PyValue[] = [];
  for (const source of sources) {
    const item = yield* source.step();
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items.length > 0 ? items : undefined;
}

/** The items of an object with `__len__` and `__getitem__`, from the last. */
function reversedItems(ctx: Context, value: PyInstance): PyIterator {
  let index = Number(lengthOf(ctx, value));
  return new PyIterator(function* () {
    index -= 1;
    return index < 0 ? undefined : yield* getItem(ctx, value, BigInt(index));
  });
}

function isCollection(value: PyValue): boolean {
  return typeof value === 'string' || value instanceof PyObject;
}

function* quantify(ctx: Context, args: NativeArguments, wanted: boolean): Eval<PyValue> {
  const iterator = yield* ctx.iterate(args.get('iterable'));
  for (;;) {
    const item = yield* iterator.step();
    if (item === undefined) return !wanted;
    if (ctx.truth(item) === wanted) return wanted;
    if (ctx.meter.step()) yield* ctx.pause();
  }
}

/** `getattr` with what it gives where there is none; an attribute may have to wait for a module's text. */
function* attributeOr<T>(ctx: Context, object: PyValue, name: string, fallback: T): Eval<PyValue | T> {
  try {
    return yield* ctx.attribute(object, name);
  } catch (error) {
    if (error instanceof PythonError && error.type === 'AttributeError') return fallback;
    throw error;
  }
}

const functions: Record<string, NativeFunction> = {
  len: native('obj', (ctx, args) => lengthOf(ctx, args.get('obj'))),
  print: native('*args, **kwargs', () => null),
  input: native('prompt=None', (ctx) => new Unknown(say('input() asks a person'), ctx.range)),
  __import__: native('name, globals=None, locals=None, fromlist=(), level=0', function* (ctx, args): Eval<PyValue> {
    const name = args.string('name');
    // Without names to take from it, `a.b` gives `a`.
    const isWhole = args.isNone('fromlist') || ctx.list(args.get('fromlist')).length === 0;
    const loaded = yield* ctx.importModule(name, args.int('level'));
    return isWhole && name.includes('.') ? yield* ctx.importModule(name.slice(0, name.indexOf('.')), 0) : loaded;
  }),
  eval: evalText,
  exec: execText,
  open: openFile,
  repr: native('obj', (ctx, args) => ctx.repr(args.get('obj'))),
  ascii: native('obj', (ctx, args) => escapeNonAscii(ctx.repr(args.get('obj')))),
  format: native("value, spec=''", (ctx, args) => formatValue(ctx, args.get('value'), args.string('spec'))),
  id: native('obj', (_, args) => {
    const value = args.get('obj');
    return value instanceof PyObject ? BigInt(identityOf(value)) : hashOf(value);
  }),
  hash: native('obj', (ctx, args) => {
    const value = args.get('obj');
    const method = value instanceof PyObject ? ctx.typeOf(value).lookup('__hash__') : undefined;
    return method === undefined || method === null ? hashOf(value) : ctx.call(method, [value]);
  }),
  abs: native('x', (ctx, args) => {
    const given = args.get('x');
    const value = ctx.lookup(given, '__abs__') === undefined ? plainOf(given) : given;
    if (typeof value === 'bigint') return value < 0n ? -value : value;
    if (typeof value === 'number') return Math.abs(value);
    if (typeof value === 'boolean') return value ? 1n : 0n;
    return callSpecial(ctx, value, '__abs__', (type) => `bad operand type for abs(): '${type}'`);
  }),
  round: native('number, ndigits=None', (ctx, args) => {
    const given = args.get('number');
    const value = ctx.lookup(given, '__round__') === undefined ? plainOf(given) : given;
    const written = args.get('ndigits');
    if (typeof value !== 'bigint' && typeof value !== 'boolean' && typeof value !== 'number') {
      const digits = written === null ? [] : [written];
      return callSpecial(ctx, value, '__round__', (type) => `type ${type} doesn't define __round__ method`, digits);
    }
    const digits = written === null ? undefined : indexOf(ctx, written);
    if (typeof value !== 'number') {
      if (digits === undefined || digits >= 0) return BigInt(value);
      return roundInteger(BigInt(value), 10n ** BigInt(Math.min(-digits, 1000)));
    }
    if (digits !== undefined) return roundTo(value, digits);
    if (Number.isNaN(value)) ctx.raise('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(value)) ctx.raise('OverflowError', 'cannot convert float infinity to integer');
    return roundHalfEven(value);
  }),
  pow: native('base, exp, mod=None', (ctx, args) => {
    const [base, exponent, modulus] = [args.get('base'), args.get('exp'), args.get('mod')];
    if (modulus === null) return binaryOperation(ctx, '**', base, exponent, false);
    const whole = [base, exponent, modulus].map((each) => (typeof each === 'boolean' ? BigInt(each) : each));
    if (whole.every((each) => typeof each === 'bigint')) {
      const [b, e, m] = firstElements(whole as bigint[], 3);
      ctx.spend(bits(e) * (1 + (bits(m) >> 10)));
      return modularPower(b, e, m);
    }
    return ctx.raise('TypeError', 'pow() 3rd argument not allowed unless all arguments are integers');
  }),
  divmod: native('a, b', (ctx, args) => divmod(ctx, args.get('a'), args.get('b'))),
  sum: native('iterable, start=0', function* (ctx, args): Eval<PyValue> {
    let total = args.get('start');
    if (typeof total === 'string') ctx.raise('TypeError', "sum() can't sum strings [use ''.join(seq) instead]");
    for (const item of yield* ctx.collect(args.get('iterable'))) total = binaryOperation(ctx, '+', total, item, false);
    return total;
  }),
  min: extremum('<', 'min'),
  max: extremum('>', 'max'),
  any: native('iterable', (ctx, args) => quantify(ctx, args, true)),
  all: native('iterable', (ctx, args) => quantify(ctx, args, false)),
  sorted: native('iterable, *, key=None, reverse=False', function* (ctx, args): Eval<PyValue> {
    const items = yield* ctx.collect(args.get('iterable'));
    return new PyList(yield* sortValues(ctx, items, args.get('key'), args.bool('reverse')));
  }),
  reversed: native('sequence', function* (ctx, args): Eval<PyValue> {
    const value = plainText(args.get('sequence'));
    const cls = value instanceof PyObject && value.cls ? value.cls : undefined;
    const method = cls?.lookup('__reversed__');
    if (method !== undefined && method !== null) return yield* ctx.run(method, [value]);
    const plain = value instanceof PyIterator || value instanceof PySet;
    if (plain || (value instanceof PyInstance && cls?.lookup('__getitem__') === undefined) || !isCollection(value)) {
      ctx.raise('TypeError', `'${typeName(value)}' object is not reversible`);
    }
    if (value instanceof PyInstance) return reversedItems(ctx, value);
    return yield* ctx.iterate(new PyList((yield* ctx.collect(value)).reverse()));
  }),
  enumerate: native(
    'iterable, start=0',
    lazyIterator(function* (ctx, args) {
      const source = yield* ctx.iterate(args.get('iterable'));
      let index = BigInt(args.int('start'));
      return function* () {
        const item = yield* source.step();
        if (item === undefined) return undefined;
        index += 1n;
        return new PyTuple([index - 1n, item]);
      };
    }),
  ),
  zip: native(
    '*iterables, strict=False',
    lazyIterator(function* (ctx, args) {
      const sources = yield* iterators(ctx, args.rest('iterables'));
      return function* () {
        const items = yield* row(sources);
        return items && new PyTuple(items);
      };
    }),
  ),
  map: native(
    'function, *iterables',
    lazyIterator(function* (ctx, args) {
      const sources = yield* iterators(ctx, args.rest('iterables'));
      const callee = args.get('function');
      return function* () {
        const items = yield* row(sources);
        return items && (yield* ctx.run(callee, items));
      };
    }),
  ),
  filter: native(
    'function, iterable',
    lazyIterator(function* (ctx, args) {
      const source = yield* ctx.iterate(args.get('iterable'));
      const callee = args.get('function');
      return function* () {
        for (;;) {
          const item = yield* source.step();
          if (item === undefined) return undefined;
          if (ctx.truth(callee === null ? item : yield* ctx.run(callee, [item]))) return item;
        }
      };
    }),
  ),
  iter: native('object, sentinel=None', function* (ctx, args): Eval<PyValue> {
    const source = args.get('object');
    if (!args.isGiven('sentinel')) return yield* ctx.iterate(source);
    return new PyIterator(function* () {
      const item = yield* ctx.run(source);
      return ctx.equal(item, args.get('sentinel')) ? undefined : item;
    });
  }),
  next: native('iterator, default=None', function* (ctx, args): Eval<PyValue> {
    const given = args.get('iterator');
    const isIterator = given instanceof PyIterator || given instanceof Unknown;
    if (!isIterator && ctx.typeOf(given).lookup('__next__') === undefined) {
      ctx.raise('TypeError', `'${typeName(given)}' object is not an iterator`);
    }
    const iterator = isIterator ? yield* ctx.iterate(given) : ctx.userIterator(given);
    const item = yield* iterator.step();
    if (item !== undefined) return item;
    if (args.isGiven('default')) return args.get('default');
    throw stopIteration(iterator);
  }),
  isinstance: native('obj, cls', (ctx, args) => isInstanceOf(ctx, args.get('obj'), args.get('cls'))),
  issubclass: native('cls, base', (ctx, args) => {
    const cls = args.get('cls');
    const base = args.get('base');
    if (cls instanceof Unknown) return cls;
    const bases = base instanceof PyTuple ? base.items : [base];
    if (!(cls instanceof PyClass)) throw new PythonError('TypeError', 'issubclass() arg 1 must be a class');
    return bases.some((item) => item instanceof PyClass && belongs(ctx, cls, item));
  }),
  callable: native('obj', (ctx, args) => {
    const value = args.get('obj');
    const made = value instanceof PyFunction || value instanceof NativeFunction || value instanceof PyClass;
    return made || value instanceof PyBoundMethod || ctx.typeOf(value).lookup('__call__') !== undefined;
  }),
  hasattr: native('obj, name', function* (ctx, args): Eval<PyValue> {
    const value = args.get('obj');
    return value instanceof Unknown
      ? value
      : (yield* attributeOr(ctx, value, args.string('name'), undefined)) !== undefined;
  }),
  getattr: native('obj, name, default=None', (ctx, args) =>
    args.isGiven('default')
      ? attributeOr(ctx, args.get('obj'), args.string('name'), args.get('default'))
      : ctx.attribute(args.get('obj'), args.string('name')),
  ),
  setattr: native('obj, name, value', (ctx, args) => {
    ctx.setattr(args.get('obj'), args.string('name'), args.get('value'));
    return null;
  }),
  delattr: native('obj, name', (ctx, args) => {
    ctx.delattr(args.get('obj'), args.string('name'));
    return null;
  }),
  vars: native('obj', (ctx, args) => {
    const found = ctx.lookup(args.get('obj'), '__dict__');
    return found ?? ctx.raise('TypeError', 'vars() argument must have __dict__ attribute');
  }),
  dir: native('obj=None', function* (ctx, args): Eval<PyValue> {
    if (!args.isGiven('obj')) return new PyList(ctx.list(ctx.locals()).map(String).sort());
    const value = args.get('obj');
    const own = ctx.lookup(value, '__dir__');
    if (own !== undefined) return new PyList((yield* ctx.collect(yield* ctx.run(own))).map(String).sort());
    const names = new Set<string>(value instanceof PyObject ? (value.attributes?.keys() ?? []) : []);
    if (value instanceof PyModule) for (const name of value.members.keys()) names.add(name);
    for (const cls of value instanceof PyClass ? value.mro : ctx.typeOf(value).mro)
      for (const name of cls.members.keys()) names.add(name);
    return new PyList([...names].sort());
  }),
  globals: native('', (ctx) => ctx.globals()),
  locals: native('', (ctx) => ctx.locals()),
  chr: native('i', (ctx, args) => {
    const code = indexOf(ctx, args.get('i'));
    if (code < 0 || code > 0x10ffff) ctx.raise('ValueError', 'chr() arg not in range(0x110000)');
    return String.fromCodePoint(code);
  }),
  ord: native('c', (ctx, args) => {
    const value = args.get('c');
    if (typeof value !== 'string') {
      return ctx.raise('TypeError', `ord() expected string of length 1, but ${typeName(value)} found`);
    }
    const [only, second] = value;
    if (only !== undefined && second === undefined) return BigInt(only.codePointAt(0) ?? 0);
    return ctx.raise('TypeError', `ord() expected a character, but string of length ${textLength(value)} found`);
  }),
  hex: native('x', (ctx, args) => digitsInBase(ctx, args.get('x'), 16, '0x')),
  bin: native('x', (ctx, args) => digitsInBase(ctx, args.get('x'), 2, '0b')),
  oct: native('x', (ctx, args) => digitsInBase(ctx, args.get('x'), 8, '0o')),
};

/** Built-in functions by name. */
export function builtinFunctions(): Readonly<Record<string, NativeFunction>> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [name, new NativeFunction(name, value.parameters, value.body)]),
  );
}
