import { say } from '../../language/say';
import type { NativeArguments } from '../natives/arguments';
import type { Context, Eval } from '../natives/context';
import { type NativeFunction, native, nativeClass } from '../natives/native';
import { combineSets, ENTRY } from '../run/combine';
import { contains, placeOf } from '../run/comparisons';
import { dictIterator } from '../run/interpreter';
import { indexOf, itemOf, keyError, setItem, sliceIndices, wholeNumber } from '../run/subscripts';
import { iteratorOf } from '../values/iteration';
import {
  PyClass,
  PyClassMethod,
  PyDict,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PySlice,
  PyTuple,
  PythonError,
  type PyValue,
} from '../values/values';
import { sortValues } from './sorting';

type Containers = Record<'list' | 'tuple' | 'dict' | 'set' | 'frozenset' | 'range' | 'slice', PyClass>;

function list(args: NativeArguments): PyList {
  const self = args.get('self');
  if (self instanceof PyList) return self;
  throw new PythonError('TypeError', 'descriptor requires a list object');
}
function dict(args: NativeArguments): PyDict {
  const self = args.get('self');
  if (self instanceof PyDict) return self;
  throw new PythonError('TypeError', 'descriptor requires a dict object');
}
function set(args: NativeArguments): PySet {
  const self = args.get('self');
  if (self instanceof PySet) return self;
  throw new PythonError('TypeError', 'descriptor requires a set object');
}

function ownClass(cls: PyValue, plain: string): PyClass | undefined {
  return cls instanceof PyClass && cls.name !== plain ? cls : undefined;
}

const skip = native('self, *args, **kwargs', () => null);

/** Fills a dict from a mapping or from pairs. */
export function update(ctx: Context, target: PyDict, source: PyValue): void {
  if (source instanceof PyDict) {
    ctx.meter.container(source.size, say('This dict'), ENTRY);
    for (const [key, value] of source.entries()) target.set(key, value);
    return;
  }
  if (source instanceof PyObject && ctx.lookup(source, 'keys') !== undefined) {
    for (const key of ctx.list(ctx.call(ctx.getattr(source, 'keys')))) {
      target.set(key, ctx.call(ctx.getattr(source, '__getitem__'), [key]));
    }
    return;
  }
  for (const [index, pair] of ctx.list(source).entries()) {
    const refusal = () => `cannot convert dictionary update sequence element #${index} to a sequence`;
    const items = ctx.finish(ctx.collect(pair, refusal));
    const [key, value] = items;
    if (items.length !== 2 || key === undefined || value === undefined) {
      throw new PythonError(
        'ValueError',
        `dictionary update sequence element #${index} has length ${items.length}; 2 is required`,
      );
    }
    target.set(key, value);
  }
}

/** `index(value, start, stop)`. */
function place(ctx: Context, items: readonly PyValue[], args: NativeArguments, what: () => string): bigint {
  const boundOf = (name: string, otherwise: number): number => {
    if (args.isNone(name)) return otherwise;
    const index = indexOf(ctx, args.get(name));
    return Math.min(index < 0 ? Math.max(index + items.length, 0) : index, items.length);
  };
  const at = placeOf(ctx, items, args.get('value'), boundOf('start', 0), boundOf('stop', items.length));
  if (at < 0) throw new PythonError('ValueError', what());
  return BigInt(at);
}

/** How often a value is among items. */
function countIn(ctx: Context, items: readonly PyValue[], value: PyValue): bigint {
  let count = 0n;
  for (let at = placeOf(ctx, items, value); at >= 0; at = placeOf(ctx, items, value, at + 1)) count += 1n;
  return count;
}

