import type { Context } from '../natives/context';
import { NativeFunction, native, property } from '../natives/native';
import type { Parameter } from '../natives/parameters';
import { PyClass, PyClassMethod, PyDict, PyTuple, type PyValue } from '../values/values';

/** `class Point(NamedTuple): x: int; y: int = 0`. */
export function makeNamedTuple(ctx: Context, cls: PyClass): PyClass {
  const annotations = cls.members.get('__annotations__');
  const fields = annotations instanceof PyDict ? annotations.keys().map(String) : [];
  const made = namedTupleClass(ctx, cls.name, fields, cls.members);
  for (const [name, value] of cls.members)
    if (!fields.includes(name) && !made.members.has(name)) made.members.set(name, value);
  return made;
}

/** A `tuple` subclass with named fields; `defaults` by field. */
export function namedTupleClass(
  ctx: Context,
  name: string,
  fields: readonly string[],
  defaults: ReadonlyMap<string, PyValue>,
): PyClass {
  const cls = new PyClass(name, [ctx.classes.tuple], new Map());
  cls.module = '__main__';
  const parameters: Parameter[] = [{ name: '_cls', kind: 'positional-only' }];
  for (const field of fields) {
    const value = defaults.get(field);
    parameters.push(
      value === undefined ? { name: field, kind: 'positional' } : { name: field, kind: 'positional', default: value },
    );
  }
  const make = (owner: PyValue, values: readonly PyValue[]): PyTuple =>
    new PyTuple(values, owner instanceof PyClass ? owner : cls);
  cls.members.set(
    '__new__',
    new NativeFunction(`${name}.__new__`, parameters, (_, args) =>
      make(
        args.get('_cls'),
        fields.map((field) => args.get(field)),
      ),
    ),
  );
  cls.members.set(
    '__init__',
    native('self, *args, **kwargs', () => null),
  );
  cls.members.set('_fields', new PyTuple([...fields]));
  cls.members.set('__match_args__', new PyTuple([...fields]));
  for (const [index, field] of fields.entries()) {
    cls.members.set(
      field,
      property((_, self) => (self instanceof PyTuple ? (self.items[index] ?? null) : null)),
    );
  }
  const items = (self: PyValue): readonly PyValue[] => (self instanceof PyTuple ? self.items : []);
  cls.members.set(
    '_asdict',
    native('self', (_, args) =>
      PyDict.from(fields.map((field, index) => [field, items(args.get('self'))[index] ?? null] as const)),
    ),
  );
  cls.members.set(
    '_replace',
    native('self, **kwargs', (_, args) => {
      const given = args.keywords('kwargs');
      return make(
        cls,
        fields.map((field, index) =>
          given.has(field) ? (given.get(field) ?? null) : (items(args.get('self'))[index] ?? null),
        ),
      );
    }),
  );
  cls.members.set(
    '_make',
    new PyClassMethod(native('cls, iterable', (own, args) => make(args.get('cls'), own.list(args.get('iterable'))))),
  );
  cls.members.set(
    '__repr__',
    native(
      'self',
      (own, args) =>
        `${name}(${fields.map((field, index) => `${field}=${own.repr(items(args.get('self'))[index] ?? null)}`).join(', ')})`,
    ),
  );
  return cls;
}
