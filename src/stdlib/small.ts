import { AUTO, enumFromNames, enumMembers, flagMembers, valuedMembers } from '../python/builtins/enumeration';
import type { Context } from '../python/natives/context';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { binary, compare, contains, identical, unary } from '../python/run/operators';
import { wholeNumber } from '../python/run/subscripts';
import type { BinaryOperator } from '../python/syntax/ast';
import { PyBoundMethod, PyClass, PyDict, PyInstance, PyObject, PyTuple, type PyValue } from '../python/values/values';

const silent: NativeFunction = native('*args, **kwargs', () => null);
const passThrough: NativeFunction = native('value, *args, **kwargs', (_, args) => args.get('value'));

function kind(ctx: Context, name: string, bases: readonly PyClass[] = []): PyClass {
  return nativeClass(name, bases.length > 0 ? bases : [ctx.classes.object], {}, 'typing');
}

/** Names that mean something to a type checker alone. */
const ANNOTATIONS =
  'Any Union Optional Literal Final ClassVar Annotated NoReturn Never Self Concatenate Unpack TypeAlias TypeGuard Text AnyStr Awaitable Coroutine AsyncIterator Required NotRequired Buffer SupportsInt SupportsFloat SupportsIndex'.split(
    ' ',
  );

/** `typing` and `collections.abc`: names for annotations; a few run. */
export function typingModule(ctx: Context): Record<string, PyValue> {
  const abstract =
    'Iterable Iterator Generator Sequence MutableSequence Mapping MutableMapping Callable Collection Container Hashable Sized Set AbstractSet MutableSet KeysView ValuesView ItemsView Reversible'.split(
      ' ',
    );
  return {
    ...Object.fromEntries(ANNOTATIONS.map((name) => [name, ctx.classes.generic])),
    ...Object.fromEntries(abstract.map((name) => [name, kind(ctx, name)])),
    Generic: ctx.classes.generic,
    Protocol: ctx.classes.generic,
    NamedTuple: ctx.classes.namedTupleBase,
    List: ctx.classes.list,
    Tuple: ctx.classes.tuple,
    Dict: ctx.classes.dict,
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
    get_type_hints: native(
      'obj, *args, **kwargs',
      (own, args) => own.lookup(args.get('obj'), '__annotations__') ?? new PyDict(),
    ),
  };
}

export function abcModule(ctx: Context): Record<string, PyValue> {
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

export function enumModule(ctx: Context): Record<string, PyValue> {
  const { int, str, object } = ctx.classes;
  const Enum = nativeClass('Enum', [object], enumMembers(false), 'enum');
  Enum.members.set(
    '__new__',
    native('cls, value, names=None, **kwargs', (_, args) => {
      const cls = args.get('cls');
      if (!(cls instanceof PyClass) || args.isNone('names')) return new PyInstance(cls instanceof PyClass ? cls : Enum);
      return enumFromNames(ctx, cls, args.string('value'), args.get('names'));
    }),
  );
  const valued = (name: string, bases: PyClass[]): PyClass => nativeClass(name, bases, valuedMembers(), 'enum');
  const Flag = nativeClass('Flag', [Enum], flagMembers(ctx), 'enum');
  return {
    Enum,
    IntEnum: valued('IntEnum', [int, Enum]),
    StrEnum: valued('StrEnum', [str, Enum]),
    Flag,
    IntFlag: nativeClass('IntFlag', [int, Flag], { ...enumMembers(true), ...flagMembers(ctx) }, 'enum'),
    EnumMeta: ctx.classes.type,
    auto: native('', () => AUTO),
    unique: passThrough,
  };
}

export function warningsModule(): Record<string, PyValue> {
  return { warn: silent, filterwarnings: silent, simplefilter: silent, warn_explicit: silent };
}

export function loggingModule(ctx: Context): Record<string, PyValue> {
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

export function numbersModule(ctx: Context): Record<string, PyValue> {
  return Object.fromEntries(['Number', 'Real', 'Integral'].map((name) => [name, kind(ctx, name)]));
}

/** One value alone, several as a tuple. */
function several(values: readonly PyValue[]): PyValue {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : new PyTuple(values);
}

export function operatorModule(ctx: Context): Record<string, PyValue> {
  const two = (operator: BinaryOperator): NativeFunction =>
    native('a, b', (_, args) => binary(ctx, operator, args.get('a'), args.get('b'), false));
  return {
    index: native('a', (_, args) => wholeNumber(ctx, args.get('a'))),
    is_: native('a, b', (_, args) => identical(args.get('a'), args.get('b'))),
    is_not: native('a, b', (_, args) => !identical(args.get('a'), args.get('b'))),
    invert: native('a', (_, args) => unary(ctx, '~', args.get('a'))),
    pos: native('a', (_, args) => unary(ctx, '+', args.get('a'))),
    abs: native('a', (own, args) => own.call(ctx.builtins.get('abs') ?? null, [args.get('a')])),
    add: two('+'),
    sub: two('-'),
    mul: two('*'),
    truediv: two('/'),
    floordiv: two('//'),
    mod: two('%'),
    pow: two('**'),
    matmul: two('@'),
    neg: native('a', (_, args) => unary(ctx, '-', args.get('a'))),
    itemgetter: native('*items', (_, args) =>
      native('obj', (_own, inner) => several(args.rest('items').map((index) => ctx.item(inner.get('obj'), index)))),
    ),
    attrgetter: native('*names', (_, args) =>
      native('obj', (own, inner) =>
        several(
          args.rest('names').map((name) =>
            own
              .str(name)
              .split('.')
              .reduce((value, part) => own.getattr(value, part), inner.get('obj')),
          ),
        ),
      ),
    ),
    methodcaller: native('name, /, *args, **kwargs', (_, args) =>
      native('obj', (own, inner) =>
        own.run(own.getattr(inner.get('obj'), args.string('name')), args.rest('args'), args.keywords('kwargs')),
      ),
    ),
    contains: native('a, b', (_, args) => contains(ctx, args.get('a'), args.get('b'))),
    getitem: native('a, b', (_, args) => ctx.item(args.get('a'), args.get('b'))),
    truth: native('a', (own, args) => own.truth(args.get('a'))),
    not_: native('a', (own, args) => !own.truth(args.get('a'))),
    ...Object.fromEntries(
      Object.entries({ eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const).map(([name, sign]) => [
        name,
        native('a, b', (_, args) => compare(ctx, sign, args.get('a'), args.get('b'))),
      ]),
    ),
    and_: two('&'),
    or_: two('|'),
    xor: two('^'),
    lshift: two('<<'),
    rshift: two('>>'),
  };
}

/** `types`: the classes of what the language makes itself. */
export function typesModule(ctx: Context): Record<string, PyValue> {
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
    GeneratorType: classes.iterator,
    MappingProxyType: native('mapping', (_, args) => args.get('mapping')),
    CodeType: nativeClass('code', [classes.object], {}, 'types'),
    BuiltinMethodType: classes.builtin_function_or_method,
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
        __eq__: native('self, other', (own, args) => {
          const fields = (value: PyValue) => own.lookup(value, '__dict__') ?? null;
          return own.equal(fields(args.get('self')), fields(args.get('other')));
        }),
        __repr__: native('self', (own, args) => {
          const self = args.get('self');
          const fields = self instanceof PyInstance ? [...self.fields] : [];
          return `namespace(${fields.map(([name, value]) => `${name}=${own.repr(value)}`).join(', ')})`;
        }),
      },
      'types',
    ),
  };
}