function listClass(object: PyClass): PyClass {
  return nativeClass('list', [object], {
    __new__: native('cls, *args, **kwargs', (_, args) => new PyList([], ownClass(args.get('cls'), 'list'))),
    __init__: native('self, iterable=()', function* (ctx, args): Eval<PyValue> {
      list(args).items = yield* ctx.collect(args.get('iterable'));
      return null;
    }),
    __getitem__: native('self, index', (ctx, args) => itemOf(ctx, list(args), args.get('index'))),
    __setitem__: native('self, index, value', function* (ctx, args): Eval<PyValue> {
      yield* setItem(ctx, list(args), args.get('index'), args.get('value'), true);
      return null;
    }),
    __len__: native('self', (_, args) => BigInt(list(args).items.length)),
    __iter__: native('self', (_, args) => iteratorOf(list(args).items)),
    append: native('self, object', (_, args) => {
      list(args).items.push(args.get('object'));
      return null;
    }),
    extend: native('self, iterable', function* (ctx, args): Eval<PyValue> {
      for (const item of yield* ctx.collect(args.get('iterable'))) list(args).items.push(item);
      return null;
    }),
    insert: native('self, index, object', (ctx, args) => {
      ctx.spend(list(args).items.length >> 10);
      list(args).items.splice(args.int('index'), 0, args.get('object'));
      return null;
    }),
    pop: native('self, index=-1', (ctx, args) => {
      const { items } = list(args);
      if (args.isGiven('index')) ctx.spend(items.length >> 10);
      if (items.length === 0) throw new PythonError('IndexError', 'pop from empty list');
      const index = args.int('index');
      const at = index < 0 ? index + items.length : index;
      if (at < 0 || at >= items.length) throw new PythonError('IndexError', 'pop index out of range');
      return items.splice(at, 1)[0] ?? null;
    }),
    remove: native('self, value', (ctx, args) => {
      const { items } = list(args);
      const at = placeOf(ctx, items, args.get('value'));
      if (at < 0) throw new PythonError('ValueError', 'list.remove(x): x not in list');
      items.splice(at, 1);
      return null;
    }),
    index: native('self, value, start=None, stop=None', (ctx, args) =>
      place(ctx, list(args).items, args, () => `${ctx.repr(args.get('value'))} is not in list`),
    ),
    count: native('self, value', (ctx, args) => countIn(ctx, list(args).items, args.get('value'))),
    reverse: native('self', (_, args) => {
      list(args).items.reverse();
      return null;
    }),
    sort: native('self, *, key=None, reverse=False', function* (ctx, args): Eval<PyValue> {
      const target = list(args);
      target.items = yield* sortValues(ctx, target.items, args.get('key'), args.bool('reverse'));
      return null;
    }),
    copy: native('self', (ctx, args) => {
      const { items } = list(args);
      ctx.meter.container(items.length, say('This list'));
      return new PyList([...items]);
    }),
    clear: native('self', (_, args) => {
      list(args).items = [];
      return null;
    }),
  });
}

function tupleClass(object: PyClass): PyClass {
  const items = (args: NativeArguments): readonly PyValue[] => {
    const self = args.get('self');
    return self instanceof PyTuple ? self.items : [];
  };
  return nativeClass('tuple', [object], {
    __new__: native('cls, iterable=()', function* (ctx, args): Eval<PyValue> {
      return new PyTuple(yield* ctx.collect(args.get('iterable')), ownClass(args.get('cls'), 'tuple'));
    }),
    __init__: skip,
    index: native('self, value, start=None, stop=None', (ctx, args) =>
      place(ctx, items(args), args, () => 'tuple.index(x): x not in tuple'),
    ),
    count: native('self, value', (ctx, args) => countIn(ctx, items(args), args.get('value'))),
  });
}

/** `dict[key]` for a key that is not there. */
function missingItem(ctx: Context, target: PyDict, key: PyValue): PyValue {
  const missing = target.cls?.lookup('__missing__');
  if (missing !== undefined) return ctx.call(missing, [target, key]);
  if (target.factory === null) throw keyError(ctx, key);
  const made = ctx.call(target.factory);
  target.set(key, made);
  return made;
}

