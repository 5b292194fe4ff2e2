import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { NativeFunction, native, nativeClass } from '../python/natives/native';
import type { Parameter } from '../python/natives/parameters';
import { raiseUnhashable } from '../python/run/classes';
import { ENTRY } from '../python/run/combine';
import { compare } from '../python/run/comparisons';
import {
  NotImplemented,
  PyClass,
  PyDict,
  PyInstance,
  PyList,
  PyObject,
  PyTuple,
  PythonError,
  type PyValue,
} from '../python/values/values';

/** A field of a data class. */
interface Field {
  readonly name: string;
  /** The annotation as written. */
  readonly type: string;
  readonly value: PyValue | undefined;
  /** Makes a default anew for each instance. */
  readonly factory: PyValue | undefined;
  readonly init: boolean;
  readonly repr: boolean;
  readonly compare: boolean;
  readonly keywordOnly: boolean;
  /** `InitVar`: passed to `__post_init__`, not kept. */
  readonly initOnly: boolean;
  readonly metadata: PyValue;
}

/** What `@dataclass(…)` was given. */
interface Options {
  readonly frozen: boolean;
  readonly eq: boolean;
  readonly order: boolean;
  readonly repr: boolean;
  readonly init: boolean;
  readonly keywordOnly: boolean;
  /** `unsafe_hash`. */
  readonly hash: boolean;
}

