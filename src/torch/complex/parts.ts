/** Complex tensors as two real ones. */
import type { DType } from '../../graph/types';
import { complexParts } from '../../python/builtins/complex';
import { type NativeArguments, refuseComplex } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import type { NativeFunction } from '../../python/natives/native';
import {
  PyComplex,
  PyComplexDtype,
  PyList,
  PyParameter,
  PyTensor,
  PyTuple,
  type PyValue,
} from '../../python/values/values';
import { cast, full, isFloating, knownTensor, operand, torchState } from '../tensor/tensor';

/** The dtypes by the names that code uses. */
export const complexDtypes: Readonly<Record<string, PyComplexDtype>> = (() => {
  const [half, single, double] = (['complex32', 'complex64', 'complex128'] as const).map(
    (name) => new PyComplexDtype(name),
  );
  const all = { complex32: half, chalf: half, complex64: single, cfloat: single, complex128: double, cdouble: double };
  return Object.fromEntries(Object.entries(all).flatMap(([name, each]) => (each ? [[name, each]] : [])));
})();

/** The dtype of a complex tensor's parts. */
export const partDtype = ({ name }: PyComplexDtype): DType =>
  name === 'complex128' ? 'float64' : name === 'complex32' ? 'float16' : 'float32';

export function makeComplex(ctx: Context, real: PyTensor, imaginary: PyTensor): PyComplex {
  return new PyComplex(torchState(ctx).complex, real, imaginary);
}

/** The complex tensor that a value is; undefined for all others. */
export function complexOf(value: PyValue): PyComplex | undefined {
  if (value instanceof PyComplex) return value;
  return value instanceof PyParameter ? value.complex : undefined;
}

/** Both parts of any operand: real ones have 0 for the second. */
export function partsOf(ctx: Context, value: PyValue): readonly [real: PyTensor, imaginary: PyTensor | null] {
  const complex = complexOf(value);
  if (complex) return [complex.real, complex.imaginary];
  const number = complexParts(value);
  if (!number) return [operand(ctx, value), null];
  const scalar = (part: number) => knownTensor(ctx, { dtype: 'float32', shape: [] }, [part]);
  return [scalar(number.real), scalar(number.imaginary)];
}

/** Whether a value is a complex tensor, or one of Python's complex numbers. */
export const isComplex = (value: PyValue): boolean =>
  complexOf(value) !== undefined || complexParts(value) !== undefined;

export const hasComplex = (value: PyValue): boolean =>
  isComplex(value) || ((value instanceof PyList || value instanceof PyTuple) && value.items.some(hasComplex));

/** The value with each complex tensor's one part in its place; real tensors have no imaginary part. */
function partIn(ctx: Context, value: PyValue, which: 'real' | 'imaginary'): PyValue {
  const complex = complexOf(value);
  if (complex) return complex[which];
  if (value instanceof PyTuple && value.items.some(hasComplex)) {
    return new PyTuple(value.items.map((item) => elementIn(ctx, item, which)));
  }
  if (value instanceof PyList && value.items.some(hasComplex)) {
    return new PyList(value.items.map((item) => elementIn(ctx, item, which)));
  }
  return value;
}

/** A tensor beside complex ones counts as complex. */
function elementIn(ctx: Context, item: PyValue, which: 'real' | 'imaginary'): PyValue {
  if (item instanceof PyTensor && !complexOf(item) && which === 'imaginary') {
    return full(ctx, { dtype: isFloating(item.type.dtype) ? item.type.dtype : 'float32', shape: item.type.shape }, 0);
  }
  return partIn(ctx, item, which);
}

/** Joins what a function made of the parts. */
export function join(ctx: Context, real: PyValue, imaginary: PyValue): PyValue {
  if (real instanceof PyTensor && imaginary instanceof PyTensor) {
    const { dtype } = imaginary.type;
    return makeComplex(ctx, cast(ctx, real, dtype), imaginary);
  }
  if (real instanceof PyTuple && imaginary instanceof PyTuple) {
    return new PyTuple(real.items.map((item, i) => join(ctx, item, imaginary.items[i] ?? null)));
  }
  if (real instanceof PyList && imaginary instanceof PyList) {
    return new PyList(real.items.map((item, i) => join(ctx, item, imaginary.items[i] ?? null)));
  }
  return real;
}

/** A function that only moves, adds up or scales elements, on each part. */
export function lift(ctx: Context, fn: NativeFunction, args: NativeArguments): PyValue {
  const [real, imaginary] = (['real', 'imaginary'] as const).map((which) =>
    fn.body(
      ctx,
      args.map((value) => partIn(ctx, value, which)),
    ),
  );
  return join(ctx, (real ?? null) as PyValue, (imaginary ?? null) as PyValue);
}

export function refuse(ctx: Context, name: string): never {
  return refuseComplex(ctx, name);
}
