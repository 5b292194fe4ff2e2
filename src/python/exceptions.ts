import { type NativeFunction, native, nativeClass } from './native';
import { type PyClass, PyInstance, PyTuple, PythonError, type PyValue } from './values';

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
  ['RuntimeError', 'Exception'],
  ['NotImplementedError', 'RuntimeError'],
  ['RecursionError', 'RuntimeError'],
  ['StopIteration', 'Exception'],
  ['TypeError', 'Exception'],
  ['ValueError', 'Exception'],
  ['UnicodeError', 'ValueError'],
  ['Warning', 'Exception'],
  ['UserWarning', 'Warning'],
  ['DeprecationWarning', 'Warning'],
  ['FutureWarning', 'Warning'],
  ['RuntimeWarning', 'Warning'],
];

/** The exception classes below `object`, by name. */
export function exceptionClasses(object: PyClass): Map<string, PyClass> {
  const base = nativeClass('BaseException', [object], {
    __init__: native('self, *args', (_, args) => {
      const self = args.get('self');
      if (self instanceof PyInstance) self.fields.set('args', new PyTuple(args.rest('args')));
      return null;
    }),
    __str__: native('self', (ctx, args) => messageOf(args.get('self'), (value) => ctx.str(value))),
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
  const classes = new Map([['BaseException', base]]);
  for (const [name, parent] of TREE) {
    const over = classes.get(parent) ?? base;
    // KeyError shows its key as Python writes it: `'width'`.
    const members: Record<string, PyValue> = name === 'KeyError' ? { __str__: keyErrorText() } : {};
    classes.set(name, nativeClass(name, [over], members));
  }
  const os = classes.get('OSError');
  if (os) classes.set('IOError', os);
  return classes;
}

function keyErrorText(): NativeFunction {
  return native('self', (ctx, args) => {
    const items = argsOf(args.get('self'));
    const [only] = items;
    return items.length === 1 && only !== undefined
      ? ctx.repr(only)
      : messageOf(args.get('self'), (item) => ctx.str(item));
  });
}

function argsOf(instance: PyValue): readonly PyValue[] {
  const args = instance instanceof PyInstance ? instance.fields.get('args') : undefined;
  return args instanceof PyTuple ? args.items : [];
}

function messageOf(self: PyValue, str: (value: PyValue) => string): string {
  const items = argsOf(self);
  const [only] = items;
  if (items.length === 0 || only === undefined) return '';
  return items.length === 1 ? str(only) : `(${items.map(str).join(', ')})`;
}

/** The Python object for an exception raised by a native. */
export function instanceOf(error: PythonError, classes: ReadonlyMap<string, PyClass>): PyInstance {
  if (!error.instance) {
    const cls = classes.get(error.type) ?? classes.get('Exception');
    if (!cls) throw error;
    error.instance = new PyInstance(cls);
    error.instance.fields.set('args', new PyTuple([error.argument === undefined ? error.message : error.argument]));
  }
  return error.instance;
}

/** The JavaScript error that carries a raised Python object. */
export function errorFor(value: PyValue, str: (value: PyValue) => string): PythonError {
  if (!(value instanceof PyInstance) || !value.cls.mro.some((cls) => cls.name === 'BaseException')) {
    return new PythonError('TypeError', 'exceptions must derive from BaseException');
  }
  return new PythonError(value.cls.name, str(value), value);
}
