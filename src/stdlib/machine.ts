/** What Python asks of its machine: a place that has no files, no clock and no environment variables. */
import { itemOr } from '../graph/access';
import { say } from '../language/say';
import { namedTupleClass } from '../python/builtins/namedtuple';
import type { Context, Eval } from '../python/natives/context';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import {
  PyDict,
  PyInstance,
  PyList,
  PyModule,
  PyTuple,
  PythonError,
  type PyValue,
  Unknown,
} from '../python/values/values';

const silent = native('*args, **kwargs', () => null);

/** Modules whose every answer depends on where and when the program runs. */
export const MACHINE: ReadonlySet<string> = new Set(
  'time random datetime subprocess socket threading multiprocessing tempfile shutil glob pickle platform urllib urllib.request urllib.parse hashlib uuid io gc signal traceback queue asyncio concurrent.futures csv gzip zipfile tarfile getpass pprint secrets requests httpx aiohttp urllib3'.split(
    ' ',
  ),
);

/** A member of such a module: nothing is known of it but that it may be named and called. */
export function machineMember(ctx: Context, module: string, name: string): PyValue | undefined {
  if (name.startsWith('__')) return undefined;
  return new Unknown(say('{0}.{1} asks the machine that runs the program', module, name), ctx.range);
}

/** `sys`. */
export function sysModule(ctx: Context): Record<string, PyValue> {
  return {
    modules: loadedModules(ctx),
    version: '3.11.0',
    version_info: new PyTuple(
      [3n, 11n, 0n, 'final', 0n],
      namedTupleClass(ctx, 'version_info', ['major', 'minor', 'micro', 'releaselevel', 'serial'], new Map()),
    ),
    platform: 'linux',
    implementation: implementation(ctx),
    byteorder: 'little',
    maxsize: 9223372036854775807n,
    argv: new PyList(['']),
    path: new PyList([]),
    setrecursionlimit: silent,
    getrecursionlimit: native('', () => 1000n),
    getsizeof: native('object, default=0', () => 64n),
    intern: native('string', (_, args) => args.get('string')),
    exit: native('status=None', (own, args) => own.raise('SystemExit', own.str(args.get('status')))),
  };
}

/** `sys.implementation`: CPython, as on almost every machine. */
function implementation(ctx: Context): PyValue {
  const made = new PyInstance(nativeClass('SimpleNamespace', [ctx.classes.object], {}, 'types'));
  made.fields.set('name', 'cpython');
  made.fields.set('cache_tag', 'cpython-311');
  return made;
}

/** `sys.modules`: the modules that have been read, by their full names. */
function loadedModules(ctx: Context): PyValue {
  const find = (name: PyValue): PyValue | undefined => {
    if (typeof name !== 'string') return undefined;
    for (const module of ctx.modules.values()) if (module.members.get('__name__') === name) return module;
    return ctx.nativeModule(name);
  };
  const cls = nativeClass('modules', [ctx.classes.object], {
    __getitem__: native('self, name', (own, args) => {
      const found = find(args.get('name'));
      if (found === undefined) throw new PythonError('KeyError', own.repr(args.get('name')));
      return found;
    }),
    get: native('self, name, default=None', (_, args) => find(args.get('name')) ?? args.get('default')),
    __contains__: native('self, name', (_, args) => find(args.get('name')) !== undefined),
  });
  return new PyInstance(cls);
}

/** `os`: environment variables count as unset; paths are text. */
export function osModule(ctx: Context): Record<string, PyValue> {
  const path = new PyModule('os.path');
  for (const [name, value] of Object.entries(pathMembers(ctx))) path.members.set(name, value);
  return {
    path,
    sep: '/',
    linesep: '\n',
    name: 'posix',
    environ: new PyDict(),
    getenv: native('key, default=None', (_, args) => args.get('default')),
    fspath: native('path', (_, args) => args.get('path')),
    makedirs: silent,
    PathLike: nativeClass('PathLike', [ctx.classes.object], {}, 'os'),
  };
}

/** Whether a path is one of the project's text files; what else is on a disk is not looked at. */
function presence(): NativeFunction {
  return native('path', function* (own, args): Eval<PyValue> {
    const path = args.get('path');
    if (typeof path === 'string' && (yield* own.readFile(path)) !== undefined) return true;
    return countAbsent(own, path);
  });
}

