/**
 * `torch.fft`: transforms as products with matrices of cosines and sines, which every backend has and which have
 * gradients; long ones by their factors (`fourier.ts`).
 */

import { firstElements, itemAt } from '../graph/access';
import type { DType } from '../graph/types';
import { say } from '../language/say';
import { type NativeArguments, requireNumber, sequence } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { type NativeTable, table } from '../python/natives/table';
import { type PyComplex, PyTensor, PyTuple, type PyValue } from '../python/values/values';
import { complexOf, makeComplex, partsOf } from './complex/parts';
import { isLong, transformLast, waves } from './fourier';
import { checkReflection } from './nn/functional/padding';
import { matmul } from './ops/blas';
import { arithmetic, toFloating, unary } from './ops/operations';
import { apply, concatenate, full, knownTensor, numbers, sizeOf } from './tensor/tensor';
import { broadcastTo, reshape, slice, transpose } from './tensor/views';

type Norm = 'backward' | 'ortho' | 'forward';

/** What a transform of `size` numbers is multiplied with. */
function scaleOf(ctx: Context, norm: string, size: number, inverse: boolean): number {
  switch (norm) {
    case 'backward':
      return inverse ? 1 / size : 1;
    case 'forward':
      return inverse ? 1 : 1 / size;
    case 'ortho':
      return 1 / Math.sqrt(size);
    default:
      return ctx.raise('RuntimeError', `Invalid normalization mode: "${norm}"`);
  }
}

/** As long as the transform wants: cut, or filled up with zeros. */
function sizeTo(ctx: Context, x: PyTensor, dim: number, size: number): PyTensor {
  const own = sizeOf(x, dim);
  if (own === size) return x;
  if (own > size) return slice(ctx, x, dim, 0, size);
  const padding = x.type.shape.flatMap(() => [0]);
  const after = x.type.shape.map((_, i) => (i === dim ? size - own : 0));
  return apply(ctx, { kind: 'pad', mode: 'constant', padding: [...padding, ...after], value: 0 }, x);
}

/** A product along one dimension. */
function multiplyAlong(ctx: Context, x: PyTensor, dim: number, waveMatrix: PyTensor): PyTensor {
  const last = x.type.shape.length - 1;
  return transpose(ctx, matmul(ctx, transpose(ctx, x, dim, last), waveMatrix), dim, last);
}

/** Σ x·e^∓2πikn/N along a dimension, of which `bins` are wanted. */
function transform(
  ctx: Context,
  value: PyValue,
  dim: number,
  given: number | undefined,
  norm: string,
  inverse: boolean,
  half = false,
): PyComplex {
  const [first, second] = partsOf(ctx, value);
  const size = given ?? sizeOf(first, dim);
  if (size < 1) ctx.raise('RuntimeError', `Invalid number of data points (${size}) specified`);
  const real = sizeTo(ctx, toFloating(ctx, first), dim, size);
  const imaginary = second && sizeTo(ctx, second, dim, size);
  const scale = scaleOf(ctx, norm, size, inverse);
  if (isLong(size)) {
    const last = real.type.shape.length - 1;
    const turn = (part: PyTensor) => transpose(ctx, part, dim, last);
    const whole = transformLast(
      ctx,
      { real: turn(real), imaginary: imaginary ? turn(imaginary) : undefined },
      inverse ? 1 : -1,
      scale,
    );
    const bins = (part: PyTensor) => {
      const turned = turn(part);
      return half ? slice(ctx, turned, dim, 0, Math.floor(size / 2) + 1) : turned;
    };
    return makeComplex(ctx, bins(whole.real), bins(whole.imaginary ?? whole.real));
  }
  const sizes = [size, half ? Math.floor(size / 2) + 1 : size, size] as const;
  const cosines = waves(ctx, real, sizes, (cosine) => cosine * scale);
  const sines = waves(ctx, real, sizes, (_, sine) => sine * (inverse ? scale : -scale));
  const product = (x: PyTensor, by: PyTensor) => multiplyAlong(ctx, x, dim, by);
  if (!imaginary) return makeComplex(ctx, product(real, cosines), product(real, sines));
  return makeComplex(
    ctx,
    arithmetic(ctx, 'sub', product(real, cosines), product(imaginary, sines)),
    arithmetic(ctx, 'add', product(real, sines), product(imaginary, cosines)),
  );
}

