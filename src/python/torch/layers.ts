/** Layers of `torch.nn` with their parameters: PyTorch's names, order and default initialisation. */
import type { Initialiser } from '../../graph/types';
import type { NativeArguments } from '../arguments';
import { type Context, type Eval, native, nativeClass } from '../native';
import { parseSignature } from '../signature';
import { type PyInstance, PyTensor, PyTuple, type PyValue, Unknown } from '../values';
import { layerFunctions } from './functional';
import { makeParameter } from './initial';
import { fill } from './inplace';
import { dropout } from './layerOps';
import { flatten, unflatten } from './layout';
import { moduleState, selfOf } from './module';
import { pad, pixelShuffle } from './resampling';
import { apply, elements, tensorOf } from './tensor';

interface Layer {
  readonly name: string;
  /** Of `__init__`, without self: every argument becomes a field of its name. */
  readonly signature: string;
  /** Registers parameters and buffers, after the fields are set. */
  readonly build?: (layer: Build) => void;
  readonly forward: string;
  readonly run: (ctx: Context, self: PyInstance, args: NativeArguments) => PyValue;
}

/** What building a layer needs: its arguments, and a way to register parameters and buffers. */
class Build {
  constructor(
    readonly ctx: Context,
    readonly self: PyInstance,
    readonly args: NativeArguments,
  ) {}

  parameter(name: string, shape: readonly number[], initialiser: Initialiser): void {
    this.self.fields.delete(name);
    this.self.fields.set(name, makeParameter(this.ctx, { dtype: 'float32', shape }, initialiser));
  }
  none(name: string): void {
    this.self.fields.set(name, null);
  }
  buffer(name: string, shape: readonly number[], value: number, dtype: 'float32' | 'int64' = 'float32'): void {
    const storage = this.ctx.graph.storage({ dtype, shape }, false, { kind: 'constant', value });
    const tensor = tensorOf(this.ctx, this.ctx.graph.storageAt(storage).value, undefined, storage);
    this.ctx.call(this.ctx.getattr(this.self, 'register_buffer'), [name, tensor]);
  }
  set(name: string, sizes: readonly number[]): void {
    this.self.fields.set(name, new PyTuple(sizes.map(BigInt)));
  }
}

/** U(−1/√fan_in, 1/√fan_in): what kaiming_uniform with a = √5 comes to, and PyTorch's default bias. */
function fanIn(fan: number): Initialiser {
  const bound = fan > 0 ? 1 / Math.sqrt(fan) : 0;
  return { kind: 'uniform', low: -bound, high: bound };
}

const ones: Initialiser = { kind: 'constant', value: 1 };
const zeros: Initialiser = { kind: 'constant', value: 0 };
const FACTORY = 'device=None, dtype=None';

/** Calls a function of `torch.nn.functional` with fields of the layer. */
function through(name: string, fields: readonly string[]): Layer['run'] {
  return (ctx, self, args) => {
    const fn = layerFunctions.get(name) ?? null;
    return ctx.call(
      fn,
      [args.get('input')],
      new Map(fields.flatMap((field) => (self.fields.has(field) ? [[field, self.fields.get(field) ?? null]] : []))),
    );
  };
}

function field(ctx: Context, self: PyInstance, name: string): PyTensor | null {
  const value = self.fields.get(name);
  return value instanceof PyTensor
    ? value
    : value === null || value === undefined
      ? null
      : ctx.error('unsupported', `${name} is no tensor`);
}

