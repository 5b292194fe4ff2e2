/** The generalised inverse of a matrix: by products where it is large and far from singular, else by singular values. */
import { itemAt, itemOr } from '../../graph/access';
import { decomposeSingular, entry, type Matrix, matrix, product, transpose } from './matrices';

/** Below this many columns singular values take no time. */
const SMALL = 48;
/** What A⁺·A·v may differ from v, beside the largest of v, for a result that counts as exact to rounding. */
const EXACT = 1e-12;

/** The generalised inverse by singular values; those below `tolerance` times the largest count as 0. */
export function invertBySingularValues(a: Matrix, tolerance: number): Matrix {
  const { u, s, vt } = decomposeSingular(a);
  const least = tolerance * itemOr(s, 0, 0);
  const scaled = matrix(vt.columns, s.length, (i, j) => (itemAt(s, j) > least ? entry(vt, j, i) / itemAt(s, j) : 0));
  return product(scaled, transpose(u));
}

/**
 * The generalised inverse as (AᵀA)⁻¹Aᵀ, in a few products of matrices where singular values take hundreds. Its error grows with
 * the square of A's condition: undefined where the result is not exact to rounding, which is also where a singular value may be
 * as small as to count as 0, and where the matrix is small.
 */
export function invertByProducts(a: Matrix): Matrix | undefined {
  if (Math.min(a.rows, a.columns) < SMALL) return undefined;
  const before = kept.find((each) => isSame(each.a, a));
  if (before) return before.found;
  const turned = a.rows >= a.columns ? invertTall(a) : invertTall(transpose(a));
  const found = turned && a.rows < a.columns ? transpose(turned) : turned;
  kept.unshift({ a, found });
  kept.length = Math.min(kept.length, MOST_KEPT);
  return found;
}

/** The last ones: a model is built anew for each input and each call that is tried, with the same matrices. */
const kept: { readonly a: Matrix; readonly found: Matrix | undefined }[] = [];
const MOST_KEPT = 3;

function isSame(a: Matrix, b: Matrix): boolean {
  return a.rows === b.rows && a.columns === b.columns && a.data.every((each, i) => each === b.data[i]);
}

/** The same of a matrix with no fewer rows than columns. */
function invertTall({ rows, columns, data }: Matrix): Matrix | undefined {
  const turned = transpose({ rows, columns, data }).data;
  const inverse = invertPositive(dots(turned, columns, turned, columns, rows, true), columns);
  if (!inverse) return undefined;
  const found = dots(inverse, columns, data, rows, columns);
  return isInverse(found, data, rows, columns) ? { rows: columns, columns: rows, data: found } : undefined;
}

/**
 * Every row of one matrix by every row of another, `length` numbers each: two by four at once, which need not wait for each other.
 * @param isGram whether both are one matrix: then what lies above the diagonal is what lies below
 */
function dots(p: Float64Array, m: number, q: Float64Array, n: number, length: number, isGram = false): Float64Array {
  const made = new Float64Array(m * n);
  const [rows, columns] = [m - (m % 2), n - (n % 4)];
  for (let i = 0; i < rows; i += 2) {
    const [one, other] = [i * length, (i + 1) * length];
    for (let j = 0; j < (isGram ? Math.min(columns, i + 2) : columns); j += 4) {
      const [a, b, c, d] = [j * length, (j + 1) * length, (j + 2) * length, (j + 3) * length];
      let [ka, kb, kc, kd, la, lb, lc, ld] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < length; k++) {
        const x = p[one + k] as number;
        const y = p[other + k] as number;
        const e = q[a + k] as number;
        const f = q[b + k] as number;
        const g = q[c + k] as number;
        const h = q[d + k] as number;
        ka += x * e;
        kb += x * f;
        kc += x * g;
        kd += x * h;
        la += y * e;
        lb += y * f;
        lc += y * g;
        ld += y * h;
      }
      made.set([ka, kb, kc, kd], i * n + j);
      made.set([la, lb, lc, ld], (i + 1) * n + j);
    }
  }
  for (let i = 0; i < m; i++)
    for (let j = i < rows ? columns : 0; j < n; j++) made[i * n + j] = dot(p, i * length, q, j * length, length);
  if (isGram) for (let i = 0; i < m; i++) for (let j = i + 1; j < n; j++) made[i * n + j] = made[j * n + i] as number;
  return made;
}

/** Σ a·b over neighbours, as four sums that need not wait for each other. */
function dot(a: Float64Array, from: number, b: Float64Array, to: number, length: number): number {
  const whole = length - (length % 4);
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    first += (a[from + k] as number) * (b[to + k] as number);
    second += (a[from + k + 1] as number) * (b[to + k + 1] as number);
    third += (a[from + k + 2] as number) * (b[to + k + 2] as number);
    fourth += (a[from + k + 3] as number) * (b[to + k + 3] as number);
  }
  for (let k = whole; k < length; k++) first += (a[from + k] as number) * (b[to + k] as number);
  return first + second + (third + fourth);
}

/** The inverse of a symmetric positive definite matrix, by its factor L: L⁻ᵀL⁻¹; undefined where it is none. */
function invertPositive(s: Float64Array, n: number): Float64Array | undefined {
  // L in the lower half, row by row.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const left = (s[i * n + j] as number) - dot(s, i * n, s, j * n, j);
      if (i !== j) s[i * n + j] = left / (s[j * n + j] as number);
      else if (left > 0) s[i * n + i] = Math.sqrt(left);
      else return undefined;
    }
  }
  // L⁻¹ transposed: row j holds column j of L⁻¹, from its diagonal on.
  const t = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      const left = Number(i === j) - dot(s, i * n + j, t, j * n + j, i - j);
      t[j * n + i] = left / (s[i * n + i] as number);
    }
  }
  const made = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) made[i * n + j] = made[j * n + i] = dot(t, i * n + i, t, j * n + i, n - i);
  return made;
}

/** Whether A⁺·A·v is v, for a vector whose numbers have nothing to do with the matrix's. */
function isInverse(found: Float64Array, a: Float64Array, rows: number, columns: number): boolean {
  const v = Float64Array.from({ length: columns }, (_, i) => Math.sin(1 + i * 12.9898) + Math.cos(i * i * 0.7311));
  const image = new Float64Array(rows);
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < columns; k++)
      image[r] = (image[r] as number) + (a[r * columns + k] as number) * (v[k] as number);
  for (let i = 0; i < columns; i++) {
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += (found[i * rows + r] as number) * (image[r] as number);
    // A sum that is no number is none, either.
    if (!(Math.abs(sum - (v[i] as number)) <= EXACT)) return false;
  }
  return true;
}
