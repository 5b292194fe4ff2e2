/** Normalisations, dropout and embeddings as functions. */
import { say } from '../../../language/say';
import type { Context } from '../../../python/natives/context';
import { wayOut } from '../../../python/natives/errors';
import { type Table, table } from '../../../python/natives/table';
import type { PyTensor, PyValue } from '../../../python/values/values';
import { arithmetic, choose, comparison, reduce, unary } from '../../ops/operations';
import { vectorNorm } from '../../ops/reduction';
import { apply, cast, concatenate, elements, known, numbers, uniformly } from '../../tensor/tensor';
import { reshape, slice, unsqueeze } from '../../tensor/views';
import { dropout, pool } from './operators';

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
  const [n = 1, c = 1, ...spatial] = x.type.shape;
  const squares = reshape(ctx, arithmetic(ctx, 'mul', x, x), [n, 1, c, elements(spatial)]);
  const padding = [0, 0, Math.floor(size / 2), 0, 0, 0, Math.floor((size - 1) / 2), 0];
  const padded = apply(ctx, { kind: 'pad', mode: 'constant', padding, value: 0 }, squares);
  const window = { kernel: [size, 1], stride: [1, 1], padding: [0, 0], ceil: false, countIncludePad: true };
  const mean = reshape(ctx, pool(ctx, 'avg', padded, window), x.type.shape);
  const divisor = arithmetic(ctx, 'add', arithmetic(ctx, 'mul', mean, alpha), k);
  return arithmetic(ctx, 'div', x, arithmetic(ctx, 'pow', divisor, beta));
}

/** PyTorch's refusal to normalise one number by itself. */
export function severalValues(ctx: Context, count: number, x: PyTensor, what = 'value per channel'): void {
  if (count !== 1) return;
  ctx.raise(
    'ValueError',
    `Expected more than 1 ${what} when training, got input size torch.Size([${x.type.shape.join(', ')}])`,
  );
}

/** Each channel of each example alone; with running statistics where those are used instead. */
export function instanceNorm(
  ctx: Context,
  x: PyTensor,
  parts: { weight: PyTensor | null; bias: PyTensor | null; mean: PyTensor | null; variance: PyTensor | null },
  eps: number,
): PyTensor {
  const { weight, bias, mean, variance } = parts;
  if (mean && variance) {
    return apply(ctx, { kind: 'batch_norm', eps, momentum: 0.1 }, x, weight, bias, mean, variance);
  }
  severalValues(ctx, elements(x.type.shape.slice(2)), x, 'spatial element');
  // One group a channel.
  return apply(ctx, { kind: 'group_norm', groups: x.type.shape[1] ?? 1, eps }, x, weight, bias);
}

function oneHot(ctx: Context, x: PyTensor, classes: number): PyTensor {
  const largest = x.data && Array.from(x.data).reduce((most, value) => Math.max(most, value), -1);
  const count = classes >= 0 ? classes : largest === undefined ? undefined : largest + 1;
  if (count === undefined) {
    return ctx.error('unsupported', say('one_hot needs num_classes where its input is known only when the model runs'));
  }
  if (largest !== undefined && largest >= count) {
    ctx.raise('RuntimeError', 'Class values must be smaller than num_classes.');
  }
  const table = known(
    ctx,
    { dtype: 'int64', shape: [count] },
    numbers(ctx, count, (i) => i),
  );
  return cast(ctx, comparison(ctx, 'eq', unsqueeze(ctx, x, x.type.shape.length), table), 'int64');
}

/** Sums, means or maxima of the rows that bags of indices name: bags are rows, or begin at known offsets. */
export function embeddingBag(
  ctx: Context,
  input: PyTensor,
  weight: PyTensor,
  options: {
    offsets: PyTensor | null;
    mode: string;
    weights: PyTensor | null;
    includeLast: boolean;
    padding: number | null;
  },
): PyTensor {
  const { offsets, mode } = options;
  if (options.padding !== null) return paddedBag(ctx, input, weight, { ...options, padding: options.padding });
  const rows = apply(ctx, { kind: 'embedding', paddingIndex: null }, input, weight);
  const { weights } = options;
  const scaled = weights ? arithmetic(ctx, 'mul', rows, unsqueeze(ctx, weights, weights.type.shape.length)) : rows;
  const bag = (found: PyTensor, dim: number, keepdim: boolean): PyTensor =>
    reduce(ctx, mode === 'max' ? 'max' : mode === 'sum' ? 'sum' : 'mean', found, [dim], keepdim);
  if (input.type.shape.length === 2) return bag(scaled, 1, false);
  const starts = offsets?.data;
  if (!starts) {
    return ctx.error(
      'unsupported',
      say('EmbeddingBag needs offsets that are known; give it a matrix with a row for each bag'),
    );
  }
  const ends = [...Array.from(starts), ...(options.includeLast ? [] : [input.type.shape[0] ?? 0])];
  const bags = ends.slice(1).map((end, i): PyTensor => {
    const start = ends[i] ?? 0;
    if (start < end) return bag(slice(ctx, scaled, 0, start, end), 0, true);
    return uniformly(ctx, { dtype: 'float32', shape: [1, weight.type.shape[1] ?? 1] }, 0);
  });
  return concatenate(ctx, bags, 0);
}