function convolution(rank: number): Layer {
  return {
    name: `Conv${rank}d`,
    signature: `in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', ${FACTORY}`,
    build: (layer) => {
      const { args, ctx } = layer;
      const [inChannels, outChannels, groups] = [args.int('in_channels'), args.int('out_channels'), args.int('groups')];
      if (groups <= 0 || inChannels % groups !== 0) ctx.raise('ValueError', 'in_channels must be divisible by groups');
      if (outChannels % groups !== 0) ctx.raise('ValueError', 'out_channels must be divisible by groups');
      const kernel = args.intOrTuple('kernel_size', rank);
      for (const name of ['kernel_size', 'stride', 'dilation']) layer.set(name, args.intOrTuple(name, rank));
      if (typeof args.get('padding') !== 'string') layer.set('padding', args.intOrTuple('padding', rank));
      const shape = [outChannels, inChannels / groups, ...kernel];
      const fan = elements(shape.slice(1));
      layer.parameter('weight', shape, fanIn(fan));
      if (args.bool('bias')) layer.parameter('bias', [outChannels], fanIn(fan));
      else layer.none('bias');
    },
    forward: 'input',
    run: (ctx, self, args) => {
      const mode = self.fields.get('padding_mode');
      const fields = ['weight', 'bias', 'stride', 'padding', 'dilation', 'groups'];
      if (mode === 'zeros') return through(`conv${rank}d`, fields)(ctx, self, args);
      const modes = { reflect: 'reflect', replicate: 'replicate' } as const;
      const known = Object.values(modes).find((each) => each === mode);
      const padding = self.fields.get('padding');
      if (!known || !(padding instanceof PyTuple)) {
        return ctx.error(
          'unsupported',
          `padding_mode=${ctx.repr(mode ?? null)} is not supported; use 'zeros', 'reflect' or 'replicate'`,
        );
      }
      const pairs = [...padding.items].reverse().flatMap((each) => [Number(each), Number(each)]);
      const padded = pad(ctx, args.tensor('input'), pairs, known, 0);
      const fn = layerFunctions.get(`conv${rank}d`) ?? null;
      const names = ['weight', 'bias', 'stride', 'dilation', 'groups'];
      return ctx.call(fn, [padded], new Map(names.map((name) => [name, self.fields.get(name) ?? null])));
    },
  };
}

function transposedConvolution(rank: number): Layer {
  return {
    name: `ConvTranspose${rank}d`,
    signature: `in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', ${FACTORY}`,
    build: (layer) => {
      const { args } = layer;
      const [inChannels, outChannels, groups] = [args.int('in_channels'), args.int('out_channels'), args.int('groups')];
      for (const name of ['kernel_size', 'stride', 'padding', 'output_padding', 'dilation']) {
        layer.set(name, args.intOrTuple(name, rank));
      }
      const shape = [inChannels, outChannels / groups, ...args.intOrTuple('kernel_size', rank)];
      const fan = elements(shape.slice(1));
      layer.parameter('weight', shape, fanIn(fan));
      if (args.bool('bias')) layer.parameter('bias', [outChannels], fanIn(fan));
      else layer.none('bias');
    },
    forward: 'input',
    run: through(`conv_transpose${rank}d`, [
      'weight',
      'bias',
      'stride',
      'padding',
      'output_padding',
      'groups',
      'dilation',
    ]),
  };
}

function batchNorm(rank: number): Layer {
  return {
    name: `BatchNorm${rank}d`,
    signature: `num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, ${FACTORY}`,
    build: (layer) => {
      const { args } = layer;
      const shape = [args.int('num_features')];
      if (args.bool('affine')) {
        layer.parameter('weight', shape, ones);
        layer.parameter('bias', shape, zeros);
      } else for (const name of ['weight', 'bias']) layer.none(name);
      if (!args.bool('track_running_stats')) return;
      layer.buffer('running_mean', shape, 0);
      layer.buffer('running_var', shape, 1);
      layer.buffer('num_batches_tracked', [], 0, 'int64');
    },
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      const allowed = rank === 1 ? [2, 3] : [rank + 2];
      if (!allowed.includes(x.type.shape.length)) {
        ctx.raise(
          'ValueError',
          `expected ${allowed.map((each) => `${each}D`).join(' or ')} input (got ${x.type.shape.length}D input)`,
        );
      }
      const momentum = self.fields.get('momentum');
      return apply(
        ctx,
        {
          kind: 'batch_norm',
          eps: Number(self.fields.get('eps')),
          momentum: typeof momentum === 'number' ? momentum : null,
        },
        x,
        field(ctx, self, 'weight'),
        field(ctx, self, 'bias'),
        field(ctx, self, 'running_mean'),
        field(ctx, self, 'running_var'),
      );
    },
  };
}

