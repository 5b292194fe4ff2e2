import { say } from '../language/say';
import { update } from '../python/builtins/dicts';
import { namedTupleClass } from '../python/builtins/namedtuple';
import { type NativeArguments, numberOf } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { native, nativeClass, property } from '../python/natives/native';
import { iteratorOf } from '../python/values/iteration';
import { PyClass, PyDict, PyLate, PyList, PyTuple, type PyValue } from '../python/values/values';
import { dequeClass } from './deque';

/** `collections`. */
export function collectionsModule(ctx: Context): Record<string, PyValue> {
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
      default_factory: property((_, self) => (self instanceof PyDict ? self.factory : null)),
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
      elements: native('self', (own, args) => {
        const self = args.get('self');
        const entries = self instanceof PyDict ? self.entries() : [];
        const size = entries.reduce((sum, [, count]) => sum + Math.max(0, numberOf(count) ?? 0), 0);
        own.meter.container(size, say('This list'));
        return iteratorOf(
          entries.flatMap(([key, count]) => Array.from({ length: Math.max(0, numberOf(count) ?? 0) }, () => key)),
        );
      }),
      __add__: native('self, other', (_, args) => combine(args, (a, b) => a + b)),
      __sub__: native('self, other', (_, args) => combine(args, (a, b) => a - b)),
      __and__: native('self, other', (_, args) => combine(args, (a, b) => (a < b ? a : b))),
      __or__: native('self, other', (_, args) => combine(args, (a, b) => (a > b ? a : b))),
      __pos__: native('self', (_, args) => combine(args, (a) => a)),
      __neg__: native('self', (_, args) => combine(args, (a) => -a)),
      copy: native('self', (_, args) => {
        const made = make(Counter);
        const self = args.get('self');
        if (self instanceof PyDict) for (const [key, value] of self.entries()) made.set(key, value);
        return made;
      }),
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
  const combine = (args: NativeArguments, join: (a: bigint, b: bigint) => bigint): PyValue => {
    const self = args.get('self');
    const other = args.has('other') ? args.get('other') : new PyDict();
    const made = make(Counter);
    if (!(self instanceof PyDict) || !(other instanceof PyDict)) return made;
    for (const key of new Set([...self.keys(), ...other.keys()])) {
      const value = join(count(self, key), count(other, key));
      if (value > 0n) made.set(key, value);
    }
    return made;
  };
  const deque = dequeClass(ctx);
  const late = (name: string): PyValue =>
    new PyLate(function* () {
      return yield* ctx.attribute(yield* ctx.importModule('_user_containers', 0), name);
    });
  return {
    UserDict: late('UserDict'),
    UserList: late('UserList'),
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
