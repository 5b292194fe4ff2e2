/** OmegaConf, as far as settings are read with it: no interpolation that computes. */
import { say } from '../language/say';
import type { NativeArguments } from '../python/natives/arguments';
import type { Context, Eval } from '../python/natives/context';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyClass, PyDict, PyList, PySet, PyTuple, type PyValue, Unknown } from '../python/values/values';
import { type Dialect, parseYaml } from './parse';
import { read, textOf } from './streams';

/** What a setting is that must be given. */
const OPEN = '???';
const CREATE = 'OmegaConf.create';
const UPDATE = 'OmegaConf.update';
const MERGE = 'OmegaConf.merge';
const IS_LIST = 'OmegaConf.is_list';

/** The members of `omegaconf`. */
export function omegaconfMembers(ctx: Context): Record<string, PyValue> {
  const { object, dict, list } = ctx.classes;
  /** Settings that are left open. */
  const open = new WeakSet<Unknown>();
  /** Settings made of a data class, which keep their fields' types. */
  const typed = new WeakSet<PyDict>();
  const DictConfig = nativeClass(
    'DictConfig',
    [dict],
    {
      __getattr__: native('self, key', (own, args) => {
        const self = args.get('self');
        const key = args.string('key');
        const value = self instanceof PyDict ? self.get(key) : undefined;
        return value === undefined ? own.raise('AttributeError', `Missing key ${key}`) : value;
      }),
      // What is stored becomes settings as well.
      __setattr__: native('self, key, value', (own, args) => store(own, args)),
      __setitem__: native('self, key, value', (own, args) => store(own, args)),
      copy: native('self', (own, args) => wrap(own, args.get('self'))),
    },
    'omegaconf',
  );
  const store = (own: Context, args: NativeArguments): null => {
    const self = args.get('self');
    if (self instanceof PyDict) self.set(args.get('key'), wrap(own, args.get('value')));
    return null;
  };
  const wrap = (own: Context, value: PyValue): PyValue => {
    own.spend(1);
    if (value instanceof PyDict) {
      const made = new PyDict();
      made.cls = DictConfig;
      if (typed.has(value)) typed.add(made);
      for (const [key, item] of value.entries()) made.set(key, wrap(own, item));
      return made;
    }
    if (value instanceof PyList || value instanceof PyTuple)
      return new PyList(value.items.map((item) => wrap(own, item)));
    if (value === OPEN) {
      const left = new Unknown(say('these settings leave it open (???)'), own.range);
      open.add(left);
      return left;
    }
    if (typeof value === 'string' && value.includes('${'))
      return new Unknown(say('{0} is not resolved', value), own.range);
    return value;
  };
  const parse = (own: Context, text: string, dialect: Dialect) =>
    wrap(
      own,
      read(text, (each) => parseYaml(own, each, dialect)),
    );
  /** What holds settings: a dictionary, a list, text, or a data class and objects of one. */
  const create = function* (own: Context, value: PyValue): Eval<PyValue> {
    if (value === null) return wrap(own, new PyDict());
    if (typeof value === 'string') return parse(own, value, 'omegaconf');
    if (value instanceof PyDict || value instanceof PyList || value instanceof PyTuple) return wrap(own, value);
    const fields = yield* fieldsOf(own, value);
    if (!fields) return new Unknown(say('{0} is not read', CREATE), own.range);
    const made = wrap(own, fields);
    if (made instanceof PyDict) mark(made, typed);
    return made;
  };
  const merge = (own: Context, into: PyDict, from: PyDict): void => {
    for (const [key, item] of from.entries()) {
      const before = into.get(key);
      if (before instanceof PyDict && item instanceof PyDict) merge(own, before, item);
      else into.set(key, typed.has(into) ? adapt(own, before, item) : item);
    }
  };
  const plain = (own: Context, value: PyValue): PyValue => {
    own.spend(1);
    if (value instanceof PyDict)
      return PyDict.from(value.entries().map(([key, item]) => [key, plain(own, item)] as const));
    if (value instanceof Unknown && open.has(value)) return OPEN;
    return value instanceof PyList ? new PyList(value.items.map((item) => plain(own, item))) : value;
  };
  /** What is at `a.b[0]`; undefined where there is nothing. */
  const at = (value: PyValue, path: string): PyValue | undefined => {
    let inner: PyValue | undefined = value;
    for (const name of namesOf(path)) {
      if (inner instanceof Unknown) return inner;
      if (inner instanceof PyDict) inner = inner.get(!inner.has(name) && isCount(name) ? BigInt(name) : name);
      else inner = inner instanceof PyList ? inner.items[Number(name)] : undefined;
    }
    return inner;
  };
  const nothing = native('*args, **kwargs', () => null);
  const kept = native('config, *args, **kwargs', (own, args) => {
    const cls = own.nativeModule('contextlib')?.members.get('nullcontext');
    return cls instanceof PyClass ? own.call(cls, [args.get('config')]) : args.get('config');
  });
  const isOf = (test: (value: PyValue) => boolean) => native('obj', (_, args) => test(args.get('obj')));
  const isConfig = (value: PyValue) => ctx.typeOf(value) === DictConfig;
  const OmegaConf = nativeClass('OmegaConf', [object], {}, 'omegaconf');
  const functions: Record<string, NativeFunction> = {
    load: native('file_', function* (own, args) {
      const file = args.get('file_');
      if (typeof file !== 'string') {
        const text = textOf(own, file);
        return text instanceof Unknown ? text : parse(own, text, 'omegaconf');
      }
      const text = yield* own.readFile(file);
      if (text === undefined) return new Unknown(say('{0} is no text file of the project', own.repr(file)), own.range);
      return parse(own, text, 'omegaconf');
    }),
    create: native('obj=None, parent=None, flags=None', (own, args) => create(own, args.get('obj'))),
    structured: native('obj, parent=None, flags=None', (own, args) => create(own, args.get('obj'))),
    merge: native('*configs', function* (own, args) {
      let made: PyValue | undefined;
      for (const each of args.rest('configs')) {
        const copy = yield* create(own, each);
        if (!(copy instanceof PyDict)) return copy;
        if (made instanceof PyDict) merge(own, made, copy);
        else made = copy;
      }
      return made ?? wrap(own, new PyDict());
    }),
    update: native('cfg, key, value=None, *, merge=True, force_add=False', (own, args) => {
      let holder = args.get('cfg');
      const names = namesOf(args.string('key'));
      for (const name of names.slice(0, -1)) {
        if (!(holder instanceof PyDict)) break;
        const inner: PyValue = holder.get(name) ?? wrap(own, new PyDict());
        holder.set(name, inner);
        holder = inner;
      }
      const last = names.at(-1);
      if (!(holder instanceof PyDict) || last === undefined) {
        return own.error('unsupported', say('{0} is not read', UPDATE));
      }
      const value = wrap(own, args.get('value'));
      const before = holder.get(last);
      if (args.get('merge') !== false && before instanceof PyDict && value instanceof PyDict) merge(own, before, value);
      else holder.set(last, value);
      return null;
    }),
    select: native('cfg, key, *, default=None, throw_on_resolution_failure=True, throw_on_missing=False', (_, args) => {
      const value = at(args.get('cfg'), args.string('key'));
      const isOpen = value instanceof Unknown && open.has(value);
      return value === undefined || isOpen ? args.get('default') : value;
    }),
    is_missing: native('cfg, key', (own, args) => {
      const holder = args.get('cfg');
      const key = args.get('key');
      const value =
        holder instanceof PyDict ? holder.get(key) : typeof key === 'string' ? undefined : at(holder, own.str(key));
      return value instanceof Unknown && open.has(value);
    }),
    missing_keys: native('cfg', (_, args) => {
      const keys: string[] = [];
      const visit = (value: PyValue, path: string): void => {
        if (value instanceof Unknown && open.has(value)) keys.push(path);
        if (!(value instanceof PyDict)) return;
        for (const [key, item] of value.entries()) visit(item, path === '' ? ctx.str(key) : `${path}.${ctx.str(key)}`);
      };
      visit(args.get('cfg'), '');
      return new PySet(keys);
    }),
    masked_copy: native('conf, keys', (own, args) => {
      const from = args.get('conf');
      const keys = args.get('keys');
      const names = typeof keys === 'string' ? [keys] : own.list(keys);
      const entries = from instanceof PyDict ? from.entries() : [];
      return wrap(own, PyDict.from(entries.filter(([key]) => names.includes(key))));
    }),
    to_container: native('cfg, **kwargs', (own, args) => plain(own, args.get('cfg'))),
    to_object: native('cfg', (own, args) => plain(own, args.get('cfg'))),
    to_yaml: native('cfg, **kwargs', () => ''),
    // Without arguments.
    from_cli: native('*args', (own) => wrap(own, new PyDict())),
    from_dotlist: native('dotlist', (own, args) => fromDots(own, args, parse, wrap)),
    is_config: isOf((value) => isConfig(value)),
    is_dict: isOf((value) => isConfig(value)),
    is_list: isOf((value) => value instanceof PyList),
    ...Object.fromEntries(
      ['clear_cache', 'clear_resolver', 'clear_resolvers', 'register_new_resolver', 'register_resolver'].map((name) => [
        name,
        nothing,
      ]),
    ),
    ...Object.fromEntries(['resolve', 'save', 'set_readonly', 'set_struct'].map((name) => [name, nothing])),
  };
  for (const [name, each] of Object.entries(functions)) OmegaConf.members.set(name, each);
  // A list of settings is a plain list here.
  const isList = new Unknown(say('{0} is not read', IS_LIST), undefined);
  OmegaConf.members.set('is_list', isList);
  return {
    OmegaConf,
    DictConfig,
    ListConfig: list,
    MISSING: OPEN,
    // The text of an interpolation, and any text, for a field of whatever type.
    II: native('interpolation', (_, args) => `\${${args.string('interpolation')}}`),
    SI: native('interpolation', (_, args) => args.get('interpolation')),
    open_dict: kept,
    read_write: kept,
    flag_override: kept,
    ...omegaconfErrors(ctx),
  };
}