/** All bins of a real signal, of which the first ones are given: the others are their conjugates, the last first. */
function mirror(ctx: Context, real: PyTensor, imaginary: PyTensor | undefined, dim: number, size: number): PyComplex {
  const from = size - Math.floor(size / 2);
  const back = (part: PyTensor) => {
    const made = ctx.call(ctx.getattr(slice(ctx, part, dim, 1, from), 'flip'), [BigInt(dim)]);
    return made instanceof PyTensor ? made : part;
  };
  const zeros = full(ctx, real.type, 0);
  const whole = imaginary ?? zeros;
  // Bins without an imaginary part: the first, and the last of an even size.
  const middle = size % 2 === 0 ? [full(ctx, slice(ctx, zeros, dim, 0, 1).type, 0)] : [];
  const known = [full(ctx, slice(ctx, zeros, dim, 0, 1).type, 0), slice(ctx, whole, dim, 1, from), ...middle];
  return makeComplex(
    ctx,
    concatenate(ctx, [real, back(real)], dim),
    concatenate(ctx, [...known, unary(ctx, 'neg', back(whole))], dim),
  );
}

/** The real signal of `size` numbers whose transform has these first bins. */
function invertReal(ctx: Context, value: PyValue, dim: number, given: number | undefined, norm: string): PyTensor {
  const [first, second] = partsOf(ctx, value);
  const size = given ?? 2 * (sizeOf(first, dim) - 1);
  if (size < 1) ctx.raise('RuntimeError', `Invalid number of data points (${size}) specified`);
  const bins = Math.floor(size / 2) + 1;
  const scale = scaleOf(ctx, norm, size, true);
  const real = sizeTo(ctx, toFloating(ctx, first), dim, bins);
  if (isLong(size)) {
    const mirrored = mirror(ctx, real, second ? sizeTo(ctx, second, dim, bins) : undefined, dim, size);
    return transform(ctx, mirrored, dim, size, norm, true).real;
  }
  // All bins but the first, and the last of an even size, stand for their mirror images, too.
  const weight = (row: number) => scale * (row === 0 || (size % 2 === 0 && row === bins - 1) ? 1 : 2);
  const sizes = [bins, size, size] as const;
  const fromReal = multiplyAlong(
    ctx,
    real,
    dim,
    waves(ctx, real, sizes, (cosine, _, row) => cosine * weight(row)),
  );
  if (!second) return fromReal;
  const imaginary = sizeTo(ctx, second, dim, bins);
  const sines = waves(ctx, real, sizes, (_, sine, row) => -sine * weight(row));
  return arithmetic(ctx, 'add', fromReal, multiplyAlong(ctx, imaginary, dim, sines));
}

const rankOf = (value: PyValue, args: NativeArguments) =>
  (complexOf(value)?.real ?? args.tensor('input')).type.shape.length;

const normOf = (args: NativeArguments): string => args.optionalString('norm') ?? ('backward' satisfies Norm);

/** Dimensions of a transform in several, with the size that each is to have. */
function plan(
  ctx: Context,
  args: NativeArguments,
  names: { readonly two: boolean },
): (readonly [dim: number, size: number | undefined])[] {
  const rank = rankOf(args.get('input'), args);
  const sizes = args.isNone('s')
    ? undefined
    : (sequence(args.get('s')) ?? [args.get('s')]).map((item) => requireNumber(ctx, item));
  const given = args.isNone('dim') ? undefined : args.dims('dim', rank);
  const count = sizes?.length ?? (names.two ? 2 : rank);
  const dims = given ?? Array.from({ length: count }, (_, i) => rank - count + i);
  if (sizes && sizes.length !== dims.length) {
    ctx.raise('RuntimeError', 'When given, dim and shape arguments must have the same length');
  }
  return dims.map((dim, i) => {
    const size = sizes?.[i];
    return [dim, size === -1 ? undefined : size] as const;
  });
}

