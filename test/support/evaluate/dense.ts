/** Tensors in double precision, for the reference evaluator. */

/** Row-major. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The element of a list. @throws RangeError where it has none: the evaluator judges, so it guesses nothing */
export function pick(list: ArrayLike<number>, index: number): number {
  const found = list[index];
  if (found === undefined) throw new RangeError(`there is no element ${index} among ${list.length}`);
  return found;
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const product = (values: readonly number[]): number => values.reduce((all, value) => all * value, 1);

/** Every place in a shape, in row-major order. */
export function* places(shape: readonly number[]): Generator<readonly number[]> {
  const at = shape.map(() => 0);
  for (let left = product(shape); left > 0; left--) {
    yield at.slice();
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      const next = pick(at, dim) + 1;
      at[dim] = next === shape[dim] ? 0 : next;
      if (at[dim] !== 0) break;
    }
  }
}

/** Where a place lies among the elements. */
export function indexOf(shape: readonly number[], at: readonly number[]): number {
  return shape.reduce((index, size, dim) => index * size + pick(at, dim), 0);
}

/** A tensor made element by element. */
export function tensor(shape: readonly number[], element: (at: readonly number[]) => number): Dense {
  return { shape, data: Float64Array.from(places(shape), element) };
}

/** The element at a place of a shape of this rank or a larger one, to which the tensor broadcasts. */
export function read({ shape, data }: Dense, at: readonly number[]): number {
  const lead = at.length - shape.length;
  let index = 0;
  for (let dim = 0; dim < shape.length; dim++) {
    const size = pick(shape, dim);
    index = index * size + (size === 1 ? 0 : pick(at, lead + dim));
  }
  return pick(data, index);
}

/** A place with another coordinate in one dimension. */
export const moved = (at: readonly number[], dim: number, to: number): number[] =>
  at.map((each, i) => (i === dim ? to : each));

/** What a function makes of every row along a dimension. */
export function byRow(x: Dense, dim: number, row: (values: number[]) => readonly number[]): Dense {
  const rows = x.shape.map((size, i) => (i === dim ? 1 : size));
  const made = Array.from(places(rows), (at) =>
    row(Array.from({ length: pick(x.shape, dim) }, (_, i) => read(x, moved(at, dim, i)))),
  );
  const shape = x.shape.map((size, i) => (i === dim ? (made[0]?.length ?? size) : size));
  return tensor(shape, (at) => pick(made[indexOf(rows, moved(at, dim, 0))] ?? [], pick(at, dim)));
}
