/** Decompositions of one matrix of known numbers, row-major, in double precision, with LAPACK's signs. */
import { itemAt } from '../../graph/access';

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrix(rows: number, columns: number, at: (row: number, column: number) => number): Matrix {
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < data.length; i++) data[i] = at(Math.floor(i / columns), i % columns);
  return { rows, columns, data };
}

export const entry = ({ columns, data }: Matrix, row: number, column: number): number =>
  itemAt(data, row * columns + column);

export const identity = (size: number) => matrix(size, size, (i, j) => Number(i === j));
export const transpose = (a: Matrix) => matrix(a.columns, a.rows, (i, j) => entry(a, j, i));

export function product(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows, b.columns, (i, j) => {
    let sum = 0;
    for (let k = 0; k < a.columns; k++) sum += entry(a, i, k) * entry(b, k, j);
    return sum;
  });
}

/** A·X = B by elimination with row pivots, and A's determinant; X holds no numbers where A is singular. */
export function solve(
  a: Matrix,
  b: Matrix,
): { readonly x: Matrix; readonly sign: number; readonly logDeterminant: number } {
  const n = a.rows;
  const [left, right] = [a.data.slice(), b.data.slice()];
  const m = b.columns;
  let [sign, log] = [1, 0];
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(itemAt(left, i * n + k)) > Math.abs(itemAt(left, pivot * n + k))) pivot = i;
    if (pivot !== k) {
      swapRows(left, n, k, pivot);
      swapRows(right, m, k, pivot);
      sign = -sign;
    }
    const head = itemAt(left, k * n + k);
    sign *= Math.sign(head);
    log += Math.log(Math.abs(head));
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = itemAt(left, i * n + k) / head;
      if (factor === 0) continue;
      for (let j = k; j < n; j++) left[i * n + j] = itemAt(left, i * n + j) - factor * itemAt(left, k * n + j);
      for (let j = 0; j < m; j++) right[i * m + j] = itemAt(right, i * m + j) - factor * itemAt(right, k * m + j);
    }
  }
  const x = matrix(n, m, (i, j) => itemAt(right, i * m + j) / itemAt(left, i * n + i));
  return { x, sign, logDeterminant: log };
}

function swapRows(data: Float64Array, width: number, a: number, b: number): void {
  for (let j = 0; j < width; j++) {
    const held = itemAt(data, a * width + j);
    data[a * width + j] = itemAt(data, b * width + j);
    data[b * width + j] = held;
  }
}

/** A = Q·R by Householder's reflections: R has as many rows as the smaller side, or all of A's. */
export function decomposeQr(a: Matrix, complete: boolean): { readonly q: Matrix; readonly r: Matrix } {
  const { rows, columns } = a;
  const r = a.data.slice();
  const q = identity(rows).data;
  const steps = Math.min(rows, columns);
  for (let k = 0; k < steps; k++) {
    let norm = 0;
    for (let i = k + 1; i < rows; i++) norm += itemAt(r, i * columns + k) ** 2;
    // LAPACK leaves a column alone that is zero below its head.
    if (norm === 0) continue;
    const head = itemAt(r, k * columns + k);
    const beta = -(head >= 0 ? 1 : -1) * Math.sqrt(norm + head * head);
    const v = Array.from({ length: rows }, (_, i) => (i < k ? 0 : i === k ? head - beta : itemAt(r, i * columns + k)));
    const length = v.reduce((sum, each) => sum + each * each, 0);
    reflect(r, columns, v, length);
    reflect(q, rows, v, length);
  }
  const width = complete ? rows : steps;
  return {
    // The reflections were applied to the identity in turn, which is Q transpose.
    q: matrix(rows, width, (i, j) => itemAt(q, j * rows + i)),
    r: matrix(width, columns, (i, j) => (i <= j ? itemAt(r, i * columns + j) : 0)),
  };
}

/** (1 − 2vvᵀ/|v|²)·A in place. */
function reflect(data: Float64Array, width: number, v: readonly number[], length: number): void {
  for (let j = 0; j < width; j++) {
    let sum = 0;
    v.forEach((each, i) => {
      sum += each * itemAt(data, i * width + j);
    });
    v.forEach((each, i) => {
      data[i * width + j] = itemAt(data, i * width + j) - (2 * each * sum) / length;
    });
  }
}