/** What `keys()`, `values()` and `items()` give: sequences that are shown by their name, and combine as sets do. */
function viewClasses(object: PyClass): Record<'dict_keys' | 'dict_values' | 'dict_items', PyClass> {
  const items = (value: PyValue): readonly PyValue[] => (value instanceof PyList ? value.items : []);
  const combine = (operator: '|' | '&' | '-' | '^', reflected = false): NativeFunction =>
    native('self, other', (ctx, args) => {
      const pair = [new PySet(items(args.get('self'))), new PySet(ctx.list(args.get('other')))] as const;
      const [a, b] = reflected ? [pair[1], pair[0]] : pair;
      return combineSets(ctx, operator, a, b) ?? null;
    });
  const make = (name: string, combines: boolean): PyClass =>
    nativeClass(name, [object], {
      __repr__: native('self', (ctx, args) => `${name}(${ctx.repr(new PyList([...items(args.get('self'))]))})`),
      __len__: native('self', (_, args) => BigInt(items(args.get('self')).length)),
      __iter__: native('self', (_, args) => iteratorOf(items(args.get('self')))),
      ...(combines
        ? {
            __and__: combine('&'),
            __or__: combine('|'),
            __sub__: combine('-'),
            __xor__: combine('^'),
            __rsub__: combine('-', true),
            __eq__: native('self, other', (ctx, args) => {
              const [a, b] = [items(args.get('self')), new PySet(ctx.list(args.get('other')))];
              return a.length === b.size && a.every((item) => b.has(item));
            }),
            isdisjoint: native('self, other', (ctx, args) => {
              const own = new PySet(items(args.get('self')));
              return !ctx.list(args.get('other')).some((item) => own.has(item));
            }),
          }
        : {}),
    });
  return {
    dict_keys: make('dict_keys', true),
    dict_values: make('dict_values', false),
    dict_items: make('dict_items', true),
  };
}

