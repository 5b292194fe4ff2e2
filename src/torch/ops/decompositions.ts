/**
 * Decompositions of matrices: computed where they are known, as masks, first weights and fixed bases are; drawn with the
 * right shape where they depend on random first values; unrolled in the graph where they are small and need no pivots.
 */
import { itemAt, itemOr } from '../../graph/access';
import type { TensorType } from '../../graph/types';
import { say } from '../../language/say';
import { numberOf } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import type { PyTensor, PyValue } from '../../python/values/values';
import { fromInitialiser } from '../tensor/initialiser';
import { cast, concatenate, elements, full, isFloating, knownTensor, sizeOf, torchState } from '../tensor/tensor';
import { broadcastTo, reshape, select, slice, transposeMatrix, unsqueeze } from '../tensor/views';
import { matmul } from './blas';
import { invertByProducts, invertBySingularValues } from './generalInverse';
import {
  decomposeCholesky,
  decomposeQr,
  decomposeSingular,
  decomposeSymmetric,
  entry,
  exponentiate,
  identity,
  type Matrix,
  matrix,
  product,
  solve,
} from './matrices';
import { arithmetic, returnTuple, unary } from './operations';
import { MOST_REFLECTED, reflect, reflectedDeterminant } from './reflections';

/** A result for each matrix of a batch: a matrix, a list of numbers, or one number. */
type Part = Matrix | readonly number[] | number;

const shapeOf = (part: Part): number[] =>
  typeof part === 'number' ? [] : 'rows' in part ? [part.rows, part.columns] : [part.length];
const numbersOf = (part: Part): ArrayLike<number> =>
  typeof part === 'number' ? [part] : 'rows' in part ? part.data : part;

/** The function's name with its namespace. */
const pathOf = (name: string) => `torch.linalg.${name}`;

/** Multiplications that decompositions of one call may take. */
const MOST_WORK = 1 << 28;
/** The same where products of matrices are enough. */
const MOST_OF_PRODUCTS = 2 ** 31;

function spendWork(ctx: Context, work: number, most: number): void {
  if (work > most) ctx.error('budget', say('A matrix as large as this is not decomposed; make the model smaller'));
  // Products go through memory in order, and take a tenth of the time.
  ctx.spend(Math.ceil(work / (most > MOST_WORK ? 640 : 64)));
}

/** The generalised inverse; singular values below `tolerance` times the largest count as 0. */
function invertGenerally(ctx: Context, a: Matrix, tolerance: number): Matrix {
  const found = invertByProducts(a);
  if (found) return found;
  spendWork(ctx, a.rows * a.columns * Math.max(a.rows, a.columns), MOST_WORK);
  return invertBySingularValues(a, tolerance);
}

/** The matrices of a known batch. */
function matricesOf(ctx: Context, { data, type }: PyTensor, most: number): Matrix[] {
  const [rows, columns] = [itemAt(type.shape, type.shape.length - 2), itemAt(type.shape, type.shape.length - 1)];
  const count = elements(type.shape) / (rows * columns || 1);
  const work = count * rows * columns * Math.max(rows, columns);
  spendWork(ctx, work, most);
  return Array.from({ length: count }, (_, at) =>
    matrix(rows, columns, (i, j) => itemAt(data ?? [], at * rows * columns + i * columns + j)),
  );
}

/**
 * What `compute` makes of each matrix. Where the values are random first ones, tensors of the same shape are drawn.
 * @param name as PyTorch knows the function, for the refusal
 */
