/** `isinstance` and `issubclass`. */
import { sequence } from '../natives/arguments';
import type { Context } from '../natives/context';
import { NativeFunction } from '../natives/native';
import { PyIterator } from '../values/iteration';
import { PyFunction } from '../values/scope';
import { PyClass, PyDict, PyList, PyObject, PyRange, PySet, PyTuple, type PyValue, Unknown } from '../values/values';

/** `isinstance(value, cls)` with tuples of classes. */
export function isInstanceOf(ctx: Context, value: PyValue, classes: PyValue): PyValue {
  if (value instanceof Unknown) return value;
  if (classes instanceof PyTuple) {
    ctx.spend(1);
    return ctx.nest(() => classes.items.some((cls) => isInstanceOf(ctx, value, cls) === true));
  }
  if (classes === null) return value === null;
  if (classes instanceof Unknown) return false;
  if (!(classes instanceof PyClass)) {
    if (classes instanceof PyObject) return false;
    return ctx.raise('TypeError', 'isinstance() arg 2 must be a type, a tuple of types, or a union');
  }
  const checked = abstractKind(value, classes.name);
  return checked ?? ctx.isInstance(value, classes);
}

/** `collections.abc` and `numbers`, which built-in values belong to without inheriting. */
function abstractKind(value: PyValue, name: string): boolean | undefined {
  if (name === 'Iterable' || name === 'Collection') {
    return (
      typeof value === 'string' ||
      value instanceof PyList ||
      value instanceof PyTuple ||
      value instanceof PyDict ||
      value instanceof PySet ||
      value instanceof PyRange ||
      value instanceof PyIterator
    );
  }
  if (name === 'Iterator' || name === 'Generator') return value instanceof PyIterator || undefined;
  if (name === 'Set' || name === 'AbstractSet' || name === 'MutableSet') return value instanceof PySet || undefined;
  if (name === 'Hashable' && !(value instanceof PyObject)) return true;
  if (name === 'Hashable') return !(value instanceof PyList || value instanceof PyDict || value instanceof PySet);
  if (name === 'Sized' || name === 'Container') return typeof value === 'string' || !!sequence(value) || undefined;
  if (name === 'MutableSequence') return value instanceof PyList || undefined;
  if (name === 'Sequence')
    return typeof value === 'string' || sequence(value) !== undefined || value instanceof PyRange;
  if (name === 'Mapping' || name === 'MutableMapping') return value instanceof PyDict || undefined;
  if (name === 'Callable')
    return value instanceof PyFunction || value instanceof NativeFunction || value instanceof PyClass;
  if (name === 'Number' || name === 'Real') return ['bigint', 'number', 'boolean'].includes(typeof value);
  if (name === 'Integral') return typeof value === 'bigint' || typeof value === 'boolean';
  return undefined;
}

/** Abstract classes that built-in ones belong to without inheriting. */
const BELONGS: Readonly<Record<string, readonly string[]>> = {
  Mapping: ['dict'],
  MutableMapping: ['dict'],
  Sequence: ['list', 'tuple', 'str', 'range'],
  MutableSequence: ['list'],
  Iterable: ['list', 'tuple', 'str', 'range', 'dict', 'set', 'frozenset'],
  Number: ['int', 'float', 'bool'],
  Integral: ['int', 'bool'],
};

export function belongs(cls: PyClass, name: string): boolean {
  return cls.mro.some((base) => base.native && (BELONGS[name]?.includes(base.name) ?? false));
}
