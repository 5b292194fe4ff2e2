/** `list` and `tuple`. */
import { say } from '../../language/say';
import type { NativeArguments } from '../natives/arguments';
import type { Context, Eval } from '../natives/context';
import { native, nativeClass } from '../natives/native';
import { placeOf } from '../run/comparisons';
import { indexOf, itemOf, setItem } from '../run/subscripts';
import { iteratorOf } from '../values/iteration';
import { type PyClass, PyList, PyTuple, PythonError, type PyValue } from '../values/values';
import { ownClass, skip } from './construction';
import { sortValues } from './sorting';

function list(args: NativeArguments): PyList {
  const self = args.get('self');
  if (self instanceof PyList) return self;
  throw new PythonError('TypeError', 'descriptor requires a list object');
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

export function listClass(object: PyClass): PyClass {
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

export function tupleClass(object: PyClass): PyClass {
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
