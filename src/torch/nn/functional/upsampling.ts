/** `F.interpolate`. */

import { firstElements, itemAt } from '../../../graph/access';
import { say } from '../../../language/say';
import { requireNumber, sequence } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import { PyTensor, type PyValue } from '../../../python/values/values';
import { pick } from '../../ops/layout';
import { apply, knownTensor, numbers } from '../../tensor/tensor';
import { expand, reshape } from '../../tensor/views';
import { adaptivePool } from './pooling';

interface Target {
  readonly sizes: readonly number[];
  /** Given factors, by which PyTorch places the samples; null where the sizes say it. */
  readonly factors: readonly number[] | null;
}

function targetOf(ctx: Context, x: PyTensor, size: PyValue, factor: PyValue, recompute: boolean): Target {
  const lengths = x.type.shape.slice(2);
  const each = (value: PyValue, what: string): number[] => {
    if (value instanceof PyTensor && value.type.shape.length > 0)
      ctx.raise('TypeError', `${what} must be an int or a list of ints, not a Tensor`);
    const given = (sequence(value) ?? new Array<PyValue>(lengths.length).fill(value)).map((item) =>
      requireNumber(ctx, item),
    );
    if (given.length === lengths.length) return given;
    return ctx.raise(
      'ValueError',
      `Input and ${what} must have the same number of spatial dimensions, but got input with spatial dimensions of [${lengths.join(', ')}] and ${what} of (${given.join(', ')})`,
    );
  };
  if ((size === null) === (factor === null)) {
    ctx.raise(
      'ValueError',
      size === null
        ? 'either size or scale_factor should be defined'
        : 'only one of size or scale_factor should be defined',
    );
  }
  if (factor === null) return { sizes: each(size, 'output size'), factors: null };
  const factors = each(factor, 'scale_factor');
  const sizes = lengths.map((length, i) => Math.floor(length * itemAt(factors, i)));
  if (sizes.some((each) => each < 1)) {
    ctx.raise(
      'RuntimeError',
      `Input and output sizes should be greater than 0, but got input (${lengths.join(', ')}) output (${sizes.join(', ')})`,
    );
  }
  return { sizes, factors: recompute ? null : factors };
}