function instanceNorm(rank: number): Layer {
  return {
    name: `InstanceNorm${rank}d`,
    signature: `num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, ${FACTORY}`,
    build: (layer) => {
      if (layer.args.bool('track_running_stats')) {
        layer.ctx.error('unsupported', `InstanceNorm${rank}d(track_running_stats=True) is not supported`);
      }
      if (!layer.args.bool('affine')) return;
      layer.parameter('weight', [layer.args.int('num_features')], ones);
      layer.parameter('bias', [layer.args.int('num_features')], zeros);
    },
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      // One group a channel.
      const op = { kind: 'group_norm', groups: x.type.shape[1] ?? 1, eps: Number(self.fields.get('eps')) } as const;
      return apply(ctx, op, x, field(ctx, self, 'weight'), field(ctx, self, 'bias'));
    },
  };
}

function pooling(rank: number): Layer[] {
  const shared = 'kernel_size, stride=None, padding=0';
  return [
    {
      name: `MaxPool${rank}d`,
      signature: `${shared}, dilation=1, return_indices=False, ceil_mode=False`,
      forward: 'input',
      run: through(`max_pool${rank}d`, ['kernel_size', 'stride', 'padding', 'dilation', 'return_indices', 'ceil_mode']),
    },
    {
      name: `AvgPool${rank}d`,
      signature: `${shared}, ceil_mode=False, count_include_pad=True, divisor_override=None`,
      forward: 'input',
      run: through(`avg_pool${rank}d`, [
        'kernel_size',
        'stride',
        'padding',
        'ceil_mode',
        'count_include_pad',
        'divisor_override',
      ]),
    },
    ...(['avg', 'max'] as const).map(
      (kind): Layer => ({
        name: `Adaptive${kind === 'avg' ? 'Avg' : 'Max'}Pool${rank}d`,
        signature: 'output_size, return_indices=False',
        forward: 'input',
        run: through(`adaptive_${kind}_pool${rank}d`, ['output_size', 'return_indices']),
      }),
    ),
  ];
}

const RANKS = [1, 2, 3] as const;