/** Halves exchanged, so that the middle bin comes first, or back. */
function shift(ctx: Context, value: PyValue, args: NativeArguments, back: boolean): PyValue {
  const rank = rankOf(value, args);
  const dims = args.isNone('dim') ? Array.from({ length: rank }, (_, i) => i) : args.dims('dim', rank);
  const shape = (complexOf(value)?.real ?? args.tensor('input')).type.shape;
  return dims.reduce<PyValue>((result, dim) => {
    const size = itemAt(shape, dim);
    const by = back ? Math.ceil(size / 2) : Math.floor(size / 2);
    return ctx.call(ctx.getattr(result, 'roll'), [BigInt(by), BigInt(dim)]);
  }, value);
}

const OPTIONS = 'out=None, dtype=None, layout=None, device=None, requires_grad=False';

export const fourier: NativeTable = table((define) => {
  for (const [name, inverse] of [
    ['fft', false],
    ['ifft', true],
  ] as const) {
    define(name, 'input, n=None, dim=-1, norm=None, *, out=None', (ctx, args) => {
      const value = args.get('input');
      return transform(ctx, value, args.dim('dim', rankOf(value, args)), args.optionalInt('n'), normOf(args), inverse);
    });
    for (const [suffix, two] of [
      ['2', true],
      ['n', false],
    ] as const) {
      define(
        `${name}${suffix}`,
        `input, s=None, dim=${two ? '(-2, -1)' : 'None'}, norm=None, *, out=None`,
        (ctx, args) =>
          plan(ctx, args, { two }).reduce<PyValue>(
            (value, [dim, size]) => transform(ctx, value, dim, size, normOf(args), inverse),
            args.get('input'),
          ),
      );
    }
  }
  define('rfft', 'input, n=None, dim=-1, norm=None, *, out=None', (ctx, args) => {
    const x = args.tensor('input');
    return transform(ctx, x, args.dim('dim', x.type.shape.length), args.optionalInt('n'), normOf(args), false, true);
  });
  define('irfft', 'input, n=None, dim=-1, norm=None, *, out=None', (ctx, args) => {
    const value = args.get('input');
    return invertReal(ctx, value, args.dim('dim', rankOf(value, args)), args.optionalInt('n'), normOf(args));
  });
  for (const [suffix, two] of [
    ['2', true],
    ['n', false],
  ] as const) {
    const signature = `input, s=None, dim=${two ? '(-2, -1)' : 'None'}, norm=None, *, out=None`;
    define(`rfft${suffix}`, signature, (ctx, args) => {
      const steps = plan(ctx, args, { two });
      const [lastDim, lastSize] = itemAt(steps, steps.length - 1);
      const first: PyValue = transform(ctx, args.tensor('input'), lastDim, lastSize, normOf(args), false, true);
      return steps
        .slice(0, -1)
        .reduce<PyValue>((value, [dim, size]) => transform(ctx, value, dim, size, normOf(args), false), first);
    });
    define(`irfft${suffix}`, signature, (ctx, args) => {
      const steps = plan(ctx, args, { two });
      const [lastDim, lastSize] = itemAt(steps, steps.length - 1);
      const before = steps
        .slice(0, -1)
        .reduce<PyValue>(
          (value, [dim, size]) => transform(ctx, value, dim, size, normOf(args), true),
          args.get('input'),
        );
      return invertReal(ctx, before, lastDim, lastSize, normOf(args));
    });
  }
  define('fftshift', 'input, dim=None', (ctx, args) => shift(ctx, args.get('input'), args, false));
  define('ifftshift', 'input, dim=None', (ctx, args) => shift(ctx, args.get('input'), args, true));
  define('fftfreq', `n, d=1.0, *, ${OPTIONS}`, (ctx, args) => {
    const n = args.int('n');
    const step = 1 / (n * args.float('d'));
    const data = numbers(ctx, n, (i) => (i < Math.ceil(n / 2) ? i : i - n) * step);
    return knownTensor(ctx, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [n] }, data);
  });
  define('rfftfreq', `n, d=1.0, *, ${OPTIONS}`, (ctx, args) => {
    const n = args.int('n');
    const count = Math.floor(n / 2) + 1;
    const data = numbers(ctx, count, (i) => i / (n * args.float('d')));
    return knownTensor(ctx, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [count] }, data);
  });
});

