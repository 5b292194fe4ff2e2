/**
 * Imports at the top of a file wait until what they bind is used: a model's file often imports a library that imports
 * all of itself, and reads a tenth of it.
 */
import { itemAt, lastOf } from '../../graph/access';
import { say } from '../../language/say';
import type { Eval } from '../natives/context';
import { moduleKey } from '../natives/context';
import type { Stmt } from '../syntax/ast';
import { FieldsDict } from '../values/fields';
import { Scope } from '../values/scope';
import {
  type LateStar,
  type PyDict,
  PyLate,
  PyList,
  PyModule,
  PyTuple,
  PythonError,
  type PyValue,
  Unknown,
} from '../values/values';
import { type FromStatement, importModule, importName, importNames } from './imports';
import type { Interpreter } from './interpreter';

/**
 * Binds what an import statement at the top of a file binds, without reading the modules yet.
 * @returns false where it must run now: modules that are built in cost nothing, and a star import among other code
 * may change what the names after it mean.
 */
export function deferImport(ctx: Interpreter, statement: Stmt, scope: Scope, plain: boolean): boolean {
  const { module } = scope;
  const bind = (name: string, load: () => Eval<PyValue>): void => {
    ctx.waiting += 1;
    module.members.set(name, new PyLate(load));
  };
  const file = module.file ?? ctx.file;
  const loadInPlace = (load: () => Eval<PyValue>) => () =>
    ctx.runInFile(file, () => {
      ctx.span = statement.span;
      return load();
    });
  if (statement.kind === 'import') {
    if (statement.names.some((item) => isBuiltIn(ctx, item.module))) return false;
    for (const item of statement.names) {
      const name = item.alias ?? itemAt(item.module.split('.'), 0);
      const before = module.members.get(name);
      bind(
        name,
        loadInPlace(function* () {
          // `import a.b` and `import a.c` both bind `a`.
          if (before instanceof PyLate) yield* settle(ctx, before);
          const inner = new Scope('function', undefined, module);
          yield* importNames(ctx, [item], inner);
          return inner.names.get(name) ?? null;
        }),
      );
    }
    return true;
  }
  if (statement.kind !== 'from' || (statement.level === 0 && isBuiltIn(ctx, statement.module))) return false;
  const load = () => importModule(ctx, statement.module, statement.level, scope);
  if (statement.star) {
    if (!plain) return false;
    module.stars.push({
      module: statement.module,
      offers: (name) => offers(ctx, statement, scope, name),
      load: function* () {
        const loaded = yield* ctx.runInFile(file, load);
        return loaded instanceof PyModule ? loaded : undefined;
      },
    });
    return true;
  }
  for (const { name, alias } of statement.names) {
    bind(
      alias ?? name,
      loadInPlace(function* () {
        return yield* importName(ctx, yield* load(), name, statement, scope);
      }),
    );
  }
  return true;
}

const STAR = /^\s*from\s+\S+\s+import\s+\*/m;

/** Whether an import may wait. */
export function* isLate(ctx: Interpreter, statement: Stmt, scope: Scope): Eval<boolean> {
  if (ctx.eager === false) return true;
  if (ctx.eager === true) return yield* isForeign(ctx, statement, scope);
  if (statement.kind !== 'from' || (statement.level === 0 && isBuiltIn(ctx, statement.module))) return true;
  const text = yield* textOf(ctx, statement, scope);
  // A module that hands on others' names may hand on this one.
  return text === null || !(ctx.eager.test(text) || (statement.star && STAR.test(text)));
}

/**
 * Whether a statement imports an installed library of which nothing was used before: even where imports run where they
 * stand, such a library waits, because it registers nothing that was looked for.
 */
function* isForeign(ctx: Interpreter, statement: Stmt, scope: Scope): Eval<boolean> {
  if (statement.kind !== 'import' && !(statement.kind === 'from' && statement.level === 0)) return false;
  const modules = statement.kind === 'from' ? [statement.module] : statement.names.map((item) => item.module);
  for (const module of modules) {
    if (isBuiltIn(ctx, module)) return false;
    const from = scope.module.file ?? ctx.file;
    const key = moduleKey(from, module, 0);
    if (!ctx.sources.has(key)) yield { kind: 'module', from, module, level: 0 };
    const root = /^.*[\\/](?:site|dist)-packages[\\/][^\\/]+/.exec(ctx.sources.get(key)?.file ?? '')?.[0];
    if (root === undefined || [...ctx.used].some((file) => file.startsWith(root))) return false;
  }
  return true;
}

function isBuiltIn(ctx: Interpreter, module: string): boolean {
  return ctx.nativeModule(module) !== undefined || ctx.isNative(module);
}

/** Whether the module's text can define the name. */
function* offers(ctx: Interpreter, statement: FromStatement, scope: Scope, name: string): Eval<boolean> {
  const text = yield* textOf(ctx, statement, scope);
  return text !== null && canOffer(text, name);
}

function* textOf(ctx: Interpreter, { module, level }: FromStatement, scope: Scope): Eval<string | null> {
  const from = scope.module.file ?? ctx.file;
  const key = moduleKey(from, module, level);
  if (!ctx.texts.has(key)) yield { kind: 'text', from, module, level };
  return ctx.texts.get(key) ?? null;
}