function countAbsent(ctx: Context, path: PyValue): PyValue {
  if (path instanceof Unknown) return path;
  ctx.note(say('{0} counts as absent: no file but the text files of the project is looked at', ctx.repr(path)));
  return false;
}

/** `os.path.normpath`. */
function normalise(path: string): string {
  const root = /^\/\/(?!\/)/.test(path) ? '//' : path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const above = part === '..' && parts.at(-1) !== undefined && parts.at(-1) !== '..';
    if (above) parts.pop();
    else if (part !== '..' || root === '') parts.push(part);
  }
  return root + parts.join('/') || '.';
}

/** `os.path`, in POSIX's rules. What is on a disk beside the project's text files counts as absent, and a note says so. */
export function pathMembers(ctx: Context): Record<string, PyValue> {
  const onText = (signature: string, body: (text: string) => PyValue): NativeFunction =>
    native(signature, (_, args) => {
      const path = args.get('path');
      return path instanceof Unknown ? path : body(args.string('path'));
    });
  const split = (text: string): [string, string] => {
    const at = text.lastIndexOf('/') + 1;
    const head = text.slice(0, at);
    return [/^\/+$/.test(head) ? head : head.replace(/\/+$/, ''), text.slice(at)];
  };
  // Where a program is started is unknown; `__file__` is absolute.
  const absolute = (text: string): PyValue =>
    /^(\/|[A-Za-z]:[\\/]|[a-z][\w+.-]+:\/)/.test(text)
      ? text
      : new Unknown(say('where a program is started is known to the machine that runs it'), ctx.range);
  const onDisk = (name: string): NativeFunction =>
    native('*args', () => new Unknown(say('os.path.{0} asks the machine that runs the program', name), ctx.range));
  return {
    join: native('path, *paths', (_, args) => {
      const parts = [args.get('path'), ...args.rest('paths')];
      const unknown = parts.find((part) => part instanceof Unknown);
      if (unknown !== undefined) return unknown;
      return parts
        .map(String)
        .reduce((a, b) => (b.startsWith('/') ? b : a === '' || a.endsWith('/') ? a + b : `${a}/${b}`));
    }),
    sep: '/',
    altsep: null,
    extsep: '.',
    pathsep: ':',
    curdir: '.',
    pardir: '..',
    devnull: '/dev/null',
    normcase: onText('path', (text) => text),
    splitdrive: onText('path', (text) => new PyTuple(['', text])),
    basename: onText('path', (text) => split(text)[1]),
    dirname: onText('path', (text) => split(text)[0]),
    split: onText('path', (text) => new PyTuple(split(text))),
    splitext: onText('path', (text) => {
      const match = /^(.*?[^/.][^/]*?|.*?\/?\.+[^/.]*?)(\.[^./]*)$/s.exec(text);
      return new PyTuple(match ? [match[1] ?? '', match[2] ?? ''] : [text, '']);
    }),
    abspath: onText('path', absolute),
    realpath: onText('path', absolute),
    isabs: onText('path', (text) => text.startsWith('/')),
    normpath: onText('path', normalise),
    ...Object.fromEntries(['exists', 'lexists', 'isfile'].map((name) => [name, presence()])),
    isdir: native('path', (own, args) => countAbsent(own, args.get('path'))),
    // No variable is set, and where there is no home folder, the path stays as it is.
    ...Object.fromEntries(['expandvars', 'expanduser'].map((name) => [name, onText('path', (text) => text)])),
    commonprefix: native('m', (own, args) => {
      const texts = own.list(args.get('m')).map((each) => own.str(each));
      const first = itemOr(texts, 0, '');
      let size = first.length;
      for (const text of texts) while (!text.startsWith(first.slice(0, size))) size -= 1;
      return first.slice(0, size);
    }),
    relpath: native('path, start=None', (own, args) => {
      const [path, start] = [args.get('path'), args.get('start')];
      if (typeof path !== 'string' || typeof start !== 'string') return onDisk('relpath').body(own, args) as PyValue;
      const [a, b] = [path, start].map((text) => text.split('/').filter((part) => part !== '' && part !== '.'));
      const [to, from] = [a ?? [], b ?? []];
      let shared = 0;
      while (shared < Math.min(to.length, from.length) && to[shared] === from[shared]) shared += 1;
      return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') || '.';
    }),
    ...Object.fromEntries(['getsize', 'getmtime'].map((name) => [name, onDisk(name)])),
  };
}