function decompose(
  ctx: Context,
  name: string,
  inputs: readonly PyTensor[],
  compute: (...matrices: readonly Matrix[]) => readonly Part[],
): PyTensor[] {
  const [first] = inputs;
  if (!first) return [];
  if (first.type.shape.length < 2) {
    ctx.raise('RuntimeError', `linalg.${name}: The input tensor A must have at least 2 dimensions.`);
  }
  const batch = first.type.shape.slice(0, -2);
  const { dtype } = first.type;
  const whole = (part: Part): TensorType => ({ dtype, shape: [...batch, ...shapeOf(part)] });
  if (inputs.every(({ data }) => data)) {
    const lists = inputs.map((each) =>
      matricesOf(ctx, each, ['pinv', 'lstsq'].includes(name) ? MOST_OF_PRODUCTS : MOST_WORK),
    );
    const results = itemAt(lists, 0).map((_, at) => compute(...lists.map((list) => itemAt(list, at))));
    return itemAt(results, 0).map((part, which) =>
      knownTensor(
        ctx,
        whole(part),
        results.flatMap((parts) => Array.from(numbersOf(itemAt(parts, which)))),
      ),
    );
  }
  if (torchState(ctx).running) {
    return ctx.error(
      'unsupported',
      say(
        '{0} of values that are known only when the model runs is not read; leave it out to compare the rest of the model',
        pathOf(name),
      ),
    );
  }
  ctx.note(say('{0} of random first values is drawn as random values of the same shape', pathOf(name)));
  const shapes = compute(
    ...inputs.map(({ type }) => matrix(sizeOf({ type }, -2), sizeOf({ type }, -1), (i, j) => Number(i === j))),
  );
  return shapes.map((part) => {
    const type = whole(part);
    const deviation = 1 / Math.sqrt(type.shape.slice(-2).reduce((most, size) => Math.max(most, size), 1));
    return fromInitialiser(ctx, type, { kind: 'normal', mean: 0, deviation });
  });
}

function resultOf(ctx: Context, name: string, x: PyTensor, compute: (a: Matrix) => Part): PyTensor {
  return itemAt(
    decompose(ctx, name, [x], (a) => [compute(a)]),
    0,
  );
}

function square(ctx: Context, name: string, x: PyTensor): PyTensor {
  const { shape } = x.type;
  if (shape.length < 2)
    ctx.raise('RuntimeError', `linalg.${name}: The input tensor A must have at least 2 dimensions.`);
  if (sizeOf(x, -1) !== sizeOf(x, -2)) {
    ctx.raise(
      'RuntimeError',
      `linalg.${name}: A must be batches of square matrices, but they are ${sizeOf(x, -2)} by ${sizeOf(x, -1)} matrices`,
    );
  }
  return isFloating(x.type.dtype) ? x : cast(ctx, x, 'float32');
}

/** The element of each matrix at a row and a column. */
function at(ctx: Context, x: PyTensor, row: number, column: number): PyTensor {
  const rank = x.type.shape.length;
  return select(ctx, select(ctx, x, rank - 2, row), rank - 2, column);
}

const times = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'mul', a, b);
const minus = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'sub', a, b);

/** The determinant without some rows and columns, by the first row that is left. */
function minor(ctx: Context, x: PyTensor, rows: readonly number[], columns: readonly number[]): PyTensor {
  const [first, ...below] = rows;
  const parts = columns.map((column, i) => {
    const own = at(ctx, x, first ?? 0, column);
    if (below.length === 0) return own;
    const rest = times(
      ctx,
      own,
      minor(
        ctx,
        x,
        below,
        columns.filter((each) => each !== column),
      ),
    );
    return i % 2 === 0 ? rest : unary(ctx, 'neg', rest);
  });
  return parts.reduce((sum, part) => arithmetic(ctx, 'add', sum, part));
}

/** Matrices up to this size have their determinants and inverses in the graph. */
const SMALL = 3;
const places = (size: number) => Array.from({ length: size }, (_, i) => i);

function determinant(ctx: Context, given: PyTensor, name = 'det'): PyTensor {
  const x = square(ctx, name, given);
  const size = sizeOf(x, -1);
  if (!x.data && torchState(ctx).running && size <= SMALL) return minor(ctx, x, places(size), places(size));
  if (isUnrolled(ctx, x)) return reflectedDeterminant(ctx, x);
  return resultOf(ctx, name, x, (a) => {
    const { sign, logDeterminant } = solve(a, identity(a.rows));
    return sign * Math.exp(logDeterminant);
  });
}

/** Whether what a matrix gives is unrolled in the graph: it is small, and known only when the model runs. */
const isUnrolled = (ctx: Context, x: PyTensor): boolean =>
  !x.data && torchState(ctx).running && sizeOf(x, -1) <= MOST_REFLECTED;

function solveReflected(ctx: Context, x: PyTensor, b: PyTensor): PyTensor {
  const { triangle, beside } = reflect(ctx, x, b);
  return substitute(ctx, triangle, beside ?? b, true, false);
}

