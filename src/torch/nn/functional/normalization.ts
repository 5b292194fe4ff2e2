/** Normalisations as functions. */
import { firstElements } from '../../../graph/access';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { arithmetic, reduce, unary } from '../../ops/operations';
import { vectorNorm } from '../../ops/reduction';
import { assign } from '../../tensor/inplace';
import { apply, elements, sizeOf } from '../../tensor/tensor';
import { reshape } from '../../tensor/views';
import { pool } from './pooling';

/** x / √(mean(x²) + eps) · weight over the last dimensions. */
export function rmsNorm(
  ctx: Context,
  x: PyTensor,
  shape: readonly number[],
  weight: PyTensor | null,
  eps: number,
): PyTensor {
  const rank = x.type.shape.length;
  if (shape.some((size, i) => size !== x.type.shape[rank - shape.length + i])) {
    ctx.raise(
      'RuntimeError',
      `Given normalized_shape=[${shape.join(', ')}], expected input with shape [*, ${shape.join(', ')}], but got input of size[${x.type.shape.join(', ')}]`,
    );
  }
  const dims = shape.map((_, i) => rank - shape.length + i);
  const mean = reduce(ctx, 'mean', arithmetic(ctx, 'mul', x, x), dims, true);
  const normal = arithmetic(ctx, 'mul', x, unary(ctx, 'rsqrt', arithmetic(ctx, 'add', mean, eps)));
  return weight ? arithmetic(ctx, 'mul', normal, weight) : normal;
}

/** x / (k + α · mean of x² over `size` neighbouring channels)^β. */
export function localResponseNorm(
  ctx: Context,
  x: PyTensor,
  { size, alpha, beta, k }: { size: number; alpha: number; beta: number; k: number },
): PyTensor {
  const [n, c, ...spatial] = firstElements(x.type.shape, 2);
  const squares = reshape(ctx, arithmetic(ctx, 'mul', x, x), [n, 1, c, elements(spatial)]);
  const padding = [0, 0, Math.floor(size / 2), 0, 0, 0, Math.floor((size - 1) / 2), 0];
  const padded = apply(ctx, { kind: 'pad', mode: 'constant', padding, value: 0 }, squares);
  const window = { kernel: [size, 1], stride: [1, 1], padding: [0, 0], ceil: false, countIncludePad: true };
  const mean = reshape(ctx, pool(ctx, 'avg', padded, window), x.type.shape);
  const divisor = arithmetic(ctx, 'add', arithmetic(ctx, 'mul', mean, alpha), k);
  return arithmetic(ctx, 'div', x, arithmetic(ctx, 'pow', divisor, beta));
}

/** Moves running statistics towards the mean of the examples' own: their means, and their unbiased variances. */
function followInstances(ctx: Context, x: PyTensor, mean: PyTensor, variance: PyTensor, momentum: number): void {
  const places = x.type.shape.map((_, i) => i).slice(2);
  const count = elements(x.type.shape.slice(2));
  const own = reduce(ctx, 'mean', x, places, true);
  const centred = arithmetic(ctx, 'sub', x, own);
  const spread = reduce(ctx, 'mean', arithmetic(ctx, 'mul', centred, centred), places, true);
  const follow = (running: PyTensor, fresh: PyTensor): void => {
    const target = reshape(ctx, reduce(ctx, 'mean', fresh, [0], true), running.type.shape);
    const kept = arithmetic(ctx, 'mul', running, 1 - momentum);
    assign(ctx, running, arithmetic(ctx, 'add', kept, arithmetic(ctx, 'mul', target, momentum)));
  };
  follow(mean, own);
  follow(variance, arithmetic(ctx, 'mul', spread, count / (count - 1)));
}

/** PyTorch's refusal to normalise one number by itself. */
export function refuseSingleValue(ctx: Context, count: number, x: PyTensor, what = 'value per channel'): void {
  if (count !== 1) return;
  ctx.raise(
    'ValueError',
    `Expected more than 1 ${what} when training, got input size torch.Size([${x.type.shape.join(', ')}])`,
  );
}

/** What an instance norm computes with: parameters and running statistics, null where it has none. */
export interface InstanceParts {
  readonly weight: PyTensor | null;
  readonly bias: PyTensor | null;
  readonly mean: PyTensor | null;
  readonly variance: PyTensor | null;
}

/**
 * Each channel of each example alone, or by the running statistics.
 * @param momentum how far the running statistics, where there are any, move towards the examples' mean ones; null where
 * they are used instead
 */
