import { itemAt } from '../../graph/access';
import { say } from '../../language/say';
import type { Context, Eval } from '../natives/context';
import { characters } from '../text/text';
import {
  PyClass,
  PyDict,
  PyList,
  PyObject,
  PyRange,
  PySlice,
  PyTuple,
  PythonError,
  type PyValue,
  plainOf,
  typeName,
  Unknown,
} from '../values/values';

/** Start, stop and step of a slice over `length` items, as `slice.indices`. */
export function sliceIndices(ctx: Context, slice: PySlice, length: number): [number, number, number] {
  const step = slice.step === null ? 1 : indexOf(ctx, slice.step);
  if (step === 0) throw new PythonError('ValueError', 'slice step cannot be zero');
  const clamp = (value: PyValue, otherwise: number): number => {
    if (value === null) return otherwise;
    const index = indexOf(ctx, value);
    const wrapped = index < 0 ? index + length : index;
    return step > 0 ? Math.min(Math.max(wrapped, 0), length) : Math.min(Math.max(wrapped, -1), length - 1);
  };
  return [clamp(slice.start, step > 0 ? 0 : length - 1), clamp(slice.stop, step > 0 ? length : -1), step];
}

/** An integer, through `__index__` where the object has one. */
export function indexOf(ctx: Context, value: PyValue): number {
  return Number(wholeNumber(ctx, value));
}

/** `indexOf` without rounding. */
export function wholeNumber(ctx: Context, value: PyValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value instanceof Unknown) return ctx.refuseUnknown(value, say('this index'));
  const plain = plainOf(value);
  if (typeof plain === 'bigint') return plain;
  const method = value instanceof PyObject ? ctx.typeOf(value).lookup('__index__') : undefined;
  if (method !== undefined) return wholeNumber(ctx, ctx.call(method, [value]));
  throw new PythonError('TypeError', `'${typeName(value)}' object cannot be interpreted as an integer`);
}

function takeSlice<T>(ctx: Context, items: readonly T[], slice: PySlice): T[] {
  const [start, stop, step] = sliceIndices(ctx, slice, items.length);
  ctx.meter.container(Math.max(0, Math.ceil((stop - start) / step)), say('This list'));
  if (step === 1) return items.slice(start, Math.max(start, stop));
  const result: T[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) result.push(items[i] as T);
  return result;
}

function position(ctx: Context, index: PyValue, length: number, what: string): number {
  const whole =
    typeof plainOf(index) === 'bigint' ||
    typeof index === 'boolean' ||
    index instanceof Unknown ||
    (index instanceof PyObject && ctx.typeOf(index).lookup('__index__') !== undefined);
  if (!whole) {
    const kind = what.replace(/ (?:assignment|object)$/, '');
    throw new PythonError('TypeError', `${kind} indices must be integers or slices, not ${typeName(index)}`);
  }
  const wanted = indexOf(ctx, index);
  const at = wanted < 0 ? wanted + length : wanted;
  if (at < 0 || at >= length) throw new PythonError('IndexError', `${what} index out of range`);
  return at;
}

/** `list[index]`, past what a subclass says. */
export function itemOf(ctx: Context, object: PyList | PyTuple, index: PyValue): PyValue {
  if (index instanceof PySlice) {
    const items = takeSlice(ctx, object.items, index);
    return object instanceof PyList ? new PyList(items) : new PyTuple(items);
  }
  return object.items[position(ctx, index, object.items.length, object instanceof PyList ? 'list' : 'tuple')] ?? null;
}