/** A = V·diag(w)·Vᵀ of a symmetric A by Jacobi's rotations, the least value first. */
export function decomposeSymmetric(a: Matrix): { readonly values: readonly number[]; readonly vectors: Matrix } {
  const n = a.rows;
  // The lower half counts.
  const s = matrix(n, n, (i, j) => (i >= j ? entry(a, i, j) : entry(a, j, i))).data;
  const v = identity(n).data;
  const rotate = (
    data: Float64Array,
    first: number,
    second: number,
    stride: number,
    step: number,
    c: number,
    t: number,
  ) => {
    for (let k = 0; k < n; k++) {
      const [x, y] = [itemAt(data, first * stride + k * step), itemAt(data, second * stride + k * step)];
      data[first * stride + k * step] = c * x - t * y;
      data[second * stride + k * step] = t * x + c * y;
    }
  };
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += itemAt(s, p * n + q) ** 2;
    if (off < 1e-300) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = itemAt(s, p * n + q);
        if (apq === 0) continue;
        const theta = (itemAt(s, q * n + q) - itemAt(s, p * n + p)) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(s, p, q, n, 1, c, t * c);
        rotate(s, p, q, 1, n, c, t * c);
        rotate(v, p, q, 1, n, c, t * c);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => itemAt(s, i * n + i) - itemAt(s, j * n + j));
  return {
    values: order.map((i) => itemAt(s, i * n + i)),
    vectors: matrix(n, n, (i, j) => itemAt(v, i * n + itemAt(order, j))),
  };
}

/** A = U·diag(s)·Vᵀ with as many columns as the smaller side has, by one-sided rotations; the largest value first. */
export function decomposeSingular(a: Matrix): {
  readonly u: Matrix;
  readonly s: readonly number[];
  readonly vt: Matrix;
} {
  if (a.rows < a.columns) {
    const { u, s, vt } = decomposeSingular(transpose(a));
    return { u: transpose(vt), s, vt: transpose(u) };
  }
  const [m, n] = [a.rows, a.columns];
  const u = a.data.slice();
  const v = identity(n).data;
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        let [alpha, beta, gamma] = [0, 0, 0];
        for (let i = 0; i < m; i++) {
          const [x, y] = [itemAt(u, i * n + p), itemAt(u, i * n + q)];
          alpha += x * x;
          beta += y * y;
          gamma += x * y;
        }
        if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta)) continue;
        rotated = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        for (const [data, count] of [
          [u, m],
          [v, n],
        ] as const)
          for (let i = 0; i < count; i++) {
            const [x, y] = [itemAt(data, i * n + p), itemAt(data, i * n + q)];
            data[i * n + p] = c * x - c * t * y;
            data[i * n + q] = c * t * x + c * y;
          }
      }
    }
    if (!rotated) break;
  }
  const norms = Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += itemAt(u, i * n + j) ** 2;
    return Math.sqrt(sum);
  });
  const order = norms.map((_, i) => i).sort((i, j) => itemAt(norms, j) - itemAt(norms, i));
  const s = order.map((i) => itemAt(norms, i));
  return {
    u: matrix(m, n, (i, j) => itemAt(u, i * n + itemAt(order, j)) / (itemAt(s, j) || 1)),
    s,
    vt: matrix(n, n, (i, j) => itemAt(v, j * n + itemAt(order, i))),
  };
}

/** A = L·Lᵀ; undefined where A is not positive definite. */
export function decomposeCholesky(a: Matrix): Matrix | undefined {
  const n = a.rows;
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = entry(a, i, j);
      for (let k = 0; k < j; k++) sum -= itemAt(l, i * n + k) * itemAt(l, j * n + k);
      if (i === j && !(sum > 0)) return undefined;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / itemAt(l, j * n + j);
    }
  }
  return { rows: n, columns: n, data: l };
}

/** e^A by Taylor's series of A/2ˢ, squared s times. */
export function exponentiate(a: Matrix): Matrix {
  let norm = 0;
  for (let j = 0; j < a.columns; j++) {
    let sum = 0;
    for (let i = 0; i < a.rows; i++) sum += Math.abs(entry(a, i, j));
    norm = Math.max(norm, sum);
  }
  const squarings = norm > 0.5 ? Math.ceil(Math.log2(norm)) + 1 : 0;
  const scaled = matrix(a.rows, a.columns, (i, j) => entry(a, i, j) / 2 ** squarings);
  let [sum, term] = [identity(a.rows), identity(a.rows)];
  for (let k = 1; k <= 20; k++) {
    const next = product(term, scaled);
    term = matrix(a.rows, a.columns, (i, j) => entry(next, i, j) / k);
    const [before, own] = [sum, term];
    sum = matrix(a.rows, a.columns, (i, j) => entry(before, i, j) + entry(own, i, j));
  }
  for (let k = 0; k < squarings; k++) sum = product(sum, sum);
  return sum;
}
