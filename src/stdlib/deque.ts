import type { NativeArguments } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { native, nativeClass, property } from '../python/natives/native';
import { equalValues } from '../python/run/comparisons';
import { binaryOperation } from '../python/run/operators';
import { PyClass, PyList, PySlice, PythonError, type PyValue, typeName } from '../python/values/values';

/** `collections.deque`: a list with an end on both sides, and a bound where `maxlen` is given. */
export function dequeClass(ctx: Context): PyClass {
  const { list } = ctx.classes;
  const itemsOf = (args: NativeArguments): PyList => {
    const self = args.get('self');
    if (self instanceof PyList) return self;
    throw new PythonError('TypeError', 'descriptor requires a deque object');
  };
  const most = (self: PyList): number => {
    const value = self.attributes?.get('maxlen');
    return typeof value === 'bigint' ? Number(value) : Infinity;
  };
  /** Adds items at an end, one by one; what is too many leaves at the other. */
  const add = (inner: Context, self: PyList, items: readonly PyValue[], left: boolean): null => {
    // Moving the others along is what an end costs in an array.
    if (left) inner.spend((items.length * (1 + (self.items.length >> 6))) >> 2);
    for (const item of items) {
      if (left) self.items.unshift(item);
      else self.items.push(item);
      if (self.items.length <= most(self)) continue;
      if (left) self.items.pop();
      else self.items.shift();
    }
    return null;
  };
  const make = (items: readonly PyValue[], like: PyList): PyList => {
    const made = new PyList([], deque);
    made.attributes = new Map([['maxlen', like.attributes?.get('maxlen') ?? null]]);
    add(ctx, made, items, false);
    return made;
  };
  const taken = (self: PyList, left: boolean): PyValue => {
    const item = left ? self.items.shift() : self.items.pop();
    if (item === undefined) throw new PythonError('IndexError', 'pop from an empty deque');
    return item;
  };
  const listMember = (name: string): PyValue => list.lookup(name) ?? null;
  /** The list's method, with a deque in its messages. */
  const rewordErrors = (name: string, signature: string, names: readonly string[]) =>
    native(signature, (inner, args) => {
      try {
        return inner.call(listMember(name), [itemsOf(args), ...names.map((each) => args.get(each))]);
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
        const message = error.message
          .replace(/^list\.remove\(x\): x not in list$/, 'deque.remove(x): x not in deque')
          .replace(/ in list$/, ' in deque')
          .replace(/^list (?:assignment )?index/, 'deque index');
        throw new PythonError(error.type, message);
      }
    });
  const deque: PyClass = nativeClass(
    'deque',
    [list],
    {
      __new__: native('cls, *args, **kwargs', (_, args) => {
        const cls = args.get('cls');
        return new PyList([], cls instanceof PyClass ? cls : undefined);
      }),
      __init__: native('self, iterable=(), maxlen=None', (inner, args) => {
        const self = itemsOf(args);
        const bound = args.optionalInt('maxlen');
        if (bound !== undefined && bound < 0) inner.raise('ValueError', 'maxlen must be non-negative');
        self.attributes = new Map([['maxlen', args.get('maxlen')]]);
        self.items = [];
        return add(inner, self, inner.list(args.get('iterable')), false);
      }),
      append: native('self, item', (inner, args) => add(inner, itemsOf(args), [args.get('item')], false)),
      appendleft: native('self, item', (inner, args) => add(inner, itemsOf(args), [args.get('item')], true)),
      extend: native('self, iterable', (inner, args) =>
        add(inner, itemsOf(args), inner.list(args.get('iterable')), false),
      ),
      extendleft: native('self, iterable', (inner, args) =>
        add(inner, itemsOf(args), inner.list(args.get('iterable')), true),
      ),
      pop: native('self', (_, args) => taken(itemsOf(args), false)),
      popleft: native('self', (inner, args) => {
        inner.spend(itemsOf(args).items.length >> 10);
        return taken(itemsOf(args), true);
      }),
      insert: native('self, index, object', (inner, args) => {
        const self = itemsOf(args);
        if (self.items.length >= most(self)) inner.raise('IndexError', 'deque already at its maximum size');
        self.items.splice(args.int('index'), 0, args.get('object'));
        return null;
      }),
      remove: rewordErrors('remove', 'self, value', ['value']),
      index: rewordErrors('index', 'self, value, start=None, stop=None', ['value', 'start', 'stop']),
      __getitem__: native('self, index', (inner, args) => {
        const index = args.get('index');
        if (index instanceof PySlice)
          inner.raise('TypeError', `sequence index must be integer, not '${typeName(index)}'`);
        return inner.call(plainItem, [itemsOf(args), index]);
      }),
      rotate: native('self, n=1', (inner, args) => {
        const self = itemsOf(args);
        const size = self.items.length;
        if (size === 0) return null;
        inner.spend(size >> 4);
        const at = (((-args.int('n') % size) + size) % size) | 0;
        self.items = [...self.items.slice(at), ...self.items.slice(0, at)];
        return null;
      }),
      copy: native('self', (_, args) => make(itemsOf(args).items, itemsOf(args))),
      __copy__: native('self', (_, args) => make(itemsOf(args).items, itemsOf(args))),
      __add__: native('self, other', (inner, args) => {
        const other = args.get('other');
        if (!(other instanceof PyList) || other.cls !== deque) {
          return inner.raise('TypeError', `can only concatenate deque (not "${typeName(other)}") to deque`);
        }
        return make([...itemsOf(args).items, ...other.items], itemsOf(args));
      }),
      __eq__: native('self, other', (inner, args) => {
        const other = args.get('other');
        if (!(other instanceof PyList) || !(other.cls?.isSubclassOf(deque) ?? false)) return false;
        return equalValues(inner, new PyList(itemsOf(args).items), new PyList(other.items));
      }),
      __mul__: native('self, n', (inner, args) => {
        const times = binaryOperation(inner, '*', new PyList(itemsOf(args).items), args.get('n'), false);
        return times instanceof PyList ? make(times.items, itemsOf(args)) : times;
      }),
      __repr__: native('self', (inner, args) => {
        const self = itemsOf(args);
        const shown = inner.repr(new PyList([...self.items]));
        return `deque(${shown}${most(self) === Infinity ? '' : `, maxlen=${most(self)}`})`;
      }),
      maxlen: property((_, self) => (self instanceof PyList ? (self.attributes?.get('maxlen') ?? null) : null)),
    },
    'collections',
  );
  const plainItem = rewordErrors('__getitem__', 'self, index', ['index']);
  return deque;
}