/** `dataclasses`. */
export function dataclassesModule(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  const fieldClass = nativeClass('Field', [object], {}, 'dataclasses');
  const missing = new PyInstance(nativeClass('_MISSING_TYPE', [object], {}, 'dataclasses'));
  const keywordMark = nativeClass('KW_ONLY', [object], {}, 'dataclasses');
  const attributeError = ctx.classes.exceptions.get('AttributeError') ?? object;
  const frozenError = nativeClass('FrozenInstanceError', [attributeError], {}, 'dataclasses');
  /** By decorated class: its members no longer tell the factories. */
  const known = new Map<PyClass, readonly Field[]>();

  const ownField = (cls: PyClass, name: string, type: string, keywordOnly: boolean): Field => {
    const written = cls.members.get(name);
    const described = written instanceof PyInstance && written.cls === fieldClass ? written.fields : undefined;
    const option = (key: string, fallback: PyValue): PyValue => {
      const value = described?.get(key);
      return value === undefined || value === missing ? fallback : value;
    };
    const value = described ? described.get('default') : written;
    const factory = described?.get('default_factory');
    return {
      name,
      type,
      value: value === missing ? undefined : value,
      factory: factory === missing ? undefined : factory,
      init: option('init', true) !== false,
      repr: option('repr', true) !== false,
      compare: option('compare', true) !== false,
      keywordOnly: option('kw_only', keywordOnly) === true,
      initOnly: /^(dataclasses\.)?InitVar\b/.test(type),
      metadata: option('metadata', new PyDict()),
    };
  };

  const fieldsOf = (cls: PyClass, keywordOnly = false): readonly Field[] => {
    const read = known.get(cls);
    if (read) return read;
    const fields = new Map<string, Field>();
    for (const base of [...cls.mro].reverse()) {
      for (const field of known.get(base) ?? []) fields.set(field.name, field);
      if (base !== cls || known.has(base)) continue;
      const annotations = base.members.get('__annotations__');
      let afterMark = keywordOnly;
      for (const [key, text] of annotations instanceof PyDict ? annotations.entries() : []) {
        const type = typeof text === 'string' ? text.replace(/^['"]|['"]$/g, '') : ctx.str(text);
        if (/^(typing\.)?ClassVar\b/.test(type)) continue;
        if (/^(dataclasses\.)?KW_ONLY$/.test(type)) afterMark = true;
        else fields.set(ctx.str(key), ownField(base, ctx.str(key), type, afterMark));
      }
    }
    return [...fields.values()];
  };

  const describe = (field: Field): PyInstance => {
    const made = new PyInstance(fieldClass);
    const entries: Record<string, PyValue> = {
      name: field.name,
      type: field.type,
      default: field.value === undefined ? missing : field.value,
      default_factory: field.factory ?? missing,
      init: field.init,
      repr: field.repr,
      compare: field.compare,
      kw_only: field.keywordOnly,
      metadata: field.metadata,
    };
    for (const [key, value] of Object.entries(entries)) made.fields.set(key, value);
    return made;
  };

  const initialiser = (cls: PyClass, fields: readonly Field[], { frozen }: Options): NativeFunction => {
    const made = fields.filter((field) => field.init);
    const parameter = ({ name, value, factory, keywordOnly }: Field): Parameter => {
      const kind = keywordOnly ? 'keyword' : 'positional';
      if (factory !== undefined) return { name, kind, default: missing };
      return value === undefined ? { name, kind } : { name, kind, default: value };
    };
    const parameters: Parameter[] = [
      { name: 'self', kind: 'positional' },
      ...made.filter((field) => !field.keywordOnly).map(parameter),
      ...made.filter((field) => field.keywordOnly).map(parameter),
    ];
    return new NativeFunction(`${cls.name}.__init__`, parameters, (inner, args) => {
      const self = args.get('self');
      const passed: PyValue[] = [];
      for (const field of fields) {
        const fixed = field.value === undefined ? missing : field.value;
        const given = field.init ? args.get(field.name) : fixed;
        const value = given === missing && field.factory !== undefined ? inner.call(field.factory) : given;
        if (field.initOnly) passed.push(value);
        // A default without a parameter stays the class's.
        else if (!field.init && field.factory === undefined) continue;
        else if (value !== missing && frozen) inner.setattrDefault(self, field.name, value);
        else if (value !== missing) inner.setattr(self, field.name, value);
      }
      const after = inner.lookup(self, '__post_init__');
      if (after !== undefined) inner.call(after, passed);
      return null;
    });
  };

  const comparedFields = (inner: Context, fields: readonly Field[], value: PyValue): PyTuple =>
    new PyTuple(fields.filter((field) => field.compare).map(({ name }) => inner.getattr(value, name)));

  const decorate = (cls: PyValue, options: Options): PyValue => {
    if (!(cls instanceof PyClass)) return cls;
    const all = fieldsOf(cls, options.keywordOnly);
    known.set(cls, all);
    const fields = all.filter((field) => !field.initOnly);
    const addMember = (name: string, value: PyValue): void => {
      if (!cls.members.has(name)) cls.members.set(name, value);
    };
    if (options.init) addMember('__init__', initialiser(cls, all, options));
    for (const field of all) {
      if (field.value !== undefined) cls.members.set(field.name, field.value);
      else cls.members.delete(field.name);
    }
    if (options.repr) {
      addMember(
        '__repr__',
        native('self', (inner, args) => {
          const shown = fields.filter((field) => field.repr);
          const self = args.get('self');
          const parts = shown.map(({ name }) => `${name}=${inner.repr(inner.getattr(self, name))}`);
          return `${inner.typeOf(self).qualifiedName}(${parts.join(', ')})`;
        }),
      );
    }
    if (options.eq) {
      addMember(
        '__eq__',
        native('self, other', (inner, args) => {
          const [self, other] = [args.get('self'), args.get('other')];
          if (inner.typeOf(self) !== inner.typeOf(other)) return NotImplemented;
          return inner.equal(comparedFields(inner, fields, self), comparedFields(inner, fields, other));
        }),
      );
    }
    const hashed = cls.members.get('__hash__');
    if (hashed === undefined || hashed === null) {
      if (options.hash || (options.eq && options.frozen)) {
        cls.members.delete('__hash__');
        cls.keyAs = (self) => new PyTuple([cls, ...comparedFields(ctx, fields, self).items]);
      } else if (options.eq) {
        cls.members.set('__hash__', null);
        cls.keyAs = raiseUnhashable;
      }
    }
    if (options.order) {
      for (const [name, sign] of Object.entries({ __lt__: '<', __le__: '<=', __gt__: '>', __ge__: '>=' } as const)) {
        const body = native('self, other', (inner, args) => {
          const [self, other] = [args.get('self'), args.get('other')];
          if (inner.typeOf(self) !== inner.typeOf(other)) return NotImplemented;
          return compare(ctx, sign, comparedFields(inner, fields, self), comparedFields(inner, fields, other));
        });
        cls.members.set(name, body);
      }
    }
    if (options.frozen) {
      cls.members.set(
        '__setattr__',
        native('self, name, value', (_, args) => refuse('assign to', args.string('name'))),
      );
      cls.members.set(
        '__delattr__',
        native('self, name', (_, args) => refuse('delete', args.string('name'))),
      );
    }
    addMember('__match_args__', new PyTuple(all.filter((field) => field.init).map((field) => field.name)));
    cls.members.set('__dataclass_fields__', PyDict.from(fields.map((field) => [field.name, describe(field)] as const)));
    return cls;
  };

  const refuse = (what: string, name: string): never => {
    const instance = new PyInstance(frozenError);
    const message = `cannot ${what} field '${name}'`;
    instance.fields.set('args', new PyTuple([message]));
    throw new PythonError('FrozenInstanceError', message, instance);
  };

  /** A copy of what a value holds, data classes turned into what `made` makes of them; each part is asked of the budget. */
  const taken = (value: PyValue, made: (value: PyInstance) => PyValue): PyValue => {
    if (!(value instanceof PyObject)) return value;
    const inner = (item: PyValue): PyValue => taken(item, made);
    ctx.spend(1);
    return ctx.nest(() => {
      if (value instanceof PyInstance && value.cls.lookup('__dataclass_fields__') !== undefined) return made(value);
      if (value instanceof PyList || value instanceof PyTuple) {
        ctx.meter.container(value.items.length + 4, say('This list'));
        const items = value.items.map(inner);
        return value instanceof PyList ? new PyList(items) : new PyTuple(items, value.cls);
      }
      if (!(value instanceof PyDict)) return value;
      ctx.meter.container(value.size + 4, say('This dict'), ENTRY);
      return PyDict.from(value.entries().map(([key, item]) => [key, inner(item)] as const));
    });
  };
  const asdict = (value: PyValue): PyValue =>
    taken(value, (own) =>
      PyDict.from(keptFields(own).map(({ name }) => [name, asdict(ctx.getattr(own, name))] as const)),
    );
  const astuple = (value: PyValue): PyValue =>
    taken(value, (own) => new PyTuple(keptFields(own).map(({ name }) => astuple(ctx.getattr(own, name)))));
  /** The decorated class's fields: a class derived without `@dataclass` has its base's. */
  const fieldsOfClass = (cls: PyClass): readonly Field[] =>
    known.get(cls.mro.find((base) => known.has(base)) ?? cls) ?? [];
  const keptFields = (value: PyInstance): Field[] => fieldsOfClass(value.cls).filter((field) => !field.initOnly);

  const optionsOf = (given: ReadonlyMap<string, PyValue>): Options => ({
    frozen: given.get('frozen') === true,
    eq: given.get('eq') !== false,
    order: given.get('order') === true,
    repr: given.get('repr') !== false,
    init: given.get('init') !== false,
    keywordOnly: given.get('kw_only') === true,
    hash: given.get('unsafe_hash') === true,
  });

  return {
    FrozenInstanceError: frozenError,
    MISSING: missing,
    KW_ONLY: keywordMark,
    Field: fieldClass,
    InitVar: ctx.classes.generic,
    dataclass: native('cls=None, /, **options', (_, args) => {
      const cls = args.get('cls');
      const options = optionsOf(args.keywords('options'));
      return cls instanceof PyObject
        ? decorate(cls, options)
        : native('cls', (_inner, inner) => decorate(inner.get('cls'), options));
    }),
    field: native('**options', (_, args) => {
      const made = new PyInstance(fieldClass);
      const options = args.keywords('options');
      for (const name of ['default', 'default_factory', 'init', 'repr', 'compare', 'kw_only', 'metadata']) {
        const given = options.get(name);
        made.fields.set(name, given === undefined ? missing : given);
      }
      return made;
    }),
    fields: native('class_or_instance', (inner, args) => {
      const value = args.get('class_or_instance');
      const cls = value instanceof PyClass ? value : inner.typeOf(value);
      const fields = cls.lookup('__dataclass_fields__');
      if (fields instanceof PyDict) return new PyTuple(fields.values());
      return inner.raise('TypeError', 'must be called with a dataclass type or instance');
    }),
    asdict: native('obj', (_, args) => asdict(args.get('obj'))),
    astuple: native('obj', (_, args) => astuple(args.get('obj'))),
    is_dataclass: native('obj', (inner, args) => {
      const value = args.get('obj');
      const cls = value instanceof PyClass ? value : inner.typeOf(value);
      return cls.lookup('__dataclass_fields__') !== undefined;
    }),
    replace: native('obj, /, **changes', (inner, args) => {
      const value = args.get('obj');
      if (!(value instanceof PyInstance)) return value;
      const given = args.keywords('changes');
      for (const { name, init } of keptFields(value))
        if (init && !given.has(name)) given.set(name, inner.getattr(value, name));
      return inner.call(value.cls, [], given);
    }),
    make_dataclass: native('cls_name, fields, *, bases=(), **options', (inner, args) => {
      const bases = inner.list(args.get('bases')).filter((base): base is PyClass => base instanceof PyClass);
      const cls = new PyClass(args.string('cls_name'), bases.length > 0 ? bases : [object], new Map());
      cls.module = 'types';
      const annotations = new PyDict();
      for (const written of inner.list(args.get('fields'))) {
        const [name, type, value] = typeof written === 'string' ? [written] : inner.list(written);
        if (typeof name !== 'string') continue;
        annotations.set(name, type instanceof PyClass ? type.name : 'Any');
        if (value !== undefined) cls.members.set(name, value);
      }
      cls.members.set('__annotations__', annotations);
      return decorate(cls, optionsOf(args.keywords('options')));
    }),
  };
}
