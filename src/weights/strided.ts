import { byteAt, itemAt, sizeAt } from '../graph/access';
import { say } from '../language/say';
import { WeightsError } from './tensor';

/** A tensor's place in a storage, in elements. */
export interface StridedLayout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Elements of a tensor that repeats its storage (`expand`) may be more than the file has; so many at most. */
const mostElements = 2 ** 31;

const isSize = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** Strides of a row-major tensor. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = itemAt(strides, i + 1) * Math.max(1, sizeAt(shape, i + 1));
  return strides;
}

/** @throws WeightsError where the tensor reaches beyond the `available` elements of its storage. */
export function checkLayout(name: string, { offset, shape, strides }: StridedLayout, available: number): void {
  if (shape.length > 32) throw new WeightsError(say('{0} has {1} dimensions', name, shape.length));
  if (shape.length !== strides.length || ![offset, ...shape, ...strides].every(isSize))
    throw new WeightsError(say('{0} has no valid shape and strides', name));
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > mostElements) throw new WeightsError(say('{0} of shape [{1}] has too many elements', name, shape));
  if (count === 0) return;
  const last = shape.reduce((sum, size, i) => sum + (size - 1) * itemAt(strides, i), offset);
  if (!isSize(last) || last >= available)
    throw new WeightsError(
      say('{0} of shape [{1}] reaches element {2} of a storage that has {3}: damaged', name, shape, last, available),
    );
}

/**
 * The elements in row-major order, of `size` bytes each; a view where they lie so already.
 * @param layout checked against `storage`
 */
export function toContiguous(storage: Uint8Array, { offset, shape, strides }: StridedLayout, size: number): Uint8Array {
  const count = shape.reduce((product, each) => product * each, 1);
  if (count === 0) return new Uint8Array();
  const plain = rowMajor(shape);
  if (shape.every((each, i) => each === 1 || strides[i] === plain[i]))
    return storage.subarray(offset * size, (offset + count) * size);
  const result = new Uint8Array(count * size);
  let to = 0;
  const copy = (dim: number, from: number): void => {
    const [length, stride] = [sizeAt(shape, dim), itemAt(strides, dim)];
    for (let i = 0; i < length; i++) {
      const at = from + i * stride;
      if (dim < shape.length - 1) copy(dim + 1, at);
      else for (let byte = 0; byte < size; byte++) result[to++] = byteAt(storage, at * size + byte);
    }
  };
  copy(0, offset);
  return result;
}