export function* getItem(ctx: Context, object: PyValue, index: PyValue): Eval<PyValue> {
  if (object instanceof Unknown) return new Unknown(object.reason, object.range);
  if (object instanceof PyObject && object.cls) {
    const method = object.cls.lookup('__getitem__');
    if (method !== undefined) return yield* ctx.run(method, [object, index]);
  }
  if (object instanceof PyList || object instanceof PyTuple) return itemOf(ctx, object, index);
  if (object instanceof PyDict) {
    const found = object.get(index);
    if (found !== undefined) return found;
    const missing = object.cls?.lookup('__missing__');
    if (missing !== undefined) return yield* ctx.run(missing, [object, index]);
    if (object.factory !== null) {
      const made = yield* ctx.run(object.factory);
      object.set(index, made);
      return made;
    }
    throw keyError(ctx, index);
  }
  const text = plainOf(object);
  if (typeof text === 'string') {
    ctx.spend(text.length >> 8);
    const found = characters(text);
    if (!(index instanceof PySlice)) return itemAt(found, position(ctx, index, found.length, 'string'));
    const [start, stop, step] = sliceIndices(ctx, index, found.length);
    if (typeof found === 'string' && step === 1) return found.slice(start, Math.max(start, stop));
    return takeSlice(ctx, [...found], index).join('');
  }
  if (object instanceof PyRange) {
    if (index instanceof PySlice) {
      const [start, stop, step] = sliceIndices(ctx, index, Number(object.length));
      const at = (i: number): bigint => object.start + BigInt(i) * object.step;
      return new PyRange(at(start), at(stop), object.step * BigInt(step));
    }
    return object.start + BigInt(position(ctx, index, Number(object.length), 'range object')) * object.step;
  }
  if (object instanceof PyClass) {
    const members = object.members.get('__members__');
    if (members instanceof PyDict) {
      const member = members.get(index);
      if (member === undefined) throw keyError(ctx, index);
      return member;
    }
    const generic = object.lookup('__class_getitem__');
    // `list[int]`, `Type[nn.Module]`: annotations only.
    return generic === undefined ? object : yield* ctx.run(ctx.getattr(object, '__class_getitem__'), [index]);
  }
  throw new PythonError('TypeError', `'${typeName(object)}' object is not subscriptable`);
}

/** `object[index] = value`; `plain` passes over what a subclass says. */
export function* setItem(ctx: Context, object: PyValue, index: PyValue, value: PyValue, plain = false): Eval<void> {
  if (object instanceof Unknown) return;
  if (!plain && object instanceof PyObject && object.cls) {
    const method = object.cls.lookup('__setitem__');
    if (method !== undefined) {
      yield* ctx.run(method, [object, index, value]);
      return;
    }
  }
  if (object instanceof PyDict) object.set(index, value);
  else if (object instanceof PyList && index instanceof PySlice) {
    const [start, stop, step] = sliceIndices(ctx, index, object.items.length);
    const refusal = () => (step === 1 ? 'can only assign an iterable' : 'must assign iterable to extended slice');
    const items = yield* ctx.collect(value, refusal);
    if (step === 1)
      object.items = [...object.items.slice(0, start), ...items, ...object.items.slice(Math.max(start, stop))];
    else {
      const places: number[] = [];
      for (let i = start; step > 0 ? i < stop : i > stop; i += step) places.push(i);
      if (places.length !== items.length) {
        throw new PythonError(
          'ValueError',
          `attempt to assign sequence of size ${items.length} to extended slice of size ${places.length}`,
        );
      }
      places.forEach((place, i) => {
        object.items[place] = items[i] ?? null;
      });
    }
  } else if (object instanceof PyList) {
    object.items[position(ctx, index, object.items.length, 'list assignment')] = value;
  } else {
    const half = object instanceof PyObject && ctx.typeOf(object).lookup('__delitem__') !== undefined;
    if (half) throw new PythonError('AttributeError', '__setitem__');
    throw new PythonError('TypeError', `'${typeName(object)}' object does not support item assignment`);
  }
}

export function* deleteItem(ctx: Context, object: PyValue, index: PyValue): Eval<void> {
  if (object instanceof Unknown) return;
  if (object instanceof PyObject && object.cls) {
    const method = object.cls.lookup('__delitem__');
    if (method !== undefined) {
      yield* ctx.run(method, [object, index]);
      return;
    }
  }
  if (object instanceof PyDict) {
    if (!object.delete(index)) throw keyError(ctx, index);
  } else if (object instanceof PyList && index instanceof PySlice) {
    const gone = new Set(takeSlice(ctx, [...object.items.keys()], index));
    object.items = object.items.filter((_, i) => !gone.has(i));
  } else if (object instanceof PyList) {
    object.items.splice(position(ctx, index, object.items.length, 'list assignment'), 1);
  } else {
    const half = object instanceof PyObject && ctx.typeOf(object).lookup('__setitem__') !== undefined;
    if (half) throw new PythonError('AttributeError', '__delitem__');
    throw new PythonError('TypeError', `'${typeName(object)}' object doesn't support item deletion`);
  }
}

/** `KeyError(key)`. */
export function keyError(ctx: { repr(value: PyValue): string }, key: PyValue): PythonError {
  return new PythonError('KeyError', ctx.repr(key), undefined, key);
}