/** Cofactors over the determinant; what is not small enough for these by reflections. */
function invertSmall(ctx: Context, x: PyTensor): PyTensor {
  const size = sizeOf(x, -1);
  if (size > SMALL) {
    const one = knownTensor(
      ctx,
      { dtype: x.type.dtype, shape: [size, size] },
      Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0)),
    );
    return solveReflected(ctx, x, broadcastTo(ctx, one, x.type.shape));
  }
  const all = places(size);
  const rank = x.type.shape.length;
  const rows = all.map((row) => {
    const cofactors = all.map((column) => {
      // The inverse has them transposed.
      const rest = [all.filter((i) => i !== column), all.filter((i) => i !== row)] as const;
      const value =
        size === 1 ? full(ctx, { dtype: x.type.dtype, shape: x.type.shape.slice(0, -2) }, 1) : minor(ctx, x, ...rest);
      return unsqueeze(ctx, (row + column) % 2 === 0 ? value : unary(ctx, 'neg', value), rank - 2);
    });
    return unsqueeze(ctx, concatenate(ctx, cofactors, rank - 2), rank - 2);
  });
  const whole = determinant(ctx, x);
  return arithmetic(ctx, 'div', concatenate(ctx, rows, rank - 2), reshape(ctx, whole, [...whole.type.shape, 1, 1]));
}

function invert(ctx: Context, given: PyTensor, name = 'inv'): PyTensor {
  const x = square(ctx, name, given);
  if (isUnrolled(ctx, x)) return invertSmall(ctx, x);
  return resultOf(ctx, name, x, (a) => solve(a, identity(a.rows)).x);
}

/** Rows of a triangular system, one after the other; as exact as a solver's, because nothing is to be exchanged. */
function substitute(ctx: Context, a: PyTensor, b: PyTensor, upper: boolean, unit: boolean): PyTensor {
  const size = sizeOf(a, -1);
  const rank = b.type.shape.length;
  const done: (PyTensor | undefined)[] = new Array(size);
  for (const row of upper ? places(size).reverse() : places(size)) {
    const others = upper ? places(size).slice(row + 1) : places(row);
    let value = slice(ctx, b, rank - 2, row, row + 1);
    for (const other of others) {
      const factor = at(ctx, a, row, other);
      const known = done[other];
      if (known) value = minus(ctx, value, times(ctx, reshape(ctx, factor, [...factor.type.shape, 1, 1]), known));
    }
    const head = at(ctx, a, row, row);
    done[row] = unit ? value : arithmetic(ctx, 'div', value, reshape(ctx, head, [...head.type.shape, 1, 1]));
  }
  return concatenate(
    ctx,
    done.flatMap((each) => (each ? [each] : [])),
    rank - 2,
  );
}

/** Triangular systems and Cholesky's factors up to this size are unrolled. */
const UNROLLED = 32;

function solveTriangular(ctx: Context, a: PyTensor, b: PyTensor, upper: boolean, unit: boolean): PyTensor {
  if (sizeOf(a, -1) > UNROLLED && !(a.data && b.data)) {
    return ctx.error(
      'unsupported',
      say(
        '{0} of values that are known only when the model runs is not read; leave it out to compare the rest of the model',
        pathOf('solve_triangular'),
      ),
    );
  }
  const batch = a.type.shape.slice(0, -2);
  const wide =
    b.type.shape.length < a.type.shape.length ? broadcastTo(ctx, b, [...batch, ...b.type.shape.slice(-2)]) : b;
  return substitute(ctx, a, wide, upper, unit);
}

