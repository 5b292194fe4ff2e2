/** PyYAML and OmegaConf: settings that code reads from files of the project. */
import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { NativeArguments } from '../python/natives/arguments';
import type { Context, Library } from '../python/natives/context';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyDict, PyList, PyModule, PyTuple, PythonError, type PyValue, Unknown } from '../python/values/values';
import { hydraModule } from './hydra';
import { type Dialect, parseYaml, parseYamlAll } from './parse';

const SLOT = Symbol('yaml');
const STRUCTURED = 'OmegaConf.structured';

/** `yaml`, `omegaconf` and `hydra`. */
export const yamlLibrary: Library = {
  module: (ctx, name) => {
    // `omegaconf.listconfig` has no more than the package gives.
    if (/^omegaconf\.(listconfig|dictconfig|omegaconf)$/.test(name)) return yamlLibrary.module(ctx, 'omegaconf');
    if (!/^(yaml|omegaconf|hydra(\.utils)?)$/.test(name)) return undefined;
    const made = ctx.slot(SLOT, () => new Map<string, PyModule>());
    let module = made.get(name);
    if (!module && name.startsWith('hydra')) {
      module = hydraModule(ctx, name);
      made.set(name, module);
    }
    if (!module) {
      module = new PyModule(name);
      made.set(name, module);
      for (const [key, value] of Object.entries(name === 'yaml' ? yamlMembers(ctx) : omegaconfMembers(ctx)))
        module.members.set(key, value);
      module.missing = (key) =>
        key.startsWith('__') ? undefined : new Unknown(say('{0} is not read', `${name}.${key}`), ctx.range);
    }
    return module;
  },
  owns: (name) => /^(yaml|omegaconf|hydra)\./.test(name),
};

/** The text of a stream: a string, or an open file. */
function textOf(ctx: Context, stream: PyValue): string | Unknown {
  if (typeof stream === 'string' || stream instanceof Unknown) return stream;
  const text = ctx.call(ctx.getattr(stream, 'read'));
  return text instanceof Unknown ? text : ctx.str(text);
}

/** Runs a reader of YAML; what is none raises in Python, too. */
function read(text: string, body: (text: string) => PyValue): PyValue {
  try {
    return body(text);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'YAMLException') throw error;
    const first = itemAt(error.message.split('\n'), 0);
    throw new PythonError('ValueError', say('this YAML can not be read: {0}', first));
  }
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

