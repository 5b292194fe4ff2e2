/** `F.grid_sample` and `F.affine_grid`: images read at places that a grid names. */
import { itemAt, sizeAt } from '../../../graph/access';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor, PyValue } from '../../../python/values/values';
import { matmul } from '../../ops/blas';
import { arithmetic, choose, comparison, unary } from '../../ops/operations';
import { apply, cast, elements, knownTensor, numbers, sizeOf } from '../../tensor/tensor';
import { broadcastTo, reshape, select, transpose } from '../../tensor/views';

interface Sampling {
  readonly mode: string;
  readonly padding: string;
  readonly aligned: boolean;
}

const add = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'add', a, b);
const sub = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'sub', a, b);
const mul = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'mul', a, b);

/** −1 … 1 as places among `size` pixels: their centres, or with `aligned` the outermost ones, are the ends. */
function pixels(ctx: Context, coordinate: PyTensor, size: number, aligned: boolean): PyTensor {
  const raised = add(ctx, coordinate, 1);
  return aligned ? mul(ctx, raised, (size - 1) / 2) : mul(ctx, sub(ctx, mul(ctx, raised, size), 1), 0.5);
}

function clampTo(ctx: Context, x: PyTensor, size: number): PyTensor {
  return arithmetic(ctx, 'min', arithmetic(ctx, 'max', x, 0), size - 1);
}

/** Where a place outside of the image is read instead. */
function settle(ctx: Context, x: PyTensor, size: number, { padding, aligned }: Sampling): PyTensor {
  if (padding === 'zeros') return x;
  if (padding === 'border') return clampTo(ctx, x, size);
  const low = aligned ? 0 : -0.5;
  const span = aligned ? size - 1 : size;
  if (span === 0) return mul(ctx, x, 0);
  const away = unary(ctx, 'abs', sub(ctx, x, low));
  const rest = arithmetic(ctx, 'mod', away, span);
  const flips = arithmetic(ctx, 'mod', arithmetic(ctx, 'floordiv', away, span), 2);
  const reflected = choose(ctx, comparison(ctx, 'eq', flips, 0), rest, sub(ctx, span, rest));
  return clampTo(ctx, add(ctx, reflected, low), size);
}

/** Pixels at whole places, one for each dimension; 0 outside of the image. */
function read(ctx: Context, image: PyTensor, sizes: readonly number[], places: readonly PyTensor[]): PyTensor {
  let inside: PyTensor | undefined;
  let index: PyTensor | undefined;
  places.forEach((place, dim) => {
    const size = itemAt(sizes, dim);
    const within = arithmetic(ctx, 'and', comparison(ctx, 'ge', place, 0), comparison(ctx, 'le', place, size - 1));
    inside = inside ? arithmetic(ctx, 'and', inside, within) : within;
    const whole = cast(ctx, clampTo(ctx, place, size), 'int64');
    index = index ? add(ctx, mul(ctx, index, BigInt(size)), whole) : whole;
  });
  if (!index || !inside) return image;
  const [batch, channels] = [sizeOf(image, 0), sizeOf(image, 1)];
  const count = elements(index.type.shape) / batch;
  const spread = (x: PyTensor) => broadcastTo(ctx, reshape(ctx, x, [batch, 1, count]), [batch, channels, count]);
  const picked = apply(ctx, { kind: 'gather_elements', dim: 2 }, image, spread(index));
  return mul(ctx, picked, cast(ctx, reshape(ctx, inside, [batch, 1, count]), image.type.dtype));
}

/** Weights of the four neighbours of a place, by its distance from the second one (Keys' kernel, a = −0.75). */
function cubicWeights(ctx: Context, t: PyTensor): PyTensor[] {
  const a = -0.75;
  const near = (x: PyTensor) => add(ctx, mul(ctx, mul(ctx, sub(ctx, mul(ctx, x, a + 2), a + 3), x), x), 1);
  const far = (x: PyTensor) =>
    sub(ctx, mul(ctx, add(ctx, mul(ctx, sub(ctx, mul(ctx, x, a), 5 * a), x), 8 * a), x), 4 * a);
  return [far(add(ctx, t, 1)), near(t), near(sub(ctx, 1, t)), far(sub(ctx, 2, t))];
}

/** Neighbours along one dimension with their weights. */
function neighbours(
  ctx: Context,
  place: PyTensor,
  size: number,
  sampling: Sampling,
): readonly (readonly [PyTensor, PyTensor | null])[] {
  if (sampling.mode === 'nearest') return [[unary(ctx, 'round', settle(ctx, place, size, sampling)), null]];
  if (sampling.mode === 'bicubic') {
    const first = unary(ctx, 'floor', place);
    const weights = cubicWeights(ctx, sub(ctx, place, first));
    return weights.map((weight, i) => [settle(ctx, add(ctx, first, i - 1), size, sampling), weight]);
  }
  const at = settle(ctx, place, size, sampling);
  const first = unary(ctx, 'floor', at);
  const rest = sub(ctx, at, first);
  return [
    [first, sub(ctx, 1, rest)],
    [add(ctx, first, 1), rest],
  ];
}

