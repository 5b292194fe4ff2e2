import type { Context } from '../natives/context';
import { native, nativeClass, property } from '../natives/native';
import { PyClass, PyInstance, PyTuple, PythonError, type PyValue } from './values';

/** Built-in exceptions, each with its base. */
const TREE: readonly (readonly [string, string])[] = [
  ['Exception', 'BaseException'],
  ['SystemExit', 'BaseException'],
  ['KeyboardInterrupt', 'BaseException'],
  ['GeneratorExit', 'BaseException'],
  ['ArithmeticError', 'Exception'],
  ['ZeroDivisionError', 'ArithmeticError'],
  ['OverflowError', 'ArithmeticError'],
  ['AssertionError', 'Exception'],
  ['AttributeError', 'Exception'],
  ['ImportError', 'Exception'],
  ['ModuleNotFoundError', 'ImportError'],
  ['LookupError', 'Exception'],
  ['IndexError', 'LookupError'],
  ['KeyError', 'LookupError'],
  ['NameError', 'Exception'],
  ['UnboundLocalError', 'NameError'],
  ['OSError', 'Exception'],
  ['FileNotFoundError', 'OSError'],
  ['FileExistsError', 'OSError'],
  ['PermissionError', 'OSError'],
  ['TimeoutError', 'OSError'],
  ['MemoryError', 'Exception'],
  ['BufferError', 'Exception'],
  ['EOFError', 'Exception'],
  ['FloatingPointError', 'ArithmeticError'],
  ['StopAsyncIteration', 'Exception'],
  ['SyntaxError', 'Exception'],
  ['RuntimeError', 'Exception'],
  ['NotImplementedError', 'RuntimeError'],
  ['RecursionError', 'RuntimeError'],
  ['StopIteration', 'Exception'],
  ['TypeError', 'Exception'],
  ['ValueError', 'Exception'],
  ['UnicodeError', 'ValueError'],
  ['UnicodeDecodeError', 'UnicodeError'],
  ['UnicodeEncodeError', 'UnicodeError'],
  ['Warning', 'Exception'],
  ['UserWarning', 'Warning'],
  ['DeprecationWarning', 'Warning'],
  ['FutureWarning', 'Warning'],
  ['RuntimeWarning', 'Warning'],
];

/** The exception classes below `object`, by name. */
export function exceptionClasses(object: PyClass): Map<string, PyClass> {
  const classes = new Map<string, PyClass>();
  const base = nativeClass('BaseException', [object], {
    // Here, because a class may take its arguments without handing them on.
    __new__: native('cls, /, *args, **kwargs', (_, args) => {
      const cls = args.get('cls');
      if (!(cls instanceof PyClass)) return null;
      const given = args.rest('args');
      const made = new PyInstance(errnoClass(classes, cls.canonical, given[0]));
      made.fields.set('args', new PyTuple(given));
      return made;
    }),
    __init__: native('self, /, *args', (_, args) => {
      const self = args.get('self');
      if (self instanceof PyInstance) self.fields.set('args', new PyTuple(args.rest('args')));
      return null;
    }),
    __str__: native('self', (ctx, args) => messageOf(args.get('self'), ctx)),
    __repr__: native('self', (ctx, args) => {
      const self = args.get('self');
      const items = argsOf(self);
      return `${ctx.typeOf(self).name}(${items.map((item) => ctx.repr(item)).join(', ')})`;
    }),
    __cause__: null,
    __context__: null,
    __traceback__: null,
    __suppress_context__: false,
    with_traceback: native('self, tb', (_, args) => args.get('self')),
  });
  classes.set('BaseException', base);
  for (const [name, parent] of TREE) {
    const over = classes.get(parent) ?? base;
    // KeyError shows its key as Python writes it: `'width'`.
    classes.set(name, nativeClass(name, [over], OWN[name]?.() ?? {}));
  }
  const os = classes.get('OSError');
  if (os) classes.set('IOError', os);
  return classes;
}

/** What some classes have beside the arguments. */
const OWN: Readonly<Record<string, () => Record<string, PyValue>>> = {
  KeyError: () => ({
    __str__: native('self', (ctx, args) => {
      const items = argsOf(args.get('self'));
      return items.length === 1 ? ctx.repr(items[0] ?? null) : messageOf(args.get('self'), ctx);
    }),
  }),
  StopIteration: () => ({ value: property((_, self) => argsOf(self)[0] ?? null) }),
  SystemExit: () => ({ code: property((_, self) => argsOf(self)[0] ?? null) }),
  OSError: () => ({
    errno: property((_, self) => (argsOf(self).length > 1 ? (argsOf(self)[0] ?? null) : null)),
    strerror: property((_, self) => argsOf(self)[1] ?? null),
    __str__: native('self', (ctx, args) => {
      const [number, text] = argsOf(args.get('self'));
      if (number === undefined || text === undefined) return messageOf(args.get('self'), ctx);
      return `[Errno ${ctx.str(number)}] ${ctx.str(text)}`;
    }),
  }),
};

/** `OSError(2, …)` makes a FileNotFoundError. */
function errnoClass(classes: ReadonlyMap<string, PyClass>, cls: PyClass, number: PyValue | undefined): PyClass {
  const names: Readonly<Record<string, string>> = {
    2: 'FileNotFoundError',
    13: 'PermissionError',
    17: 'FileExistsError',
  };
  const named = cls.name === 'OSError' && cls.native && typeof number === 'bigint' ? names[String(number)] : undefined;
  return (named === undefined ? undefined : classes.get(named)) ?? cls;
}

function argsOf(instance: PyValue): readonly PyValue[] {
  const args = instance instanceof PyInstance ? instance.fields.get('args') : undefined;
  return args instanceof PyTuple ? args.items : [];
}

function messageOf(self: PyValue, ctx: Context): string {
  const items = argsOf(self);
  if (items.length === 0) return '';
  return items.length === 1 ? ctx.str(items[0] ?? null) : ctx.repr(new PyTuple(items));
}

/** The Python object for an exception raised by a native. */
export function instanceOf(error: PythonError, classes: ReadonlyMap<string, PyClass>): PyInstance {
  if (!error.instance) {
    const cls = classes.get(error.type) ?? classes.get('Exception');
    if (!cls) throw error;
    error.instance = new PyInstance(cls);
    const message = error.message === '' ? [] : [error.message];
    error.instance.fields.set('args', new PyTuple(error.argument === undefined ? message : [error.argument]));
  }
  return error.instance;
}

/** The JavaScript error that carries a raised Python object. */
export function errorFor(value: PyValue, str: (value: PyValue) => string): PythonError {
  if (!(value instanceof PyInstance) || !value.cls.mro.some((cls) => cls.name === 'BaseException')) {
    throw new PythonError('TypeError', 'exceptions must derive from BaseException');
  }
  return new PythonError(value.cls.name, str(value), value);
}
