import type { Interpreter } from '../interpreter';
import { NativeFunction, native, property } from '../native';
import { PyFunction } from '../scope';
import {
  type PyClass,
  PyClassMethod,
  PyDict,
  PyInstance,
  PyProperty,
  PyStaticMethod,
  PythonError,
  type PyValue,
} from '../values';

/** `enum.auto()`'s value until its class is made. */
export const AUTO = '\0auto';

/** Turns an `Enum` subclass's attributes into members. */
export function makeEnum(ctx: Interpreter, cls: PyClass): void {
  const members = new PyDict();
  let last = 0n;
  for (const [name, written] of [...cls.members]) {
    const method =
      written instanceof PyFunction ||
      written instanceof NativeFunction ||
      written instanceof PyProperty ||
      written instanceof PyStaticMethod ||
      written instanceof PyClassMethod;
    if (name.startsWith('_') || method) continue;
    const value: PyValue = written === AUTO ? last + 1n : written;
    if (typeof value === 'bigint') last = value;
    const same = members
      .values()
      .find((other) => other instanceof PyInstance && ctx.equal(other.fields.get('value') ?? null, value));
    if (same !== undefined) {
      cls.members.set(name, same);
      continue;
    }
    const member = new PyInstance(cls);
    member.fields.set('name', name);
    member.fields.set('value', value);
    member.fields.set('_value_', value);
    cls.members.set(name, member);
    members.set(name, member);
  }
  // `class Mode(str, Enum)`: members are equal to their values.
  const mixed = cls.mro.includes(ctx.classes.str) || cls.mro.includes(ctx.classes.int);
  if (mixed) for (const [name, value] of Object.entries(enumMembers(true))) cls.members.set(name, value);
  cls.members.set('__members__', members);
  cls.members.set(
    '__new__',
    native(
      'cls, value',
      (own, args) => {
        for (const member of members.values()) {
          if (member === args.get('value')) return member;
          if (member instanceof PyInstance && own.equal(member.fields.get('value') ?? null, args.get('value')))
            return member;
        }
        throw new PythonError('ValueError', `${own.repr(args.get('value'))} is not a valid ${cls.name}`);
      },
      cls.name,
    ),
  );
  cls.members.set(
    '__init__',
    native('self, *args, **kwargs', () => null),
  );
}

/** What an enumeration's members know. */
export function enumMembers(numeric: boolean): Record<string, PyValue> {
  const value = (self: PyValue): PyValue => (self instanceof PyInstance ? (self.fields.get('value') ?? null) : null);
  const shared: Record<string, PyValue> = {
    __repr__: native('self', (ctx, args) => {
      const self = args.get('self');
      const name = self instanceof PyInstance ? self.fields.get('name') : '';
      return `<${ctx.typeOf(self).name}.${String(name)}: ${ctx.repr(value(self))}>`;
    }),
    __str__: native('self', (ctx, args) => {
      const self = args.get('self');
      return `${ctx.typeOf(self).name}.${String(self instanceof PyInstance ? self.fields.get('name') : '')}`;
    }),
  };
  if (!numeric) return shared;
  return {
    ...shared,
    __index__: native('self', (_, args) => value(args.get('self'))),
    __int__: native('self', (_, args) => value(args.get('self'))),
    __eq__: native('self, other', (ctx, args) => {
      const other = args.get('other');
      return (
        args.get('self') === other || (!(other instanceof PyInstance) && ctx.equal(value(args.get('self')), other))
      );
    }),
    real: property((_, self) => value(self)),
  };
}