/** The members of `omegaconf.errors`, and those that `omegaconf` has of them. */
export function omegaconfErrors(ctx: Context): Record<string, PyValue> {
  const { exceptions, object } = ctx.classes;
  const made = ctx.slot(ERRORS, () => {
    const classes: Record<string, PyClass> = {};
    for (const [name, bases] of ERROR_BASES) {
      const found = bases.map((base) => classes[base] ?? exceptions.get(base) ?? object);
      classes[name] = nativeClass(name, found, {}, 'omegaconf.errors');
    }
    return classes;
  });
  return { ...made };
}

const ERRORS = Symbol('errors of omegaconf');

const ERROR_BASES: readonly (readonly [name: string, bases: readonly string[]])[] = [
  ['OmegaConfBaseException', ['Exception']],
  ['MissingMandatoryValue', ['OmegaConfBaseException']],
  ['KeyValidationError', ['OmegaConfBaseException', 'ValueError']],
  ['ValidationError', ['OmegaConfBaseException', 'ValueError']],
  ['UnsupportedValueType', ['ValidationError']],
  ['ReadonlyConfigError', ['OmegaConfBaseException']],
  ['ConfigAttributeError', ['OmegaConfBaseException', 'AttributeError']],
  ['ConfigKeyError', ['OmegaConfBaseException', 'KeyError']],
  ['ConfigTypeError', ['OmegaConfBaseException', 'TypeError']],
  ['ConfigValueError', ['OmegaConfBaseException', 'ValueError']],
  ['InterpolationResolutionError', ['OmegaConfBaseException', 'ValueError']],
  ['InterpolationKeyError', ['InterpolationResolutionError']],
];