/** A window as long as the transform, one that is shorter in its middle; ones where none is given. */
function wholeWindow(ctx: Context, given: PyTensor | undefined, dtype: DType, width: number, size: number): PyTensor {
  const own =
    given ??
    knownTensor(
      ctx,
      { dtype, shape: [width] },
      numbers(ctx, width, () => 1),
    );
  const start = Math.floor((size - width) / 2);
  const padding = [start, size - width - start];
  return width === size ? own : apply(ctx, { kind: 'pad', mode: 'constant', padding, value: 0 }, own);
}

/** Frames [B, N, T] laid over each other every `hop` places, and added up: [B, N + hop·(T − 1)]. */
function overlapAdd(ctx: Context, frames: PyTensor, hop: number): PyTensor {
  const [batch, size, count] = firstElements(frames.type.shape, 3);
  const length = size + hop * (count - 1);
  const pair = (a: number, b: number) => new PyTuple([BigInt(a), BigInt(b)]);
  const fold = ctx.nativeModule('torch.nn.functional')?.members.get('fold') ?? null;
  const made = ctx.call(
    fold,
    [frames],
    new Map([
      ['output_size', pair(1, length)],
      ['kernel_size', pair(1, size)],
      ['stride', pair(1, hop)],
    ]),
  );
  return made instanceof PyTensor ? reshape(ctx, made, [batch, length]) : frames;
}

/** How much of each sample all frames together hold: the squares of their windows, added up. */
function envelope(ctx: Context, window: PyTensor, count: number, hop: number): PyTensor {
  const { data, type } = window;
  const size = sizeOf(window, 0);
  if (!data) {
    const squares = reshape(ctx, arithmetic(ctx, 'mul', window, window), [1, size, 1]);
    return overlapAdd(ctx, broadcastTo(ctx, squares, [1, size, count]), hop);
  }
  const sums = new Array<number>(size + hop * (count - 1)).fill(0);
  for (let frame = 0; frame < count; frame++)
    for (const [i, value] of Array.from(data, Number).entries())
      sums[frame * hop + i] = itemAt(sums, frame * hop + i) + value * value;
  return knownTensor(ctx, { dtype: type.dtype, shape: [1, sums.length] }, sums);
}

/** `torch.istft`. */
function invertShortTime(ctx: Context, args: NativeArguments): PyTensor {
  const given = args.get('input');
  const z = complexOf(given);
  if (!z)
    return ctx.raise(
      'RuntimeError',
      'istft requires a complex-valued input tensor matching the output from stft with return_complex=True.',
    );
  if (args.bool('return_complex'))
    ctx.error('unsupported', say('torch.istft(return_complex=True) is not read; leave return_complex out'));
  const rank = z.real.type.shape.length;
  const [bins, count] = [sizeOf(z.real, -2), sizeOf(z.real, -1)];
  const size = args.int('n_fft');
  const hop = args.optionalInt('hop_length') ?? Math.floor(size / 4);
  const isHalf = args.optionalBool('onesided') ?? bins !== size;
  if (bins !== (isHalf ? Math.floor(size / 2) + 1 : size))
    ctx.raise(
      'RuntimeError',
      `istft expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when onesided=True, but got ${bins}`,
    );
  const norm = args.bool('normalized') ? 'ortho' : 'backward';
  const turn = (part: PyTensor) => transpose(ctx, part, rank - 2, rank - 1);
  const turned = makeComplex(ctx, turn(z.real), turn(z.imaginary));
  const frames = isHalf
    ? invertReal(ctx, turned, rank - 1, size, norm)
    : transform(ctx, turned, rank - 1, size, norm, true).real;
  const width = args.optionalInt('win_length') ?? size;
  const window = wholeWindow(ctx, args.optionalTensor('window'), frames.type.dtype, width, size);
  const weighed = transpose(ctx, arithmetic(ctx, 'mul', frames, window), rank - 2, rank - 1);
  const batch = rank === 3 ? sizeOf(z.real, 0) : 1;
  const sum = overlapAdd(ctx, reshape(ctx, weighed, [batch, size, count]), hop);
  const total = sizeOf(sum, -1);
  const start = args.bool('center') ? Math.floor(size / 2) : 0;
  const length = args.optionalInt('length');
  const wanted = length === undefined ? total - start : start + length;
  const end = Math.min(wanted, total);
  const held = slice(ctx, envelope(ctx, window, count, hop), 1, start, end);
  if (held.data?.some((each: number) => Math.abs(each) < 1e-11))
    ctx.raise('RuntimeError', 'istft(…) window overlap add min: 1');
  const cut = arithmetic(ctx, 'div', slice(ctx, sum, 1, start, end), held);
  const behind = wanted - end;
  const padded =
    behind > 0 ? apply(ctx, { kind: 'pad', mode: 'constant', padding: [0, 0, 0, behind], value: 0 }, cut) : cut;
  return rank === 3 ? padded : reshape(ctx, padded, [sizeOf(padded, 1)]);
}

