/** Padding, resizing and rearranging images. */
import { say } from '../../../language/say';
import { sequence } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { wayOut } from '../../../python/natives/errors';
import { type Table, table } from '../../../python/natives/table';
import type { PyTensor, PyValue } from '../../../python/values/values';
import { pick } from '../../ops/layout';
import { apply, concatenate, elements, numbers } from '../../tensor/tensor';
import { expand, permute, reshape, slice } from '../../tensor/views';
import { adaptivePool, batched } from './operators';
import { folded, outputSizes, unfolded } from './sliding';

export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/** PyTorch lists pairs from the last dimension backwards. */
export function pad(ctx: Context, x: PyTensor, pairs: readonly number[], mode: PadMode, value: number): PyTensor {
  const rank = x.type.shape.length;
  if (pairs.length % 2 !== 0) ctx.raise('RuntimeError', 'Padding length must be divisible by 2');
  if (pairs.length / 2 > rank) {
    ctx.raise(
      'RuntimeError',
      `Padding length should be less than or equal to two times the input dimension but got padding length ${pairs.length} and input of dimension ${rank}`,
    );
  }
  const padding = new Array<number>(2 * rank).fill(0);
  for (let i = 0; i < pairs.length / 2; i++) {
    padding[rank - 1 - i] = pairs[2 * i] ?? 0;
    padding[2 * rank - 1 - i] = pairs[2 * i + 1] ?? 0;
  }
  if (mode === 'circular') return wrapAround(ctx, x, padding);
  if (mode === 'reflect') checkReflection(ctx, x, padding);
  return apply(ctx, { kind: 'pad', mode, padding, value }, x);
}

function checkReflection(ctx: Context, x: PyTensor, padding: readonly number[]): void {
  const { shape } = x.type;
  shape.forEach((size, dim) => {
    const [begin = 0, end = 0] = [padding[dim], padding[shape.length + dim]];
    if (begin >= size || end >= size) {
      ctx.raise(
        'RuntimeError',
        `Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${begin}, ${end}) at dimension ${dim} of input [${shape.join(', ')}]`,
      );
    }
  });
}

/** Each dimension goes on with its other end. */
function wrapAround(ctx: Context, x: PyTensor, padding: readonly number[]): PyTensor {
  const rank = x.type.shape.length;
  return x.type.shape.reduce((padded, size, dim) => {
    const [begin = 0, end = 0] = [padding[dim], padding[rank + dim]];
    if (begin === 0 && end === 0) return padded;
    if (begin > size || end > size) ctx.raise('AssertionError', 'Padding value causes wrapping around more than once.');
    const [from, to] = [Math.max(-begin, 0), size - Math.max(-end, 0)];
    const parts = [slice(ctx, padded, dim, from, to)];
    if (begin > 0) parts.unshift(slice(ctx, padded, dim, size - begin, size));
    if (end > 0) parts.push(slice(ctx, padded, dim, 0, end));
    return concatenate(ctx, parts, dim);
  }, x);
}

interface Target {
  readonly sizes: readonly number[];
  /** Given factors, by which PyTorch places the samples; null where the sizes say it. */
  readonly factors: readonly number[] | null;
}

function targetOf(ctx: Context, x: PyTensor, size: PyValue, factor: PyValue, recompute: boolean): Target {
  const lengths = x.type.shape.slice(2);
  const each = (value: PyValue): number[] =>
    (sequence(value) ?? new Array<PyValue>(lengths.length).fill(value)).map(Number);
  if ((size === null) === (factor === null)) {
    ctx.raise(
      'ValueError',
      size === null
        ? 'either size or scale_factor should be defined'
        : 'only one of size or scale_factor should be defined',
    );
  }
  if (factor === null) return { sizes: each(size), factors: null };
  const factors = each(factor);
  const sizes = lengths.map((length, i) => Math.floor(length * (factors[i] ?? 1)));
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
  if (given.antialias) ctx.error('unsupported', say('interpolate(antialias=True) is not supported; {0}', wayOut()));
  if (mode === 'nearest' || mode === 'nearest-exact') return nearest(ctx, x, target, mode === 'nearest' ? 0 : 0.5);
  if (mode === 'area') return adaptivePool(ctx, 'avg', x, target.sizes);
  if (fits === undefined) {
    return ctx.error('unsupported', say("interpolate(mode='{0}') is not supported; {1}", mode, wayOut()));
  }
  return smooth(ctx, x, target, mode === 'bicubic' ? 'cubic' : 'linear', corners);
}

