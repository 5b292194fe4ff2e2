/**
 * Pooling as functions.
 * `F.max_pool1d`, `F.max_pool2d`, `F.max_pool3d`, `F.max_pool1d_with_indices`, `F.max_pool2d_with_indices`,
 * `F.max_pool3d_with_indices`, `F.max_unpool1d`, `F.max_unpool2d`, `F.max_unpool3d`, `F.avg_pool1d`, `F.avg_pool2d`,
 * `F.avg_pool3d`, `F.lp_pool1d`, `F.lp_pool2d`, `F.lp_pool3d`, `F.adaptive_avg_pool1d`, `F.adaptive_avg_pool2d`,
 * `F.adaptive_avg_pool3d`, `F.adaptive_max_pool1d`, `F.adaptive_max_pool2d`, `F.adaptive_max_pool3d`,
 * `F.fractional_max_pool2d`, `F.fractional_max_pool3d`
 */
import { firstElements, itemAt } from '../../../graph/access';
import { adaptivePlaces, windowPlaces } from '../../../graph/windows';
import { say } from '../../../language/say';
import { type NativeArguments, sequence } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import { type PyTensor, PyTuple, type PyValue } from '../../../python/values/values';
import { arithmetic, reduce } from '../../ops/operations';
import { apply, elements, full, knownTensor, sizeOf } from '../../tensor/tensor';
import { broadcastTo, reshape } from '../../tensor/views';
import { runBatched } from './batched';
import { bothEnds } from './conv';
import { gatherWindows } from './sliding';

/** `(1, None)` or one number: null keeps the input's size. */
function outputSizes(value: PyValue, rank: number): (number | null)[] {
  const items = sequence(value) ?? new Array<PyValue>(rank).fill(value);
  return items.map((each) => (each === null ? null : Number(each)));
}

function strideOf(args: NativeArguments, rank: number, kernel: readonly number[]): readonly number[] {
  const given = args.isNone('stride') || sequence(args.get('stride'))?.length === 0;
  return given ? kernel : args.intOrTuple('stride', rank);
}

/** Maxima of windows and where in the input they stand, as `max_unpool` wants them: by a table of the windows' places. */
function maxWithPlaces(
  ctx: Context,
  x: PyTensor,
  output: readonly number[],
  within: Int32Array,
): readonly [values: PyTensor, places: PyTensor] {
  const [n, c] = firstElements(x.type.shape, 2);
  const windows = gatherWindows(ctx, x, within, elements(output), -3.4028234663852886e38);
  const shape = [n, c, ...output];
  const values = reshape(ctx, reduce(ctx, 'max', windows, [2]), shape);
  const first = apply(ctx, { kind: 'arg', function: 'max', dim: 2, keepdim: true }, windows);
  const table = knownTensor(
    ctx,
    { dtype: 'int64', shape: [1, 1, within.length / elements(output), elements(output)] },
    within,
  );
  const places = apply(ctx, { kind: 'gather_elements', dim: 2 }, broadcastTo(ctx, table, windows.type.shape), first);
  return [values, reshape(ctx, places, shape)];
}