export function instanceNorm(
  ctx: Context,
  x: PyTensor,
  { weight, bias, mean, variance }: InstanceParts,
  eps: number,
  momentum: number | null,
): PyTensor {
  if (mean && variance && momentum === null) {
    return apply(ctx, { kind: 'batch_norm', eps, momentum: 0.1, frozen: true }, x, weight, bias, mean, variance);
  }
  refuseSingleValue(ctx, elements(x.type.shape.slice(2)), x, 'spatial element');
  if (mean && variance && ctx.training) followInstances(ctx, x, mean, variance, momentum ?? 0);
  // One group a channel.
  return apply(ctx, { kind: 'group_norm', groups: sizeOf(x, 1), eps }, x, weight, bias);
}

export const normalizations: NativeTable = table((define) => {
  define('layer_norm', 'input, normalized_shape, weight=None, bias=None, eps=1e-05', (ctx, args) =>
    apply(
      ctx,
      { kind: 'layer_norm', shape: args.ints('normalized_shape'), eps: args.float('eps') },
      args.tensor('input'),
      args.optionalTensor('weight') ?? null,
      args.optionalTensor('bias') ?? null,
    ),
  );
  define('rms_norm', 'input, normalized_shape, weight=None, eps=None', (ctx, args) =>
    rmsNorm(
      ctx,
      args.tensor('input'),
      args.ints('normalized_shape'),
      args.optionalTensor('weight') ?? null,
      args.optionalFloat('eps') ?? 2 ** -23,
    ),
  );
  define('group_norm', 'input, num_groups, weight=None, bias=None, eps=1e-05', (ctx, args) => {
    const x = args.tensor('input');
    const groups = args.int('num_groups');
    refuseSingleValue(ctx, elements(x.type.shape) / groups, x);
    const weight = args.optionalTensor('weight') ?? null;
    return apply(
      ctx,
      { kind: 'group_norm', groups, eps: args.float('eps') },
      x,
      weight,
      args.optionalTensor('bias') ?? null,
    );
  });
  define(
    'batch_norm',
    'input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05',
    (ctx, args) => {
      const x = args.tensor('input');
      const isBatch = args.bool('training') || args.isNone('running_mean');
      // In evaluation, too, the batch's own statistics are used where the code says so.
      const running = (name: string) => (isBatch && !ctx.training ? null : (args.optionalTensor(name) ?? null));
      for (const name of ['running_mean', 'running_var', 'weight', 'bias']) {
        const [channels, found] = [sizeOf(x, 1), elements(args.optionalTensor(name)?.type.shape ?? [sizeOf(x, 1)])];
        if (found !== channels) ctx.raise('RuntimeError', `${name} should contain ${channels} elements not ${found}`);
      }
      if (isBatch) refuseSingleValue(ctx, elements(x.type.shape) / sizeOf(x, 1), x);
      return apply(
        ctx,
        {
          kind: 'batch_norm',
          eps: args.float('eps'),
          momentum: args.optionalFloat('momentum') ?? null,
          ...(ctx.training && !args.bool('training') ? { frozen: true as const } : {}),
        },
        x,
        args.optionalTensor('weight') ?? null,
        args.optionalTensor('bias') ?? null,
        running('running_mean'),
        running('running_var'),
      );
    },
  );
  define(
    'instance_norm',
    'input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05',
    (ctx, args) => {
      const running = (name: string) => args.optionalTensor(name) ?? null;
      const parts = {
        weight: args.optionalTensor('weight') ?? null,
        bias: args.optionalTensor('bias') ?? null,
        mean: running('running_mean'),
        variance: running('running_var'),
      };
      const momentum = args.bool('use_input_stats') ? args.float('momentum') : null;
      return instanceNorm(ctx, args.tensor('input'), parts, args.float('eps'), momentum);
    },
  );
  define('local_response_norm', 'input, size, alpha=0.0001, beta=0.75, k=1.0', (ctx, args) =>
    localResponseNorm(ctx, args.tensor('input'), {
      size: args.int('size'),
      alpha: args.float('alpha'),
      beta: args.float('beta'),
      k: args.float('k'),
    }),
  );
  define('normalize', 'input, p=2.0, dim=1, eps=1e-12, out=None', (ctx, args) => {
    const x = args.tensor('input');
    const norm = vectorNorm(ctx, x, args.float('p'), args.dims('dim', x.type.shape.length), true);
    return arithmetic(ctx, 'div', x, arithmetic(ctx, 'max', norm, args.float('eps')));
  });
});