function dictClass(object: PyClass): PyClass {
  const views = viewClasses(object);
  const fill = native('self, source=(), /, **kwargs', (ctx, args) => {
    update(ctx, dict(args), args.get('source'));
    for (const [key, value] of args.keywords('kwargs')) dict(args).set(key, value);
    return null;
  });
  return nativeClass('dict', [object], {
    __new__: native('cls, *args, **kwargs', (_, args) => {
      const made = new PyDict();
      made.cls = ownClass(args.get('cls'), 'dict');
      return made;
    }),
    __init__: fill,
    update: fill,
    get: native('self, key, default=None', (_, args) => {
      const found = dict(args).get(args.get('key'));
      return found === undefined ? args.get('default') : found;
    }),
    setdefault: native('self, key, default=None', (_, args) => {
      const found = dict(args).get(args.get('key'));
      if (found !== undefined) return found;
      dict(args).set(args.get('key'), args.get('default'));
      return args.get('default');
    }),
    pop: native('self, key, default=None', (ctx, args) => {
      const found = dict(args).get(args.get('key'));
      dict(args).delete(args.get('key'));
      if (found !== undefined) return found;
      if (args.isGiven('default')) return args.get('default');
      throw keyError(ctx, args.get('key'));
    }),
    popitem: native('self, last=True', (ctx, args) => {
      ctx.spend(dict(args).size >> 6);
      const entries = dict(args).entries();
      const entry = args.bool('last') ? entries.at(-1) : entries[0];
      if (!entry) throw keyError(ctx, 'popitem(): dictionary is empty');
      dict(args).delete(entry[0]);
      return new PyTuple([...entry]);
    }),
    keys: native('self', (ctx, args) => {
      ctx.meter.container(dict(args).size, say('This list'));
      return new PyList(dict(args).keys(), views.dict_keys);
    }),
    values: native('self', (ctx, args) => {
      ctx.meter.container(dict(args).size, say('This list'));
      return new PyList(dict(args).values(), views.dict_values);
    }),
    items: native('self', (ctx, args) => {
      const entries = dict(args).entries();
      ctx.meter.container(entries.length, say('This list'), ENTRY);
      return new PyList(
        entries.map((entry) => new PyTuple([...entry])),
        views.dict_items,
      );
    }),
    __getitem__: native('self, key', (ctx, args) => {
      const found = dict(args).get(args.get('key'));
      if (found !== undefined) return found;
      return missingItem(ctx, dict(args), args.get('key'));
    }),
    __setitem__: native('self, key, value', (_, args) => {
      dict(args).set(args.get('key'), args.get('value'));
      return null;
    }),
    __delitem__: native('self, key', (ctx, args) => {
      if (!dict(args).delete(args.get('key'))) throw keyError(ctx, args.get('key'));
      return null;
    }),
    __contains__: native('self, key', (_, args) => dict(args).has(args.get('key'))),
    __len__: native('self', (_, args) => BigInt(dict(args).size)),
    __iter__: native('self', (_, args) => dictIterator(dict(args))),
    copy: native('self', (ctx, args) => {
      ctx.meter.container(dict(args).size, say('This dict'), ENTRY);
      const copy = PyDict.from(dict(args).entries());
      // A subclass written in Python copies to a plain dict.
      copy.cls = dict(args).cls?.native ? dict(args).cls : undefined;
      copy.factory = dict(args).factory;
      return copy;
    }),
    clear: native('self', (_, args) => {
      dict(args).clear();
      return null;
    }),
    move_to_end: native('self, key, last=True', (ctx, args) => {
      const target = dict(args);
      const value = target.get(args.get('key'));
      if (value === undefined) throw keyError(ctx, args.get('key'));
      target.delete(args.get('key'));
      const rest = args.bool('last') ? [] : target.entries();
      if (rest.length > 0) ctx.spend(rest.length);
      if (rest.length > 0) target.clear();
      target.set(args.get('key'), value);
      for (const [key, item] of rest) target.set(key, item);
      return null;
    }),
    fromkeys: new PyClassMethod(
      native('cls, iterable, value=None', (ctx, args) =>
        PyDict.from(ctx.list(args.get('iterable')).map((key) => [key, args.get('value')] as const)),
      ),
    ),
  });
}

function copySet(ctx: Context, own: PySet): PySet {
  ctx.meter.container(own.size, say('This set'), ENTRY);
  return new PySet(own, own.frozen);
}

/** What only a set that can change has. */
const CHANGES = 'add discard remove pop clear update intersection_update difference_update symmetric_difference_update';

