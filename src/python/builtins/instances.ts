/** `isinstance` and `issubclass`. */
import type { Context } from '../natives/context';
import { PyClass, PyObject, PyTuple, type PyValue, Unknown } from '../values/values';

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
  if (isAbstract(classes)) return belongs(ctx, ctx.typeOf(value), classes);
  return ctx.isInstance(value, classes);
}

/** `collections.abc` and `numbers`: classes that others belong to without inheriting. */
const isAbstract = (cls: PyClass): boolean => cls.native && ABSTRACT.has(cls.module);

const ABSTRACT = new Set(['collections.abc', 'numbers']);

/** `issubclass` of a class that may be abstract: one that is derived from it, is registered with it, or has its methods. */
export function belongs(ctx: Context, cls: PyClass, base: PyClass): boolean {
  if (cls.isSubclassOf(base)) return true;
  if (!isAbstract(base)) return false;
  const { name } = base;
  if (cls.mro.some((each) => each.native && (REGISTERED[each.name]?.includes(name) ?? false))) return true;
  if (name === 'Hashable') return isHashable(ctx, cls);
  const methods = METHODS[name];
  return methods?.every((method) => (cls.lookup(method) ?? null) !== null) ?? false;
}

/** Abstract classes that a class belongs to when it has these methods. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  Iterable: ['__iter__'],
  Sized: ['__len__'],
  Container: ['__contains__'],
  Collection: ['__iter__', '__len__', '__contains__'],
  Callable: ['__call__'],
  Iterator: ['__iter__', '__next__'],
  Reversible: ['__iter__', '__reversed__'],
};

const COLLECTION = ['Iterable', 'Sized', 'Container', 'Collection'];
const SEQUENCE = [...COLLECTION, 'Reversible', 'Sequence'];
const ITERATOR = ['Iterable', 'Iterator', 'Generator'];

/** What built-in classes are registered with. */
const REGISTERED: Readonly<Record<string, readonly string[]>> = {
  str: SEQUENCE,
  bytes: SEQUENCE,
  tuple: SEQUENCE,
  range: SEQUENCE,
  list: [...SEQUENCE, 'MutableSequence'],
  deque: [...SEQUENCE, 'MutableSequence'],
  dict: [...COLLECTION, 'Reversible', 'Mapping', 'MutableMapping'],
  set: [...COLLECTION, 'Set', 'MutableSet'],
  frozenset: [...COLLECTION, 'Set'],
  dict_keys: [...COLLECTION, 'Reversible', 'Set', 'KeysView'],
  dict_items: [...COLLECTION, 'Reversible', 'Set', 'ItemsView'],
  dict_values: [...COLLECTION, 'Reversible', 'ValuesView'],
  iterator: ITERATOR,
  generator: ITERATOR,
  function: ['Callable'],
  builtin_function_or_method: ['Callable'],
  method: ['Callable'],
  type: ['Callable'],
  int: ['Number', 'Real', 'Integral'],
  float: ['Number', 'Real'],
};

/** Built-in classes whose objects have no hash. */
const MUTABLE = new Set(['list', 'dict', 'dict_items', 'dict_keys', 'set', 'deque', 'ndarray']);

/** Whether a class has a hash: one that says what is equal, and not what the hash is, has none. */
function isHashable(ctx: Context, cls: PyClass): boolean {
  for (const base of cls.mro) {
    if (base === ctx.classes.object) break;
    if (base.native) return !cls.mro.some((each) => each.native && MUTABLE.has(each.name));
    const hash = base.members.get('__hash__');
    if (hash !== undefined) return hash !== null;
    // Members of an enumeration are keys, whatever they are equal to.
    if (base.members.has('__eq__')) return base.members.has('__members__');
  }
  return true;
}
