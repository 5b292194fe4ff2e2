/** `F.scaled_dot_product_attention`. */
import { say } from '../../../language/say';
import type { NativeArguments } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import { type PyTensor, PyTuple, type PyValue } from '../../../python/values/values';
import { matmul } from '../../ops/blas';
import { arithmetic, choose, reduce } from '../../ops/operations';
import { apply, cast, isFloating, sizeOf } from '../../tensor/tensor';
import { broadcastTo, reshape, slice, transpose, unsqueeze } from '../../tensor/views';
import { activate } from './activation';
import { linear } from './linear';

/** softmax(q·kᵀ·scale + mask)·v; `mask` is bool (true attends) or added. */
export function attention(
  ctx: Context,
  [query, key, value]: readonly [PyTensor, PyTensor, PyTensor],
  options: {
    readonly mask: PyTensor | null;
    readonly causal: boolean;
    readonly scale?: number;
    readonly dropout: number;
  },
): PyTensor {
  const scale = options.scale ?? 1 / Math.sqrt(sizeOf(query, -1));
  const op = { kind: 'attention', causal: options.causal, scale, dropout: options.dropout } as const;
  return apply(ctx, op, query, key, value, options.mask);
}

/** Each head as often as there are queries for it, one behind the other. */
function repeatHeads(ctx: Context, x: PyTensor, heads: number): PyTensor {
  const rank = x.type.shape.length;
  const times = heads / sizeOf(x, -3);
  if (!Number.isInteger(times)) {
    ctx.raise('RuntimeError', `Number of heads in key and value must divide the number of heads in query (${heads})`);
  }
  const [front, back] = [x.type.shape.slice(0, rank - 2), x.type.shape.slice(rank - 2)];
  const spread = broadcastTo(ctx, unsqueeze(ctx, x, rank - 2), [...front, times, ...back]);
  return reshape(ctx, spread, [...front.slice(0, -1), heads, ...back]);
}

const WHOLE =
  'query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True, is_causal=False';

export const attending: NativeTable = table((define) => {
  define(
    'scaled_dot_product_attention',
    'query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False',
    (ctx, args) => {
      const scale = args.optionalFloat('scale');
      const query = args.tensor('query');
      const each = (x: PyTensor) => (args.bool('enable_gqa') ? repeatHeads(ctx, x, sizeOf(query, -3)) : x);
      return attention(ctx, [query, each(args.tensor('key')), each(args.tensor('value'))], {
        mask: args.optionalTensor('attn_mask') ?? null,
        causal: args.bool('is_causal'),
        dropout: args.float('dropout_p'),
        ...(scale === undefined ? {} : { scale }),
      });
    },
  );
  define('multi_head_attention_forward', WHOLE, (ctx, args) => wholeAttention(ctx, args));
});

/** A mask that is added to the scores; True closes a place. */
function closing(ctx: Context, mask: PyTensor): PyTensor {
  return isFloating(mask.type.dtype) ? mask : choose(ctx, cast(ctx, mask, 'bool'), Number.NEGATIVE_INFINITY, 0);
}

/** @throws PythonError AssertionError where the query has another width than the weights were made for */
export function checkWidth(ctx: Context, args: NativeArguments, dim: number): void {
  const width = args.tensor('query').type.shape.at(-1);
  if (width !== dim) ctx.raise('AssertionError', `was expecting embedding dimension of ${dim}, but got ${width}`);
}

/** What `nn.MultiheadAttention` computes, of weights that are given: query [L, N, E] or [L, E]. */
function wholeAttention(ctx: Context, args: NativeArguments): PyValue {
  for (const name of ['bias_k', 'bias_v', 'add_zero_attn', 'static_k', 'static_v']) {
    const given = args.get(name);
    if (given !== null && given !== false) {
      ctx.error(
        'unsupported',
        say('multi_head_attention_forward({0}=…) is not read; append to keys and values before it', name),
      );
    }
  }
  const [heads, dim] = [args.int('num_heads'), args.int('embed_dim_to_check')];
  checkWidth(ctx, args, dim);
  const isBatched = args.tensor('query').type.shape.length === 3;
  const bias = args.optionalTensor('in_proj_bias') ?? null;
  const projected = (['query', 'key', 'value'] as const).map((name, part) => {
    const given = args.tensor(name);
    const x = isBatched ? transpose(ctx, given, 0, 1) : unsqueeze(ctx, given, 0);
    const cut = (tensor: PyTensor) => slice(ctx, tensor, 0, part * dim, (part + 1) * dim);
    const weight = args.bool('use_separate_proj_weight')
      ? args.tensor(`${name.slice(0, 1)}_proj_weight`)
      : cut(args.tensor('in_proj_weight'));
    const row = linear(ctx, x, weight, bias && cut(bias));
    return transpose(ctx, reshape(ctx, row, [sizeOf(row, 0), sizeOf(row, 1), heads, dim / heads]), 1, 2);
  });
  const [query, key, value] = projected as [PyTensor, PyTensor, PyTensor];
  const [batch, length] = [sizeOf(query, 0), sizeOf(query, 2)];
  const masks: PyTensor[] = [];
  const pairs = args.optionalTensor('attn_mask');
  if (pairs) {
    const [rows, columns] = [sizeOf(pairs, -2), sizeOf(pairs, -1)];
    const shape = pairs.type.shape.length === 3 ? [batch, heads, rows, columns] : [1, 1, rows, columns];
    masks.push(reshape(ctx, closing(ctx, pairs), shape));
  }
  const padding = args.optionalTensor('key_padding_mask');
  if (padding) masks.push(reshape(ctx, closing(ctx, padding), [batch, 1, 1, sizeOf(padding, -1)]));
  const mask = masks.length > 0 ? masks.reduce((sum, each) => arithmetic(ctx, 'add', sum, each)) : null;
  const scale = 1 / Math.sqrt(dim / heads);
  const attended = attention(ctx, [query, key, value], {
    mask,
    causal: false,
    scale,
    dropout: args.bool('training') ? args.float('dropout_p') : 0,
  });
  const joined = reshape(ctx, transpose(ctx, attended, 1, 2), [batch, length, dim]);
  const output = linear(ctx, joined, args.tensor('out_proj_weight'), args.optionalTensor('out_proj_bias') ?? null);
  const restored = isBatched ? transpose(ctx, output, 0, 1) : reshape(ctx, output, [length, sizeOf(output, -1)]);
  if (!args.bool('need_weights')) return new PyTuple([restored, null]);
  const plain = arithmetic(ctx, 'mul', matmul(ctx, query, transpose(ctx, key, 2, 3)), scale);
  const scores = mask ? arithmetic(ctx, 'add', plain, mask) : plain;
  const each = activate(ctx, 'softmax', { dim: -1 }, scores);
  const mean = args.bool('average_attn_weights') ? reduce(ctx, 'mean', each, [1]) : each;
  return new PyTuple([restored, isBatched ? mean : reshape(ctx, mean, mean.type.shape.slice(1))]);
}
