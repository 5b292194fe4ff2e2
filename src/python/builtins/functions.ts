import { say } from '../../language/say';
import type { NativeArguments } from '../arguments';
import { sequence } from '../arguments';
import { formatValue, rounded } from '../format';
import type { Interpreter } from '../interpreter';
import { PyIterator } from '../iteration';
import { membersOf } from '../late';
import { type Context, type Eval, NativeFunction, native } from '../native';
import { binary, compare, hashOf } from '../operators';
import { PyFunction } from '../scope';
import {
  identityOf,
  PyBoundMethod,
  PyClass,
  PyDict,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PyTuple,
  PythonError,
  type PyValue,
  typeName,
  Unknown,
} from '../values';
import { sortValues } from './sorting';
import { interpreter } from './types';

/** `len(value)`. */
export function lengthOf(ctx: Context, value: PyValue): PyValue {
  if (value instanceof Unknown) return value;
  if (typeof value === 'string') return BigInt([...value].length);
  const method = value instanceof PyObject && value.cls ? value.cls.lookup('__len__') : undefined;
  if (method !== undefined) return ctx.call(method, [value]);
  if (value instanceof PyList || value instanceof PyTuple) return BigInt(value.items.length);
  if (value instanceof PyDict || value instanceof PySet) return BigInt(value.size);
  if (value instanceof PyRange) return value.length;
  const members = value instanceof PyClass ? value.members.get('__members__') : undefined;
  if (members instanceof PyDict) return BigInt(new Set(members.values()).size);
  throw new PythonError('TypeError', `object of type '${typeName(value)}' has no len()`);
}

/** `isinstance(value, cls)` with tuples of classes. */
function instance(ctx: Context, value: PyValue, classes: PyValue): PyValue {
  if (value instanceof Unknown) return value;
  if (classes instanceof PyTuple) return classes.items.some((cls) => instance(ctx, value, cls) === true);
  if (classes === null) return value === null;
  if (!(classes instanceof PyClass)) return false;
  const checked = abstractKind(value, classes.name);
  return checked ?? ctx.isInstance(value, classes);
}

/** `collections.abc` and `numbers`, which built-in values belong to without inheriting. */
function abstractKind(value: PyValue, name: string): boolean | undefined {
  if (name === 'Iterable' || name === 'Collection') {
    return (
      typeof value === 'string' ||
      value instanceof PyList ||
      value instanceof PyTuple ||
      value instanceof PyDict ||
      value instanceof PySet ||
      value instanceof PyRange ||
      value instanceof PyIterator
    );
  }
  if (name === 'Iterator' || name === 'Generator') return value instanceof PyIterator || undefined;
  if (name === 'Set' || name === 'AbstractSet' || name === 'MutableSet') return value instanceof PySet || undefined;
  if (name === 'Hashable' && !(value instanceof PyObject)) return true;
  if (name === 'Hashable') return !(value instanceof PyList || value instanceof PyDict || value instanceof PySet);
  if (name === 'Sized' || name === 'Container') return typeof value === 'string' || !!sequence(value) || undefined;
  if (name === 'MutableSequence') return value instanceof PyList || undefined;
  if (name === 'Sequence')
    return typeof value === 'string' || sequence(value) !== undefined || value instanceof PyRange;
  if (name === 'Mapping' || name === 'MutableMapping') return value instanceof PyDict;
  if (name === 'Callable')
    return value instanceof PyFunction || value instanceof NativeFunction || value instanceof PyClass;
  if (name === 'Number' || name === 'Real') return ['bigint', 'number', 'boolean'].includes(typeof value);
  if (name === 'Integral') return typeof value === 'bigint' || typeof value === 'boolean';
  return undefined;
}

/** Abstract classes that built-in ones belong to without inheriting. */
const BELONGS: Readonly<Record<string, readonly string[]>> = {
  Mapping: ['dict'],
  MutableMapping: ['dict'],
  Sequence: ['list', 'tuple', 'str', 'range'],
  MutableSequence: ['list'],
  Iterable: ['list', 'tuple', 'str', 'range', 'dict', 'set', 'frozenset'],
  Number: ['int', 'float', 'bool'],
  Integral: ['int', 'bool'],
};

function belongs(cls: PyClass, name: string): boolean {
  return cls.mro.some((base) => base.native && (BELONGS[name]?.includes(base.name) ?? false));
}

