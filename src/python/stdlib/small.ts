import type { BinaryOperator } from '../ast';
import { AUTO, enumMembers } from '../builtins/enumeration';
import type { Interpreter } from '../interpreter';
import { type NativeFunction, native, nativeClass } from '../native';
import { binary } from '../operators';
import { PyBoundMethod, type PyClass, PyInstance, PyObject, type PyValue, Unknown } from '../values';

const silent: NativeFunction = native('*args, **kwargs', () => null);
const passThrough: NativeFunction = native('value, *args, **kwargs', (_, args) => args.get('value'));

function kind(ctx: Interpreter, name: string, bases: readonly PyClass[] = []): PyClass {
  return nativeClass(name, bases.length > 0 ? bases : [ctx.classes.object], {}, 'typing');
}

/** `typing` and `collections.abc`: names for annotations; a few run. */
export function typingModule(ctx: Interpreter): Record<string, PyValue> {
  const abstract = ['Iterable', 'Sequence', 'Mapping', 'MutableMapping', 'Callable', 'Collection'];
  return {
    ...Object.fromEntries(abstract.map((name) => [name, kind(ctx, name)])),
    Generic: ctx.classes.generic,
    Protocol: ctx.classes.generic,
    NamedTuple: ctx.classes.namedTupleBase,
    List: ctx.classes.list,
    Tuple: ctx.classes.tuple,
    Dict: ctx.classes.dict,
    Set: ctx.classes.set,
    FrozenSet: ctx.classes.frozenset,
    Type: ctx.classes.type,
    TYPE_CHECKING: false,
    TypedDict: ctx.classes.dict,
    TypeVar: native('name, *args, **kwargs', () => ctx.classes.generic),
    ParamSpec: native('name, *args, **kwargs', () => ctx.classes.generic),
    NewType: native('name, tp', () => passThrough),
    cast: native('typ, val', (_, args) => args.get('val')),
    overload: passThrough,
    final: passThrough,
    no_type_check: passThrough,
    runtime_checkable: passThrough,
    get_origin: native('tp', () => null),
  };
}

export function abcModule(ctx: Interpreter): Record<string, PyValue> {
  const mark = native('fn', (_, args) => {
    const fn = args.get('fn');
    if (fn instanceof PyObject) {
      fn.attributes ??= new Map();
      fn.attributes.set('__isabstractmethod__', true);
    }
    return fn;
  });
  return {
    ABC: nativeClass('ABC', [ctx.classes.object], {}, 'abc'),
    ABCMeta: ctx.classes.type,
    abstractmethod: mark,
    abstractproperty: ctx.classes.property,
  };
}

export function enumModule(ctx: Interpreter): Record<string, PyValue> {
  const Enum = nativeClass('Enum', [ctx.classes.object], enumMembers(false), 'enum');
  const numeric = (name: string): PyClass => nativeClass(name, [Enum], enumMembers(true), 'enum');
  return {
    Enum,
    IntEnum: numeric('IntEnum'),
    StrEnum: numeric('StrEnum'),
    Flag: numeric('Flag'),
    IntFlag: numeric('IntFlag'),
    EnumMeta: ctx.classes.type,
    auto: native('', () => AUTO),
    unique: passThrough,
  };
}

export function warningsModule(): Record<string, PyValue> {
  return { warn: silent, filterwarnings: silent, simplefilter: silent, warn_explicit: silent };
}

export function loggingModule(ctx: Interpreter): Record<string, PyValue> {
  const names = ['debug', 'info', 'warning', 'error', 'critical', 'exception', 'log', 'setLevel', 'addHandler'];
  const methods = Object.fromEntries(names.map((name) => [name, native('self, *args, **kwargs', () => null)]));
  const logger = new PyInstance(nativeClass('Logger', [ctx.classes.object], methods, 'logging'));
  return {
    ...Object.fromEntries(names.map((name) => [name, silent])),
    getLogger: native('name=None', () => logger),
    Logger: logger.cls,
    basicConfig: silent,
    DEBUG: 10n,
    INFO: 20n,
    WARNING: 30n,
    ERROR: 40n,
  };
}

export function numbersModule(ctx: Interpreter): Record<string, PyValue> {
  return Object.fromEntries(['Number', 'Real', 'Integral'].map((name) => [name, kind(ctx, name)]));
}

export function operatorModule(ctx: Interpreter): Record<string, PyValue> {
  const two = (operator: BinaryOperator): NativeFunction =>
    native('a, b', (_, args) => binary(ctx, operator, args.get('a'), args.get('b'), false));
  return {
    index: native('a', (_, args) => BigInt(args.int('a'))),
    add: two('+'),
    sub: two('-'),
    mul: two('*'),
    truediv: two('/'),
    floordiv: two('//'),
    mod: two('%'),
    pow: two('**'),
    matmul: two('@'),
    neg: native('a', (own, args) =>
      args.get('a') instanceof Unknown ? args.get('a') : own.call(own.getattr(args.get('a'), '__neg__')),
    ),
    itemgetter: native('index', (_, args) =>
      native('obj', (_own, inner) => ctx.item(inner.get('obj'), args.get('index'))),
    ),
    attrgetter: native('name', (_, args) =>
      native('obj', (own, inner) => own.getattr(inner.get('obj'), args.string('name'))),
    ),
  };
}

/** `types`: the classes of what the language makes itself. */
export function typesModule(ctx: Interpreter): Record<string, PyValue> {
  const { classes } = ctx;
  return {
    FunctionType: classes.function,
    LambdaType: classes.function,
    MethodType: nativeClass(
      'method',
      [classes.method],
      {
        __new__: native(
          'cls, function, instance',
          (_, args) => new PyBoundMethod(args.get('instance'), args.get('function')),
        ),
      },
      'types',
    ),
    BuiltinFunctionType: classes.builtin_function_or_method,
    ModuleType: classes.module,
    NoneType: classes.NoneType,
    SimpleNamespace: nativeClass(
      'SimpleNamespace',
      [classes.object],
      {
        __init__: native('self, **kwargs', (own, args) => {
          for (const [name, value] of args.keywords('kwargs')) own.setattr(args.get('self'), name, value);
          return null;
        }),
      },
      'types',
    ),
  };
}