function cholesky(ctx: Context, given: PyTensor, upper: boolean): PyTensor {
  const x = square(ctx, 'cholesky', given);
  const size = sizeOf(x, -1);
  if (x.data || !torchState(ctx).running || size > UNROLLED / 2) {
    const lower = resultOf(
      ctx,
      'cholesky',
      x,
      (a) =>
        decomposeCholesky(a) ??
        ctx.raise(
          'RuntimeError',
          'linalg.cholesky: The factorization could not be completed because the input is not positive-definite.',
        ),
    );
    return upper ? transposeMatrix(ctx, lower, 'mT') : lower;
  }
  const rank = x.type.shape.length;
  const zero = full(ctx, { dtype: x.type.dtype, shape: x.type.shape.slice(0, -2) }, 0);
  const l: PyTensor[][] = [];
  for (let i = 0; i < size; i++) {
    const row: PyTensor[] = [];
    for (let j = 0; j <= i; j++) {
      let sum = at(ctx, x, i, j);
      for (let k = 0; k < j; k++)
        sum = minus(ctx, sum, times(ctx, itemAt(row, k), j === i ? itemAt(row, k) : itemAt(itemAt(l, j), k)));
      row.push(i === j ? unary(ctx, 'sqrt', sum) : arithmetic(ctx, 'div', sum, itemAt(itemAt(l, j), j)));
    }
    l.push(row);
  }
  const rows = l.map((row) => {
    const all = [...row, ...new Array<PyTensor>(size - row.length).fill(zero)];
    const spread = all.map((each) => unsqueeze(ctx, each, rank - 2));
    return unsqueeze(ctx, concatenate(ctx, spread, rank - 2), rank - 2);
  });
  const lower = concatenate(ctx, rows, rank - 2);
  return upper ? transposeMatrix(ctx, lower, 'mT') : lower;
}

/** Aⁿ by squaring. */
function power(ctx: Context, given: PyTensor, n: number): PyTensor {
  let base = square(ctx, 'matrix_power', given);
  if (n < 0) base = invert(ctx, base);
  let result: PyTensor | undefined;
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result ? matmul(ctx, result, base) : base;
    if (rest > 1) base = matmul(ctx, base, base);
  }
  if (result) return result;
  const size = sizeOf(base, -1);
  const one = knownTensor(ctx, { dtype: base.type.dtype, shape: [size, size] }, identity(size).data);
  return broadcastTo(ctx, one, base.type.shape);
}

/** A·X = B; B is one column where it has no columns of its own. */
function solveLinear(ctx: Context, a: PyTensor, b: PyTensor): PyTensor {
  const x = square(ctx, 'solve', a);
  const vector = b.type.shape.length === 1 || b.type.shape.join() === x.type.shape.slice(0, -1).join();
  const wide = vector ? unsqueeze(ctx, b, b.type.shape.length) : b;
  const batched = broadcastTo(ctx, wide, [...x.type.shape.slice(0, -2), ...wide.type.shape.slice(-2)]);
  const result = isUnrolled(ctx, x)
    ? sizeOf(x, -1) <= SMALL
      ? matmul(ctx, invertSmall(ctx, x), batched)
      : solveReflected(ctx, x, batched)
    : itemAt(
        decompose(ctx, 'solve', [x, batched], (p, q) => (q ? [solve(p ?? q, q).x] : [])),
        0,
      );
  return vector ? reshape(ctx, result, result.type.shape.slice(0, -1)) : result;
}

const singularValues = (a: Matrix) => decomposeSingular(a).s;

/** A matrix norm that needs singular values: the largest (2), the least (−2), or their sum ('nuc'). */
export function spectralNorm(ctx: Context, x: PyTensor, order: PyValue): PyTensor {
  return resultOf(ctx, 'matrix_norm', x, (a) => {
    const s = singularValues(a);
    if (order === 'nuc') return s.reduce((sum, each) => sum + each, 0);
    return (numberOf(order) ?? 2) > 0 ? itemOr(s, 0, 0) : itemOr(s, s.length - 1, 0);
  });
}

const EPS = 2 ** -23;

