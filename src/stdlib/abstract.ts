/** The abstract collections of `collections.abc`: what a class has for the few methods that it defines itself. */
import type { NativeArguments } from '../python/natives/arguments';
import type { Context, Eval } from '../python/natives/context';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { iteratorOf } from '../python/values/iteration';
import { type PyClass, PyDict, PyInstance, PyList, PyTuple, PythonError, type PyValue } from '../python/values/values';

const SLOT = Symbol('abstract collections');

/** The classes by name; `typing` and `collections.abc` have the same ones. */
export function abstractCollections(ctx: Context): Record<string, PyClass> {
  return ctx.slot(SLOT, () => {
    const made: Record<string, PyClass> = {};
    for (const [name, bases, members] of CLASSES) {
      const above = bases.flatMap((base) => made[base] ?? []);
      made[name] = nativeClass(
        name,
        above.length > 0 ? above : [ctx.classes.object],
        members?.() ?? {},
        'collections.abc',
      );
    }
    return made;
  });
}

type Members = () => Record<string, NativeFunction>;
type Abstract = readonly [name: string, bases: readonly string[], members?: Members];

/** Calls a method of an object by its name. */
function* on(ctx: Context, self: PyValue, name: string, ...args: PyValue[]): Eval<PyValue> {
  return yield* ctx.run(ctx.getattr(self, name), args);
}

/** What a call gives, or undefined where it raises one of these. */
function* unless(raised: readonly string[], call: Eval<PyValue>): Eval<PyValue | undefined> {
  try {
    return yield* call;
  } catch (error) {
    if (error instanceof PythonError && raised.includes(error.type)) return undefined;
    throw error;
  }
}

const self = (args: NativeArguments) => args.get('self');

function* itemsOf(ctx: Context, mapping: PyValue): Eval<[PyValue, PyValue][]> {
  if (mapping instanceof PyDict) return mapping.entries().map(([key, value]) => [key, value]);
  const entries: [PyValue, PyValue][] = [];
  for (const key of yield* ctx.collect(mapping)) entries.push([key, yield* on(ctx, mapping, '__getitem__', key)]);
  return entries;
}

const mapping: Members = () => ({
  get: native('self, key, default=None', function* (ctx, args) {
    const found = yield* unless(['KeyError'], on(ctx, self(args), '__getitem__', args.get('key')));
    return found === undefined ? args.get('default') : found;
  }),
  __contains__: native('self, key', function* (ctx, args) {
    return (yield* unless(['KeyError'], on(ctx, self(args), '__getitem__', args.get('key')))) !== undefined;
  }),
  keys: native('self', function* (ctx, args) {
    return new PyList(yield* ctx.collect(self(args)));
  }),
  items: native('self', function* (ctx, args) {
    return new PyList((yield* itemsOf(ctx, self(args))).map((entry) => new PyTuple(entry)));
  }),
  values: native('self', function* (ctx, args) {
    return new PyList((yield* itemsOf(ctx, self(args))).map(([, value]) => value));
  }),
  __eq__: native('self, other', function* (ctx, args) {
    const other = args.get('other');
    const isMapping =
      other instanceof PyDict || ctx.typeOf(other).mro.some((each) => each.native && each.name === 'Mapping');
    if (!isMapping) return ctx.builtins.get('NotImplemented') ?? null;
    const [own, theirs] = [yield* itemsOf(ctx, self(args)), yield* itemsOf(ctx, other)];
    return ctx.equal(PyDict.from(own), PyDict.from(theirs));
  }),
});

const mutableMapping: Members = () => ({
  pop: native('self, key, *default', function* (ctx, args) {
    const key = args.get('key');
    const [instead] = args.rest('default');
    const item = on(ctx, self(args), '__getitem__', key);
    const found = instead === undefined ? yield* item : yield* unless(['KeyError'], item);
    if (found === undefined) return instead ?? null;
    yield* on(ctx, self(args), '__delitem__', key);
    return found;
  }),
  popitem: native('self', function* (ctx, args) {
    const [key] = yield* ctx.collect(self(args));
    if (key === undefined) return ctx.raise('KeyError', '');
    const value = yield* on(ctx, self(args), '__getitem__', key);
    yield* on(ctx, self(args), '__delitem__', key);
    return new PyTuple([key, value]);
  }),
  clear: native('self', function* (ctx, args) {
    for (const key of yield* ctx.collect(self(args))) yield* on(ctx, self(args), '__delitem__', key);
    return null;
  }),
  update: native('self, other=(), /, **kwargs', function* (ctx, args) {
    const other = args.get('other');
    const hasKeys = other instanceof PyDict || ctx.lookup(other, 'keys') !== undefined;
    const entries = hasKeys
      ? yield* itemsOf(ctx, other)
      : (yield* ctx.collect(other)).map((pair) => ctx.list(pair).slice(0, 2));
    for (const entry of [...entries, ...args.keywords('kwargs')]) yield* on(ctx, self(args), '__setitem__', ...entry);
    return null;
  }),
  setdefault: native('self, key, default=None', function* (ctx, args) {
    const found = yield* unless(['KeyError'], on(ctx, self(args), '__getitem__', args.get('key')));
    if (found !== undefined) return found;
    yield* on(ctx, self(args), '__setitem__', args.get('key'), args.get('default'));
    return args.get('default');
  }),
});

/** The place of a value; undefined where it is not among the items. */
function* placeOf(ctx: Context, args: NativeArguments): Eval<number | undefined> {
  const at = (yield* ctx.collect(self(args))).findIndex((item) => ctx.equal(item, args.get('value')));
  return at < 0 ? undefined : at;
}

