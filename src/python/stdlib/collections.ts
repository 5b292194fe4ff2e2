import { numberOf } from '../arguments';
import { update } from '../builtins/containers';
import { namedTupleClass } from '../builtins/namedtuple';
import type { Interpreter } from '../interpreter';
import { native, nativeClass } from '../native';
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
      __init__: native('self, iterable=()', (own, args) => {
        const self = args.get('self');
        if (!(self instanceof PyDict)) return null;
        for (const item of own.list(args.get('iterable'))) {
          const old = self.get(item);
          self.set(item, (typeof old === 'bigint' ? old : 0n) + 1n);
        }
        return null;
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
        if (self instanceof PyList) self.items = own.list(args.get('iterable'));
        return null;
      }),
      appendleft: native('self, item', (_, args) => {
        const self = args.get('self');
        if (self instanceof PyList) self.items.unshift(args.get('item'));
        return null;
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
