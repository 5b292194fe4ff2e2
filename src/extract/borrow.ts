/** Names that an expression of the reader's own is written with, and that the file neither binds nor imports. */
import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { importModule, importNames } from '../python/run/imports';
import type { Interpreter } from '../python/run/interpreter';
import { member, starMember } from '../python/run/late';
import type { Expr, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import type { Scope } from '../python/values/scope';
import { PyClass, PyModule, type PyValue, Unknown } from '../python/values/values';
import { namesIn } from './slice';

/** What everyone calls these, where the file calls nothing else so. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ['F', 'torch.nn.functional'],
  ['Namespace', 'argparse.Namespace'],
  ['OrderedDict', 'collections.OrderedDict'],
  ['OmegaConf', 'omegaconf.OmegaConf'],
  ['Path', 'pathlib.Path'],
  ['SimpleNamespace', 'types.SimpleNamespace'],
  ['nn', 'torch.nn'],
  ['np', 'numpy'],
  ['partial', 'functools.partial'],
  ['th', 'torch'],
]);

/**
 * Binds what an expression names without the file: a module by its full name with what is below it
 * (`package.models.Encoder(3)`), and what everyone calls by one name (`nn`, `SimpleNamespace`).
 * @returns the first name that nothing gives
 */
export function* borrowNames(ctx: Interpreter, expression: Expr, scope: Scope): Eval<string | undefined> {
  const own = namesBoundIn(expression);
  const roots = new Map<string, string[][]>();
  for (const node of walk(expression)) {
    const chain = chainOf(node) ?? [];
    const [root] = chain;
    if (root !== undefined && !own.has(root)) roots.set(root, [...(roots.get(root) ?? []), chain]);
  }
  for (const [name, chains] of roots) {
    if (yield* isKnown(ctx, name, scope)) continue;
    const usual = USUAL.get(name);
    if (usual !== undefined) {
      const value = yield* valueAt(ctx, usual.split('.'), scope);
      if (value !== undefined) scope.assign(name, value);
    } else if (!(yield* importChains(ctx, chains, scope))) return name;
  }
  return undefined;
}

/** The class of a name, dotted where it is of another module: of the file, of what it imports, or of the whole project. */
export function* borrowClass(ctx: Interpreter, name: string, scope: Scope): Eval<PyClass | undefined> {
  const names = name.split('.');
  const root = itemAt(names, 0);
  const isOfFile = yield* isKnown(ctx, root, scope);
  const dotted = isOfFile ? names : (USUAL.get(name)?.split('.') ?? names);
  let value = isOfFile ? yield* member(ctx, scope.module, root) : yield* valueAt(ctx, dotted, scope);
  if (isOfFile) for (const each of names.slice(1)) value = value && ctx.lookup(value, each);
  if (value instanceof Unknown) return ctx.refuseUnknown(value, name);
  return value instanceof PyClass ? value : undefined;
}

/** Names that an expression binds itself: parameters of a lambda, targets of a comprehension. */
function namesBoundIn(expression: Expr): ReadonlySet<string> {
  const bound = new Set<string>();
  for (const node of walk(expression)) {
    if (node.kind === 'lambda') for (const { name } of node.code.parameters) bound.add(name);
    if (node.kind !== 'comprehension') continue;
    for (const { target } of node.clauses) for (const name of namesIn(target)) bound.add(name);
  }
  return bound;
}

/** `a.b.c` as its names; undefined for anything else. */
function chainOf(node: Expr | Stmt): string[] | undefined {
  if (node.kind === 'name') return [node.name];
  const before = node.kind === 'attribute' ? chainOf(node.object) : undefined;
  return before && node.kind === 'attribute' ? [...before, node.name] : undefined;
}

function* isKnown(ctx: Interpreter, name: string, scope: Scope): Eval<boolean> {
  if (scope.lookup(name) !== undefined || ctx.builtins.has(name)) return true;
  return (yield* starMember(ctx, scope.module, name)) !== undefined;
}

/** Imports the longest start of each chain that is a module. @returns whether there was one */
function* importChains(ctx: Interpreter, chains: readonly string[][], scope: Scope): Eval<boolean> {
  let found = false;
  for (const chain of chains) {
    const module = yield* moduleOf(ctx, chain, scope);
    if (!module) continue;
    yield* importNames(ctx, [{ module: chain.slice(0, module.length).join('.'), alias: undefined }], scope);
    found = true;
  }
  return found;
}

/** What the names after the longest start that is a module stand for in it. */
function* valueAt(ctx: Interpreter, names: readonly string[], scope: Scope): Eval<PyValue | undefined> {
  const found = yield* moduleOf(ctx, names, scope);
  const [name, ...below] = names.slice(found?.length);
  if (!found || name === undefined) return found?.module;
  let value = yield* member(ctx, found.module, name);
  for (const each of below) value = value && ctx.lookup(value, each);
  return value;
}

function* moduleOf(
  ctx: Interpreter,
  names: readonly string[],
  scope: Scope,
): Eval<{ module: PyModule; length: number } | undefined> {
  for (let length = names.length; length > 0; length--) {
    const module = yield* importModule(ctx, names.slice(0, length).join('.'), 0, scope);
    if (module instanceof PyModule) return { module, length };
  }
  return undefined;
}

/** What is said of a name that nothing gives. */
export const refuseName = (name: string): string =>
  say('There is no {0} in this file; name it with the module that has it: package.module.{0}', name);
