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
  if (found === undefined) throw new RangeError(`there is no element ${index} among ${list.length}`);
  return found;
}

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
