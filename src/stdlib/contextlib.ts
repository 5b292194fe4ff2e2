import type { Context, Eval } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { errorFor, instanceOf } from '../python/values/exceptions';
import { PyGenerator, PyIterator } from '../python/values/iteration';
import { PyClass, PyInstance, PyList, PyTuple, PythonError, type PyValue } from '../python/values/values';

/** `contextlib`. */
export function contextlibModule(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  const field = (self: PyValue, name: string): PyValue =>
    self instanceof PyInstance ? (self.fields.get(name) ?? null) : null;
  const generated = nativeClass(
    '_GeneratorContextManager',
    [object],
    {
      __enter__: native('self', function* (own, args): Eval<PyValue> {
        const iterator = field(args.get('self'), 'generator');
        const value = iterator instanceof PyIterator ? yield* iterator.step() : undefined;
        return value === undefined ? own.raise('RuntimeError', "generator didn't yield") : value;
      }),
      __exit__: native('self, type, value, traceback', function* (own, args): Eval<PyValue> {
        const iterator = field(args.get('self'), 'generator');
        const raised = args.get('value');
        if (raised === null || !(iterator instanceof PyGenerator)) {
          const more = iterator instanceof PyIterator ? yield* iterator.step() : undefined;
          return more === undefined ? false : own.raise('RuntimeError', "generator didn't stop");
        }
        try {
          const more = yield* iterator.throwIn(errorFor(raised, (item) => own.str(item)));
          return more === undefined ? true : own.raise('RuntimeError', "generator didn't stop after throw()");
        } catch (error) {
          if (error instanceof PythonError && error.instance === raised) return false;
          throw error;
        }
      }),
      // `@manager()` on a function: each call runs inside of the block, which does nothing to the model.
      __call__: native('self, fn', (_, args) => args.get('fn')),
    },
    'contextlib',
  );
  const exits = (self: PyValue): PyList => {
    const known = field(self, 'exits');
    const list = known instanceof PyList ? known : new PyList();
    if (self instanceof PyInstance) self.fields.set('exits', list);
    return list;
  };
  /** Leaves what was entered, from the last; what is raised on the way is for those that are still to be left. */
  function* leave(own: Context, self: PyValue, raised: PyValue): Eval<PyValue> {
    let current = raised;
    let error: PythonError | undefined;
    for (const exit of exits(self).items.splice(0).reverse()) {
      const type = current instanceof PyInstance ? current.cls : null;
      try {
        if (own.truth(yield* own.run(exit, [type, current, null]))) current = null;
      } catch (other) {
        if (!(other instanceof PythonError)) throw other;
        error = other;
        current = instanceOf(other, ctx.classes.exceptions);
      }
    }
    if (current !== null && current !== raised && error) throw error;
    return raised !== null && current === null;
  }
  const nullcontext = nativeClass(
    'nullcontext',
    [object],
    {
      __init__: native('self, enter_result=None', (_, args) => {
        const self = args.get('self');
        if (self instanceof PyInstance) self.fields.set('enter_result', args.get('enter_result'));
        return null;
      }),
      __enter__: native('self', (_, args) => field(args.get('self'), 'enter_result')),
      __exit__: native('self, *args', () => false),
    },
    'contextlib',
  );
  const suppress = nativeClass(
    'suppress',
    [object],
    {
      __init__: native('self, *exceptions', (_, args) => {
        const self = args.get('self');
        if (self instanceof PyInstance) self.fields.set('exceptions', new PyTuple(args.rest('exceptions')));
        return null;
      }),
      __enter__: native('self', () => null),
      __exit__: native('self, type, value, traceback', (own, args) => {
        const type = args.get('type');
        const wanted = field(args.get('self'), 'exceptions');
        return (
          type instanceof PyClass && own.list(wanted).some((cls) => cls instanceof PyClass && type.isSubclassOf(cls))
        );
      }),
    },
    'contextlib',
  );
  const stack = nativeClass(
    'ExitStack',
    [object],
    {
      __enter__: native('self', (_, args) => args.get('self')),
      enter_context: native('self, manager', function* (own, args): Eval<PyValue> {
        const manager = args.get('manager');
        const entered = yield* own.run(yield* own.attribute(manager, '__enter__'));
        exits(args.get('self')).items.push(yield* own.attribute(manager, '__exit__'));
        return entered;
      }),
      push: native('self, exit', (own, args) => {
        exits(args.get('self')).items.push(own.lookup(args.get('exit'), '__exit__') ?? args.get('exit'));
        return args.get('exit');
      }),
      callback: native('self, callback, /, *args, **kwds', (_, args) => {
        const call = native('*given', (own) => own.run(args.get('callback'), args.rest('args'), args.keywords('kwds')));
        exits(args.get('self')).items.push(
          native('*given', function* (own): Eval<PyValue> {
            yield* own.run(call);
            return false;
          }),
        );
        return args.get('callback');
      }),
      close: native('self', function* (own, args): Eval<PyValue> {
        return yield* leave(own, args.get('self'), null);
      }),
      __exit__: native('self, type, value, traceback', function* (own, args): Eval<PyValue> {
        return yield* leave(own, args.get('self'), args.get('value'));
      }),
    },
    'contextlib',
  );
  return {
    contextmanager: native('fn', (_, args) => {
      const fn = args.get('fn');
      return native('*args, **kwargs', function* (own, inner): Eval<PyValue> {
        const made = new PyInstance(generated);
        made.fields.set('generator', yield* own.run(fn, inner.rest('args'), inner.keywords('kwargs')));
        return made;
      });
    }),
    nullcontext,
    suppress,
    ExitStack: stack,
    AbstractContextManager: nativeClass('AbstractContextManager', [object], {}, 'contextlib'),
    ContextDecorator: nativeClass('ContextDecorator', [object], {}, 'contextlib'),
    closing: native('thing', (_, args) => {
      const made = new PyInstance(nullcontext);
      made.fields.set('enter_result', args.get('thing'));
      return made;
    }),
  };
}