/** `torch.stft` and the method: windows along the last dimension, each transformed; and back. */
export const shortTime: NativeTable = table((define) => {
  define(
    'stft',
    "input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', normalized=False, onesided=None, return_complex=None, align_to_window=None",
    (ctx, args) => {
      const given = toFloating(ctx, args.tensor('input'));
      const size = args.int('n_fft');
      const hop = args.optionalInt('hop_length') ?? Math.floor(size / 4);
      const rank = given.type.shape.length;
      if (rank < 1 || rank > 2) ctx.raise('RuntimeError', 'stft: expected a 1D or 2D tensor');
      const half = Math.floor(size / 2);
      let x = given;
      if (args.bool('center')) {
        const mode = args.string('pad_mode');
        if (mode !== 'reflect' && mode !== 'constant' && mode !== 'replicate') {
          ctx.error(
            'unsupported',
            say('torch.stft(pad_mode={0}) is not read; pad the signal before it, and pass center=False', mode),
          );
        }
        // PyTorch pads it as a batch of channels.
        if (mode === 'reflect') checkReflection(ctx, [1, 1, ...given.type.shape].slice(-3), [0, 0, half, 0, 0, half]);
        const ends = given.type.shape.map((_, i) => (i === rank - 1 ? half : 0));
        x = apply(ctx, { kind: 'pad', mode: mode as 'reflect', padding: [...ends, ...ends], value: 0 }, x);
      }
      const length = sizeOf(x, -1);
      const frames = Math.floor((length - size) / hop) + 1;
      if (frames < 1) ctx.raise('RuntimeError', `stft: expected 0 < n_fft <= ${length}, but got n_fft=${size}`);
      const places = numbers(ctx, frames * size, (i) => Math.floor(i / size) * hop + (i % size));
      const table = knownTensor(ctx, { dtype: 'int64', shape: [frames, size] }, places);
      const rows = apply(ctx, { kind: 'gather', dim: rank - 1 }, x, table);
      const width = args.optionalInt('win_length') ?? size;
      const own = args.optionalTensor('window');
      const weighed =
        own || width !== size ? arithmetic(ctx, 'mul', rows, wholeWindow(ctx, own, x.type.dtype, width, size)) : rows;
      const onesided = args.optionalBool('onesided') ?? true;
      const norm = args.bool('normalized') ? 'ortho' : 'backward';
      const z = transform(ctx, weighed, rank, undefined, norm, false, onesided);
      const turned = makeComplex(
        ctx,
        transpose(ctx, z.real, rank - 1, rank),
        transpose(ctx, z.imaginary, rank - 1, rank),
      );
      if (args.bool('return_complex')) return turned;
      return ctx.call(ctx.getattr(ctx.nativeModule('torch') ?? null, 'view_as_real'), [turned]);
    },
  );
  define(
    'istft',
    'input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, length=None, return_complex=False',
    (ctx, args) => invertShortTime(ctx, args),
  );
});
