/** Known tensors as flat, row-major numbers. */
import { intAt, itemAt, sizeAt } from '../access';
import { roundToBfloat16, roundToHalf } from '../half';
import type { DType, TensorData, TensorType } from '../types';

export interface KnownTensor {
  readonly type: TensorType;
  readonly data: TensorData;
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, each) => product * each, 1);
}

/** Steps between neighbours in each dimension, row-major. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    strides[dim] = step;
    step *= sizeAt(shape, dim);
  }
  return strides;
}

/** Where the elements of a strided block lie, in the order of its shape. */
export function positions(shape: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  const result = new Int32Array(count(shape));
  if (result.length === 0) return result;
  result[0] = offset;
  // Each dimension from the last repeats what is there already, one stride further.
  let filled = 1;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    const [size, stride] = [sizeAt(shape, dim), itemAt(strides, dim)];
    for (let i = 1; i < size; i++) {
      const shift = i * stride;
      for (let j = 0; j < filled; j++) result[i * filled + j] = intAt(result, j) + shift;
    }
    filled *= size;
  }
  return result;
}

const integers: Partial<Record<DType, (x: number) => number>> = {
  int16: (x) => (x << 16) >> 16,
  int8: (x) => (x << 24) >> 24,
  uint8: (x) => x & 255,
  int32: (x) => x | 0,
};

/** Floating dtypes whose elements are fewer than float32's, which holds them here. */
const halves: Partial<Record<DType, (x: number) => number>> = { float16: roundToHalf, bfloat16: roundToBfloat16 };

function storage(dtype: DType, length: number): Float32Array | Float64Array | Int32Array {
  if (dtype === 'float64' || dtype === 'int64') return new Float64Array(length);
  return dtype.includes('float') ? new Float32Array(length) : new Int32Array(length);
}

/** Elements as the dtype holds them: rounded to its precision, cut to integers, 0 or 1. */
export function storeElements(dtype: DType, length: number, body: (index: number) => number): TensorData {
  const data = storage(dtype, length);
  const wrap = integers[dtype];
  const round = halves[dtype];
  if (dtype === 'bool') for (let i = 0; i < length; i++) data[i] = body(i) === 0 ? 0 : 1;
  else if (wrap) for (let i = 0; i < length; i++) data[i] = wrap(Math.trunc(body(i)));
  else if (dtype === 'int64') for (let i = 0; i < length; i++) data[i] = Math.trunc(body(i)) + 0;
  else if (round) for (let i = 0; i < length; i++) data[i] = round(body(i));
  else for (let i = 0; i < length; i++) data[i] = body(i);
  return data;
}

export function fillElements(dtype: DType, length: number, value: number): TensorData {
  const settled = itemAt(
    storeElements(dtype, 1, () => value),
    0,
  );
  return storage(dtype, length).fill(settled);
}

export function elementAt(tensor: KnownTensor, index: number): number {
  return itemAt(tensor.data, index);
}

/** Reads a tensor by the flat index of the shape that it is broadcast to. */
export function reader(tensor: KnownTensor, shape: readonly number[]): (index: number) => number {
  const { data } = tensor;
  const own = tensor.type.shape;
  if (data.length === 1) {
    const only = itemAt(data, 0);
    return () => only;
  }
  if (data.length === count(shape)) return (index) => itemAt(data, index);
  const missing = shape.length - own.length;
  const strides = stridesOf(own);
  const places = positions(
    shape,
    shape.map((_, dim) => (dim < missing || own[dim - missing] === 1 ? 0 : itemAt(strides, dim - missing))),
  );
  return (index) => itemAt(data, intAt(places, index));
}

/** The tensor seen as [outer, size, inner] around one dimension. */
export function splitAround(shape: readonly number[], dim: number): { outer: number; size: number; inner: number } {
  return { outer: count(shape.slice(0, dim)), size: sizeAt(shape, dim), inner: count(shape.slice(dim + 1)) };
}
