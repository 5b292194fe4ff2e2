/** Discrete Fourier transforms along the last dimension: products with matrices of waves, long ones by their factors. */
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import type { PyTensor } from '../python/values/values';
import { matmul } from './ops/blas';
import { arithmetic } from './ops/operations';
import { knownTensor, numbers, sizeOf } from './tensor/tensor';
import { reshape, transpose } from './tensor/views';

/** Elements of a matrix of waves; longer transforms without factors are refused. */
const MOST = 1 << 22;
/** Transforms that are one product, whatever their factors are. */
const SHORT = 256;

/** A signal, or a spectrum: `imaginary` is absent where all is real. */
export interface Spectrum {
  readonly real: PyTensor;
  readonly imaginary?: PyTensor | undefined;
}

/** Cosine and sine of the angle 2π·index/size; at quarters of the circle exactly. */
function circle(index: number, size: number): readonly [cosine: number, sine: number] {
  const quarter = (4 * index) / size;
  const angle = (2 * Math.PI * index) / size;
  if (!Number.isInteger(quarter)) return [Math.cos(angle), Math.sin(angle)];
  return [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ][quarter % 4] as [number, number];
}

/** A matrix whose element is a function of cosine and sine of the angle 2π·row·column/size, and of the row. */
export function waves(
  ctx: Context,
  like: PyTensor,
  [rows, columns, size]: readonly [number, number, number],
  wave: (cosine: number, sine: number, row: number) => number,
): PyTensor {
  if (rows * columns > MOST) {
    ctx.error(
      'unsupported',
      say('A Fourier transform of {0} numbers is not read; give it a length with small factors, such as 4096', size),
    );
  }
  const { dtype } = like.type;
  return knownTensor(
    ctx,
    { dtype: dtype === 'float64' ? 'float64' : 'float32', shape: [rows, columns] },
    numbers(ctx, rows * columns, (i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return wave(...circle((row * column) % size, size), row);
    }),
  );
}

/** Whether a transform of this length is made of shorter ones. */
export const isLong = (size: number): boolean => size > SHORT && factorOf(size) > 1;

/** The largest factor up to the square root. */
function factorOf(size: number): number {
  for (let factor = Math.floor(Math.sqrt(size)); factor > 1; factor--) if (size % factor === 0) return factor;
  return 1;
}

const sum = (ctx: Context, a: PyTensor | undefined, b: PyTensor | undefined): PyTensor | undefined =>
  a && b ? arithmetic(ctx, 'add', a, b) : (a ?? b);

/** (a + bi)·(c + di), with what both are multiplied by. */
function multiply(ctx: Context, x: Spectrum, by: Required<Spectrum>, product: typeof matmul): Spectrum {
  const times = (a: PyTensor | undefined, b: PyTensor | undefined) => a && b && product(ctx, a, b);
  const across = times(x.imaginary, by.imaginary);
  const real = product(ctx, x.real, by.real ?? x.real);
  return {
    real: across ? arithmetic(ctx, 'sub', real, across) : real,
    imaginary: sum(ctx, times(x.real, by.imaginary), times(x.imaginary, by.real)),
  };
}

/**
 * Σ x·e^∓2πikn/N along the last dimension, scaled.
 * @param sign −1, or 1 for the inverse
 */
export function transformLast(ctx: Context, x: Spectrum, sign: 1 | -1, scale: number): Spectrum {
  const { shape } = x.real.type;
  const size = sizeOf(x.real, -1);
  const matrix = (rows: number, columns: number, of: number, by: number): Required<Spectrum> => ({
    real: waves(ctx, x.real, [rows, columns, of], (cosine) => cosine * by),
    imaginary: waves(ctx, x.real, [rows, columns, of], (_, sine) => sign * sine * by),
  });
  if (!isLong(size)) return multiply(ctx, x, matrix(size, size, size, scale), matmul);
  // n = B·a + b and k = c + A·d: transforms of A numbers, turned by e^∓2πi·bc/N, then of B numbers.
  const a = factorOf(size);
  const b = size / a;
  const rank = shape.length;
  const each = (parts: Spectrum, change: (part: PyTensor) => PyTensor): Spectrum => ({
    real: change(parts.real),
    imaginary: parts.imaginary && change(parts.imaginary),
  });
  const turn = (part: PyTensor) => transpose(ctx, part, rank - 1, rank);
  const rows = each(x, (part) => turn(reshape(ctx, part, [...shape.slice(0, -1), a, b])));
  // [b, c]
  const first = transformLast(ctx, rows, sign, 1);
  const turned = multiply(ctx, first, matrix(b, a, size, scale), (own, p, q) => arithmetic(own, 'mul', p, q));
  // [c, d]
  const second = transformLast(ctx, each(turned, turn), sign, 1);
  return each(second, (part) => reshape(ctx, turn(part), [...shape.slice(0, -1), size]));
}