/** Members of `torch.linalg`; those that are functions of `torch` or methods, too, follow below. */
export const decompositions = table((define) => {
  define('det', 'A, *, out=None', (ctx, args) => determinant(ctx, args.tensor('A')));
  define('slogdet', 'A, *, out=None', (ctx, args) => {
    const x = square(ctx, 'slogdet', args.tensor('A'));
    const parts = isUnrolled(ctx, x)
      ? [unary(ctx, 'sign', determinant(ctx, x)), unary(ctx, 'log', unary(ctx, 'abs', determinant(ctx, x)))]
      : decompose(ctx, 'slogdet', [x], (a) => {
          const found = a ? solve(a, identity(a.rows)) : { sign: 0, logDeterminant: 0 };
          return [found.sign, found.logDeterminant];
        });
    return returnTuple(ctx, 'slogdet', ['sign', 'logabsdet'], parts);
  });
  define('inv', 'A, *, out=None', (ctx, args) => invert(ctx, args.tensor('A')));
  define('solve', 'A, B, *, left=True, out=None', (ctx, args) => solveLinear(ctx, args.tensor('A'), args.tensor('B')));
  define('solve_triangular', 'A, B, *, upper, left=True, unitriangular=False', (ctx, args) => {
    const [a, b] = [args.tensor('A'), args.tensor('B')];
    const [upper, unit] = [args.bool('upper'), args.bool('unitriangular')];
    if (args.bool('left')) return solveTriangular(ctx, a, b, upper, unit);
    const flip = (x: PyTensor) => transposeMatrix(ctx, x, 'mT');
    return flip(solveTriangular(ctx, flip(a), flip(b), !upper, unit));
  });
  define('cholesky', 'A, *, upper=False, out=None', (ctx, args) => cholesky(ctx, args.tensor('A'), args.bool('upper')));
  define('qr', "A, mode='reduced'", (ctx, args) => {
    const mode = args.string('mode');
    const parts = decompose(ctx, 'qr', [args.tensor('A')], (a) => {
      if (!a) return [];
      const { q, r } = decomposeQr(a, mode === 'complete');
      return [q, r];
    });
    return returnTuple(ctx, 'qr', ['Q', 'R'], parts);
  });
  define('svd', 'A, full_matrices=True, *, driver=None', (ctx, args) => {
    const x = args.tensor('A');
    const whole = args.bool('full_matrices') && sizeOf(x, -1) !== sizeOf(x, -2);
    if (whole) {
      return ctx.error(
        'unsupported',
        say(
          'torch.linalg.svd(full_matrices=True) of a matrix that is not square is not read; pass full_matrices=False',
        ),
      );
    }
    const parts = decompose(ctx, 'svd', [x], (a) => {
      if (!a) return [];
      const { u, s, vt } = decomposeSingular(a);
      return [u, s, vt];
    });
    return returnTuple(ctx, 'svd', ['U', 'S', 'Vh'], parts);
  });
  define('svdvals', 'A, *, driver=None', (ctx, args) => resultOf(ctx, 'svdvals', args.tensor('A'), singularValues));
  define('eigh', "A, UPLO='L'", (ctx, args) => {
    const parts = decompose(ctx, 'eigh', [square(ctx, 'eigh', args.tensor('A'))], (a) => {
      if (!a) return [];
      const { values, vectors } = decomposeSymmetric(a);
      return [values, vectors];
    });
    return returnTuple(ctx, 'eigh', ['eigenvalues', 'eigenvectors'], parts);
  });
  define('eigvalsh', "A, UPLO='L'", (ctx, args) =>
    resultOf(ctx, 'eigvalsh', square(ctx, 'eigvalsh', args.tensor('A')), (a) => decomposeSymmetric(a).values),
  );
  define('pinv', 'A, *, atol=None, rtol=None, hermitian=False', (ctx, args) => {
    const x = args.tensor('A');
    const tolerance = args.optionalFloat('rtol') ?? Math.max(sizeOf(x, -1), sizeOf(x, -2)) * EPS;
    return resultOf(ctx, 'pinv', x, (a) => invertGenerally(ctx, a, tolerance));
  });
  define('lstsq', 'A, B, rcond=None, *, driver=None', (ctx, args) => {
    const [a, b] = [args.tensor('A'), args.tensor('B')];
    const tolerance = Math.max(sizeOf(a, -1), sizeOf(a, -2)) * EPS;
    const [solution = null] = decompose(ctx, 'lstsq', [a, b], (p, q) =>
      p && q ? [product(invertGenerally(ctx, p, tolerance), q)] : [],
    );
    const rank = full(
      ctx,
      { dtype: 'int64', shape: a.type.shape.slice(0, -2) },
      Math.min(sizeOf(a, -1), sizeOf(a, -2)),
    );
    const nothing = full(ctx, { dtype: a.type.dtype, shape: [0] }, 0);
    return returnTuple(
      ctx,
      'linalg_lstsq',
      ['solution', 'residuals', 'rank', 'singular_values'],
      [solution, nothing, rank, nothing],
    );
  });
  define('matrix_rank', 'A, *, atol=None, rtol=None, hermitian=False', (ctx, args) => {
    const x = args.tensor('A');
    const tolerance = args.optionalFloat('rtol') ?? Math.max(sizeOf(x, -1), sizeOf(x, -2)) * EPS;
    const counted = resultOf(ctx, 'matrix_rank', x, (a) => {
      const s = singularValues(a);
      return s.filter((each) => each > tolerance * itemOr(s, 0, 0)).length;
    });
    return cast(ctx, counted, 'int64');
  });
  define('cond', 'A, p=None', (ctx, args) => {
    if (![null, 2n, 2].includes(args.get('p') as null | bigint | number)) {
      return ctx.error(
        'unsupported',
        say('The matrix norm {0} is not read; compute it of the elements', ctx.repr(args.get('p'))),
      );
    }
    return resultOf(ctx, 'cond', args.tensor('A'), (a) => {
      const s = singularValues(a);
      return itemOr(s, 0, 0) / itemOr(s, s.length - 1, 0);
    });
  });
  define('matrix_exp', 'A', (ctx, args) =>
    resultOf(ctx, 'matrix_exp', square(ctx, 'matrix_exp', args.tensor('A')), exponentiate),
  );
  define('matrix_power', 'A, n', (ctx, args) => power(ctx, args.tensor('A'), args.int('n')));
});

