/** `F.scaled_dot_product_attention`. */
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { apply, sizeOf } from '../../tensor/tensor';
import { broadcastTo, reshape, unsqueeze } from '../../tensor/views';

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
});
