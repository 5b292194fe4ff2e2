import { itemAt } from '../graph/access';

/**
 * Where the dimensions of a reshaped tensor were before, where it only moves dimensions of one element: one a dimension of the
 * result, undefined for those of one element; undefined where it does more.
 */
export function axesBefore(before: readonly number[], after: readonly number[]): (number | undefined)[] | undefined {
  const long = (shape: readonly number[]) => [...shape.keys()].filter((axis) => shape[axis] !== 1);
  const [from, to] = [long(before), long(after)];
  const isMoved = from.length === to.length && from.every((axis, index) => before[axis] === after[itemAt(to, index)]);
  return isMoved ? after.map((_, axis) => from[to.indexOf(axis)]) : undefined;
}
