/**
 * Reads of what must be there. A size, an element or an input that is missing is a mistake of ours, and must not become
 * a number that looks right.
 */
import { ShapeError, type ValueId } from './types';

/** The size of a dimension, counted from the end where it is negative. @throws ShapeError in PyTorch's words */
export function sizeAt(shape: readonly number[], dim: number): number {
  const found = shape.at(dim);
  if (found === undefined) {
    const rank = Math.max(shape.length, 1);
    throw new ShapeError(`Dimension out of range (expected to be in range of [${-rank}, ${rank - 1}], but got ${dim})`);
  }
  return found;
}

/** The element of a list, from 0. @throws RangeError where it has none there */
export function itemAt<T>(list: ArrayLike<T>, index: number): T {
  const found = list[index];
  return found === undefined ? noItem(list, index) : found;
}

/** The 64-bit integer that a double stands for: the largest one is no double, and 2⁶³ stands for it. */
export const toInt64 = (value: number): bigint => (value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(Math.trunc(value)));

/** The last element of a list. @throws RangeError where it has none */
export const lastOf = <T>(list: ArrayLike<T>): T => itemAt(list, list.length - 1);

/** The element of a list that may well end before, or what stands in for it. */
export const itemOr = <T>(list: ArrayLike<T>, index: number, instead: T): T => list[index] ?? instead;

/** Ends a read of an element that is not there. */
export function noItem(list: ArrayLike<unknown>, index: number): never {
  throw new RangeError(`there is no element ${index} among ${list.length}`);
}

// V8 keeps what it learns of a read with the function that reads. One that has met many kinds of arrays takes some 15 ns
// for what takes 3: loops over the user's data and weights read with one that meets one kind alone.

export const byteAt = (list: Uint8Array, index: number): number => list[index] ?? noItem(list, index);
export const wordAt = (list: Uint32Array, index: number): number => list[index] ?? noItem(list, index);
export const intAt = (list: Int32Array, index: number): number => list[index] ?? noItem(list, index);
export const floatAt = (list: Float32Array, index: number): number => list[index] ?? noItem(list, index);
export const doubleAt = (list: Float64Array, index: number): number => list[index] ?? noItem(list, index);

/** Whether an optional input is given. */
export const isGiven = (value: ValueId | null | undefined): value is ValueId => typeof value === 'number';

/** An operator's input that is not optional. @throws RangeError naming the operator */
export function inputAt(kind: string, inputs: readonly (ValueId | null)[], index: number): ValueId {
  const found = inputs[index];
  if (!isGiven(found)) throw new RangeError(`${kind} lacks its input ${index}`);
  return found;
}

type AtLeast<T, N extends number, Found extends T[] = []> = Found['length'] extends N
  ? readonly [...Found, ...T[]]
  : AtLeast<T, N, [...Found, T]>;

/** A list that is taken apart into its first elements. @throws RangeError where it has fewer than `count` */
export function firstElements<T, N extends 1 | 2 | 3 | 4 | 5>(list: readonly T[], count: N): AtLeast<T, N> {
  itemAt(list, count - 1);
  return list as AtLeast<T, N>;
}