const layers: readonly Layer[] = [
  ...RANKS.flatMap((rank) => [
    convolution(rank),
    transposedConvolution(rank),
    batchNorm(rank),
    instanceNorm(rank),
    ...pooling(rank),
  ]),
  {
    name: 'Linear',
    signature: `in_features, out_features, bias=True, ${FACTORY}`,
    build: (layer) => {
      const [inFeatures, outFeatures] = [layer.args.int('in_features'), layer.args.int('out_features')];
      layer.parameter('weight', [outFeatures, inFeatures], fanIn(inFeatures));
      if (layer.args.bool('bias')) layer.parameter('bias', [outFeatures], fanIn(inFeatures));
      else layer.none('bias');
    },
    forward: 'input',
    run: through('linear', ['weight', 'bias']),
  },
  {
    name: 'LayerNorm',
    signature: `normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, ${FACTORY}`,
    build: (layer) => {
      const shape = layer.args.ints('normalized_shape');
      layer.set('normalized_shape', shape);
      const affine = layer.args.bool('elementwise_affine');
      if (affine) layer.parameter('weight', shape, ones);
      else layer.none('weight');
      if (affine && layer.args.bool('bias')) layer.parameter('bias', shape, zeros);
      else layer.none('bias');
    },
    forward: 'input',
    run: through('layer_norm', ['normalized_shape', 'weight', 'bias', 'eps']),
  },
  {
    name: 'GroupNorm',
    signature: `num_groups, num_channels, eps=1e-05, affine=True, ${FACTORY}`,
    build: (layer) => {
      for (const [name, initialiser] of [
        ['weight', ones],
        ['bias', zeros],
      ] as const) {
        if (layer.args.bool('affine')) layer.parameter(name, [layer.args.int('num_channels')], initialiser);
        else layer.none(name);
      }
    },
    forward: 'input',
    run: through('group_norm', ['num_groups', 'weight', 'bias', 'eps']),
  },
  {
    name: 'Embedding',
    signature: `num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, ${FACTORY}`,
    build: (layer) => {
      const shape = [layer.args.int('num_embeddings'), layer.args.int('embedding_dim')];
      layer.parameter('weight', shape, { kind: 'normal', mean: 0, deviation: 1 });
    },
    forward: 'input',
    run: through('embedding', ['weight', 'padding_idx']),
  },
  {
    name: 'Identity',
    signature: '*args, **kwargs',
    forward: 'input',
    run: (_ctx, _self, args) => args.get('input'),
  },
  {
    name: 'Flatten',
    signature: 'start_dim=1, end_dim=-1',
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      const at = (name: string) => {
        const dim = Number(self.fields.get(name));
        return dim < 0 ? dim + x.type.shape.length : dim;
      };
      return flatten(ctx, x, at('start_dim'), at('end_dim'));
    },
  },
  {
    name: 'Unflatten',
    signature: 'dim, unflattened_size',
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      const dim = Number(self.fields.get('dim'));
      const sizes = self.fields.get('unflattened_size');
      const list = ctx.list(sizes ?? null).map(Number);
      return unflatten(ctx, x, dim < 0 ? dim + x.type.shape.length : dim, list);
    },
  },
  ...(
    [
      ['Dropout', 'element'],
      ['Dropout1d', 'channel'],
      ['Dropout2d', 'channel'],
      ['Dropout3d', 'channel'],
      ['AlphaDropout', 'alpha'],
    ] as const
  ).map(
    ([name, variant]): Layer => ({
      name,
      signature: 'p=0.5, inplace=False',
      forward: 'input',
      run: (ctx, self, args) => dropout(ctx, args.tensor('input'), Number(self.fields.get('p')), variant),
    }),
  ),
  ...(['constant', 'reflect', 'replicate'] as const).flatMap((mode) =>
    RANKS.map((rank): Layer => {
      const title = { constant: 'Constant', reflect: 'Reflection', replicate: 'Replication' }[mode];
      return {
        name: `${title}Pad${rank}d`,
        signature: mode === 'constant' ? 'padding, value' : 'padding',
        forward: 'input',
        run: (ctx, self, args) => padLayer(ctx, self, args, rank, mode, Number(self.fields.get('value') ?? 0)),
      };
    }),
  ),
  ...RANKS.map(
    (rank): Layer => ({
      name: `ZeroPad${rank}d`,
      signature: 'padding',
      forward: 'input',
      run: (ctx, self, args) => padLayer(ctx, self, args, rank, 'constant', 0),
    }),
  ),
  {
    name: 'Upsample',
    signature: "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
    forward: 'input',
    run: through('interpolate', ['size', 'scale_factor', 'mode', 'align_corners']),
  },
  {
    name: 'PixelShuffle',
    signature: 'upscale_factor',
    forward: 'input',
    run: (ctx, self, args) => pixelShuffle(ctx, args.tensor('input'), Number(self.fields.get('upscale_factor'))),
  },
];

function padLayer(
  ctx: Context,
  self: PyInstance,
  args: NativeArguments,
  rank: number,
  mode: 'constant' | 'reflect' | 'replicate',
  value: number,
): PyTensor {
  const padding = self.fields.get('padding') ?? null;
  const pairs =
    typeof padding === 'bigint' ? new Array<number>(2 * rank).fill(Number(padding)) : ctx.list(padding).map(Number);
  return pad(ctx, args.tensor('input'), pairs, mode, value);
}

/** Every layer above as a class. */
export function layerClasses(ctx: Context): Record<string, PyValue> {
  const { cls: base } = moduleState(ctx);
  return Object.fromEntries(
    layers.map((layer) => [
      layer.name,
      nativeClass(
        layer.name,
        [base],
        {
          __init__: native(`self, ${layer.signature}`, (inner, args) => {
            const self = selfOf(args.get('self'));
            for (const { name } of parseSignature(layer.signature)) self.fields.set(name, args.get(name));
            layer.build?.(new Build(inner, self, args));
            return null;
          }),
          forward: native(`self, ${layer.forward}`, (inner, args) => layer.run(inner, selfOf(args.get('self')), args)),
        },
        'torch.nn',
      ),
    ]),
  );
}