/** Nearest neighbours: by whole factors a broadcast, else a pick along each dimension, at PyTorch's float32 positions. */
function nearest(ctx: Context, x: PyTensor, { sizes, factors }: Target, shift: number): PyTensor {
  const lengths = x.type.shape.slice(2);
  const ratios = lengths.map((length, i) => (sizes[i] ?? length) / length);
  const isWhole = (ratio: number, dim: number) => Number.isInteger(ratio) && (!factors || factors[dim] === ratio);
  if (ratios.every(isWhole)) {
    const head = x.type.shape.slice(0, 2);
    const spread = reshape(ctx, x, [...head, ...lengths.flatMap((length) => [length, 1])]);
    const wide = expand(ctx, spread, [...head, ...lengths.flatMap((length, i) => [length, ratios[i] ?? 1])]);
    return reshape(ctx, wide, [...head, ...sizes]);
  }
  return lengths.reduce((result, length, i) => {
    const size = sizes[i] ?? length;
    const whole = isWhole(ratios[i] ?? 1, i);
    if (size === length && whole) return result;
    const step = Math.fround(factors ? 1 / (factors[i] ?? 1) : length / size);
    const from = numbers(ctx, size, (at) =>
      Math.min(Math.floor(Math.fround(Math.fround(at + shift) * step)), length - 1),
    );
    return pick(ctx, result, i + 2, from);
  }, x);
}

/** Linear and cubic interpolation, two dimensions at a time: that is what backends have. */
function smooth(ctx: Context, x: PyTensor, target: Target, mode: 'linear' | 'cubic', corners: boolean): PyTensor {
  const [n = 1, c = 1, ...lengths] = x.type.shape;
  const { sizes } = target;
  // PyTorch's linear interpolation doesn't look at the factor of a dimension whose size stays.
  const stays = (dim: number) => mode === 'linear' && sizes[dim] === lengths[dim];
  const factors = target.factors?.map((factor, dim) => (stays(dim) ? 1 : factor)) ?? null;
  const scale = (from: number, to: number) => (factors ? factors.slice(from, to) : null);
  if (lengths.length === 2) return apply(ctx, { kind: 'resize', mode, corners, sizes, factors }, x);
  if (lengths.length === 1) {
    const image = reshape(ctx, x, [n, c, 1, lengths[0] ?? 1]);
    const wide = factors ? [1, factors[0] ?? 1] : null;
    const resized = apply(ctx, { kind: 'resize', mode, corners, sizes: [1, sizes[0] ?? 1], factors: wide }, image);
    return reshape(ctx, resized, [n, c, ...sizes]);
  }
  const [depth = 1, height = 1, width = 1] = lengths;
  const [d = 1, h = 1, w = 1] = sizes;
  const planes = reshape(ctx, x, [n, c * depth, height, width]);
  const flat = apply(ctx, { kind: 'resize', mode, corners, sizes: [h, w], factors: scale(1, 3) }, planes);
  const stacked = reshape(ctx, flat, [n, c, depth, h * w]);
  const deep = factors ? [factors[0] ?? 1, 1] : null;
  const resized = apply(ctx, { kind: 'resize', mode, corners, sizes: [d, h * w], factors: deep }, stacked);
  return reshape(ctx, resized, [n, c, d, h, w]);
}

export function pixelShuffle(ctx: Context, x: PyTensor, factor: number): PyTensor {
  const [c = 1, h = 1, w = 1] = x.type.shape.slice(-3);
  const front = x.type.shape.slice(0, -3);
  const out = c / factor ** 2;
  if (!Number.isInteger(out)) {
    ctx.raise(
      'RuntimeError',
      `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${c} is not divisible by ${factor ** 2}`,
    );
  }
  const split = reshape(ctx, x, [elements(front), out, factor, factor, h, w]);
  return reshape(ctx, permute(ctx, split, [0, 1, 4, 2, 5, 3]), [...front, out, h * factor, w * factor]);
}

