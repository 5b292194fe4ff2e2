/** What a value is as a condition, a length and a hash. */
import { say } from '../../language/say';
import type { Context } from '../natives/context';
import {
  identityOf,
  keyOf,
  PyDict,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PyTensor,
  PyTuple,
  PythonError,
  type PyValue,
  plainOf,
  typeName,
  Unknown,
} from '../values/values';
import { indexOf } from './subscripts';

/** `bool(value)`. @throws ExtractionError where it depends on what is not known. */
export function truthOf(ctx: Context, value: PyValue): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  if (value instanceof Unknown) return ctx.refuseUnknown(value, say('this condition'));
  const plain = plainOf(value);
  if (plain !== value && ctx.typeOf(value).lookup('__bool__') === undefined) return truthOf(ctx, plain);
  const cls = ctx.typeOf(value);
  const boolean = cls.lookup('__bool__');
  if (boolean !== undefined) {
    const result = ctx.call(boolean, [value]);
    if (typeof result === 'boolean' || result instanceof Unknown) return ctx.truth(result);
    throw new PythonError('TypeError', `__bool__ should return bool, returned ${typeName(result)}`);
  }
  if (value instanceof PyTensor) return tensorTruth(ctx, value);
  if (value instanceof PyList || value instanceof PyTuple) return value.items.length > 0;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  if (value instanceof PyRange) return value.length > 0n;
  const length = cls.lookup('__len__');
  return length === undefined ? true : ctx.truth(lengthIn(ctx, ctx.call(length, [value])));
}

/** What `__len__` gave, checked. */
export function lengthIn(ctx: Context, length: PyValue): PyValue {
  if (length instanceof Unknown) return length;
  const value = indexOf(ctx, length);
  if (value < 0) throw new PythonError('ValueError', '__len__() should return >= 0');
  return BigInt(value);
}

function tensorTruth(ctx: Context, tensor: PyTensor): boolean {
  const only = tensor.askOne();
  if (only !== undefined) return only !== 0;
  return ctx.refuseValues(
    say(
      "This condition depends on a tensor's values, which are known only when the model runs; write it with torch.where, or keep the side that you mean to compare",
    ),
  );
}

export function hashOf(given: PyValue): bigint {
  const value = plainOf(given);
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  const key = keyOf(value);
  const text = key instanceof PyObject ? `o${identityOf(key)}` : String(key);
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return BigInt(hash);
}
