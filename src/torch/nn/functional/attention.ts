/** `F.scaled_dot_product_attention`. */
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { apply, sizeOf } from '../../tensor/tensor';

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

export const attending: NativeTable = table((define) => {
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
});
