/** `torch.nn.functional`. */

import { sequence } from '../arguments';
import { type Context, type NativeBody, native } from '../native';
import type { PyTensor, PyValue } from '../values';
import { functionalActivations } from './activationFunctions';
import { adaptivePool, attention, batched, bothEnds, dropout, linear, pool, samePadding } from './layerOps';
import { arithmetic, expand, reduce, shared } from './methods';
import { apply, reshape } from './tensor';

const WAY_OUT = 'export the model to ONNX and compare that file instead, or compare a submodule';

export function functionalMembers(): Map<string, PyValue> {
  const members = new Map<string, PyValue>(functionalActivations());
  const define = (names: string, signature: string, body: NativeBody): void => {
    for (const name of names.split(' ')) members.set(name, native(signature, body, name));
  };

  define('linear', 'input, weight, bias=None', (ctx, args) =>
    linear(ctx, args.tensor('input'), args.tensor('weight'), args.optionalTensor('bias') ?? null),
  );
  for (const rank of [1, 2, 3]) {
    define(`conv${rank}d`, 'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1', (ctx, args) => {
      const weight = args.tensor('weight');
      const dilation = args.intOrTuple('dilation', rank);
      const padding = args.get('padding');
      const kernel = weight.type.shape.slice(2);
      return batched(ctx, args.tensor('input'), rank + 2, (x) =>
        apply(
          ctx,
          {
            kind: 'conv',
            stride: args.intOrTuple('stride', rank),
            dilation,
            groups: args.int('groups'),
            padding:
              padding === 'same'
                ? samePadding(kernel, dilation)
                : bothEnds(padding === 'valid' ? kernel.map(() => 0) : args.intOrTuple('padding', rank)),
          },
          x,
          weight,
          args.optionalTensor('bias') ?? null,
        ),
      );
    });
    define(
      `conv_transpose${rank}d`,
      'input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1',
      (ctx, args) =>
        batched(ctx, args.tensor('input'), rank + 2, (x) =>
          apply(
            ctx,
            {
              kind: 'conv_transpose',
              stride: args.intOrTuple('stride', rank),
              padding: bothEnds(args.intOrTuple('padding', rank)),
              outputPadding: args.intOrTuple('output_padding', rank),
              dilation: args.intOrTuple('dilation', rank),
              groups: args.int('groups'),
            },
            x,
            args.tensor('weight'),
            args.optionalTensor('bias') ?? null,
          ),
        ),
    );
    define(
      `max_pool${rank}d`,
      'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False',
      (ctx, args) => {
        if (args.bool('return_indices'))
          ctx.error('unsupported', `max_pool${rank}d(return_indices=True) is not supported; ${WAY_OUT}`);
        const kernel = args.intOrTuple('kernel_size', rank);
        return pool(ctx, 'max', args.tensor('input'), {
          kernel,
          stride: args.isNone('stride') ? kernel : args.intOrTuple('stride', rank),
          padding: args.intOrTuple('padding', rank),
          dilation: args.intOrTuple('dilation', rank),
          ceil: args.bool('ceil_mode'),
        });
      },
    );
    define(
      `avg_pool${rank}d`,
      'input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None',
      (ctx, args) => {
        if (!args.isNone('divisor_override'))
          ctx.error('unsupported', `avg_pool${rank}d(divisor_override=…) is not supported; ${WAY_OUT}`);
        const kernel = args.intOrTuple('kernel_size', rank);
        return pool(ctx, 'avg', args.tensor('input'), {
          kernel,
          stride: args.isNone('stride') ? kernel : args.intOrTuple('stride', rank),
          padding: args.intOrTuple('padding', rank),
          ceil: args.bool('ceil_mode'),
          countIncludePad: args.bool('count_include_pad'),
        });
      },
    );
    for (const kind of ['avg', 'max'] as const) {
      define(`adaptive_${kind}_pool${rank}d`, 'input, output_size, return_indices=False', (ctx, args) => {
        if (args.bool('return_indices'))
          ctx.error('unsupported', `adaptive_max_pool${rank}d(return_indices=True) is not supported; ${WAY_OUT}`);
        return adaptivePool(ctx, kind, args.tensor('input'), outputSizes(args.get('output_size'), rank));
      });
    }
  }

  for (const [name, variant] of [
    ['dropout', 'element'],
    ['dropout1d', 'channel'],
    ['dropout2d', 'channel'],
    ['dropout3d', 'channel'],
    ['alpha_dropout', 'alpha'],
  ] as const) {
    define(name, 'input, p=0.5, training=True, inplace=False', (ctx, args) =>
      dropout(ctx, args.tensor('input'), args.float('p'), variant),
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
  define('group_norm', 'input, num_groups, weight=None, bias=None, eps=1e-05', (ctx, args) =>
    apply(
      ctx,
      { kind: 'group_norm', groups: args.int('num_groups'), eps: args.float('eps') },
      args.tensor('input'),
      args.optionalTensor('weight') ?? null,
      args.optionalTensor('bias') ?? null,
    ),
  );
  define(
    'batch_norm',
    'input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05',
    (ctx, args) =>
      apply(
        ctx,
        { kind: 'batch_norm', eps: args.float('eps'), momentum: args.float('momentum') },
        args.tensor('input'),
        args.optionalTensor('weight') ?? null,
        args.optionalTensor('bias') ?? null,
        args.optionalTensor('running_mean') ?? null,
        args.optionalTensor('running_var') ?? null,
      ),
  );
  define('normalize', 'input, p=2.0, dim=1, eps=1e-12, out=None', (ctx, args) => {
    const x = args.tensor('input');
    if (args.float('p') !== 2) ctx.error('unsupported', `normalize with p other than 2 is not supported; ${WAY_OUT}`);
    const squares = reduce(ctx, 'sum', arithmetic(ctx, 'mul', x, x), [args.dim('dim', x.type.shape.length)], true);
    const norm = apply(ctx, { kind: 'unary', function: 'sqrt' }, squares);
    return arithmetic(ctx, 'div', x, arithmetic(ctx, 'max', norm, args.float('eps')));
  });
  define('embedding', 'input, weight, padding_idx=None', (ctx, args) =>
    apply(
      ctx,
      { kind: 'embedding', paddingIndex: args.optionalInt('padding_idx') ?? null },
      args.tensor('input'),
      args.tensor('weight'),
    ),
  );
  define(
    'scaled_dot_product_attention',
    'query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False',
    (ctx, args) => {
      const scale = args.optionalFloat('scale');
      return attention(ctx, [args.tensor('query'), args.tensor('key'), args.tensor('value')], {
        mask: args.optionalTensor('attn_mask') ?? null,
        causal: args.bool('is_causal'),
        dropout: args.float('dropout_p'),
        ...(scale === undefined ? {} : { scale }),
      });
    },
  );
  define('pad', "input, pad, mode='constant', value=None", (ctx, args) => {
    const modes = { constant: 'constant', reflect: 'reflect', replicate: 'replicate' } as const;
    const mode = Object.values(modes).find((each) => each === args.string('mode'));
    if (!mode) return ctx.error('unsupported', `pad(mode='${args.string('mode')}') is not supported; ${WAY_OUT}`);
    return pad(ctx, args.tensor('input'), args.ints('pad'), mode, args.optionalFloat('value') ?? 0);
  });
  define(
    'interpolate upsample',
    "input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False",
    (ctx, args) => {
      const x = args.tensor('input');
      const lengths = x.type.shape.slice(2);
      const rank = lengths.length;
      const scale = args.isNone('scale_factor') ? undefined : sequenceOrRepeat(args.get('scale_factor'), rank);
      const target = scale
        ? lengths.map((length, i) => Math.floor(length * Number(scale[i] ?? 1)))
        : args.intOrTuple('size', rank);
      return nearest(ctx, x, target, args.string('mode'));
    },
  );
  define('pixel_shuffle', 'input, upscale_factor', (ctx, args) =>
    pixelShuffle(ctx, args.tensor('input'), args.int('upscale_factor')),
  );
  const sharedFlatten = shared.get('flatten');
  if (sharedFlatten) members.set('flatten', sharedFlatten);
  return members;
}

function sequenceOrRepeat(value: PyValue, count: number): readonly PyValue[] {
  return sequence(value) ?? new Array<PyValue>(count).fill(value);
}

/** `(1, None)` or one number: null keeps the input's size. */
export function outputSizes(value: PyValue, rank: number): (number | null)[] {
  return sequenceOrRepeat(value, rank).map((each) => (each === null ? null : Number(each)));
}

/** PyTorch lists pairs from the last dimension backwards. */
export function pad(
  ctx: Context,
  x: PyTensor,
  pairs: readonly number[],
  mode: 'constant' | 'reflect' | 'replicate',
  value: number,
): PyTensor {
  const rank = x.type.shape.length;
  const padding = new Array<number>(2 * rank).fill(0);
  for (let i = 0; i < pairs.length / 2; i++) {
    padding[rank - 1 - i] = pairs[2 * i] ?? 0;
    padding[2 * rank - 1 - i] = pairs[2 * i + 1] ?? 0;
  }
  return apply(ctx, { kind: 'pad', mode, padding, value }, x);
}

/** Nearest-neighbour enlarging by whole factors: each size stretched by a broadcast. */
export function nearest(ctx: Context, x: PyTensor, target: readonly number[], mode: string): PyTensor {
  const lengths = x.type.shape.slice(2);
  const factors = lengths.map((length, i) => (target[i] ?? length) / length);
  if (mode !== 'nearest' || factors.some((factor) => !Number.isInteger(factor))) {
    return ctx.error(
      'unsupported',
      `interpolate(mode='${mode}') from ${lengths.join('x')} to ${target.join('x')} is not supported: nearest by whole factors is; ${WAY_OUT}`,
    );
  }
  const head = x.type.shape.slice(0, 2);
  const spread = reshape(ctx, x, [...head, ...lengths.flatMap((length) => [length, 1])]);
  const wide = expand(ctx, spread, [...head, ...lengths.flatMap((length, i) => [length, factors[i] ?? 1])]);
  return reshape(ctx, wide, [...head, ...target]);
}

export function pixelShuffle(ctx: Context, x: PyTensor, factor: number): PyTensor {
  const [n = 1, c = 1, h = 1, w = 1] = x.type.shape;
  const out = c / factor ** 2;
  if (!Number.isInteger(out)) {
    ctx.raise(
      'RuntimeError',
      `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${c} is not divisible by ${factor ** 2}`,
    );
  }
  const split = reshape(ctx, x, [n, out, factor, factor, h, w]);
  const moved = apply(ctx, { kind: 'permute', dims: [0, 1, 4, 2, 5, 3] }, split);
  return reshape(ctx, moved, [n, out, h * factor, w * factor]);
}