export function pixelUnshuffle(ctx: Context, x: PyTensor, factor: number): PyTensor {
  const [c = 1, h = 1, w = 1] = x.type.shape.slice(-3);
  const front = x.type.shape.slice(0, -3);
  const [rows, columns] = [h / factor, w / factor];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    ctx.raise(
      'RuntimeError',
      `pixel_unshuffle expects height and width to be divisible by downscale_factor, but input's are ${h} and ${w} and the factor is ${factor}`,
    );
  }
  const split = reshape(ctx, x, [elements(front), c, rows, factor, columns, factor]);
  return reshape(ctx, permute(ctx, split, [0, 1, 3, 5, 2, 4]), [...front, c * factor ** 2, rows, columns]);
}

export function channelShuffle(ctx: Context, x: PyTensor, groups: number): PyTensor {
  const [n = 1, c = 1, ...spatial] = x.type.shape;
  if (c % groups !== 0) {
    ctx.raise(
      'RuntimeError',
      `Number of channels must be divisible by groups. Got ${c} channels and ${groups} groups.`,
    );
  }
  const split = reshape(ctx, x, [n, groups, c / groups, ...spatial]);
  const order = [0, 2, 1, ...spatial.map((_, i) => i + 3)];
  return reshape(ctx, permute(ctx, split, order), x.type.shape);
}

export const resampling: Table = table((define) => {
  define('pad', "input, pad, mode='constant', value=None", (ctx, args) => {
    const modes: readonly PadMode[] = ['constant', 'reflect', 'replicate', 'circular'];
    const mode = modes.find((each) => each === args.string('mode'));
    if (!mode) return ctx.raise('NotImplementedError', `Unrecognised padding mode ${args.string('mode')}`);
    return pad(ctx, args.tensor('input'), args.ints('pad'), mode, args.optionalFloat('value') ?? 0);
  });
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
  define('pixel_shuffle', 'input, upscale_factor', (ctx, args) =>
    pixelShuffle(ctx, args.tensor('input'), args.int('upscale_factor')),
  );
  define('pixel_unshuffle', 'input, downscale_factor', (ctx, args) =>
    pixelUnshuffle(ctx, args.tensor('input'), args.int('downscale_factor')),
  );
  define('channel_shuffle native_channel_shuffle', 'input, groups', (ctx, args) =>
    channelShuffle(ctx, args.tensor('input'), args.int('groups')),
  );
  const WINDOW = 'kernel_size, dilation=1, padding=0, stride=1';
  define('unfold', `input, ${WINDOW}`, (ctx, args) =>
    batched(ctx, args.tensor('input'), 4, (x) => {
      const window = {
        kernel: args.intOrTuple('kernel_size', 2),
        dilation: args.intOrTuple('dilation', 2),
        padding: args.intOrTuple('padding', 2),
        stride: args.intOrTuple('stride', 2),
      };
      const [n = 1, c = 1, ...spatial] = x.type.shape;
      const output = outputSizes(spatial, window);
      if (output.some((size) => size < 1)) {
        ctx.raise(
          'RuntimeError',
          `Given input with spatial size (${spatial.join(', ')}), kernel_size=(${window.kernel.join(', ')}), dilation=(${window.dilation.join(', ')}), padding=(${window.padding.join(', ')}), calculated shape of the array of sliding blocks as (${output.join(', ')}), but its components must be at least one.`,
        );
      }
      return reshape(ctx, unfolded(ctx, x, output, window, 0), [n, c * elements(window.kernel), elements(output)]);
    }),
  );
  define('fold', `input, output_size, ${WINDOW}`, (ctx, args) =>
    batched(ctx, args.tensor('input'), 3, (x) => {
      const window = {
        kernel: args.intOrTuple('kernel_size', 2),
        dilation: args.intOrTuple('dilation', 2),
        padding: args.intOrTuple('padding', 2),
        stride: args.intOrTuple('stride', 2),
      };
      const [n = 1, columns = 1, count = 1] = x.type.shape;
      const size = args.intOrTuple('output_size', 2);
      const channels = columns / elements(window.kernel);
      if (!Number.isInteger(channels) || count !== elements(outputSizes(size, window))) {
        ctx.raise(
          'RuntimeError',
          `Given output_size=(${size.join(', ')}) and kernel_size=(${window.kernel.join(', ')}), expected size of input's dimension 2 to match the calculated number of sliding blocks ${elements(outputSizes(size, window))}, but got input.size(2)=${count}.`,
        );
      }
      return folded(ctx, reshape(ctx, x, [n, channels, -1]), size, window);
    }),
  );
});