const sequence: Members = () => ({
  __contains__: native('self, value', function* (ctx, args) {
    return (yield* placeOf(ctx, args)) !== undefined;
  }),
  __reversed__: native('self', function* (ctx, args) {
    return iteratorOf((yield* ctx.collect(self(args))).reverse());
  }),
  index: native('self, value', function* (ctx, args) {
    const at = yield* placeOf(ctx, args);
    return at === undefined ? ctx.raise('ValueError', '') : BigInt(at);
  }),
  count: native('self, value', function* (ctx, args) {
    const items = yield* ctx.collect(self(args));
    return BigInt(items.filter((item) => ctx.equal(item, args.get('value'))).length);
  }),
});

function* append(ctx: Context, to: PyValue, values: PyValue): Eval<void> {
  for (const value of [...(yield* ctx.collect(values))]) yield* on(ctx, to, 'append', value);
}

const mutableSequence: Members = () => ({
  append: native('self, value', function* (ctx, args) {
    return yield* on(ctx, self(args), 'insert', yield* on(ctx, self(args), '__len__'), args.get('value'));
  }),
  extend: native('self, values', function* (ctx, args) {
    yield* append(ctx, self(args), args.get('values'));
    return null;
  }),
  __iadd__: native('self, values', function* (ctx, args) {
    yield* append(ctx, self(args), args.get('values'));
    return self(args);
  }),
  pop: native('self, index=-1', function* (ctx, args) {
    const value = yield* on(ctx, self(args), '__getitem__', args.get('index'));
    yield* on(ctx, self(args), '__delitem__', args.get('index'));
    return value;
  }),
  remove: native('self, value', function* (ctx, args) {
    const at = yield* placeOf(ctx, args);
    if (at === undefined) return ctx.raise('ValueError', '');
    return yield* on(ctx, self(args), '__delitem__', BigInt(at));
  }),
  reverse: native('self', function* (ctx, args) {
    const items = (yield* ctx.collect(self(args))).reverse();
    for (const [at, item] of items.entries()) yield* on(ctx, self(args), '__setitem__', BigInt(at), item);
    return null;
  }),
  clear: native('self', function* (ctx, args) {
    for (const _ of yield* ctx.collect(self(args))) yield* on(ctx, self(args), 'pop');
    return null;
  }),
});

/** A set of the same class with some of the items. */
function* setOf(ctx: Context, like: PyValue, items: readonly PyValue[]): Eval<PyValue> {
  return yield* ctx.run(ctx.typeOf(like), [new PyList([...items])]);
}

function* partOf(ctx: Context, args: NativeArguments, isIn: boolean): Eval<PyValue[]> {
  const other = yield* ctx.collect(args.get('other'));
  const items = yield* ctx.collect(self(args));
  return items.filter((item) => other.some((each) => ctx.equal(each, item)) === isIn);
}

const set: Members = () => ({
  isdisjoint: native('self, other', function* (ctx, args) {
    return (yield* partOf(ctx, args, true)).length === 0;
  }),
  __and__: native('self, other', function* (ctx, args) {
    return yield* setOf(ctx, self(args), yield* partOf(ctx, args, true));
  }),
  __sub__: native('self, other', function* (ctx, args) {
    return yield* setOf(ctx, self(args), yield* partOf(ctx, args, false));
  }),
  __or__: native('self, other', function* (ctx, args) {
    const items = yield* ctx.collect(self(args));
    return yield* setOf(ctx, self(args), [...items, ...(yield* ctx.collect(args.get('other')))]);
  }),
  __le__: native('self, other', function* (ctx, args) {
    return (yield* partOf(ctx, args, false)).length === 0;
  }),
  __eq__: native('self, other', function* (ctx, args) {
    const other = args.get('other');
    if (other instanceof PyInstance && ctx.lookup(other, '__len__') === undefined) return false;
    const size = (yield* ctx.collect(self(args))).length;
    const isSame = (yield* ctx.collect(other)).length === size;
    return isSame && (yield* partOf(ctx, args, false)).length === 0;
  }),
});

const mutableSet: Members = () => ({
  remove: native('self, value', function* (ctx, args) {
    const value = args.get('value');
    if (!ctx.truth(yield* on(ctx, self(args), '__contains__', value)))
      throw new PythonError('KeyError', ctx.repr(value), undefined, value);
    return yield* on(ctx, self(args), 'discard', value);
  }),
  pop: native('self', function* (ctx, args) {
    const [first] = yield* ctx.collect(self(args));
    if (first === undefined) return ctx.raise('KeyError', '');
    yield* on(ctx, self(args), 'discard', first);
    return first;
  }),
  clear: native('self', function* (ctx, args) {
    for (const item of yield* ctx.collect(self(args))) yield* on(ctx, self(args), 'discard', item);
    return null;
  }),
  __ior__: native('self, other', function* (ctx, args) {
    for (const item of yield* ctx.collect(args.get('other'))) yield* on(ctx, self(args), 'add', item);
    return self(args);
  }),
  __isub__: native('self, other', function* (ctx, args) {
    for (const item of yield* ctx.collect(args.get('other'))) yield* on(ctx, self(args), 'discard', item);
    return self(args);
  }),
});

const NAMES = [
  'Iterable',
  'Iterator',
  'Generator',
  'Callable',
  'Container',
  'Hashable',
  'Sized',
  'Reversible',
  'KeysView',
  'ValuesView',
  'ItemsView',
];

const CLASSES: readonly Abstract[] = [
  ...NAMES.map((name) => [name, []] as const),
  ['Collection', []],
  ['Mapping', ['Collection'], mapping],
  ['MutableMapping', ['Mapping'], mutableMapping],
  ['Sequence', ['Collection'], sequence],
  ['MutableSequence', ['Sequence'], mutableSequence],
  ['Set', ['Collection'], set],
  ['MutableSet', ['Set'], mutableSet],
];
