/** `dict` and its views. */
import { say } from '../../language/say';
import type { NativeArguments } from '../natives/arguments';
import type { Context } from '../natives/context';
import { type NativeFunction, native, nativeClass, property } from '../natives/native';
import { combineSets, ENTRY } from '../run/combine';
import { dictIterator } from '../run/interpreter';
import { keyError } from '../run/subscripts';
import {
  type PyClass,
  PyClassMethod,
  PyDict,
  PyDictView,
  PyList,
  PyObject,
  PySet,
  PyTuple,
  PythonError,
  type PyValue,
} from '../values/values';
import { ownClass } from './construction';

function dict(args: NativeArguments): PyDict {
  const self = args.get('self');
  if (self instanceof PyDict) return self;
  throw new PythonError('TypeError', 'descriptor requires a dict object');
}

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
      __iter__: native('self', (ctx, args) => ctx.finish(ctx.iterate(args.get('self')))),
      mapping: property((_, self) => (self instanceof PyDictView ? self.dict : null)),
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

export function dictClass(object: PyClass): PyClass {
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
      return new PyDictView(dict(args), 'keys', views.dict_keys);
    }),
    values: native('self', (ctx, args) => {
      ctx.meter.container(dict(args).size, say('This list'));
      return new PyDictView(dict(args), 'values', views.dict_values);
    }),
    items: native('self', (ctx, args) => {
      ctx.meter.container(dict(args).size, say('This list'), ENTRY);
      return new PyDictView(dict(args), 'items', views.dict_items);
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