function setMethods(): Record<string, NativeFunction> {
  const combine = (operator: '|' | '&' | '-' | '^'): NativeFunction =>
    native('self, *others', (ctx, args) => {
      let result = copySet(ctx, set(args));
      for (const other of args.rest('others')) {
        if (operator === '&' && !(other instanceof PySet)) {
          const before = result;
          result = new PySet(
            ctx.list(other).filter((item) => before.has(item)),
            before.frozen,
          );
          continue;
        }
        const items = other instanceof PySet ? other : new PySet(ctx.list(other));
        result = combineSets(ctx, operator, result, items) ?? result;
      }
      return result;
    });
  return {
    union: combine('|'),
    intersection: combine('&'),
    difference: combine('-'),
    issubset: native('self, other', (ctx, args) => {
      const other = new PySet(ctx.list(args.get('other')));
      return [...set(args)].every((item) => other.has(item));
    }),
    issuperset: native('self, other', (ctx, args) => ctx.list(args.get('other')).every((item) => set(args).has(item))),
    isdisjoint: native('self, other', (ctx, args) => !ctx.list(args.get('other')).some((item) => set(args).has(item))),
    symmetric_difference: combine('^'),
    intersection_update: native('self, *others', (ctx, args) => {
      for (const other of args.rest('others')) {
        const kept = new PySet(ctx.list(other));
        // What stays is the other's of two that are equal.
        const stays = [...kept].filter((item) => set(args).has(item));
        for (const item of [...set(args)]) set(args).delete(item);
        for (const item of stays) set(args).add(item);
      }
      return null;
    }),
    difference_update: native('self, *others', (ctx, args) => {
      for (const other of args.rest('others')) for (const item of ctx.list(other)) set(args).delete(item);
      return null;
    }),
    pop: native('self', (ctx, args) => {
      const [first] = set(args);
      if (first === undefined) throw keyError(ctx, 'pop from an empty set');
      set(args).delete(first);
      return first;
    }),
    clear: native('self', (_, args) => {
      for (const item of [...set(args)]) set(args).delete(item);
      return null;
    }),
    copy: native('self', (ctx, args) => copySet(ctx, set(args))),
    add: native('self, item', (_, args) => {
      set(args).add(args.get('item'));
      return null;
    }),
    discard: native('self, item', (_, args) => {
      set(args).delete(args.get('item'));
      return null;
    }),
    remove: native('self, item', (ctx, args) => {
      if (!set(args).delete(args.get('item'))) throw keyError(ctx, args.get('item'));
      return null;
    }),
    update: native('self, *others', (ctx, args) => {
      for (const other of args.rest('others')) for (const item of ctx.list(other)) set(args).add(item);
      return null;
    }),
    symmetric_difference_update: native('self, other', (ctx, args) => {
      for (const item of new PySet(ctx.list(args.get('other')))) if (!set(args).delete(item)) set(args).add(item);
      return null;
    }),
  };
}

export function containerClasses(object: PyClass): Containers {
  const collection = (name: 'set' | 'frozenset'): PyClass =>
    nativeClass(name, [object], {
      __new__: native('cls, iterable=()', function* (ctx, args): Eval<PyValue> {
        return new PySet(yield* ctx.collect(args.get('iterable')), name === 'frozenset');
      }),
      __init__: skip,
      ...Object.fromEntries(
        Object.entries(setMethods()).filter(([each]) => name === 'set' || !CHANGES.split(' ').includes(each)),
      ),
    });
  const range = nativeClass('range', [object], {
    index: native('self, value', (ctx, args) => {
      const [self, value] = [args.get('self'), args.get('value')];
      const inside = typeof value === 'bigint' && contains(ctx, self, value) === true;
      if (inside && self instanceof PyRange) return (value - self.start) / self.step;
      return ctx.raise('ValueError', `${ctx.repr(value)} is not in range`);
    }),
    count: native('self, value', (ctx, args) =>
      contains(ctx, args.get('self'), args.get('value')) === true ? 1n : 0n,
    ),
    __new__: native('cls, *args', (ctx, args) => {
      const numbers = args.rest('args').map((value) => wholeNumber(ctx, value));
      const [first = 0n, second, step = 1n] = numbers;
      if (step === 0n) throw new PythonError('ValueError', 'range() arg 3 must not be zero');
      return second === undefined ? new PyRange(0n, first, 1n) : new PyRange(first, second, step);
    }),
    __init__: skip,
  });
  const slice = nativeClass('slice', [object], {
    __new__: native('cls, *args', (_, args) => {
      const [first = null, second, step = null] = args.rest('args');
      return second === undefined ? new PySlice(null, first, null) : new PySlice(first, second, step);
    }),
    __init__: skip,
    indices: native('self, length', (ctx, args) => {
      const self = args.get('self');
      if (!(self instanceof PySlice)) return null;
      return new PyTuple(sliceIndices(ctx, self, args.int('length')).map(BigInt));
    }),
  });
  return {
    list: listClass(object),
    tuple: tupleClass(object),
    dict: dictClass(object),
    set: collection('set'),
    frozenset: collection('frozenset'),
    range,
    slice,
  };
}
