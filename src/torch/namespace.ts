/** Namespaces of PyTorch as modules. */
import { say } from '../language/say';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyModule, type PyValue } from '../python/values/values';
import { lacks, suggest } from './names';

export function moduleOf(name: string, members: Iterable<readonly [string, PyValue]>): PyModule {
  const module = new PyModule(name);
  for (const [key, value] of members) module.members.set(key, value);
  return module;
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
  const message = say('{0} is not read yet; leave it out to compare the rest of the model', path);
  const name = path.slice(path.lastIndexOf('.') + 1);
  const fn = native('*args, **kwargs', (ctx) => ctx.error('unsupported', message), name);
  fn.refusal = message;
  const below = native('self, name', (ctx, args) => {
    const inner = args.string('name');
    if (inner.startsWith('__')) ctx.raise('AttributeError', `${path} has no attribute '${inner}'`);
    return refusal(`${path}.${inner}`);
  });
  fn.cls = nativeClass('builtin_function_or_method', [], { __getattr__: below });
  return fn;
}
