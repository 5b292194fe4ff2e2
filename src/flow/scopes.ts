import type { Expr } from '../python/syntax/ast';
import { assumedMeaning, canonicalLibraryName, containerForms } from './libraries';
import type { FlowRun } from './run';
import type { Frame, Store } from './store';
import {
  type BuiltLayer,
  chooseOf,
  type FlowValue,
  type LibraryName,
  possibilities,
  type UserClass,
  type UserInstance,
  type UserModule,
  unknown,
} from './values';

const builtinNames: ReadonlySet<string> = new Set(
  'range super isinstance len list tuple dict set zip enumerate reversed sorted map filter getattr setattr hasattr print int float str bool sum min max abs any all type iter next callable issubclass object Exception ValueError'.split(
    ' ',
  ),
);

const keyOf = (frame: Frame, name: string) => `${frame.id}:${name}`;

/** Binds a name in the frame that owns it. */
export function bindName(store: Store, frame: Frame, name: string, value: FlowValue): void {
  let owner = frame;
  if (frame.elsewhere.has(name))
    while (owner.parent && (owner === frame || owner.kind !== 'module')) owner = owner.parent;
  const key = keyOf(owner, name);
  const before = owner.kind === 'module' ? store.read(key) : undefined;
  if (before) store.write(anyOf(key), chooseOf([store.read(anyOf(key)) ?? before, value]));
  store.write(key, value);
}

/** What a module binds to a name in the end, for cells and snippets that stand in another order than they run. */
const laterOf = (file: string, name: string) => `later ${file}:${name}`;

/** Keeps what a module defines under a name, once and for all, for those who read it before. */
export function keepLater(store: Store, module: Frame, name: string): void {
  const value = ownName(store, module, name);
  const isBoundOnce = store.read(anyOf(keyOf(module, name))) === undefined;
  // A tensor of that name is another one each time.
  if (value && isBoundOnce && /^(?:class|function|layer|instance|sequence|partial)$/.test(value.kind))
    store.write(laterOf(module.file, name), value);
}

/** All that a module binds to a name, one after the other. */
const anyOf = (key: string) => `any ${key}`;

/** What a frame itself binds to a name: what a module offers, a class's attribute. */
export function ownName(store: Store, frame: Frame, name: string): FlowValue | undefined {
  return store.read(keyOf(frame, name));
}

/** What a module offers under a name: what it binds, and what it takes over from others by a star. */
export function offeredName(store: Store, module: Frame, name: string, depth = 0): FlowValue | undefined {
  const own = ownName(store, module, name);
  if (own || depth > MAX_STARS) return own;
  for (const star of store.contents(module.id).items.toReversed()) {
    const found = star.kind === 'namespace' ? offeredName(store, star.frame, name, depth + 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Modules that take names over from one another. */
const MAX_STARS = 6;

/** What a name means, by Python's scopes, star imports, and the conventions of code without imports. */
export function lookUp(
  run: Pick<FlowRun, 'store' | 'isLate' | 'miss'>,
  frame: Frame,
  expression: Extract<Expr, { kind: 'name' }>,
): FlowValue {
  const { store, isLate } = run;
  const { name } = expression;
  let module = frame;
  for (let at: Frame | undefined = frame; at; at = at.parent) {
    module = at;
    if (at.kind === 'class' && at !== frame) continue;
    const key = keyOf(at, name);
    // When a function is called is not known: a module's names may be any that it binds.
    const found = (isLate && at.kind === 'module' ? store.read(anyOf(key)) : undefined) ?? store.read(key);
    if (found) return found;
  }
  const stars = store.contents(module.id).items;
  for (const star of stars.toReversed()) {
    const found = star.kind === 'namespace' ? offeredName(store, star.frame, name) : undefined;
    if (found) return found;
    if (star.kind === 'library' && /^torch(\.nn(\.functional)?)?$/.test(star.name))
      return { kind: 'library', name: canonicalLibraryName(`${star.name}.${name}`), isAssumed: false };
  }
  if (builtinNames.has(name)) return { kind: 'library', name: `builtins.${name}`, isAssumed: false };
  const later = stars.length > 0 ? undefined : store.read(laterOf(module.file, name));
  if (later) return later;
  if (stars.length === 0) run.miss(frame, expression);
  // fastai hands PyTorch's usual names on.
  const isTold = stars.every((star) => star.kind === 'library' && star.name.startsWith('fastai'));
  const assumed = isTold ? assumedMeaning(name) : undefined;
  return assumed ? { kind: 'library', name: assumed, isAssumed: true } : unknown;
}

/** What a module imports whole by a star: a module of a library or of the workspace. */
export function addStar(store: Store, module: Frame, star: LibraryName | UserModule): void {
  const { items } = store.contents(module.id);
  store.fill(module.id, { items: [...items, star], keys: [], isOpen: false });
}

/** Sets an attribute of an object or a class of the user's, or of a layer. */
export function writeAttribute(store: Store, object: FlowValue, name: string, value: FlowValue): void {
  if (object.kind === 'class') store.write(`${object.id}:${name}`, value);
  else if (object.kind === 'instance' || object.kind === 'layer') store.write(`${object.id}.${name}`, value);
}

/** An attribute that an object or a layer itself has been given. */
export function ownAttribute(store: Store, { id }: UserInstance | BuiltLayer, name: string): FlowValue | undefined {
  return store.read(`${id}.${name}`);
}

/** A class, its bases and theirs, first to last, as far as they are the user's. */
export function lineOf(cls: UserClass, depth = 0): readonly UserClass[] {
  if (depth > 8) return [cls];
  return [cls, ...cls.bases.flatMap((base) => (base.kind === 'class' ? lineOf(base, depth + 1) : []))];
}

/** The library's classes that a class is made of. */
export function libraryBases(cls: UserClass): readonly string[] {
  return lineOf(cls).flatMap(({ bases }) => bases.flatMap((base) => (base.kind === 'library' ? [base.name] : [])));
}

/** What a class or one of its bases defines under a name. */
export function classAttribute(store: Store, line: readonly UserClass[], name: string): FlowValue | undefined {
  for (const { id } of line) {
    const found = store.read(`${id}:${name}`);
    if (found) return found;
  }
  return undefined;
}

/** Whether it is of a class made of `nn.Sequential` that leaves running to it. */
export function runsAsSequential(store: Store, { cls }: UserInstance): boolean {
  const line = lineOf(cls);
  return (
    libraryBases(cls).some((name) => containerForms[name] === 'sequential') &&
    !['__call__', 'forward'].some((name) => classAttribute(store, line, name)?.kind === 'function')
  );
}

/** What a kind of `nn.Sequential` is given as an attribute is one more layer that it runs. */
export function registerModule(store: Store, instance: UserInstance, value: FlowValue): void {
  const mayBeModule = possibilities(value).some(({ kind }) =>
    /^(layer|instance|sequence|parameter|unknown)$/.test(kind),
  );
  if (!mayBeModule || !runsAsSequential(store, instance)) return;
  const { items, isOpen } = store.contents(instance.id);
  store.fill(instance.id, { items: [...items, value], keys: [], isOpen });
}
