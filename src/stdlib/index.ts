import { packageData } from '../python/builtins/files';
import type { Context, Library } from '../python/natives/context';
import { PyModule, type PyValue } from '../python/values/values';
import { abcModule } from './abc';
import { argparseModule } from './argparse';
import { collectionsModule } from './collections';
import { contextlibModule } from './contextlib';
import { copyModule } from './copy';
import { dataclassesModule } from './dataclasses';
import { enumModule } from './enum';
import { functoolsModule } from './functools';
import { importlibMetadata, importlibModule, importlibUtil } from './importlib';
import { inspectModule } from './inspect';
import { itertoolsModule } from './itertools';
import { jsonModule } from './json';
import { loggingModule, warningsModule } from './logging';
import { MACHINE, machineMember, osModule, pathMembers, sysModule } from './machine';
import { mathModule } from './math';
import { operatorModule } from './operator';
import { randomModule } from './random';
import { reModule } from './re';
import { contextvarsModule, threadingModule } from './threading';
import { typesModule } from './types';
import { numbersModule, typingModule } from './typing';
import { unreadMember } from './unread';
import { unreadValues } from './unreadValues';

type Members = Readonly<Record<string, PyValue>>;

/** The parts of the standard library that model code is built with. */
const MAKERS: Readonly<Record<string, (ctx: Context) => Members>> = {
  math: mathModule,
  functools: functoolsModule,
  collections: collectionsModule,
  'collections.abc': typingModule,
  itertools: itertoolsModule,
  typing: typingModule,
  typing_extensions: typingModule,
  dataclasses: dataclassesModule,
  copy: copyModule,
  abc: abcModule,
  enum: enumModule,
  warnings: warningsModule,
  logging: loggingModule,
  numbers: numbersModule,
  operator: operatorModule,
  inspect: inspectModule,
  importlib: importlibModule,
  'importlib.util': importlibUtil,
  'importlib.metadata': importlibMetadata,
  types: typesModule,
  contextlib: contextlibModule,
  contextvars: contextvarsModule,
  threading: threadingModule,
  argparse: argparseModule,
  json: jsonModule,
  re: reModule,
  pkgutil: () => ({ get_data: packageData }),
  sys: sysModule,
  os: osModule,
  random: randomModule,
  'os.path': pathMembers,
  _unread: unreadValues,
  __future__: () => ({ annotations: null, division: null, print_function: null, absolute_import: null }),
};

const SLOT = Symbol('standard library');

/** Classes of `collections` under their names in `typing`, where they can be called too. */
const COLLECTIONS = new Map([
  ['OrderedDict', 'OrderedDict'],
  ['DefaultDict', 'defaultdict'],
  ['Counter', 'Counter'],
  ['Deque', 'deque'],
]);

/** The standard library. What it lacks may be a module of the workspace. */
export const standardLibrary: Library = { module: standardModule, owns: () => false };

function standardModule(ctx: Context, name: string): PyModule | undefined {
  const made = ctx.slot(SLOT, () => new Map<string, PyModule>());
  const known = made.get(name);
  if (known) return known;
  const nothing: (typeof MAKERS)[string] = () => ({});
  const maker = Object.hasOwn(MAKERS, name) ? MAKERS[name] : MACHINE.has(name) ? nothing : undefined;
  if (!maker) return undefined;
  const module = new PyModule(name);
  const asksMachine = MACHINE.has(name) || ['pkgutil', 'os', 'os.path', 'sys'].includes(name);
  module.missing = (key) => (asksMachine ? machineMember(ctx, name, key) : undefined) ?? unreadMember(ctx, name, key);
  made.set(name, module);
  for (const [key, value] of Object.entries(maker(ctx))) module.members.set(key, value);
  if (name === 'collections') {
    const abc = standardModule(ctx, 'collections.abc');
    if (abc) module.members.set('abc', abc);
  }
  if (name === 'typing' || name === 'typing_extensions' || name === 'collections.abc') {
    // Whatever else these offer is for annotations.
    module.missing = (key) => {
      if (key.startsWith('__')) return undefined;
      const collection = name.startsWith('typing') ? COLLECTIONS.get(key) : undefined;
      if (collection) return standardModule(ctx, 'collections')?.members.get(collection);
      return ctx.classes.generic;
    };
  }
  return module;
}