/** `nn.MultiheadAttention`: parameters by PyTorch's names, the projection of q, k and v in one matrix. */
export function multiheadAttention(ctx: Context, linear: PyValue): PyValue {
  const { cls: base } = moduleState(ctx);
  return nativeClass(
    'MultiheadAttention',
    [base],
    {
      __init__: native(
        `self, embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, ${FACTORY}`,
        (inner, args) => {
          const self = selfOf(args.get('self'));
          const [dim, heads] = [args.int('embed_dim'), args.int('num_heads')];
          if (dim % heads !== 0) inner.raise('AssertionError', 'embed_dim must be divisible by num_heads');
          for (const name of ['kdim', 'vdim', 'add_bias_kv', 'add_zero_attn']) {
            const value = args.get(name);
            if (value !== null && value !== false && Number(value) !== dim) {
              inner.error(
                'unsupported',
                `MultiheadAttention(${name}=…) is not supported; export the model to ONNX and compare that file instead`,
              );
            }
          }
          for (const name of ['embed_dim', 'num_heads', 'dropout', 'batch_first'])
            self.fields.set(name, args.get(name));
          self.fields.set('head_dim', BigInt(dim / heads));
          const build = new Build(inner, self, args);
          const bound = Math.sqrt(6 / (4 * dim));
          build.parameter('in_proj_weight', [3 * dim, dim], { kind: 'uniform', low: -bound, high: bound });
          if (args.bool('bias')) build.parameter('in_proj_bias', [3 * dim], zeros);
          else build.none('in_proj_bias');
          const projection = inner.call(linear, [BigInt(dim), BigInt(dim), args.bool('bias')]);
          inner.setattr(self, 'out_proj', projection);
          const bias = selfOf(projection).fields.get('bias');
          if (bias instanceof PyTensor) fill(inner, bias, zeros);
          return null;
        },
      ),
      forward: native(
        'self, query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False',
        function* (inner, args): Eval<PyValue> {
          const self = selfOf(args.get('self'));
          if (!args.isNone('key_padding_mask'))
            inner.error('unsupported', 'key_padding_mask is not supported; give attn_mask');
          const batchFirst = self.fields.get('batch_first') === true;
          const call = (target: PyValue, name: string, ...given: PyValue[]) =>
            inner.call(inner.getattr(target, name), given);
          const asTensor = (value: PyValue): PyTensor =>
            value instanceof PyTensor ? value : inner.error('unsupported', 'MultiheadAttention needs tensors');
          const [heads, dim] = [Number(self.fields.get('num_heads')), Number(self.fields.get('embed_dim'))];
          const weight = field(inner, self, 'in_proj_weight');
          const bias = field(inner, self, 'in_proj_bias');
          const project = (name: string, part: number): PyTensor => {
            const input = asTensor(args.get(name));
            const x = batchFirst || input.type.shape.length < 3 ? input : asTensor(call(input, 'transpose', 0n, 1n));
            const cut = (tensor: PyTensor) =>
              apply(inner, { kind: 'slice', dim: 0, start: part * dim, end: (part + 1) * dim, step: 1 }, tensor);
            const y = apply(inner, { kind: 'linear' }, x, weight && cut(weight), bias && cut(bias));
            const split = asTensor(call(y, 'unflatten', -1n, new PyTuple([BigInt(heads), BigInt(dim / heads)])));
            return asTensor(call(split, 'transpose', -3n, -2n));
          };
          const [query, key, value] = [project('query', 0), project('key', 1), project('value', 2)];
          const given = args.optionalTensor('attn_mask');
          // A bool mask here says which places are left out; the graph's says which attend.
          const mask =
            given?.type.dtype === 'bool' ? apply(inner, { kind: 'unary', function: 'not' }, given) : (given ?? null);
          const op = {
            kind: 'attention',
            causal: args.bool('is_causal') && !mask,
            scale: 1 / Math.sqrt(dim / heads),
            dropout: Number(self.fields.get('dropout')),
          } as const;
          const attended = apply(inner, op, query, key, value, mask);
          const joined = call(call(attended, 'transpose', -3n, -2n), 'flatten', -2n);
          const output = yield* inner.run(inner.getattr(self, 'out_proj'), [joined]);
          const restored =
            batchFirst || asTensor(output).type.shape.length < 3 ? output : call(output, 'transpose', 0n, 1n);
          if (!args.bool('need_weights')) return new PyTuple([restored, null]);
          const reason = 'MultiheadAttention gives its output here, not its attention weights';
          return new PyTuple([restored, new Unknown(reason, inner.range)]);
        },
      ),
    },
    'torch.nn',
  );
}
