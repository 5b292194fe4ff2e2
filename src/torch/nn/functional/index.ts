/** `torch.nn.functional`. */
import type { NativeTable } from '../../../python/natives/table';
import { functionalActivations } from './activation';
import { attending } from './attention';
import { convolutions } from './conv';
import { distances } from './distance';
import { dropouts } from './dropout';
import { folds } from './fold';
import { linears } from './linear';
import { losses } from './loss';
import { normalizations } from './normalization';
import { paddings } from './padding';
import { pixelShuffles } from './pixelshuffle';
import { pooling } from './pooling';
import { embeddings } from './sparse';
import { upsamplings } from './upsampling';
import { visions } from './vision';

/** Layers as functions. */
export const layerFunctions: NativeTable = new Map(
  [
    linears,
    convolutions,
    pooling,
    normalizations,
    dropouts,
    embeddings,
    distances,
    paddings,
    upsamplings,
    pixelShuffles,
    folds,
    attending,
    visions,
  ].flatMap((each) => [...each]),
);

const IN_TORCH =
  'bilinear conv_tbc conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d max_pool1d max_pool2d max_pool3d avg_pool1d adaptive_avg_pool1d adaptive_max_pool1d layer_norm group_norm batch_norm instance_norm rms_norm dropout alpha_dropout embedding embedding_bag pixel_shuffle pixel_unshuffle channel_shuffle cosine_similarity pairwise_distance'.split(
    ' ',
  );

/** Those that are members of `torch` too. */
export const torchLayerFunctions: NativeTable = new Map(
  [...layerFunctions].filter(([name]) => IN_TORCH.includes(name)),
);

let members: NativeTable | undefined;

/** Members of `torch.nn.functional`, the same for every extraction. */
export function functionalMembers(): NativeTable {
  members ??= new Map([...layerFunctions, ...losses, ...functionalActivations()]);
  return members;
}
