/** Namespaces of PyTorch as modules. */
import { say } from '../language/say';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { LazyMap } from '../python/values/lazy';
import { PyModule, type PyValue, Unknown } from '../python/values/values';
import { lacks, suggest } from './names';

/** Names with their values: what a namespace holds. */
export type NamedValues = Iterable<readonly [string, PyValue]>;

/** Namespaces by their dotted names: how each, or what it holds, is made when it is first asked for. */
export type Namespaces = Readonly<Record<string, () => NamedValues | PyModule>>;

export function moduleOf(name: string, members: NamedValues): PyModule {
  const own = new LazyMap();
  if (members instanceof LazyMap) own.include(members);
  else for (const [key, value] of members) own.set(key, value);
  return new PyModule(name, undefined, own);
}

/** A map whose values a maker gives, called when the first of these names is asked for. */
export function deferValues(names: readonly string[], make: () => ReadonlyMap<string, PyValue>): LazyMap {
  const members = new LazyMap();
  let made: ReadonlyMap<string, PyValue> | undefined;
  for (const name of names)
    members.define(name, () => {
      made ??= make();
      return made.get(name) ?? null;
    });
  return members;
}

/** Functions that we lack are errors when called, not when named; what PyTorch lacks, too, is a misspelt name. */
export function refuseMissing(module: PyModule): PyModule {
  module.missing = (name) =>
    name.startsWith('__') || lacks(module.name, name) ? undefined : refusal(`${module.name}.${name}`);
  return hintAt(module);
}

/** Has a module say which name was meant, where PyTorch's namespace has no such name. */
export function hintAt(module: PyModule, namespace = module.name): PyModule {
  module.lacks = (name) => (lacks(namespace, name) && !module.members.has(name) ? hint(namespace, name) : undefined);
  return module;
}

/** What Python 3.12 adds to an error about a name; '' where no name is near. */
export function hint(namespace: string, name: string): string {
  const meant = suggest(namespace, name);
  return meant === undefined ? '' : `. Did you mean: '${meant}'?`;
}

/** What a namespace lacks: a function, or a namespace itself (`torch.fft`), whose functions are lacking, too. */
function refusal(path: string): NativeFunction {
  const message = path.endsWith('_loss')
    ? say('{0} is not read yet; return what it is computed of instead of the loss', path)
    : say('{0} is not read yet; leave it out to compare the rest of the model', path);
  const name = path.slice(path.lastIndexOf('.') + 1);
  // A distribution holds no state of a model's: many are made with it, and used elsewhere.
  const isHeld = /^torch\.distributions\.[A-Z]/.test(path);
  const fn = native(
    '*args, **kwargs',
    (ctx) => (isHeld ? new Unknown(message, ctx.range) : ctx.error('unsupported', message)),
    name,
  );
  fn.refusal = message;
  const below = native('self, name', (ctx, args) => {
    const inner = args.string('name');
    if (inner.startsWith('__')) ctx.raise('AttributeError', `${path} has no attribute '${inner}'`);
    return refusal(`${path}.${inner}`);
  });
  fn.cls = nativeClass('builtin_function_or_method', [], { __getattr__: below });
  return fn;
}
