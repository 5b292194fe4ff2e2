/** `torch.nn.functional`. */

import { type Table, table } from '../../../python/natives/table';
import type { PyValue } from '../../../python/values/values';
import { shared } from '../../ops/index';
import { functionalActivations } from './activation';
import { convolving } from './conv';
import { losses } from './loss';
import { normalising } from './normalization';
import { attention } from './operators';
import { resampling } from './padding';
import { pooling } from './pooling';

const attending: Table = table((define) => {
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

/** Layers as functions. */
export const layerFunctions: Table = new Map(
  [convolving, pooling, normalising, resampling, attending].flatMap((each) => [...each]),
);

const IN_TORCH =
  'bilinear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d max_pool1d max_pool2d max_pool3d avg_pool1d adaptive_avg_pool1d adaptive_max_pool1d layer_norm group_norm batch_norm instance_norm rms_norm dropout alpha_dropout embedding embedding_bag pixel_shuffle pixel_unshuffle channel_shuffle cosine_similarity pairwise_distance'.split(
    ' ',
  );

/** Those that are members of `torch` too. */
export const torchLayerFunctions: Table = new Map([...layerFunctions].filter(([name]) => IN_TORCH.includes(name)));

/** Functions of tensors that stand in this namespace as well. */
const ALSO = ['cdist', 'flatten'];

export function functionalMembers(): Map<string, PyValue> {
  return new Map<string, PyValue>([
    ...[...shared].filter(([name]) => ALSO.includes(name)),
    ...layerFunctions,
    ...losses,
    ...functionalActivations(),
  ]);
}
