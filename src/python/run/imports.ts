import { itemAt } from '../../graph/access';
import type { SourceRange } from '../../graph/types';
import { say } from '../../language/say';
import { isStandIn } from '../../source/libraries';
import { shortName } from '../../source/path';
import { unreadModule } from '../../source/unreadPackages';
import type { Eval } from '../natives/context';
import { moduleKey } from '../natives/context';
import { ExtractionError } from '../natives/errors';
import type { Program, Stmt } from '../syntax/ast';
import { boundNames, lazyImports, returnedNames, trains } from '../syntax/survey';
import { Scope } from '../values/scope';
import { PyInstance, PyModule, PythonError, type PyValue, Unknown } from '../values/values';
import type { Interpreter } from './interpreter';
import { deferImport, exportedNames, isImportsOnly, isLate, member } from './late';
import { branchOf, executeOne } from './statements';

export type FromStatement = Extract<Stmt, { kind: 'from' }>;

/** `import a.b.c as d, e`. */
export function* importNames(
  ctx: Interpreter,
  names: readonly { readonly module: string; readonly alias: string | undefined }[],
  scope: Scope,
): Eval<void> {
  for (const { module, alias } of names) {
    const parts = module.split('.');
    if (alias) {
      scope.assign(alias, yield* importModule(ctx, module, 0, scope));
      continue;
    }
    let parent: PyValue | undefined;
    for (let length = 1; length <= parts.length; length++) {
      const loaded: PyValue = yield* importModule(ctx, parts.slice(0, length).join('.'), 0, scope);
      const name = itemAt(parts, length - 1);
      if (length === 1) scope.assign(name, loaded);
      else if (parent instanceof PyModule && !parent.members.has(name)) parent.members.set(name, loaded);
      parent = loaded;
    }
  }
}

/** `from .a import b as c, d` and `from a import *`. */
export function* importFrom(ctx: Interpreter, statement: FromStatement, scope: Scope): Eval<void> {
  const { module, level } = statement;
  const loaded = yield* importModule(ctx, module, level, scope);
  if (statement.star) {
    if (!(loaded instanceof PyModule)) return;
    for (const name of yield* exportedNames(ctx, loaded)) {
      const value = yield* member(ctx, loaded, name);
      if (value !== undefined) scope.assign(name, value);
    }
    return;
  }
  for (const { name, alias } of statement.names) {
    scope.assign(alias ?? name, yield* importName(ctx, loaded, name, statement, scope));
  }
}

/** `name` of `from module import name`: a member of the module, else a module below it. */
export function* importName(
  ctx: Interpreter,
  loaded: PyValue,
  name: string,
  { module, level }: FromStatement,
  scope: Scope,
): Eval<PyValue> {
  const own = loaded instanceof PyModule ? yield* member(ctx, loaded, name) : undefined;
  if (own !== undefined) return own;
  const hint = loaded instanceof PyModule ? loaded.lacks?.(name) : undefined;
  if (hint !== undefined) ctx.raise('ImportError', `cannot import name '${name}' from '${module}'${hint}`);
  const child = yield* importModule(ctx, module ? `${module}.${name}` : name, level, scope);
  if (!(loaded instanceof PyModule)) return child instanceof Unknown ? loaded : child;
  if (child instanceof Unknown)
    return new Unknown(say('{0} has no {1} that could be read', module || '.', name), ctx.range);
  loaded.members.set(name, child);
  return child;
}

export function* importModule(ctx: Interpreter, module: string, level: number, scope: Scope): Eval<PyValue> {
  if (level === 0) {
    const native = ctx.nativeModule(module);
    if (native) return native;
    if (ctx.isNative(module)) return new Unknown(say('{0} is not read', module), ctx.range);
  }
  const from = scope.module.file ?? ctx.file;
  const key = moduleKey(from, module, level);
  if (!ctx.sources.has(key)) yield { kind: 'module', from, module, level };
  const program = ctx.sources.get(key);
  if (!program || (ctx.expectMissing > 0 && isStandIn(program.file))) {
    const shown = '.'.repeat(level) + module;
    if (ctx.expectMissing > 0) {
      const root = module.split('.')[0] ?? module;
      const name = level > 0 || ctx.nativeModule(root) ? shown : root;
      const message = say('{0} was not found; the code for where it is missing was read', name);
      ctx.absent.add(name);
      // What a library can do without is its own affair.
      if (!isInstalled(from)) ctx.graph.note({ message });
      ctx.raise('ModuleNotFoundError', `No module named '${shown}'`);
    }
    return new Unknown(
      say(
        '{0} is neither in the workspace nor in a library folder that can be read (select the Python that has it, or name the folder)',
        shown,
      ),
      ctx.range,
    );
  }
  const name = fullName(ctx, scope.module, module, level);
  return unreadModule(program.file) === undefined
    ? yield* loadModule(ctx, program, name)
    : makeUnread(ctx, program, name);
}

/** A module of which nothing is known but that it is there. */
function makeUnread(ctx: Interpreter, program: Program, name: string): PyModule {
  const known = ctx.modules.get(program.file);
  if (known) return known;
  const module = new PyModule(name);
  module.missing = (key) =>
    key.startsWith('__') && key !== '__version__'
      ? undefined
      : new Unknown(say('{0} is not read: that package holds no layers of PyTorch', `${name}.${key}`), ctx.range);
  ctx.modules.set(program.file, module);
  return module;
}

const isInstalled = (file: string) => /[\\/](site|dist)-packages[\\/]/.test(file);

