import { type NativeArguments, numberOf } from '../arguments';
import { update } from '../builtins/containers';
import { namedTupleClass } from '../builtins/namedtuple';
import type { Interpreter } from '../interpreter';
import { iteratorOf } from '../iteration';
import { type Context, native, nativeClass } from '../native';
import { PyClass, PyDict, PyList, PyTuple, type PyValue } from '../values';

/** `collections`. */
export function collectionsModule(ctx: Interpreter): Record<string, PyValue> {
  const make = (cls: PyValue): PyDict => {
    const dict = new PyDict();
    if (cls instanceof PyClass) dict.cls = cls;
    return dict;
  };
  const OrderedDict = nativeClass(
    'OrderedDict',
    [ctx.classes.dict],
    {
      __new__: native('cls, *args, **kwargs', (_, args) => make(args.get('cls'))),
    },
    'collections',
  );
  const defaultdict = nativeClass(
    'defaultdict',
    [ctx.classes.dict],
    {
      __new__: native('cls, *args, **kwargs', (_, args) => make(args.get('cls'))),
      __init__: native('self, default_factory=None, source=(), /, **kwargs', (own, args) => {
        const self = args.get('self');
        if (!(self instanceof PyDict)) return null;
        self.factory = args.get('default_factory');
        update(own, self, args.get('source'));
        for (const [key, value] of args.keywords('kwargs')) self.set(key, value);
        return null;
      }),
    },
    'collections',
  );
  const Counter = nativeClass(
    'Counter',
    [ctx.classes.dict],
    {
      __new__: native('cls, *args, **kwargs', (_, args) => make(args.get('cls'))),
      __init__: native('self, iterable=(), /, **kwargs', (own, args) => tally(own, args, 1n)),
      update: native('self, iterable=(), /, **kwargs', (own, args) => tally(own, args, 1n)),
      subtract: native('self, iterable=(), /, **kwargs', (own, args) => tally(own, args, -1n)),
      elements: native('self', (_, args) => {
        const self = args.get('self');
        const entries = self instanceof PyDict ? self.entries() : [];
        return iteratorOf(entries.flatMap(([key, count]) => Array.from({ length: numberOf(count) ?? 0 }, () => key)));
      }),
      __add__: native('self, other', (_, args) => joined(args, (a, b) => a + b)),
      __sub__: native('self, other', (_, args) => joined(args, (a, b) => a - b)),
      __repr__: native('self', (own, args) => {
        const self = args.get('self');
        const entries = self instanceof PyDict ? [...self.entries()] : [];
        entries.sort((a, b) => (numberOf(b[1]) ?? 0) - (numberOf(a[1]) ?? 0));
        return entries.length === 0 ? 'Counter()' : `Counter(${own.repr(PyDict.from(entries))})`;
      }),
      __missing__: native('self, key', () => 0n),
      most_common: native('self, n=None', (_, args) => {
        const self = args.get('self');
        const entries = self instanceof PyDict ? [...self.entries()] : [];
        entries.sort((a, b) => (numberOf(b[1]) ?? 0) - (numberOf(a[1]) ?? 0));
        return new PyList(entries.slice(0, args.optionalInt('n')).map((entry) => new PyTuple([...entry])));
      }),
    },
    'collections',
  );
  const count = (self: PyDict, key: PyValue): bigint => {
    const old = self.get(key);
    return typeof old === 'bigint' ? old : 0n;
  };
  const tally = (own: Context, args: NativeArguments, sign: bigint): PyValue => {
    const self = args.get('self');
    if (!(self instanceof PyDict)) return null;
    const source = args.get('iterable');
    const pairs =
      source instanceof PyDict
        ? source.entries()
        : own.list(source).map((item): readonly [PyValue, PyValue] => [item, 1n]);
    for (const [key, value] of [...pairs, ...args.keywords('kwargs')]) {
      self.set(key, count(self, key) + sign * BigInt(numberOf(value) ?? 0));
    }
    return null;
  };
  const joined = (args: NativeArguments, join: (a: bigint, b: bigint) => bigint): PyValue => {
    const [self, other] = [args.get('self'), args.get('other')];
    const made = make(Counter);
    if (!(self instanceof PyDict) || !(other instanceof PyDict)) return made;
    for (const key of new Set([...self.keys(), ...other.keys()])) {
      const value = join(count(self, key), count(other, key));
      if (value > 0n) made.set(key, value);
    }
    return made;
  };
  const bounded = (self: PyValue, left: boolean): void => {
    if (!(self instanceof PyList)) return;
    const most = self.attributes?.get('maxlen');
    const extra = typeof most === 'bigint' ? self.items.length - Number(most) : 0;
    if (extra > 0) self.items = left ? self.items.slice(0, -extra) : self.items.slice(extra);
  };
  const deque = nativeClass(
    'deque',
    [ctx.classes.list],
    {
      __new__: native('cls, *args, **kwargs', (_, args) => {
        const cls = args.get('cls');
        return new PyList([], cls instanceof PyClass ? cls : undefined);
      }),
      __init__: native('self, iterable=(), maxlen=None', (own, args) => {
        const self = args.get('self');
        if (!(self instanceof PyList)) return null;
        self.items = own.list(args.get('iterable'));
        self.attributes = new Map([['maxlen', args.get('maxlen')]]);
        bounded(self, false);
        return null;
      }),
      append: native('self, item', (_, args) => {
        const self = args.get('self');
        if (self instanceof PyList) self.items.push(args.get('item'));
        bounded(self, false);
        return null;
      }),
      extend: native('self, iterable', (own, args) => {
        const self = args.get('self');
        if (self instanceof PyList) self.items = [...self.items, ...own.list(args.get('iterable'))];
        bounded(self, false);
        return null;
      }),
      appendleft: native('self, item', (_, args) => {
        const self = args.get('self');
        if (self instanceof PyList) self.items.unshift(args.get('item'));
        bounded(self, true);
        return null;
      }),
      rotate: native('self, n=1', (_, args) => {
        const self = args.get('self');
        if (!(self instanceof PyList) || self.items.length === 0) return null;
        const size = self.items.length;
        const at = (((-args.int('n') % size) + size) % size) | 0;
        self.items = [...self.items.slice(at), ...self.items.slice(0, at)];
        return null;
      }),
      __repr__: native('self', (own, args) => {
        const self = args.get('self');
        const most = self instanceof PyList ? self.attributes?.get('maxlen') : null;
        const shown = own.repr(new PyList(self instanceof PyList ? [...self.items] : []));
        return `deque(${shown}${typeof most === 'bigint' ? `, maxlen=${most}` : ''})`;
      }),
      popleft: native('self', (own, args) => {
        const self = args.get('self');
        const item = self instanceof PyList ? self.items.shift() : undefined;
        return item === undefined ? own.raise('IndexError', 'pop from an empty deque') : item;
      }),
    },
    'collections',
  );
  return {
    OrderedDict,
    defaultdict,
    Counter,
    deque,
    namedtuple: native('typename, field_names, *, rename=False, defaults=None, module=None', (_, args) => {
      const written = args.get('field_names');
      const fields =
        typeof written === 'string'
          ? written.split(/[\s,]+/).filter((part) => part)
          : ctx.list(written).map((part) => ctx.str(part));
      const values = args.isNone('defaults') ? [] : ctx.list(args.get('defaults'));
      const defaults = new Map<string, PyValue>();
      values.forEach((value, index) => {
        const field = fields[fields.length - values.length + index];
        if (field) defaults.set(field, value);
      });
      return namedTupleClass(ctx, args.string('typename'), fields, defaults);
    }),
  };
}
