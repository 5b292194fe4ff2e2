import { interpreter } from '../builtins/types';
import type { Interpreter } from '../interpreter';
import { PyIterator } from '../iteration';
import { type Eval, native, nativeClass } from '../native';
import { PyClass, PyInstance, PyTuple, type PyValue } from '../values';

/** `contextlib`. */
export function contextlibModule(ctx: Interpreter): Record<string, PyValue> {
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
      __exit__: native('self, *args', function* (_own, args): Eval<PyValue> {
        const iterator = field(args.get('self'), 'generator');
        // An exception ends the block; what stands after `yield` runs as after a block that ended well.
        if (iterator instanceof PyIterator) yield* iterator.step();
        return false;
      }),
      // `@manager()` on a function: each call runs inside of the block, which does nothing to the model.
      __call__: native('self, fn', (_, args) => args.get('fn')),
    },
    'contextlib',
  );
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
        const evaluator = interpreter(own);
        return yield* evaluator.run(yield* evaluator.attribute(args.get('manager'), '__enter__'));
      }),
      callback: native('self, *args, **kwargs', () => null),
      __exit__: native('self, *args', () => false),
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