/** `timm.models.resnet` of `from .resnet import …` in `timm/models/__init__.py`. */
function fullName(ctx: Interpreter, from: PyModule, module: string, level: number): string {
  if (level === 0) return module;
  const file = from.file ?? ctx.file;
  const parts = from.name.split('.');
  const above = shortName(file) === '__init__.py' ? level - 1 : level;
  const base = above > 0 ? parts.slice(0, -above) : parts;
  return [...base, ...(module ? [module] : [])].join('.') || shortName(file);
}

/** A file's module; run once. A cycle gets the module as far as it has come, as in Python. */
export function* loadModule(
  ctx: Interpreter,
  program: Program,
  name: string,
  /** Told of each statement that could not be read. */
  failed?: (message: string) => void,
): Eval<PyModule> {
  const known = ctx.modules.get(program.file);
  if (known) return known;
  const module = new PyModule(name, program.file);
  ctx.modules.set(program.file, module);
  module.members.set('__name__', name);
  module.members.set('__file__', program.file);
  const scope = new Scope('module', undefined, module);
  // A file's own level goes past what can't be read as it always does: what its statements call is left where it fails.
  const { obstacles } = ctx;
  ctx.obstacles = undefined;
  try {
    yield* ctx.runInFile(program.file, () => runModule(ctx, program.body, scope, failed));
  } finally {
    ctx.obstacles = obstacles;
  }
  return module;
}

/**
 * Runs a file's statements. One that can't be read leaves its names Unknown instead of ending it all: only what a
 * model needs matters. Training loops are passed over.
 */
function* runModule(
  ctx: Interpreter,
  body: readonly Stmt[],
  scope: Scope,
  failed: ((message: string) => void) | undefined,
): Eval<null> {
  const plain = isImportsOnly(body);
  const { module } = scope;
  for (const statement of body) {
    if (ctx.meter.step()) yield* ctx.pause();
    ctx.span = statement.span;
    noteImports(ctx, statement, module);
    const lazy = lazyImports(statement);
    if (lazy) {
      for (const each of lazy) if (!deferImport(ctx, each, scope, true)) yield* executeOne(ctx, each, scope);
      continue;
    }
    const late = yield* isLate(ctx, statement, scope);
    if (late && deferImport(ctx, statement, scope, plain)) continue;
    if (trains(statement)) {
      forget(ctx, statement, scope, say('it is set in a training loop, which is not run'));
      continue;
    }
    const same = returnedNames(statement);
    if (same.size > 0) {
      const reason = say('it is set in a training loop, which is not run');
      for (const name of boundNames(statement)) {
        if (!same.has(name)) scope.assign(name, new Unknown(reason, ctx.range));
      }
      continue;
    }
    yield* runTolerantly(ctx, statement, scope, failed);
  }
  return null;
}

/** Runs a statement, of an `if` those of the branch that is taken one by one: what can't be read leaves its names Unknown. */
function* runTolerantly(
  ctx: Interpreter,
  statement: Stmt,
  scope: Scope,
  failed: ((message: string) => void) | undefined,
): Eval<void> {
  try {
    if (statement.kind !== 'if') yield* executeOne(ctx, statement, scope);
    else
      for (const each of yield* branchOf(ctx, statement, scope)) {
        if (ctx.meter.step()) yield* ctx.pause();
        ctx.span = each.span;
        yield* runTolerantly(ctx, each, scope, failed);
      }
  } catch (error) {
    const tolerated =
      error instanceof PythonError ||
      (error instanceof ExtractionError && ['unsupported', 'syntax', 'shape'].includes(error.kind));
    if (!tolerated) throw error;
    const range = error.range ?? ctx.range;
    const at = range ? ` at ${shortName(range.file)}:${range.line + 1}` : '';
    const reason = reasonOf(error);
    failed?.(`${reason}${at}`);
    forget(ctx, statement, scope, reason, range);
    const object = changedObject(statement, scope);
    if (object !== undefined) scope.assign(object, new Unknown(reason, range));
  }
}

/** Why a statement could not be read. A key, or no words at all, say little without the kind of error. */
function reasonOf(error: Error): string {
  if (!(error instanceof PythonError) || (error.type !== 'KeyError' && error.message !== '')) return error.message;
  return [error.type, error.message].filter((part) => part !== '').join(': ');
}

/** Keeps the names of the modules that a statement imports: each is an attribute of the package that holds it. */
function noteImports(ctx: Interpreter, statement: Stmt, module: PyModule): void {
  if (statement.kind === 'import') for (const item of statement.names) ctx.noteImport(item.module);
  if (statement.kind !== 'from') return;
  const from = fullName(ctx, module, statement.module, statement.level);
  ctx.noteImport(from);
  // Each name may be a module, too.
  for (const { name } of statement.names) ctx.noteImport(`${from}.${name}`);
}

/** `package.name` where some import has made it one: the module below the package, read now; undefined without one. */
export function* importBelow(ctx: Interpreter, module: PyModule, name: string): Eval<PyValue | undefined> {
  const found = yield* importModule(ctx, name, 1, new Scope('module', undefined, module));
  if (!(found instanceof PyModule)) return undefined;
  module.members.set(name, found);
  return found;
}

/** `ids = corpus.load(path)` that failed may have filled the corpus, or a part of it: an object of the code's own. */
function changedObject(statement: Stmt, scope: Scope): string | undefined {
  if (statement.kind !== 'assign' || statement.value.kind !== 'call') return undefined;
  const { callee } = statement.value;
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name') return undefined;
  const { name } = callee.object;
  const object = scope.lookup(name);
  const isOwn = object instanceof PyInstance && object.cls.mro.every((cls) => !cls.native || cls.name === 'object');
  return isOwn ? name : undefined;
}

function forget(ctx: Interpreter, statement: Stmt, scope: Scope, reason: string, range?: SourceRange): void {
  ctx.span = statement.span;
  for (const name of boundNames(statement)) scope.assign(name, new Unknown(reason, range ?? ctx.range));
}
