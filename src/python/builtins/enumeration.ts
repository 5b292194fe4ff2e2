import type { Context } from '../natives/context';
import { NativeFunction, native, property } from '../natives/native';
import { binaryOperation } from '../run/operators';
import { PyFunction } from '../values/scope';
import {
  PyClass,
  PyClassMethod,
  PyDict,
  PyInstance,
  PyObject,
  PyProperty,
  PyStaticMethod,
  PyTuple,
  PythonError,
  type PyValue,
} from '../values/values';

/** `enum.auto()`'s value until its class is made. */
export const AUTO = '\0auto';

/** Turns an `Enum` subclass's attributes into members. */
export function makeEnum(ctx: Context, cls: PyClass): void {
  const members = new PyDict();
  const byValue = new PyDict();
  const flags = isFlag(cls);
  const named = cls.mro.some((base) => base.name === 'StrEnum' && base.native);
  const [initialise, construct] = [cls.lookup('__init__'), cls.lookup('__new__')];
  let last = 0n;
  for (const [name, written] of [...cls.members]) {
    if (name.startsWith('_') || isMethod(written)) continue;
    ctx.spend(4);
    const next = flags ? (last === 0n ? 1n : last << 1n) : last + 1n;
    const given: PyValue = written === AUTO ? (named ? name.toLowerCase() : next) : written;
    const parts = given instanceof PyTuple ? given.items : [given];
    const member = construct instanceof PyFunction ? ctx.call(construct, [cls, ...parts]) : new PyInstance(cls);
    if (!(member instanceof PyInstance)) continue;
    const value = member.fields.get('_value_') ?? given;
    if (typeof value === 'bigint') last = value;
    const same = isHashable(value)
      ? byValue.get(value)
      : members.values().find((other) => ctx.equal(valueIn(other), value));
    if (same !== undefined) {
      cls.members.set(name, same);
      members.set(name, same);
      continue;
    }
    member.fields.set('_name_', name);
    member.fields.set('name', name);
    member.fields.set('value', value);
    member.fields.set('_value_', value);
    if (initialise instanceof PyFunction) ctx.call(initialise, [member, ...parts]);
    cls.members.set(name, member);
    members.set(name, member);
    if (isHashable(value)) byValue.set(value, member);
  }
  // `class Mode(str, Enum)`: members are equal to their values.
  const mixed = cls.mro.includes(ctx.classes.str) || cls.mro.includes(ctx.classes.int);
  cls.keyAs = mixed ? valueIn : (member) => member;
  if (mixed) {
    // `IntEnum` and `StrEnum` say themselves how their members are shown.
    const shows = cls.mro.some((base) => base.native && /^(?:Int|Str)Enum$/.test(base.name));
    for (const [name, value] of Object.entries(enumMembers(true))) {
      if (!cls.members.has(name) && !(shows && name === '__str__')) cls.members.set(name, value);
    }
  }
  cls.members.set('__members__', members);
  cls.members.set(
    '__new__',
    native(
      'cls, value',
      (own, args) => {
        const value = args.get('value');
        own.spend(members.size >> 4);
        const found = members.values().find((member) => member === value || own.equal(valueIn(member), value));
        if (found !== undefined) return found;
        if (flags && typeof value === 'bigint') return combineFlags(cls, value);
        const missing = cls.lookup('_missing_');
        const other = missing instanceof PyClassMethod ? own.call(missing.callee, [cls, value]) : null;
        if (other !== null) return other;
        throw new PythonError('ValueError', `${own.repr(value)} is not a valid ${cls.qualifiedName}`);
      },
      cls.name,
    ),
  );
  cls.members.set(
    '__init__',
    native('self, *args, **kwargs', () => null),
  );
}

function isHashable(value: PyValue): boolean {
  return !(value instanceof PyObject) || (value instanceof PyTuple && value.items.every(isHashable));
}

function isMethod(value: PyValue): boolean {
  return [PyFunction, NativeFunction, PyProperty, PyStaticMethod, PyClassMethod].some((kind) => value instanceof kind);
}

function isFlag(cls: PyClass): boolean {
  return cls.mro.some((base) => (base.name === 'Flag' || base.name === 'IntFlag') && base.native);
}

function valueIn(member: PyValue): PyValue {
  return member instanceof PyInstance ? (member.fields.get('value') ?? null) : null;
}

/** Flags that were made by joining others, by class. */
const combinations = new WeakMap<PyClass, Map<bigint, PyInstance>>();