export const pooling: NativeTable = table((define) => {
  for (const rank of [1, 2, 3]) {
    const maxPool = (ctx: Context, args: NativeArguments, withPlaces: boolean): PyValue => {
      const kernel = args.intOrTuple('kernel_size', rank);
      const stride = strideOf(args, rank, kernel);
      const padding = args.intOrTuple('padding', rank);
      const dilation = args.intOrTuple('dilation', rank);
      const ceil = args.bool('ceil_mode');
      const values = pool(ctx, 'max', args.tensor('input'), { kernel, stride, padding, dilation, ceil });
      if (!withPlaces) return values;
      const x = args.tensor('input');
      const batch = x.type.shape.length === rank + 1 ? reshape(ctx, x, [1, ...x.type.shape]) : x;
      const output = values.type.shape.slice(-rank);
      const within = windowPlaces(batch.type.shape.slice(2), output, { kernel, stride, padding, dilation });
      const [found, places] = maxWithPlaces(ctx, batch, output, within);
      return new PyTuple([found, places].map((each) => reshape(ctx, each, values.type.shape)));
    };
    const parameters = 'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False';
    define(`max_pool${rank}d`, parameters, (ctx, args) => maxPool(ctx, args, args.bool('return_indices')));
    define(`max_pool${rank}d_with_indices`, parameters, (ctx, args) => maxPool(ctx, args, true));
    define(
      `avg_pool${rank}d`,
      'input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None',
      (ctx, args) => {
        const kernel = args.intOrTuple('kernel_size', rank);
        const divisor = args.optionalInt('divisor_override');
        const window = { kernel, stride: strideOf(args, rank, kernel), padding: args.intOrTuple('padding', rank) };
        const options = { ...window, ceil: args.bool('ceil_mode'), countIncludePad: args.bool('count_include_pad') };
        const x = args.tensor('input');
        const mean = pool(ctx, 'avg', x, options);
        if (divisor === undefined) return mean;
        // Sums, divided by one number: those of the windows that pooling would make, cut off or not.
        const output = mean.type.shape.slice(-rank);
        return runBatched(ctx, x, rank + 2, (batch) => {
          const places = windowPlaces(batch.type.shape.slice(2), output, { ...window, dilation: kernel.map(() => 1) });
          const sums = reduce(ctx, 'sum', gatherWindows(ctx, batch, places, elements(output), 0), [2]);
          const shape = [...batch.type.shape.slice(0, 2), ...output];
          return arithmetic(ctx, 'div', reshape(ctx, sums, shape), BigInt(divisor));
        });
      },
    );
    for (const kind of ['avg', 'max'] as const) {
      define(`adaptive_${kind}_pool${rank}d`, 'input, output_size, return_indices=False', (ctx, args) => {
        const x = args.tensor('input');
        const sizes = outputSizes(args.get('output_size'), rank);
        const values = adaptivePool(ctx, kind, x, sizes);
        if (!args.bool('return_indices')) return values;
        const spatial = x.type.shape.slice(-rank);
        const output = values.type.shape.slice(-rank);
        const batch = reshape(ctx, x, [-1, sizeOf(x, -rank - 1), ...spatial]);
        const [found, places] = maxWithPlaces(ctx, batch, output, adaptivePlaces(spatial, output));
        return new PyTuple([found, places].map((each) => reshape(ctx, each, values.type.shape)));
      });
    }
    define(
      `max_unpool${rank}d`,
      'input, indices, kernel_size, stride=None, padding=0, output_size=None',
      (ctx, args) => {
        const [x, indices] = [args.tensor('input'), args.tensor('indices')];
        const kernel = args.intOrTuple('kernel_size', rank);
        const stride = strideOf(args, rank, kernel);
        const padding = args.intOrTuple('padding', rank);
        const plain = x.type.shape
          .slice(-rank)
          .map((size, i) => (size - 1) * itemAt(stride, i) - 2 * itemAt(padding, i) + itemAt(kernel, i));
        const output = args.optionalInts('output_size')?.slice(-rank) ?? plain;
        const front = x.type.shape.slice(0, -rank);
        const flat = (tensor: PyTensor) => reshape(ctx, tensor, [elements(front), -1]);
        const empty = full(ctx, { dtype: x.type.dtype, shape: [elements(front), elements(output)] }, 0);
        const op = { kind: 'scatter_elements', dim: 1, reduction: 'none' } as const;
        return reshape(ctx, apply(ctx, op, empty, flat(indices), flat(x)), [...front, ...output]);
      },
    );
    define(`lp_pool${rank}d`, 'input, norm_type, kernel_size, stride=None, ceil_mode=False', (ctx, args) => {
      const kernel = args.intOrTuple('kernel_size', rank);
      const p = args.float('norm_type');
      const mean = runBatched(ctx, args.tensor('input'), rank + 2, (x) =>
        pool(ctx, 'avg', arithmetic(ctx, 'pow', x, p), {
          kernel,
          stride: strideOf(args, rank, kernel),
          padding: kernel.map(() => 0),
          ceil: args.bool('ceil_mode'),
          countIncludePad: true,
        }),
      );
      const sums = arithmetic(ctx, 'mul', mean, elements(kernel));
      return arithmetic(ctx, 'pow', sums, 1 / p);
    });
    if (rank === 1) continue;
    define(`fractional_max_pool${rank}d`, '*args, **kwargs', (ctx) =>
      ctx.error(
        'unsupported',
        say('fractional_max_pool{0}d draws its windows at random; use max_pool{1}d', rank, rank),
      ),
    );
  }
});

/** Sizes of a window over `rank` spatial dimensions. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
}

export function pool(
  ctx: Context,
  kind: 'max' | 'avg',
  x: PyTensor,
  window: Window & {
    readonly dilation?: readonly number[];
    readonly ceil: boolean;
    readonly countIncludePad?: boolean;
  },
): PyTensor {
  const { kernel, stride, ceil } = window;
  const padding = bothEnds(window.padding);
  return runBatched(ctx, x, kernel.length + 2, (batch) =>
    kind === 'max'
      ? apply(
          ctx,
          { kind: 'max_pool', kernel, stride, padding, ceil, dilation: window.dilation ?? kernel.map(() => 1) },
          batch,
        )
      : apply(
          ctx,
          { kind: 'avg_pool', kernel, stride, padding, ceil, countIncludePad: window.countIncludePad ?? true },
          batch,
        ),
  );
}

/** `output` has null where the input's size is kept. */
export function adaptivePool(
  ctx: Context,
  kind: 'max' | 'avg',
  x: PyTensor,
  output: readonly (number | null)[],
): PyTensor {
  return runBatched(ctx, x, output.length + 2, (batch) => {
    const sizes = output.map((size, dim) => size ?? sizeOf(batch, dim + 2));
    return apply(ctx, { kind: 'adaptive_pool', function: kind, output: sizes }, batch);
  });
}
