/** Namespaces of PyTorch as modules. */
import { say } from '../language/say';
import { wayOut } from '../python/natives/errors';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyModule, type PyValue } from '../python/values/values';

export function moduleOf(name: string, members: Iterable<readonly [string, PyValue]>): PyModule {
  const module = new PyModule(name);
  for (const [key, value] of members) module.members.set(key, value);
  return module;
}

/** Functions that the namespace lacks are errors when called, not when named. */
export function refuseMissing(module: PyModule): PyModule {
  module.missing = (name) => (name.startsWith('__') ? undefined : refusal(`${module.name}.${name}`));
  return module;
}

/** What a namespace lacks: a function, or a namespace itself (`torch.fft`), whose functions are lacking, too. */
function refusal(path: string): NativeFunction {
  const message = say('{0} is not supported; {1}', path, wayOut());
  const name = path.slice(path.lastIndexOf('.') + 1);
  const fn = native('*args, **kwargs', (ctx) => ctx.error('unsupported', message), name);
  const below = native('self, name', (ctx, args) => {
    const inner = args.string('name');
    if (inner.startsWith('__')) ctx.raise('AttributeError', `${path} has no attribute '${inner}'`);
    return refusal(`${path}.${inner}`);
  });
  fn.cls = nativeClass('builtin_function_or_method', [], { __getattr__: below });
  return fn;
}