/** Several flags together. */
function combineFlags(cls: PyClass, value: bigint): PyInstance {
  const all = cls.members.get('__members__');
  const named = all instanceof PyDict ? all.values() : [];
  const others = combinations.get(cls.canonical) ?? new Map<bigint, PyInstance>();
  combinations.set(cls.canonical, others);
  const known = named.find((member) => valueIn(member) === value) ?? others.get(value);
  if (known instanceof PyInstance) return known;
  const made = new PyInstance(cls);
  others.set(value, made);
  const names = named.flatMap((member) => {
    const own = valueIn(member);
    return member instanceof PyInstance && typeof own === 'bigint' && own !== 0n && (own & value) === own
      ? [String(member.fields.get('name'))]
      : [];
  });
  made.fields.set('name', names.length > 0 ? names.join('|') : null);
  made.fields.set('value', value);
  made.fields.set('_value_', value);
  return made;
}

/** `Enum('Color', 'RED GREEN')`. */
export function enumFromNames(ctx: Context, base: PyClass, name: string, names: PyValue): PyClass {
  const items = typeof names === 'string' ? names.split(/[\s,]+/).filter((each) => each !== '') : ctx.list(names);
  const members = new Map<string, PyValue>();
  items.forEach((item, index) => {
    const pair = typeof item === 'string' ? [item, BigInt(index + 1)] : ctx.list(item);
    members.set(ctx.str(pair[0] ?? ''), pair[1] ?? null);
  });
  if (names instanceof PyDict) {
    members.clear();
    for (const [key, value] of names.entries()) members.set(ctx.str(key), value);
  }
  const cls = new PyClass(name, [base], members);
  makeEnum(ctx, cls);
  return cls;
}

/** What an enumeration's members know. */
export function enumMembers(numeric: boolean): Record<string, PyValue> {
  const shared: Record<string, PyValue> = {
    __repr__: native('self', (ctx, args) => {
      const self = args.get('self');
      const name = self instanceof PyInstance ? self.fields.get('name') : '';
      return `<${ctx.typeOf(self).name}.${String(name)}: ${ctx.repr(valueIn(self))}>`;
    }),
    __str__: native('self', (ctx, args) => {
      const self = args.get('self');
      return `${ctx.typeOf(self).name}.${String(self instanceof PyInstance ? self.fields.get('name') : '')}`;
    }),
  };
  if (!numeric) return shared;
  return {
    ...shared,
    __index__: native('self', (_, args) => valueIn(args.get('self'))),
    __int__: native('self', (_, args) => valueIn(args.get('self'))),
    __eq__: native('self, other', (ctx, args) => {
      const other = args.get('other');
      return (
        args.get('self') === other || (!(other instanceof PyInstance) && ctx.equal(valueIn(args.get('self')), other))
      );
    }),
    real: property((_, self) => valueIn(self)),
  };
}

/** Members of `IntEnum` and `StrEnum`: text is the value's. */
export function valuedMembers(): Record<string, PyValue> {
  return {
    ...enumMembers(true),
    __str__: native('self', (ctx, args) => ctx.str(valueIn(args.get('self')))),
    __format__: native('self, spec', (ctx, args) => ctx.str(valueIn(args.get('self')))),
  };
}

/** Members of `Flag`: they join, meet and turn. */
export function flagMembers(ctx: Context): Record<string, PyValue> {
  const operate = (operator: '|' | '&' | '^') =>
    native('self, other', (inner, args) => {
      const self = args.get('self');
      const other = args.get('other');
      const value = binaryOperation(
        ctx,
        operator,
        valueIn(self),
        other instanceof PyInstance ? valueIn(other) : other,
        false,
      );
      return typeof value === 'bigint' ? combineFlags(inner.typeOf(self), value) : value;
    });
  const bits = (value: PyValue): bigint => {
    const own = value instanceof PyInstance ? valueIn(value) : value;
    return typeof own === 'bigint' ? own : 0n;
  };
  const everything = (inner: Context, self: PyValue): bigint => {
    const all = inner.typeOf(self).members.get('__members__');
    return all instanceof PyDict ? all.values().reduce<bigint>((sum, member) => sum | bits(member), 0n) : 0n;
  };
  return {
    ...enumMembers(false),
    __or__: operate('|'),
    __and__: operate('&'),
    __xor__: operate('^'),
    __invert__: native('self', (inner, args) => {
      const self = args.get('self');
      return combineFlags(inner.typeOf(self), everything(inner, self) & ~bits(self));
    }),
    __bool__: native('self', (_, args) => bits(args.get('self')) !== 0n),
    __contains__: native('self, other', (_, args) => {
      const other = bits(args.get('other'));
      return (bits(args.get('self')) & other) === other;
    }),
  };
}
