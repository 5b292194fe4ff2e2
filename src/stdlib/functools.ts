import { say } from '../language/say';
import type { Context, Eval } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { compare } from '../python/run/comparisons';
import { PyFunction } from '../python/values/scope';
import {
  PyClass,
  PyDict,
  PyInstance,
  PyObject,
  PyProperty,
  PyStaticMethod,
  PyTuple,
  type PyValue,
  Unknown,
} from '../python/values/values';

/** What a wrapper takes over of what it wraps. */
const KEPT = ['__module__', '__name__', '__qualname__', '__doc__'];

/** Makes a function look as the one that it wraps. */
function updateWrapper(ctx: Context, wrapper: PyValue, wrapped: PyValue): PyValue {
  if (!(wrapper instanceof PyObject) || wrapped instanceof Unknown) return wrapper;
  wrapper.attributes ??= new Map();
  wrapper.attributes.set('__wrapped__', wrapped);
  for (const kept of KEPT) {
    const value = ctx.lookup(wrapped, kept);
    if (value !== undefined) wrapper.attributes.set(kept, value);
  }
  return wrapper;
}

/** `functools`. */
export function functoolsModule(ctx: Context): Record<string, PyValue> {
  const partial = nativeClass(
    'partial',
    [ctx.classes.object],
    {
      __init__: native('self, func, /, *args, **keywords', (own, args) => {
        const self = args.get('self');
        if (!(self instanceof PyInstance)) return null;
        let func = args.get('func');
        let given = args.rest('args');
        let keywords = args.keywords('keywords');
        if (func instanceof PyInstance && func.cls === partial) {
          const inner = func.fields;
          given = [...own.list(inner.get('args') ?? new PyTuple([])), ...given];
          const before = inner.get('keywords');
          const merged = new Map<string, PyValue>();
          if (before instanceof PyDict) for (const [key, value] of before.entries()) merged.set(own.str(key), value);
          for (const [key, value] of keywords) merged.set(key, value);
          keywords = merged;
          func = inner.get('func') ?? null;
        }
        self.fields.set('func', func);
        self.fields.set('args', new PyTuple(given));
        self.fields.set('keywords', PyDict.from(keywords));
        return null;
      }),
      __call__: native('self, /, *args, **keywords', function* (own, args): Eval<PyValue> {
        const self = args.get('self');
        if (!(self instanceof PyInstance)) return null;
        const merged = new Map<string, PyValue>();
        const before = self.fields.get('keywords');
        if (before instanceof PyDict) for (const [key, value] of before.entries()) merged.set(own.str(key), value);
        for (const [key, value] of args.keywords('keywords')) merged.set(key, value);
        const first = own.list(self.fields.get('args') ?? new PyTuple([]));
        return yield* own.run(self.fields.get('func') ?? null, [...first, ...args.rest('args')], merged);
      }),
    },
    'functools',
  );
  const remember = (fn: PyValue): PyValue => {
    const target = fn instanceof PyStaticMethod ? fn.callee : fn;
    if (!(target instanceof PyFunction)) return fn;
    const results = new PyDict();
    target.results = results;
    target.attributes ??= new Map();
    target.attributes.set(
      'cache_clear',
      native('', () => {
        results.clear();
        return null;
      }),
    );
    return fn;
  };
  const passing = native('fn=None, *args, **kwargs', (_, args) => {
    const fn = args.get('fn');
    // `@lru_cache` stands on the function itself; `@lru_cache(maxsize=…)` makes a decorator.
    return fn instanceof PyObject ? remember(fn) : native('fn', (_, inner) => remember(inner.get('fn')));
  });
  const partialmethod = native('func, /, *args, **keywords', (_, args) => {
    const given = args.rest('args');
    const keywords = args.keywords('keywords');
    return native('self, /, *args, **keywords', (own, inner) =>
      own.run(
        args.get('func'),
        [inner.get('self'), ...given, ...inner.rest('args')],
        new Map([...keywords, ...inner.keywords('keywords')]),
      ),
    );
  });
  const comparing = nativeClass('K', [ctx.classes.object], {
    __lt__: native('self, other', (own, args) => {
      const [self, other] = [args.get('self'), args.get('other')];
      const order = own.call(own.getattr(self, 'cmp'), [own.getattr(self, 'obj'), own.getattr(other, 'obj')]);
      return compare(ctx, '<', order, 0n);
    }),
  });
  return {
    partial,
    reduce: native('function, iterable, initial=None', function* (own, args): Eval<PyValue> {
      const items = yield* own.collect(args.get('iterable'));
      const rest = [...items];
      let result: PyValue | undefined = args.isGiven('initial') ? args.get('initial') : rest.shift();
      if (result === undefined) own.raise('TypeError', 'reduce() of empty iterable with no initial value');
      for (const item of rest) result = yield* own.run(args.get('function'), [result ?? null, item]);
      return result ?? null;
    }),
    wraps: native('wrapped, *args, **kwargs', (_, args) =>
      native('fn', (own, inner) => updateWrapper(own, inner.get('fn'), args.get('wrapped'))),
    ),
    update_wrapper: native('wrapper, wrapped, *args, **kwargs', (own, args) =>
      updateWrapper(own, args.get('wrapper'), args.get('wrapped')),
    ),
    WRAPPER_ASSIGNMENTS: new PyTuple([...KEPT, '__annotations__']),
    WRAPPER_UPDATES: new PyTuple(['__dict__']),
    lru_cache: passing,
    cache: passing,
    cached_property: native('fn', (_, args) => new PyProperty(args.get('fn'), null, null, true)),
    partialmethod,
    total_ordering: native('cls', (own, args) => {
      const cls = args.get('cls');
      if (cls instanceof PyClass) completeOrdering(own, cls);
      return cls;
    }),
    singledispatch: native('fn', (_, args) => singleDispatch(args.get('fn'))),
    cmp_to_key: native('mycmp', (_, args) =>
      native('obj', (_own, inner) => {
        const made = new PyInstance(comparing);
        made.fields.set('obj', inner.get('obj'));
        made.fields.set('cmp', args.get('mycmp'));
        return made;
      }),
    ),
  };
}