/** `F.interpolate`; PyTorch's modes and sample positions. */
export function interpolate(
  ctx: Context,
  x: PyTensor,
  given: { size: PyValue; factor: PyValue; mode: string; corners: boolean; recompute: boolean; antialias: boolean },
): PyTensor {
  const target = targetOf(ctx, x, given.size, given.factor, given.recompute);
  const { mode, corners } = given;
  const rank = x.type.shape.length - 2;
  const fits = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 }[mode];
  if (fits !== undefined && fits !== rank) {
    ctx.raise('NotImplementedError', `Got ${rank + 2}D input, but ${mode} mode needs ${fits + 2}D input`);
  }
  if (given.antialias) return resizeAntialiased(ctx, x, target, mode, corners);
  if (mode === 'nearest' || mode === 'nearest-exact')
    return upsampleNearest(ctx, x, target, mode === 'nearest' ? 0 : 0.5);
  if (mode === 'area') return adaptivePool(ctx, 'avg', x, target.sizes);
  if (fits === undefined) {
    if (mode === 'lanczos')
      ctx.error(
        'unsupported',
        say("interpolate(mode='{0}') is not read; use mode='bicubic', which comes near it", mode),
      );
    return ctx.raise(
      'NotImplementedError',
      `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${rank + 2}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
    );
  }
  return smooth(ctx, x, target, mode === 'bicubic' ? 'cubic' : 'linear', corners);
}

/** Nearest neighbours: by whole factors a broadcast, else a pick along each dimension, at PyTorch's float32 positions. */
function upsampleNearest(ctx: Context, x: PyTensor, { sizes, factors }: Target, shift: number): PyTensor {
  const lengths = x.type.shape.slice(2);
  const ratios = lengths.map((length, i) => itemAt(sizes, i) / length);
  const isWhole = (ratio: number, dim: number) => Number.isInteger(ratio) && (!factors || factors[dim] === ratio);
  if (ratios.every(isWhole)) {
    const head = x.type.shape.slice(0, 2);
    const spread = reshape(ctx, x, [...head, ...lengths.flatMap((length) => [length, 1])]);
    const wide = expand(ctx, spread, [...head, ...lengths.flatMap((length, i) => [length, itemAt(ratios, i)])]);
    return reshape(ctx, wide, [...head, ...sizes]);
  }
  return lengths.reduce((result, length, i) => {
    const size = itemAt(sizes, i);
    const whole = isWhole(itemAt(ratios, i), i);
    if (size === length && whole) return result;
    const step = Math.fround(factors ? 1 / itemAt(factors, i) : length / size);
    const from = numbers(ctx, size, (at) =>
      Math.min(Math.floor(Math.fround(Math.fround(at + shift) * step)), length - 1),
    );
    return pick(ctx, result, i + 2, from);
  }, x);
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** How far the filters of antialiased resizing reach, and their weights: those of Pillow, with a = −0.5 for the cubic one. */
const FILTERS: Readonly<Record<string, { readonly reach: number; readonly weight: (x: number) => number }>> = {
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    reach: 2,
    weight(x) {
      const [a, d] = [-0.5, Math.abs(x)];
      if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
    },
  },
  lanczos: { reach: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/**
 * Antialiased resizing: each new pixel is a weighted mean of those that it covers, one dimension after the other, which is
 * a product with a table of weights.
 */
function resizeAntialiased(
  ctx: Context,
  x: PyTensor,
  { sizes, factors }: Target,
  mode: string,
  corners: boolean,
): PyTensor {
  const filter = FILTERS[mode];
  if (!filter || x.type.shape.length !== 4) {
    return ctx.raise(
      'ValueError',
      'Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input',
    );
  }
  const lengths = x.type.shape.slice(2);
  const weights = (dim: number): number[][] => {
    const [from, to] = [itemAt(lengths, dim), itemAt(sizes, dim)];
    const step = corners ? (to > 1 ? (from - 1) / (to - 1) : 0) : factors ? 1 / itemAt(factors, dim) : from / to;
    const reach = filter.reach * Math.max(step, 1);
    return Array.from({ length: to }, (_, i) => {
      const centre = step * (i + 0.5);
      const first = Math.max(Math.trunc(centre - reach + 0.5), 0);
      const end = Math.min(Math.trunc(centre + reach + 0.5), from);
      const row = Array.from({ length: from }, (__, j) =>
        j < first || j >= end ? 0 : filter.weight((j - centre + 0.5) / Math.max(step, 1)),
      );
      const total = row.reduce((sum, each) => sum + each, 0);
      return row.map((each) => each / total);
    });
  };
  const matrix = (rows: readonly (readonly number[])[]): PyTensor =>
    knownTensor(ctx, { dtype: x.type.dtype, shape: [rows.length, itemAt(rows, 0).length] }, rows.flat());
  const wide = weights(1);
  const across = Array.from({ length: itemAt(lengths, 1) }, (_, j) => wide.map((row) => itemAt(row, j)));
  const narrowed = apply(ctx, { kind: 'matmul' }, x, matrix(across));
  return apply(ctx, { kind: 'matmul' }, matrix(weights(0)), narrowed);
}

/** Linear and cubic interpolation, two dimensions at a time: that is what backends have. */
function smooth(ctx: Context, x: PyTensor, target: Target, mode: 'linear' | 'cubic', corners: boolean): PyTensor {
  const [n, c, ...lengths] = firstElements(x.type.shape, 2);
  const { sizes } = target;
  // PyTorch's linear interpolation doesn't look at the factor of a dimension whose size stays.
  const stays = (dim: number) => mode === 'linear' && sizes[dim] === lengths[dim];
  const factors = target.factors?.map((factor, dim) => (stays(dim) ? 1 : factor)) ?? null;
  const scale = (from: number, to: number) => (factors ? factors.slice(from, to) : null);
  if (lengths.length === 2) return apply(ctx, { kind: 'resize', mode, corners, sizes, factors }, x);
  if (lengths.length === 1) {
    const image = reshape(ctx, x, [n, c, 1, itemAt(lengths, 0)]);
    const wide = factors ? [1, itemAt(factors, 0)] : null;
    const resized = apply(ctx, { kind: 'resize', mode, corners, sizes: [1, itemAt(sizes, 0)], factors: wide }, image);
    return reshape(ctx, resized, [n, c, ...sizes]);
  }
  const [depth, height, width] = firstElements(lengths, 3);
  const [d, h, w] = firstElements(sizes, 3);
  const planes = reshape(ctx, x, [n, c * depth, height, width]);
  const flat = apply(ctx, { kind: 'resize', mode, corners, sizes: [h, w], factors: scale(1, 3) }, planes);
  const stacked = reshape(ctx, flat, [n, c, depth, h * w]);
  const deep = factors ? [itemAt(factors, 0), 1] : null;
  const resized = apply(ctx, { kind: 'resize', mode, corners, sizes: [d, h * w], factors: deep }, stacked);
  return reshape(ctx, resized, [n, c, d, h, w]);
}

export const upsamplings: NativeTable = table((define) => {
  define(
    'interpolate upsample',
    "input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False",
    (ctx, args) =>
      interpolate(ctx, args.tensor('input'), {
        size: args.get('size'),
        factor: args.get('scale_factor'),
        mode: args.string('mode'),
        corners: args.optionalBool('align_corners') ?? false,
        recompute: args.optionalBool('recompute_scale_factor') ?? false,
        antialias: args.bool('antialias'),
      }),
  );
  for (const [name, mode, corners] of [
    ['upsample_nearest', 'nearest', false],
    ['upsample_bilinear', 'bilinear', true],
  ] as const) {
    define(name, 'input, size=None, scale_factor=None', (ctx, args) =>
      interpolate(ctx, args.tensor('input'), {
        size: args.get('size'),
        factor: args.get('scale_factor'),
        mode,
        corners,
        recompute: false,
        antialias: false,
      }),
    );
  }
});