/** `OmegaConf`, as far as settings are read with it: no structured settings, no interpolation that computes. */
function omegaconfMembers(ctx: Context): Record<string, PyValue> {
  const { object, dict, list } = ctx.classes;
  const missing = (own: Context, self: PyValue, key: string): PyValue => {
    const value = self instanceof PyDict ? self.get(key) : undefined;
    return value === undefined ? own.raise('AttributeError', `Missing key ${key}`) : value;
  };
  const DictConfig = nativeClass(
    'DictConfig',
    [dict],
    {
      __getattr__: native('self, key', (own, args) => missing(own, args.get('self'), args.string('key'))),
      __setattr__: native('self, key, value', (own, args) => store(own, args.get('self'), args)),
      __setitem__: native('self, key, value', (own, args) => store(own, args.get('self'), args)),
    },
    'omegaconf',
  );
  /** What is stored becomes settings as well. */
  const store = (own: Context, self: PyValue, args: NativeArguments): null => {
    if (self instanceof PyDict) self.set(args.get('key'), wrap(own, args.get('value'), self));
    return null;
  };
  const wrap = (own: Context, value: PyValue, root: PyDict | undefined): PyValue => {
    own.spend(1);
    if (value instanceof PyDict) {
      const made = new PyDict();
      made.cls = DictConfig;
      for (const [key, item] of value.entries()) made.set(key, wrap(own, item, root ?? made));
      return made;
    }
    if (value instanceof PyList || value instanceof PyTuple)
      return new PyList(value.items.map((item) => wrap(own, item, root)));
    if (value === '???') return new Unknown(say('these settings leave it open (???)'), own.range);
    if (typeof value === 'string' && value.includes('${'))
      return new Unknown(say('{0} is not resolved', value), own.range);
    return value;
  };
  const parse = (own: Context, text: string, dialect: Dialect) =>
    wrap(
      own,
      read(text, (each) => parseYaml(own, each, dialect)),
      undefined,
    );
  const plain = (own: Context, value: PyValue): PyValue => {
    own.spend(1);
    if (value instanceof PyDict)
      return PyDict.from(value.entries().map(([key, item]) => [key, plain(own, item)] as const));
    return value instanceof PyList ? new PyList(value.items.map((item) => plain(own, item))) : value;
  };
  const merge = (own: Context, into: PyDict, from: PyDict): void => {
    for (const [key, item] of from.entries()) {
      const before = into.get(key);
      if (before instanceof PyDict && item instanceof PyDict) merge(own, before, item);
      else into.set(key, item);
    }
  };
  const OmegaConf = nativeClass('OmegaConf', [object], {}, 'omegaconf');
  const functions: Record<string, NativeFunction> = {
    load: native('file', function* (own, args) {
      const file = args.get('file');
      if (typeof file !== 'string') {
        const text = textOf(own, file);
        return text instanceof Unknown ? text : parse(own, text, 'omegaconf');
      }
      const text = yield* own.readFile(file);
      if (text === undefined) return new Unknown(say('{0} is no text file of the project', own.repr(file)), own.range);
      return parse(own, text, 'omegaconf');
    }),
    create: native('obj=None, **kwargs', (own, args) => {
      const value = args.get('obj');
      if (value === null) return wrap(own, new PyDict(), undefined);
      if (typeof value === 'string') return parse(own, value, 'omegaconf');
      if (value instanceof PyDict || value instanceof PyList) return wrap(own, value, undefined);
      return new Unknown(say('{0} is not read', STRUCTURED), own.range);
    }),
    merge: native('*configs', (own, args) => {
      const made = wrap(own, new PyDict(), undefined);
      for (const each of args.rest('configs')) {
        if (!(made instanceof PyDict) || !(each instanceof PyDict)) {
          return new Unknown(say('{0} is not read', STRUCTURED), own.range);
        }
        const copy = wrap(own, each, undefined);
        if (copy instanceof PyDict) merge(own, made, copy);
      }
      return made;
    }),
    select: native('cfg, key, *, default=None, **kwargs', (_, args) => {
      let at: PyValue | undefined = args.get('cfg');
      // `data.transform[0].size`
      for (const name of args
        .string('key')
        .split(/[.[\]]+/)
        .filter(Boolean)) {
        if (at instanceof Unknown) return at;
        const item: PyValue | undefined =
          at instanceof PyList && /^\d+$/.test(name) ? at.items[Number(name)] : undefined;
        at = at instanceof PyDict ? at.get(name) : item;
      }
      return at === undefined ? args.get('default') : at;
    }),
    is_missing: native('cfg, key', (_, args) => {
      const cfg = args.get('cfg');
      return cfg instanceof PyDict && cfg.get(args.get('key')) instanceof Unknown;
    }),
    is_dict: native('obj', (own, args) => own.typeOf(args.get('obj')) === DictConfig),
    is_list: native('obj', (_, args) => args.get('obj') instanceof PyList),
    to_container: native('cfg, **kwargs', (own, args) => plain(own, args.get('cfg'))),
    to_object: native('cfg, **kwargs', (own, args) => plain(own, args.get('cfg'))),
    to_yaml: native('cfg, **kwargs', () => ''),
    // Without arguments.
    from_cli: native('*args', (own) => wrap(own, new PyDict(), undefined)),
    set_struct: native('*args', () => null),
    set_readonly: native('*args', () => null),
    resolve: native('cfg', () => null),
    is_config: native('obj', (own, args) => own.typeOf(args.get('obj')) === DictConfig),
  };
  for (const [name, each] of Object.entries(functions)) OmegaConf.members.set(name, each);
  return { OmegaConf, DictConfig, ListConfig: list, MISSING: '???' };
}