/** `singledispatch`: the function for the class of the first argument, that of the nearest base. */
function singleDispatch(fn: PyValue): PyValue {
  const byClass = new Map<PyClass, PyValue>();
  const dispatch = native('*args, **kwargs', (own, args) => {
    const [first = null] = args.rest('args');
    const cls = own.typeOf(first).mro.find((base) => byClass.has(base));
    return own.run((cls && byClass.get(cls)) ?? fn, args.rest('args'), args.keywords('kwargs'));
  });
  dispatch.attributes = new Map<string, PyValue>([
    [
      'register',
      native('cls, func=None', (own, args) => {
        const cls = args.get('cls');
        const add = (made: PyValue): PyValue => {
          if (cls instanceof PyClass) byClass.set(cls.canonical, made);
          return made;
        };
        // The class stands in the annotation of the first parameter, which is not evaluated.
        if (!(cls instanceof PyClass))
          own.error(
            'unsupported',
            say('singledispatch by an annotation is not read; name the class: @{0}.register(int)', 'f'),
          );
        return args.isNone('func') ? native('func', (_own, inner) => add(inner.get('func'))) : add(args.get('func'));
      }),
    ],
    ['__wrapped__', fn],
  ]);
  return dispatch;
}

function completeOrdering(ctx: Context, cls: PyClass): void {
  const less = cls.lookup('__lt__');
  if (less === undefined) return;
  const define = (name: string, body: (a: PyValue, b: PyValue) => boolean): void => {
    if (cls.lookup(name) !== undefined) return;
    cls.members.set(
      name,
      native('self, other', (_, args) => body(args.get('self'), args.get('other')), name),
    );
  };
  define('__gt__', (a, b) => ctx.truth(ctx.call(less, [b, a])));
  define('__le__', (a, b) => !ctx.truth(ctx.call(less, [b, a])));
  define('__ge__', (a, b) => !ctx.truth(ctx.call(less, [a, b])));
}
