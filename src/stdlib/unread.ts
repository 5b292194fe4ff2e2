/** What Python's modules have and is not read: it is unknown, not missing. */
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { Unknown } from '../python/values/values';

/** Public names of Python 3.11's modules. */
const UNREAD: Readonly<Record<string, string>> = {
  abc: 'abstractclassmethod abstractstaticmethod get_cache_token update_abstractmethods',
  argparse: 'PARSER',
  collections: 'ChainMap UserString',
  contextlib: `AbstractAsyncContextManager AsyncExitStack aclosing asynccontextmanager chdir redirect_stderr
    redirect_stdout`,
  copy: 'Error',
  enum: `CONFORM CONTINUOUS EJECT EnumCheck EnumType FlagBoundary KEEP NAMED_FLAGS ReprEnum STRICT UNIQUE global_enum
    global_enum_repr global_flag_repr global_str member nonmember pickle_by_enum_name pickle_by_global_name
    property verify`,
  functools: 'singledispatchmethod',
  importlib: 'invalidate_caches reload',
  inspect: `ArgInfo Arguments Attribute BlockFinder BoundArguments CORO_CLOSED CORO_CREATED CORO_RUNNING CORO_SUSPENDED
    CO_ASYNC_GENERATOR CO_COROUTINE CO_GENERATOR CO_ITERABLE_COROUTINE CO_NESTED CO_NEWLOCALS CO_NOFREE
    CO_OPTIMIZED CO_VARARGS CO_VARKEYWORDS ClassFoundException ClosureVars EndOfBlock FrameInfo FullArgSpec
    GEN_CLOSED GEN_CREATED GEN_RUNNING GEN_SUSPENDED TPFLAGS_IS_ABSTRACT Traceback classify_class_attrs cleandoc
    findsource formatannotation formatannotationrelativeto formatargvalues getabsfile getargs getattr_static
    getblock getcallargs getclasstree getclosurevars getcomments getcoroutinelocals getcoroutinestate
    getframeinfo getgeneratorlocals getgeneratorstate getinnerframes getlineno getmembers_static getmodulename
    getouterframes getsourcefile getsourcelines indentsize isasyncgen isasyncgenfunction isawaitable
    iscode iscoroutine iscoroutinefunction isdatadescriptor isframe isgenerator isgetsetdescriptor
    ismemberdescriptor ismethoddescriptor ismethodwrapper istraceback stack trace walktree`,
  json: 'JSONDecoder JSONEncoder',
  logging: `BASIC_FORMAT BufferingFormatter LogRecord LoggerAdapter getLevelName getLevelNamesMapping
    getLogRecordFactory getLoggerClass lastResort makeLogRecord raiseExceptions setLogRecordFactory
    setLoggerClass`,
  math: 'nextafter remainder ulp',
  numbers: 'Complex Rational',
  operator: 'indexOf length_hint',
  'os.path': `commonpath defpath getatime getctime islink ismount samefile sameopenfile samestat
    supports_unicode_filenames`,
  re: 'LOCALE NOFLAG RegexFlag purge template',
  string: 'Formatter Template',
  textwrap: 'TextWrapper',
  types: `AsyncGeneratorType CellType ClassMethodDescriptorType CoroutineType DynamicClassAttribute EllipsisType
    FrameType GenericAlias GetSetDescriptorType MemberDescriptorType MethodDescriptorType MethodWrapperType
    NotImplementedType TracebackType UnionType WrapperDescriptorType coroutine new_class prepare_class
    resolve_bases`,
  warnings: 'formatwarning showwarning',
};

/** A name that a module has in Python and not here; undefined where Python has none, either. */
export function unreadMember(ctx: Context, module: string, name: string): Unknown | undefined {
  const names = Object.hasOwn(UNREAD, module) ? UNREAD[module] : undefined;
  if (!names?.split(/\s+/).includes(name)) return undefined;
  return new Unknown(say('{0}.{1} is not read', module, name), ctx.range);
}