/** What a late name stands for. */
export function* settle(ctx: Interpreter, late: PyLate): Eval<PyValue> {
  if (late.value === undefined) {
    // Asked for while it is being loaded: a circle that Python would not come out of either.
    late.value = new Unknown(say('the modules import it from each other in a circle'), ctx.range);
    late.loading = true;
    ctx.waiting -= 1;
    try {
      late.value = yield* late.load();
    } finally {
      late.loading = false;
    }
  }
  return late.value;
}

/** A name of a module, its star imports included; undefined where it has none. */
export function* member(ctx: Interpreter, module: PyModule, name: string): Eval<PyValue | undefined> {
  const own = module.members.get(name);
  // `from package import models` inside of the package asks for the name that it binds: a module below.
  if (own instanceof PyLate) return own.loading ? undefined : yield* settle(ctx, own);
  return (
    own ??
    module.missing?.(name) ??
    (yield* starMember(ctx, module, name)) ??
    (yield* fallbackMember(ctx, module, name))
  );
}

/** What a module's own `__getattr__` gives for a name; undefined where it has none. */
export function* fallbackMember(ctx: Interpreter, module: PyModule, name: string): Eval<PyValue | undefined> {
  const fallback = module.members.get('__getattr__');
  if (fallback === undefined || name.startsWith('__')) return undefined;
  try {
    return yield* ctx.run(fallback, [name]);
  } catch (error) {
    if (error instanceof PythonError && error.type === 'AttributeError') return undefined;
    throw error;
  }
}

/**
 * A name from the star imports that wait, last first; undefined where none has it. Where there are hundreds, as in a
 * package of packages, those whose name the name begins with come first: reading all texts would take seconds.
 */
export function* starMember(ctx: Interpreter, module: PyModule, name: string): Eval<PyValue | undefined> {
  const stars = [...module.stars].reverse();
  if (stars.length > MANY) {
    const near = (star: LateStar) => nearness(star.module, name);
    stars.sort((a, b) => near(b) - near(a));
  }
  for (const star of stars) {
    if (!(yield* star.offers(name))) continue;
    const from = yield* star.load();
    if (!from || from === module || !isExported(from, name)) continue;
    const found = yield* member(ctx, from, name);
    if (found === undefined) continue;
    module.members.set(name, found);
    return found;
  }
  return undefined;
}

/** More star imports than anyone writes by hand. */
const MANY = 50;

/** How much of a name the last part of a module's name makes up: `.xlm_roberta` all of XLMRoberta in XLMRobertaModel. */
function nearness(module: string, name: string): number {
  const part = lastOf(module.split('.')).replaceAll('_', '').toLowerCase();
  return name.toLowerCase().startsWith(part) ? part.length : 0;
}

function isExported(module: PyModule, name: string): boolean {
  const all = exportList(module);
  return all ? all.includes(name) : !name.startsWith('_');
}

/** What `__all__` lists, where the module has one. */
function exportList(module: PyModule): readonly PyValue[] | undefined {
  const all = module.members.get('__all__');
  return all instanceof PyList || all instanceof PyTuple ? all.items : undefined;
}

/** The names that `from module import *` binds. */
export function* exportedNames(ctx: Interpreter, module: PyModule): Eval<string[]> {
  const all = exportList(module);
  if (all) return all.map((name) => ctx.str(name));
  yield* lookIntoStars(ctx, module);
  return [...module.members.keys()].filter((name) => !name.startsWith('_'));
}

/** Binds all that the waiting star imports export. */
function* lookIntoStars(ctx: Interpreter, module: PyModule): Eval<void> {
  for (const star of module.stars.splice(0).reverse()) {
    const from = yield* star.load();
    if (!from || from === module) continue;
    for (const name of yield* exportedNames(ctx, from)) {
      const value = module.members.has(name) ? undefined : yield* member(ctx, from, name);
      if (value !== undefined) module.members.set(name, value);
    }
  }
}

/** `module.__dict__` and `globals()`: the module's own names, everything loaded. */
export function* membersOf(ctx: Interpreter, module: PyModule): Eval<PyDict> {
  yield* lookIntoStars(ctx, module);
  for (const [name, value] of [...module.members])
    if (value instanceof PyLate) module.members.set(name, yield* settle(ctx, value));
  return new FieldsDict(module.members);
}

/** Whether a file holds nothing but imports and plain names: a package's `__init__.py` mostly. */
export function isImportsOnly(body: readonly Stmt[]): boolean {
  return body.every(
    (statement) =>
      statement.kind === 'import' ||
      statement.kind === 'from' ||
      (statement.kind === 'expression' && statement.value.kind === 'constant') ||
      (statement.kind === 'assign' &&
        statement.targets.every((target) => target.kind === 'name' && target.name.startsWith('__'))),
  );
}

/**
 * Whether a file's text can define a name at its top level: it is listed in `__all__`, else defined, assigned or
 * imported; or comes by a star import of the file's own.
 */
export function canOffer(text: string, name: string): boolean {
  if (!text.includes(name)) return STAR.test(text);
  if (/^__all__\s*=/m.test(text))
    return text.includes(`"${name}"`) || text.includes(`'${name}'`) || /^__all__\s*\+=/m.test(text);
  return true;
}
