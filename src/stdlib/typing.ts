/** `typing`, `collections.abc` and `numbers`. */
import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyDict, type PyValue } from '../python/values/values';
import { abstractCollections } from './abstract';
import { passThrough } from './shared';

/** Names that mean something to a type checker alone. */
const ANNOTATIONS =
  'Any Union Optional Literal Final ClassVar Annotated NoReturn Never Self Concatenate Unpack TypeAlias TypeGuard Text AnyStr Awaitable Coroutine AsyncIterator Required NotRequired Buffer SupportsInt SupportsFloat SupportsIndex'.split(
    ' ',
  );

/** `typing` and `collections.abc`: names for annotations; a few run. */
export function typingModule(ctx: Context): Record<string, PyValue> {
  const collections = abstractCollections(ctx);
  return {
    ...Object.fromEntries(ANNOTATIONS.map((name) => [name, ctx.classes.generic])),
    ...collections,
    AbstractSet: collections.Set ?? ctx.classes.object,
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

export function numbersModule(ctx: Context): Record<string, PyValue> {
  return Object.fromEntries(
    ['Number', 'Real', 'Integral'].map((name) => [name, nativeClass(name, [ctx.classes.object], {}, 'numbers')]),
  );
}
