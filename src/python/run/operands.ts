/** What operators ask of their operands. */
import type { Context } from '../natives/context';
import { NotImplemented, PyInstance, PyObject, type PyValue, plainOf } from '../values/values';

type Num = bigint | number;

/** A number, a bool or a member of an IntEnum as a number. */
export function toNum(value: PyValue): Num | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  // A member of an IntEnum counts as its number.
  if (!(value instanceof PyInstance)) return undefined;
  const plain = plainOf(value);
  if (typeof plain === 'bigint' || typeof plain === 'number') return plain;
  const number = value.cls.lookup('__index__') === undefined ? undefined : value.fields.get('_value_');
  return typeof number === 'bigint' ? number : undefined;
}

/** What a method of an operand's class gives; undefined where there is none or it gives `NotImplemented`. */
export function callMethod(ctx: Context, self: PyValue, name: string, other: PyValue): PyValue | undefined {
  if (!(self instanceof PyObject)) return undefined;
  const found = ctx.typeOf(self).lookup(name);
  if (found === undefined) return undefined;
  const result = ctx.call(found, [self, other]);
  return result === NotImplemented ? undefined : result;
}