/** Functions of `torch` and methods: older names of the same. */
export const olderDecompositions = table((define) => {
  const same = (name: string): readonly PyValue[] => [decompositions.get(name) ?? null];
  for (const [names, signature, own] of [
    ['det', 'input', 'det'],
    ['slogdet', 'input', 'slogdet'],
    ['inverse', 'input, *, out=None', 'inv'],
    ['matrix_exp', 'input', 'matrix_exp'],
    ['pinverse', 'input, rcond=1e-15', 'pinv'],
  ] as const) {
    define(names, signature, (ctx, args) => ctx.call(itemAt(same(own), 0), [args.get('input')]));
  }
  define('matrix_power', 'input, n, *, out=None', (ctx, args) => power(ctx, args.tensor('input'), args.int('n')));
  define('logdet', 'input', (ctx, args) => {
    const x = square(ctx, 'det', args.tensor('input'));
    if (!x.data && torchState(ctx).running) return unary(ctx, 'log', determinant(ctx, x));
    return resultOf(ctx, 'det', x, (a) => {
      const { sign, logDeterminant } = solve(a, identity(a.rows));
      return sign < 0 ? Number.NaN : sign === 0 ? Number.NEGATIVE_INFINITY : logDeterminant;
    });
  });
  define('cholesky', 'input, upper=False, *, out=None', (ctx, args) =>
    cholesky(ctx, args.tensor('input'), args.bool('upper')),
  );
  define('cholesky_inverse', 'L, upper=False', (ctx, args) => {
    const l = args.tensor('L');
    const lower = args.bool('upper') ? transposeMatrix(ctx, l, 'mT') : l;
    return resultOf(ctx, 'cholesky_inverse', lower, (a) => {
      const whole = matrix(a.rows, a.rows, (i, j) => {
        let sum = 0;
        for (let k = 0; k <= Math.min(i, j); k++) sum += entry(a, i, k) * entry(a, j, k);
        return sum;
      });
      return solve(whole, identity(a.rows)).x;
    });
  });
  define('qr', 'input, some=True', (ctx, args) =>
    ctx.call(itemAt(same('qr'), 0), [args.get('input'), args.bool('some') ? 'reduced' : 'complete']),
  );
  define('svd', 'input, some=True, compute_uv=True', (ctx, args) => {
    const parts = decompose(ctx, 'svd', [args.tensor('input')], (a) => {
      if (!a) return [];
      const { u, s, vt } = decomposeSingular(a);
      return [u, s, matrix(vt.columns, vt.rows, (i, j) => entry(vt, j, i))];
    });
    return returnTuple(ctx, 'svd', ['U', 'S', 'V'], parts);
  });
  define('triangular_solve', 'b, A, upper=True, transpose=False, unitriangular=False', (ctx, args) => {
    const a = args.tensor('A');
    const flipped = args.bool('transpose');
    const upper = args.bool('upper') !== flipped;
    const system = flipped ? transposeMatrix(ctx, a, 'mT') : a;
    const solution = solveTriangular(ctx, system, args.tensor('b'), upper, args.bool('unitriangular'));
    return returnTuple(ctx, 'triangular_solve', ['solution', 'cloned_coefficient'], [solution, a]);
  });
});