/** Bags from which the rows of the padding index are left out: they count for nothing, and not in a mean. */
function paddedBag(
  ctx: Context,
  input: PyTensor,
  weight: PyTensor,
  options: Parameters<typeof embeddingBag>[3] & { readonly padding: number },
): PyTensor {
  const { mode, padding } = options;
  if (input.type.shape.length !== 2) {
    return ctx.error(
      'unsupported',
      say('embedding_bag(padding_idx=…) with offsets is not supported; give it a matrix with a row for each bag'),
    );
  }
  const counts = comparison(ctx, 'ne', input, BigInt(padding));
  const kept = cast(ctx, counts, weight.type.dtype);
  if (mode === 'max') {
    const rows = apply(ctx, { kind: 'embedding', paddingIndex: null }, input, weight);
    const largest = reduce(ctx, 'max', choose(ctx, unsqueeze(ctx, counts, 2), rows, -3.4028234663852886e38), [1]);
    return choose(ctx, comparison(ctx, 'gt', reduce(ctx, 'sum', kept, [1], true), 0n), largest, 0n);
  }
  const weights = options.weights ? arithmetic(ctx, 'mul', options.weights, kept) : kept;
  const sums = embeddingBag(ctx, input, weight, { ...options, mode: 'sum', weights, padding: null });
  if (mode === 'sum') return sums;
  const count = arithmetic(ctx, 'max', reduce(ctx, 'sum', kept, [1], true), 1);
  return arithmetic(ctx, 'div', sums, count);
}

/** x₁·x₂ of vectors of length one; lengths below `eps` count as `eps`. */
function cosineSimilarity(ctx: Context, a: PyTensor, b: PyTensor, dim: number, eps: number): PyTensor {
  const axis = dim < 0 ? dim + Math.max(a.type.shape.length, b.type.shape.length) : dim;
  const unit = (x: PyTensor) => {
    const own = axis - (Math.max(a.type.shape.length, b.type.shape.length) - x.type.shape.length);
    return arithmetic(ctx, 'div', x, arithmetic(ctx, 'max', vectorNorm(ctx, x, 2, [own], true), eps));
  };
  return reduce(ctx, 'sum', arithmetic(ctx, 'mul', unit(a), unit(b)), [axis]);
}

const DROPOUTS = [
  ['dropout', 0.5, 'element'],
  ['dropout1d', 0.5, 'channel'],
  ['dropout2d', 0.5, 'channel'],
  ['dropout3d', 0.5, 'channel'],
  ['alpha_dropout', 0.5, 'alpha'],
  ['feature_alpha_dropout', 0.5, 'alpha'],
] as const;

export const normalising: Table = table((define) => {
  for (const [name, p, variant] of DROPOUTS) {
    define(name, `input, p=${p}, training=True, inplace=False`, (ctx, args) =>
      ctx.training && !args.bool('training')
        ? args.tensor('input')
        : dropout(ctx, args.tensor('input'), args.float('p'), variant),
    );
  }
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
    severalValues(ctx, elements(x.type.shape) / groups, x);
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
      if (isBatch) severalValues(ctx, elements(x.type.shape) / (x.type.shape[1] ?? 1), x);
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
        args.optionalTensor('running_mean') ?? null,
        args.optionalTensor('running_var') ?? null,
      );
    },
  );
  define(
    'instance_norm',
    'input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05',
    (ctx, args) => {
      const running = (name: string) => (args.bool('use_input_stats') ? null : (args.optionalTensor(name) ?? null));
      const parts = {
        weight: args.optionalTensor('weight') ?? null,
        bias: args.optionalTensor('bias') ?? null,
        mean: running('running_mean'),
        variance: running('running_var'),
      };
      return instanceNorm(ctx, args.tensor('input'), parts, args.float('eps'));
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
  define('cosine_similarity', 'x1, x2, dim=1, eps=1e-08', (ctx, args) =>
    cosineSimilarity(ctx, args.tensor('x1'), args.tensor('x2'), args.int('dim'), args.float('eps')),
  );
  define('pairwise_distance', 'x1, x2, p=2.0, eps=1e-06, keepdim=False', (ctx, args) => {
    const difference = arithmetic(ctx, 'add', arithmetic(ctx, 'sub', args.get('x1'), args.get('x2')), args.get('eps'));
    return vectorNorm(ctx, difference, args.float('p'), [difference.type.shape.length - 1], args.bool('keepdim'));
  });
  define(
    'embedding',
    'input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
    (ctx, args) => {
      if (!args.isNone('max_norm'))
        ctx.error('unsupported', say('embedding(max_norm=…) is not supported; {0}', wayOut()));
      return apply(
        ctx,
        { kind: 'embedding', paddingIndex: args.optionalInt('padding_idx') ?? null },
        args.tensor('input'),
        args.tensor('weight'),
      );
    },
  );
  define(
    'embedding_bag',
    "input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None",
    (ctx, args): PyValue => {
      if (!args.isNone('max_norm'))
        ctx.error('unsupported', say('embedding_bag(max_norm=…) is not supported; {0}', wayOut()));
      return embeddingBag(ctx, args.tensor('input'), args.tensor('weight'), {
        offsets: args.optionalTensor('offsets') ?? null,
        mode: args.string('mode'),
        weights: args.optionalTensor('per_sample_weights') ?? null,
        includeLast: args.bool('include_last_offset'),
        padding: args.optionalInt('padding_idx') ?? null,
      });
    },
  );
  define('one_hot', 'input, num_classes=-1', (ctx, args) => oneHot(ctx, args.tensor('input'), args.int('num_classes')));
});
