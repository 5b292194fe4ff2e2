/**
 * Determinants and inverses of small matrices in the graph by Householder's reflections, which need no pivots: as exact as a
 * solver's where minors grow too many.
 */
import { itemAt } from '../../graph/access';
import type { Context } from '../../python/natives/context';
import type { PyTensor } from '../../python/values/values';
import { concatenate, knownTensor, sizeOf } from '../tensor/tensor';
import { reshape, slice, transpose } from '../tensor/views';
import { matmul } from './blas';
import { arithmetic, choose, comparison, reduce, unary } from './operations';

/** Rows of matrices that are unrolled. */
export const MOST_REFLECTED = 16;

/**
 * Turns square matrices [..., n, n] into upper triangles, and what stands beside them by the same reflections.
 * @returns the triangle, the other matrix, and the determinant of all reflections
 */
export function reflect(
  ctx: Context,
  x: PyTensor,
  beside?: PyTensor,
): { triangle: PyTensor; beside: PyTensor | undefined; sign: number } {
  const size = sizeOf(x, -1);
  const rank = x.type.shape.length;
  const rows = (m: PyTensor, from: number, to: number) => slice(ctx, m, rank - 2, from, to);
  let [triangle, other] = [x, beside];
  for (let k = 0; k < size - 1; k++) {
    const column = slice(ctx, rows(triangle, k, size), rank - 1, k, k + 1);
    const head = rows(column, 0, 1);
    const length = unary(ctx, 'sqrt', reduce(ctx, 'sum', arithmetic(ctx, 'mul', column, column), [rank - 2], true));
    const isUp = comparison(ctx, 'ge', head, knownTensor(ctx, { dtype: x.type.dtype, shape: [] }, [0]));
    // Away from the head, so that nothing cancels.
    const end = choose(ctx, isUp, unary(ctx, 'neg', length), length);
    const mirror = concatenate(ctx, [arithmetic(ctx, 'sub', head, end), rows(column, 1, size - k)], rank - 2);
    // Half the square of the mirror's length.
    const half = arithmetic(ctx, 'mul', end, arithmetic(ctx, 'sub', end, head));
    const change = (m: PyTensor): PyTensor => {
      const below = rows(m, k, size);
      const along = matmul(ctx, transpose(ctx, mirror, rank - 2, rank - 1), below);
      const changed = arithmetic(ctx, 'sub', below, arithmetic(ctx, 'div', matmul(ctx, mirror, along), half));
      return k === 0 ? changed : concatenate(ctx, [rows(m, 0, k), changed], rank - 2);
    };
    triangle = change(triangle);
    other = other && change(other);
  }
  return { triangle, beside: other, sign: size % 2 === 0 ? -1 : 1 };
}

/** The determinants of matrices: those of the reflections times the triangle's diagonal. */
export function reflectedDeterminant(ctx: Context, x: PyTensor): PyTensor {
  const { triangle, sign } = reflect(ctx, x);
  const rank = x.type.shape.length;
  const diagonal = Array.from({ length: sizeOf(x, -1) }, (_, k) => {
    const only = slice(ctx, slice(ctx, triangle, rank - 2, k, k + 1), rank - 1, k, k + 1);
    return reshape(ctx, only, x.type.shape.slice(0, -2));
  });
  const whole = diagonal.slice(1).reduce((all, each) => arithmetic(ctx, 'mul', all, each), itemAt(diagonal, 0));
  return sign < 0 ? unary(ctx, 'neg', whole) : whole;
}