/** x[N,C,…], grid[N,…,rank] whose last number is along the first dimension → [N,C,…]. */
function sample(ctx: Context, x: PyTensor, grid: PyTensor, sampling: Sampling): PyTensor {
  const sizes = x.type.shape.slice(2);
  const [batch, channels] = [sizeOf(x, 0), sizeOf(x, 1)];
  const image = reshape(ctx, x, [batch, channels, elements(sizes)]);
  const last = grid.type.shape.length - 1;
  const along = sizes.map((size, dim) => {
    const coordinate = select(ctx, grid, last, sizes.length - 1 - dim);
    return neighbours(ctx, pixels(ctx, coordinate, size, sampling.aligned), size, sampling);
  });
  let corners: { readonly places: readonly PyTensor[]; readonly weight: PyTensor | null }[] = [
    { places: [], weight: null },
  ];
  for (const choices of along) {
    corners = corners.flatMap(({ places, weight }) =>
      choices.map(([place, own]) => ({
        places: [...places, place],
        weight: weight && own ? mul(ctx, weight, own) : (own ?? weight),
      })),
    );
  }
  const count = elements(grid.type.shape.slice(0, -1)) / batch;
  let sum: PyTensor | undefined;
  for (const { places, weight } of corners) {
    const values = read(ctx, image, sizes, places);
    const part = weight ? mul(ctx, values, reshape(ctx, weight, [batch, 1, count])) : values;
    sum = sum ? add(ctx, sum, part) : part;
  }
  return reshape(ctx, sum ?? image, [batch, channels, ...grid.type.shape.slice(1, -1)]);
}

export const visions: NativeTable = table((define) => {
  define('grid_sample', "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None", (ctx, args) => {
    const [x, grid] = [args.tensor('input'), args.tensor('grid')];
    const [mode, padding] = [args.string('mode'), args.string('padding_mode')];
    const rank = x.type.shape.length - 2;
    if (!['bilinear', 'nearest', 'bicubic'].includes(mode) || (mode === 'bicubic' && rank !== 2)) {
      ctx.raise(
        'ValueError',
        `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode}'`,
      );
    }
    if (!['zeros', 'border', 'reflection'].includes(padding)) {
      ctx.raise(
        'ValueError',
        `nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '${padding}'`,
      );
    }
    if (rank < 2 || rank > 3 || grid.type.shape.length !== rank + 2 || sizeOf(grid, -1) !== rank) {
      ctx.raise(
        'RuntimeError',
        `grid_sampler(): expected grid to have size ${rank} in last dimension, but got grid with sizes [${grid.type.shape.join(', ')}]`,
      );
    }
    if (sizeOf(x, 0) !== sizeOf(grid, 0)) {
      ctx.raise(
        'RuntimeError',
        `grid_sampler(): expected grid and input to have same batch size, but got input with sizes [${x.type.shape.join(', ')}] and grid with sizes [${grid.type.shape.join(', ')}]`,
      );
    }
    return sample(ctx, x, grid, { mode, padding, aligned: args.optionalBool('align_corners') ?? false });
  });
  define('affine_grid', 'theta, size, align_corners=None', (ctx, args) => {
    const theta = args.tensor('theta');
    const size = args.ints('size');
    const sizes = size.slice(2);
    const aligned = args.optionalBool('align_corners') ?? false;
    const total = elements(sizes);
    const rank = sizes.length;
    const at = (count: number, i: number) =>
      count <= 1 ? 0 : (-1 + (2 * i) / (count - 1)) * (aligned ? 1 : (count - 1) / count);
    // Each row is a place, the last dimension first, and a 1 that takes the shift.
    const base = numbers(ctx, total * (rank + 1), (i) => {
      const column = i % (rank + 1);
      if (column === rank) return 1;
      const dim = rank - 1 - column;
      const inner = elements(sizes.slice(dim + 1));
      const count = sizeAt(sizes, dim);
      return at(count, Math.floor(Math.floor(i / (rank + 1)) / inner) % count);
    });
    const rows = knownTensor(ctx, { dtype: theta.type.dtype, shape: [total, rank + 1] }, base);
    const grid = matmul(ctx, rows, transpose(ctx, theta, 1, 2));
    return reshape(ctx, grid, [sizeOf(theta, 0), ...sizes, rank]);
  });
});
