/** What `Mapping` and `MutableMapping` give a class that derives from them, made of its own `__getitem__` and its like. */
import type { Context, Eval } from '../python/natives/context';
import { native } from '../python/natives/native';
import { PyDict, PyList, PyTuple, PythonError, type PyValue } from '../python/values/values';

function* callMethod(ctx: Context, self: PyValue, name: string, ...args: readonly PyValue[]): Eval<PyValue> {
  return yield* ctx.run(yield* ctx.attribute(self, name), args);
}

function* keysOf(ctx: Context, self: PyValue): Eval<PyValue[]> {
  return yield* ctx.collect(yield* callMethod(ctx, self, '__iter__'));
}

/** What stands under a key, or undefined. */
function* valueUnder(ctx: Context, self: PyValue, key: PyValue): Eval<PyValue | undefined> {
  try {
    return yield* callMethod(ctx, self, '__getitem__', key);
  } catch (error) {
    if (!(error instanceof PythonError) || error.type !== 'KeyError') throw error;
    return undefined;
  }
}

function* pairsOf(ctx: Context, self: PyValue): Eval<PyTuple[]> {
  const pairs: PyTuple[] = [];
  for (const key of yield* keysOf(ctx, self))
    pairs.push(new PyTuple([key, yield* callMethod(ctx, self, '__getitem__', key)]));
  return pairs;
}

export const mappingMethods: Readonly<Record<string, PyValue>> = {
  __contains__: native('self, key', function* (ctx, args) {
    return (yield* valueUnder(ctx, args.get('self'), args.get('key'))) !== undefined;
  }),
  get: native('self, key, default=None', function* (ctx, args) {
    return (yield* valueUnder(ctx, args.get('self'), args.get('key'))) ?? args.get('default');
  }),
  keys: native('self', function* (ctx, args) {
    return new PyList(yield* keysOf(ctx, args.get('self')));
  }),
  items: native('self', function* (ctx, args) {
    return new PyList(yield* pairsOf(ctx, args.get('self')));
  }),
  values: native('self', function* (ctx, args) {
    return new PyList((yield* pairsOf(ctx, args.get('self'))).flatMap(({ items }) => items.slice(1)));
  }),
};

export const mutableMappingMethods: Readonly<Record<string, PyValue>> = {
  pop: native('self, key, *default', function* (ctx, args) {
    const [self, key] = [args.get('self'), args.get('key')];
    const found = yield* valueUnder(ctx, self, key);
    if (found !== undefined) yield* callMethod(ctx, self, '__delitem__', key);
    if (found !== undefined) return found;
    const [otherwise] = args.rest('default');
    return otherwise === undefined ? yield* callMethod(ctx, self, '__getitem__', key) : otherwise;
  }),
  setdefault: native('self, key, default=None', function* (ctx, args) {
    const [self, key] = [args.get('self'), args.get('key')];
    const found = yield* valueUnder(ctx, self, key);
    if (found === undefined) yield* callMethod(ctx, self, '__setitem__', key, args.get('default'));
    return found ?? args.get('default');
  }),
  clear: native('self', function* (ctx, args) {
    const self = args.get('self');
    for (const key of yield* keysOf(ctx, self)) yield* callMethod(ctx, self, '__delitem__', key);
    return null;
  }),
  update: native('self, other=(), /, **kwargs', function* (ctx, args) {
    const self = args.get('self');
    const other = args.get('other');
    const isMapping = other instanceof PyDict || ctx.lookup(other, 'keys') !== undefined;
    const pairs = isMapping && !(other instanceof PyDict) ? yield* pairsOf(ctx, other) : undefined;
    const entries: (readonly PyValue[])[] =
      other instanceof PyDict ? other.entries().map((pair) => [...pair]) : (pairs ?? []).map(({ items }) => items);
    if (!isMapping) for (const pair of yield* ctx.collect(other)) entries.push(yield* ctx.collect(pair));
    for (const [name, value] of args.keywords('kwargs')) entries.push([name, value]);
    for (const [key = null, value = null] of entries) yield* callMethod(ctx, self, '__setitem__', key, value);
    return null;
  }),
};