const isCount = (name: string): boolean => /^\d+$/.test(name);

/** `a`, `b` and `0` of `a.b[0]`. */
const namesOf = (path: string): string[] => path.split(/[.[\]]+/).filter((name) => name !== '');

function mark(config: PyDict, typed: WeakSet<PyDict>): void {
  typed.add(config);
  for (const [, item] of config.entries()) if (item instanceof PyDict) mark(item, typed);
}

/** A value in the place of a data class's field: a whole number stands for a float; what else differs is not converted. */
function adapt(own: Context, before: PyValue | undefined, value: PyValue): PyValue {
  if (typeof before === 'number' && typeof value === 'bigint') return Number(value);
  const isSame = typeof before === typeof value || before === null || value === null || before instanceof Unknown;
  if (before === undefined || isSame || value instanceof Unknown) return value;
  return new Unknown(say('{0} is not read', MERGE), own.range);
}

/** The fields of a data class, or of an object of one, as a dictionary; what is required is left open. */
function* fieldsOf(own: Context, value: PyValue): Eval<PyDict | undefined> {
  const members = own.nativeModule('dataclasses')?.members;
  const call = (name: string, given: PyValue): Eval<PyValue> => own.run(members?.get(name) ?? null, [given]);
  if ((yield* call('is_dataclass', value)) !== true) return undefined;
  let made = value;
  if (value instanceof PyClass) {
    const keywords = new Map<string, PyValue>();
    const absent = members?.get('MISSING');
    for (const field of own.list(yield* call('fields', value))) {
      const isRequired = own.lookup(field, 'default') === absent && own.lookup(field, 'default_factory') === absent;
      if (isRequired) keywords.set(own.str(own.getattr(field, 'name')), OPEN);
    }
    made = yield* own.run(value, [], keywords);
  }
  const fields = yield* call('asdict', made);
  return fields instanceof PyDict ? fields : undefined;
}

/** `['a.b=3']` as settings. */
function fromDots(
  own: Context,
  args: NativeArguments,
  parse: (own: Context, text: string, dialect: Dialect) => PyValue,
  wrap: (own: Context, value: PyValue) => PyValue,
): PyValue {
  const made = wrap(own, new PyDict());
  for (const item of own.list(args.get('dotlist'))) {
    const [path, ...value] = own.str(item).split('=');
    const names = path === undefined ? [] : namesOf(path);
    let holder: PyValue = made;
    for (const name of names.slice(0, -1)) {
      if (!(holder instanceof PyDict)) return new Unknown(say('{0} is not resolved', own.str(item)), own.range);
      const inner: PyValue = holder.get(name) ?? wrap(own, new PyDict());
      holder.set(name, inner);
      holder = inner;
    }
    const last = names.at(-1);
    if (holder instanceof PyDict && last !== undefined) holder.set(last, parse(own, value.join('='), 'omegaconf'));
  }
  return made;
}
