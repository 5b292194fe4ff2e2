/** Known tensors as flat, row-major numbers. */
import { doubleAt, intAt, itemAt, sizeAt } from '../access';
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

/** Elements in doubles. */
export const toDoubles = (data: TensorData): Float64Array =>
  data instanceof Float64Array ? data : new Float64Array(data);

/** The elements at these places, which have the dtype's precision already. */
export function pickElements(dtype: DType, data: TensorData, places: Int32Array): TensorData {
  const picked = storage(dtype, places.length);
  // Of a few places of many not all are copied.
  if (8 * places.length < data.length)
    for (let i = 0; i < places.length; i++) picked[i] = itemAt(data, intAt(places, i));
  else {
    const from = toDoubles(data);
    for (let i = 0; i < places.length; i++) picked[i] = doubleAt(from, intAt(places, i));
  }
  return picked;
}

/** A tensor's elements with others at some places; all have the dtype's precision already. */
export function putElements(dtype: DType, before: TensorData, places: Int32Array, own: TensorData): TensorData {
  const after = storage(dtype, before.length);
  after.set(before);
  const put = toDoubles(own);
  for (let i = 0; i < places.length; i++) after[intAt(places, i)] = doubleAt(put, i);
  return after;
}

/** The elements of a tensor over the shape that it is broadcast to, in doubles. */
export function spreadElements(tensor: KnownTensor, shape: readonly number[]): Float64Array {
  const { data } = tensor;
  const length = count(shape);
  if (data.length === length) return toDoubles(data);
  if (data.length === 1) return new Float64Array(length).fill(itemAt(data, 0));
  const from = toDoubles(data);
  const places = broadcastPlaces(tensor.type.shape, shape);
  const spread = new Float64Array(length);
  for (let i = 0; i < length; i++) spread[i] = doubleAt(from, intAt(places, i));
  return spread;
}

/** Where the elements of a shape are that is broadcast to another. */
function broadcastPlaces(own: readonly number[], shape: readonly number[]): Int32Array {
  const missing = shape.length - own.length;
  const strides = stridesOf(own);
  return positions(
    shape,
    shape.map((_, dim) => (dim < missing || own[dim - missing] === 1 ? 0 : itemAt(strides, dim - missing))),
  );
}

export function elementAt(tensor: KnownTensor, index: number): number {
  return itemAt(tensor.data, index);
}

/** The tensor seen as [outer, size, inner] around one dimension. */
export function splitAround(shape: readonly number[], dim: number): { outer: number; size: number; inner: number } {
  return { outer: count(shape.slice(0, dim)), size: sizeAt(shape, dim), inner: count(shape.slice(dim + 1)) };
}