function extreme(sign: '<' | '>', name: string): NativeFunction {
  return native(
    '*args, key=None, default=None',
    function* (ctx, args): Eval<PyValue> {
      const own = interpreter(ctx);
      const given = args.rest('args');
      const [only] = given;
      const items = given.length === 1 && only !== undefined ? yield* own.collect(only) : given;
      let best: PyValue | undefined;
      let bestKey: PyValue = null;
      for (const item of items) {
        const key: PyValue = args.isNone('key') ? item : yield* own.run(args.get('key'), [item]);
        if (best === undefined || own.truth(compare(own, sign, key, bestKey))) {
          best = item;
          bestKey = key;
        }
      }
      if (best !== undefined) return best;
      if (args.given('default')) return args.get('default');
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
  if (!Number.isFinite(value)) return value;
  if (digits < 0) {
    const unit = 10 ** -digits;
    return Number(roundHalfEven(value / unit)) * unit;
  }
  return digits > 300 ? value : Math.sign(value) * Number(rounded(Math.abs(value), digits));
}

function roundInteger(value: bigint, unit: bigint): bigint {
  const rest = ((value % unit) + unit) % unit;
  const down = value - rest;
  return 2n * rest > unit || (2n * rest === unit && (down / unit) % 2n !== 0n) ? down + unit : down;
}

function lazily(make: (ctx: Interpreter, args: NativeArguments) => Eval<() => Eval<PyValue | undefined>>) {
  return function* (ctx: Context, args: NativeArguments): Eval<PyValue> {
    return new PyIterator(yield* make(interpreter(ctx), args));
  };
}

function* iterators(ctx: Interpreter, values: readonly PyValue[]): Eval<PyIterator[]> {
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

function* quantified(ctx: Context, args: NativeArguments, wanted: boolean): Eval<PyValue> {
  const own = interpreter(ctx);
  const iterator = yield* own.iterate(args.get('iterable'));
  for (;;) {
    const item = yield* iterator.step();
    if (item === undefined) return !wanted;
    if (own.truth(item) === wanted) return wanted;
    if (own.meter.step()) yield* own.pause();
  }
}

const functions: Record<string, NativeFunction> = {
  len: native('obj', (ctx, args) => lengthOf(ctx, args.get('obj'))),
  print: native('*args, **kwargs', () => null),
  input: native('prompt=None', (ctx) => new Unknown(say('input() asks a person'), ctx.range)),
  open: native('*args, **kwargs', (ctx) => new Unknown(say('files are not opened'), ctx.range)),
  repr: native('obj', (ctx, args) => ctx.repr(args.get('obj'))),
  ascii: native('obj', (ctx, args) => ctx.repr(args.get('obj'))),
  format: native("value, spec=''", (ctx, args) =>
    formatValue(interpreter(ctx), args.get('value'), args.string('spec')),
  ),
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
    const value = args.get('x');
    if (typeof value === 'bigint') return value < 0n ? -value : value;
    if (typeof value === 'number') return Math.abs(value);
    if (typeof value === 'boolean') return value ? 1n : 0n;
    return value instanceof Unknown ? value : ctx.call(ctx.getattr(value, '__abs__'));
  }),
  round: native('number, ndigits=None', (ctx, args) => {
    const value = args.get('number');
    const digits = args.optionalInt('ndigits');
    if (typeof value === 'bigint' || typeof value === 'boolean') {
      if (digits === undefined || digits >= 0) return BigInt(value);
      return roundInteger(BigInt(value), 10n ** BigInt(Math.min(-digits, 1000)));
    }
    if (typeof value === 'number') return digits === undefined ? roundHalfEven(value) : roundTo(value, digits);
    return value instanceof Unknown ? value : ctx.call(ctx.getattr(value, '__round__'));
  }),
  pow: native('base, exp, mod=None', (ctx, args) => {
    const result = binary(interpreter(ctx), '**', args.get('base'), args.get('exp'), false);
    return args.isNone('mod') ? result : binary(interpreter(ctx), '%', result, args.get('mod'), false);
  }),
  divmod: native('a, b', (ctx, args) => {
    const own = interpreter(ctx);
    const [a, b] = [args.get('a'), args.get('b')];
    return new PyTuple([binary(own, '//', a, b, false), binary(own, '%', a, b, false)]);
  }),
  sum: native('iterable, start=0', function* (ctx, args): Eval<PyValue> {
    const own = interpreter(ctx);
    let total = args.get('start');
    for (const item of yield* own.collect(args.get('iterable'))) total = binary(own, '+', total, item, false);
    return total;
  }),
  min: extreme('<', 'min'),
  max: extreme('>', 'max'),
  any: native('iterable', (ctx, args) => quantified(ctx, args, true)),
  all: native('iterable', (ctx, args) => quantified(ctx, args, false)),
  sorted: native('iterable, *, key=None, reverse=False', function* (ctx, args): Eval<PyValue> {
    const own = interpreter(ctx);
    const items = yield* own.collect(args.get('iterable'));
    return new PyList(yield* sortValues(own, items, args.get('key'), args.bool('reverse')));
  }),
  reversed: native('sequence', function* (ctx, args): Eval<PyValue> {
    const own = interpreter(ctx);
    const value = args.get('sequence');
    const method = value instanceof PyObject && value.cls ? value.cls.lookup('__reversed__') : undefined;
    if (method !== undefined) return yield* own.run(method, [value]);
    return yield* own.iterate(new PyList((yield* own.collect(value)).reverse()));
  }),
  enumerate: native(
    'iterable, start=0',
    lazily(function* (ctx, args) {
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
    lazily(function* (ctx, args) {
      const sources = yield* iterators(ctx, args.rest('iterables'));
      return function* () {
        const items = yield* row(sources);
        return items && new PyTuple(items);
      };
    }),
  ),
  map: native(
    'function, *iterables',
    lazily(function* (ctx, args) {
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
    lazily(function* (ctx, args) {
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
  iter: native('object, sentinel=None', (ctx, args) => interpreter(ctx).iterate(args.get('object'))),
  next: native('iterator, default=None', function* (ctx, args): Eval<PyValue> {
    const iterator = yield* interpreter(ctx).iterate(args.get('iterator'));
    const item = yield* iterator.step();
    if (item !== undefined) return item;
    return args.given('default') ? args.get('default') : ctx.raise('StopIteration', '');
  }),
  isinstance: native('obj, cls', (ctx, args) => instance(ctx, args.get('obj'), args.get('cls'))),
  issubclass: native('cls, base', (_, args) => {
    const cls = args.get('cls');
    const base = args.get('base');
    if (cls instanceof Unknown) return cls;
    const bases = base instanceof PyTuple ? base.items : [base];
    if (!(cls instanceof PyClass)) throw new PythonError('TypeError', 'issubclass() arg 1 must be a class');
    return bases.some((item) => item instanceof PyClass && (cls.isSubclassOf(item) || belongs(cls, item.name)));
  }),
  callable: native('obj', (ctx, args) => {
    const value = args.get('obj');
    const made = value instanceof PyFunction || value instanceof NativeFunction || value instanceof PyClass;
    return made || value instanceof PyBoundMethod || ctx.typeOf(value).lookup('__call__') !== undefined;
  }),
  hasattr: native('obj, name', (ctx, args) => {
    const value = args.get('obj');
    return value instanceof Unknown ? value : ctx.lookup(value, args.string('name')) !== undefined;
  }),
  getattr: native('obj, name, default=None', (ctx, args) => {
    const found = ctx.lookup(args.get('obj'), args.string('name'));
    if (found !== undefined) return found;
    return args.given('default') ? args.get('default') : ctx.getattr(args.get('obj'), args.string('name'));
  }),
  setattr: native('obj, name, value', (ctx, args) => {
    ctx.setattr(args.get('obj'), args.string('name'), args.get('value'));
    return null;
  }),
  delattr: native('obj, name', (ctx, args) => {
    ctx.delattr(args.get('obj'), args.string('name'));
    return null;
  }),
  vars: native('obj', (ctx, args) => ctx.getattr(args.get('obj'), '__dict__')),
  dir: native('obj', (ctx, args) => {
    const value = args.get('obj');
    const names = new Set<string>(value instanceof PyObject ? (value.attributes?.keys() ?? []) : []);
    for (const cls of ctx.typeOf(value).mro) for (const name of cls.members.keys()) names.add(name);
    return new PyList([...names].sort());
  }),
  globals: native('', function* (ctx): Eval<PyValue> {
    const module = interpreter(ctx).scope?.module;
    return module ? yield* membersOf(interpreter(ctx), module) : new PyDict();
  }),
  locals: native('', (ctx) => PyDict.from(interpreter(ctx).scope?.names ?? [])),
  chr: native('i', (_, args) => String.fromCodePoint(args.int('i'))),
  ord: native('c', (_, args) => BigInt(args.string('c').codePointAt(0) ?? 0)),
  hex: native('x', (_, args) => `0x${BigInt(args.int('x')).toString(16)}`),
  bin: native('x', (_, args) => `0b${BigInt(args.int('x')).toString(2)}`),
  oct: native('x', (_, args) => `0o${BigInt(args.int('x')).toString(8)}`),
};

/** Built-in functions by name. */
export function builtinFunctions(): Readonly<Record<string, NativeFunction>> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [name, new NativeFunction(name, value.parameters, value.body)]),
  );
}
