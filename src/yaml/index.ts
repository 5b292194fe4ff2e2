/** PyYAML and OmegaConf: settings that code reads from files of the project. */
import { say } from '../language/say';
import type { Context, Library } from '../python/natives/context';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyList, PyModule, type PyValue, Unknown } from '../python/values/values';
import { hydraModule } from './hydra';
import { omegaconfErrors, omegaconfMembers } from './omegaconf';
import { parseYaml, parseYamlAll } from './parse';
import { read, textOf } from './streams';

const SLOT = Symbol('yaml');

/** `yaml`, `omegaconf` and `hydra`. */
export const yamlLibrary: Library = {
  module: (ctx, name) => {
    // `omegaconf.listconfig` has no more than the package gives.
    if (/^omegaconf\.(listconfig|dictconfig|basecontainer|omegaconf)$/.test(name))
      return yamlLibrary.module(ctx, 'omegaconf');
    if (!/^(yaml|omegaconf(\.errors)?|hydra(\.utils)?)$/.test(name)) return undefined;
    const made = ctx.slot(SLOT, () => new Map<string, PyModule>());
    let module = made.get(name);
    if (!module && name.startsWith('hydra')) {
      module = hydraModule(ctx, name);
      made.set(name, module);
    }
    if (!module) {
      module = new PyModule(name);
      made.set(name, module);
      for (const [key, value] of Object.entries(membersOf(ctx, name))) module.members.set(key, value);
      module.missing = (key) =>
        key.startsWith('__') ? undefined : new Unknown(say('{0} is not read', `${name}.${key}`), ctx.range);
    }
    return module;
  },
  owns: (name) => /^(yaml|omegaconf|hydra)\./.test(name),
};

function membersOf(ctx: Context, name: string): Record<string, PyValue> {
  if (name === 'yaml') return yamlMembers(ctx);
  return name === 'omegaconf' ? omegaconfMembers(ctx) : omegaconfErrors(ctx);
}

function yamlMembers(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  const loader = (name: string) => nativeClass(name, [object], {}, 'yaml');
  const one: NativeFunction = native('stream, Loader=None, **kwargs', (own, args) => {
    const text = textOf(own, args.get('stream'));
    return text instanceof Unknown ? text : read(text, (each) => parseYaml(own, each, 'pyyaml'));
  });
  const all: NativeFunction = native('stream, Loader=None, **kwargs', (own, args) => {
    const text = textOf(own, args.get('stream'));
    return text instanceof Unknown ? text : read(text, (each) => new PyList(parseYamlAll(own, each, 'pyyaml')));
  });
  return {
    load: one,
    safe_load: one,
    full_load: one,
    unsafe_load: one,
    load_all: all,
    safe_load_all: all,
    ...Object.fromEntries(
      ['Loader', 'SafeLoader', 'FullLoader', 'UnsafeLoader', 'CLoader', 'CSafeLoader', 'BaseLoader'].map((name) => [
        name,
        loader(name),
      ]),
    ),
    dump: native('*args, **kwargs', () => ''),
    safe_dump: native('*args, **kwargs', () => ''),
    YAMLError: nativeClass('YAMLError', [ctx.classes.exceptions.get('Exception') ?? object], {}, 'yaml'),
  };
}
