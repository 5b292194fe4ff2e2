import type { Interpreter } from '../interpreter';
import { NativeFunction, native, nativeClass } from '../native';
import type { Parameter } from '../parameters';
import { PyClass, PyDict, PyInstance, PyList, PyObject, PyTuple, type PyValue } from '../values';

/** A default that is made anew for each instance. */
interface Field {
  readonly name: string;
  readonly value: PyValue | undefined;
  readonly factory: PyValue | undefined;
  readonly init: boolean;
}

/** `dataclasses`. */
export function dataclassesModule(ctx: Interpreter): Record<string, PyValue> {
  const fieldClass = nativeClass('Field', [ctx.classes.object], {}, 'dataclasses');
  const missing = new PyInstance(nativeClass('_MISSING_TYPE', [ctx.classes.object], {}, 'dataclasses'));

  /** By decorated class: its members no longer tell the factories. */
  const known = new Map<PyClass, readonly Field[]>();
  const fieldsOf = (cls: PyClass): readonly Field[] => {
    const read = known.get(cls);
    if (read) return read;
    const fields = new Map<string, Field>();
    for (const base of [...cls.mro].reverse()) {
      for (const field of known.get(base) ?? []) fields.set(field.name, field);
      if (known.has(base)) continue;
      const annotations = base.members.get('__annotations__');
      if (!(annotations instanceof PyDict)) continue;
      for (const [key, text] of annotations.entries()) {
        if (typeof text === 'string' && /^(typing\.)?ClassVar\b/.test(text)) continue;
        const name = ctx.str(key);
        const written = base.members.get(name);
        if (written instanceof PyInstance && written.cls === fieldClass) {
          const value = written.fields.get('default');
          const factory = written.fields.get('default_factory');
          fields.set(name, {
            name,
            value: value === missing ? undefined : value,
            factory: factory === missing ? undefined : factory,
            init: written.fields.get('init') !== false,
          });
        } else fields.set(name, { name, value: written, factory: undefined, init: true });
      }
    }
    return [...fields.values()];
  };

  const describe = (field: Field): PyInstance => {
    const made = new PyInstance(fieldClass);
    made.fields.set('name', field.name);
    made.fields.set('default', field.value === undefined ? missing : field.value);
    made.fields.set('default_factory', field.factory ?? missing);
    made.fields.set('init', field.init);
    return made;
  };

  const decorate = (cls: PyValue): PyValue => {
    if (!(cls instanceof PyClass)) return cls;
    const fields = fieldsOf(cls);
    known.set(cls, fields);
    const own = (name: string, value: PyValue): void => {
      if (!cls.members.has(name)) cls.members.set(name, value);
    };
    const made = fields.filter((field) => field.init);
    const parameters: Parameter[] = [
      { name: 'self', kind: 'positional' },
      ...made.map(({ name, value, factory }): Parameter => {
        if (factory !== undefined) return { name, kind: 'positional', default: missing };
        return value === undefined ? { name, kind: 'positional' } : { name, kind: 'positional', default: value };
      }),
    ];
    own(
      '__init__',
      new NativeFunction(`${cls.name}.__init__`, parameters, (inner, args) => {
        const self = args.get('self');
        for (const field of fields) {
          const fixed = field.value === undefined ? missing : field.value;
          const given = field.init ? args.get(field.name) : fixed;
          const value = given === missing && field.factory !== undefined ? inner.call(field.factory) : given;
          if (value !== missing) inner.setattr(self, field.name, value);
        }
        const after = inner.lookup(self, '__post_init__');
        if (after !== undefined) inner.call(after);
        return null;
      }),
    );
    for (const field of fields) {
      if (field.value !== undefined) cls.members.set(field.name, field.value);
      else cls.members.delete(field.name);
    }
    own(
      '__repr__',
      native(
        'self',
        (inner, args) =>
          `${cls.name}(${fields.map(({ name }) => `${name}=${inner.repr(inner.getattr(args.get('self'), name))}`).join(', ')})`,
      ),
    );
    own(
      '__eq__',
      native('self, other', (inner, args) => {
        const [self, other] = [args.get('self'), args.get('other')];
        if (inner.typeOf(self) !== inner.typeOf(other)) return false;
        return fields.every(({ name }) => inner.equal(inner.getattr(self, name), inner.getattr(other, name)));
      }),
    );
    own('__match_args__', new PyTuple(made.map((field) => field.name)));
    cls.members.set('__dataclass_fields__', PyDict.from(fields.map((field) => [field.name, describe(field)] as const)));
    return cls;
  };

  const asdict = (value: PyValue): PyValue => {
    if (value instanceof PyInstance && value.cls.lookup('__dataclass_fields__') !== undefined) {
      return PyDict.from(fieldsOf(value.cls).map(({ name }) => [name, asdict(ctx.getattr(value, name))] as const));
    }
    if (value instanceof PyList) return new PyList(value.items.map(asdict));
    if (value instanceof PyTuple) return new PyTuple(value.items.map(asdict), value.cls);
    if (value instanceof PyDict) return PyDict.from(value.entries().map(([key, item]) => [key, asdict(item)] as const));
    return value;
  };

  const fieldFunction = native('**options', (_, args) => {
    const made = new PyInstance(fieldClass);
    const options = args.keywords('options');
    made.fields.set('default', options.get('default') ?? missing);
    if (options.has('default')) made.fields.set('default', options.get('default') ?? null);
    made.fields.set('default_factory', options.get('default_factory') ?? missing);
    made.fields.set('init', options.get('init') ?? true);
    return made;
  });

  return {
    dataclass: native('cls=None, /, **options', (_, args) => {
      const cls = args.get('cls');
      return cls instanceof PyObject ? decorate(cls) : native('cls', (_inner, inner) => decorate(inner.get('cls')));
    }),
    field: fieldFunction,
    MISSING: missing,
    fields: native('class_or_instance', (inner, args) => {
      const value = args.get('class_or_instance');
      const cls = value instanceof PyClass ? value : inner.typeOf(value);
      const fields = cls.lookup('__dataclass_fields__');
      if (fields instanceof PyDict) return new PyTuple(fields.values());
      return inner.raise('TypeError', 'must be called with a dataclass type or instance');
    }),
    asdict: native('obj', (_, args) => asdict(args.get('obj'))),
    astuple: native('obj', (inner, args) => {
      const value = args.get('obj');
      const names = value instanceof PyInstance ? fieldsOf(value.cls) : [];
      return new PyTuple(names.map(({ name }) => inner.getattr(value, name)));
    }),
    is_dataclass: native('obj', (inner, args) => {
      const value = args.get('obj');
      const cls = value instanceof PyClass ? value : inner.typeOf(value);
      return cls.lookup('__dataclass_fields__') !== undefined;
    }),
    replace: native('obj, /, **changes', (inner, args) => {
      const value = args.get('obj');
      if (!(value instanceof PyInstance)) return value;
      const given = args.keywords('changes');
      for (const { name } of fieldsOf(value.cls)) if (!given.has(name)) given.set(name, inner.getattr(value, name));
      return inner.call(value.cls, [], given);
    }),
  };
}
