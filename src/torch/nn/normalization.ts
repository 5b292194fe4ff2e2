/**
 * Normalisations: batch, instance, layer, group and the like.
 * `nn.InstanceNorm1d`, `nn.InstanceNorm2d`, `nn.InstanceNorm3d`
 */

import { numberOf, requireNumber } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { native } from '../../python/natives/native';
import { PyClassMethod, type PyInstance, type PyTensor } from '../../python/values/values';
import { apply, elements, sizeOf } from '../tensor/tensor';
import { reshape } from '../tensor/views';
import { instanceNorm, localResponseNorm, refuseSingleValue, rmsNorm } from './functional/normalization';
import {
  type Build,
  callFunctional,
  FACTORY,
  field,
  type Layer,
  ones,
  RANKS,
  resetMethod,
  setting,
  zeros,
} from './layer';
import { trains } from './mode';

function affine(layer: Build, shape: readonly number[], present: boolean): void {
  layer.optional(present, 'weight', shape, ones);
  layer.optional(present && layer.args.bool('bias'), 'bias', shape, zeros);
}

const STATISTICS = ['running_mean', 'running_var', 'num_batches_tracked'];
const members = { reset_running_stats: resetMethod(STATISTICS) };

/** Running statistics, where they are kept. */
function trackRunningStats(layer: Build, channels: number): void {
  if (!layer.args.bool('track_running_stats')) {
    for (const name of STATISTICS) layer.noBuffer(name);
    return;
  }
  layer.buffer('running_mean', [channels], 0);
  layer.buffer('running_var', [channels], 1);
  layer.buffer('num_batches_tracked', [], 0, 'int64');
}

function checkRank(ctx: Context, x: PyTensor, allowed: readonly number[]): void {
  const rank = x.type.shape.length;
  if (allowed.length > 0 && !allowed.includes(rank)) {
    ctx.raise('ValueError', `expected ${allowed.map((each) => `${each}D`).join(' or ')} input (got ${rank}D input)`);
  }
}

/** Statistics of one process are those of all: the module is as it was. */
const convert = new PyClassMethod(native('cls, module, process_group=None', (_, args) => args.get('module')));

/** `ranks` are the inputs' that it takes; none given means any from 2. */
function batchNorm(name: string, ranks: readonly number[], extra = ''): Layer {
  return {
    name,
    bases: name === '_BatchNorm' ? ['_NormBase'] : ['_BatchNorm', '_NormBase'],
    members: name === 'SyncBatchNorm' ? { ...members, convert_sync_batchnorm: convert } : members,
    signature: `num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True${extra}, ${FACTORY}, *, bias=True`,
    build: (layer) => {
      affine(layer, [layer.args.int('num_features')], layer.args.bool('affine'));
      trackRunningStats(layer, layer.args.int('num_features'));
    },
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      checkRank(ctx, x, ranks);
      const momentum = numberOf(self.fields.get('momentum') ?? null) ?? null;
      const mean = field(ctx, self, 'running_mean');
      const isTraining = trains(ctx, self);
      if (!mean || isTraining) refuseSingleValue(ctx, elements(x.type.shape) / sizeOf(x, 1), x);
      // Statistics are the batch's where the layer trains, whatever the rest of the model does.
      const running = isTraining && !ctx.training ? null : mean;
      const frozen = ctx.training && !isTraining && mean ? { frozen: true as const } : {};
      return apply(
        ctx,
        { kind: 'batch_norm', eps: setting(self, 'eps'), momentum, ...frozen },
        x,
        field(ctx, self, 'weight'),
        field(ctx, self, 'bias'),
        running,
        running && field(ctx, self, 'running_var'),
      );
    },
  };
}

function normaliseInstance(ctx: Context, self: PyInstance, x: PyTensor): PyTensor {
  const parts = {
    weight: field(ctx, self, 'weight'),
    bias: field(ctx, self, 'bias'),
    mean: field(ctx, self, 'running_mean'),
    variance: field(ctx, self, 'running_var'),
  };
  const usesOwn = trains(ctx, self) || self.fields.get('track_running_stats') !== true;
  const momentum = numberOf(self.fields.get('momentum') ?? null) ?? 0;
  return instanceNorm(ctx, x, parts, setting(self, 'eps'), usesOwn ? momentum : null);
}

function instanceLayer(rank: number): Layer {
  return {
    name: `InstanceNorm${rank}d`,
    bases: ['_InstanceNorm', '_NormBase'],
    members,
    signature: `num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, ${FACTORY}, *, bias=True`,
    build: (layer) => {
      affine(layer, [layer.args.int('num_features')], layer.args.bool('affine'));
      trackRunningStats(layer, layer.args.int('num_features'));
    },
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      checkRank(ctx, x, [rank + 1, rank + 2]);
      if (x.type.shape.length === rank + 2) return normaliseInstance(ctx, self, x);
      const batch = reshape(ctx, x, [1, ...x.type.shape]);
      return reshape(ctx, normaliseInstance(ctx, self, batch), x.type.shape);
    },
  };
}

/** Classes that other people's norms derive from: they take the arguments of those that PyTorch has, and any rank. */
export const normalisationBases: readonly Layer[] = [
  batchNorm('_BatchNorm', []),
  {
    ...instanceLayer(1),
    name: '_InstanceNorm',
    bases: ['_NormBase'],
    run: (ctx, self, args) => normaliseInstance(ctx, self, args.tensor('input')),
  },
];

export const normalisationLayers: readonly Layer[] = [
  batchNorm('BatchNorm1d', [2, 3]),
  batchNorm('BatchNorm2d', [4]),
  batchNorm('BatchNorm3d', [5]),
  batchNorm('SyncBatchNorm', [], ', process_group=None'),
  ...RANKS.map(instanceLayer),
  {
    name: 'LayerNorm',
    signature: `normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, ${FACTORY}`,
    build: (layer) => {
      const shape = layer.args.ints('normalized_shape');
      layer.set('normalized_shape', shape);
      const present = layer.args.bool('elementwise_affine');
      layer.optional(present, 'weight', shape, ones);
      layer.optional(present && layer.args.bool('bias'), 'bias', shape, zeros);
    },
    forward: 'input',
    run: callFunctional('layer_norm', ['normalized_shape', 'weight', 'bias', 'eps']),
  },
  {
    name: 'RMSNorm',
    signature: `normalized_shape, eps=None, elementwise_affine=True, ${FACTORY}`,
    build: (layer) => {
      const shape = layer.args.ints('normalized_shape');
      layer.set('normalized_shape', shape);
      layer.optional(layer.args.bool('elementwise_affine'), 'weight', shape, ones);
    },
    forward: 'input',
    run: (ctx, self, args) => {
      const shape = ctx.list(self.fields.get('normalized_shape') ?? null).map((item) => requireNumber(ctx, item));
      // PyTorch's default: the smallest step of float32.
      const eps = numberOf(self.fields.get('eps') ?? null) ?? 2 ** -23;
      return rmsNorm(ctx, args.tensor('input'), shape, field(ctx, self, 'weight'), eps);
    },
  },
  {
    name: 'GroupNorm',
    signature: `num_groups, num_channels, eps=1e-05, affine=True, ${FACTORY}, *, bias=True`,
    build: (layer) => {
      const [groups, channels] = [layer.args.int('num_groups'), layer.args.int('num_channels')];
      if (channels % groups !== 0) layer.ctx.raise('ValueError', 'num_channels must be divisible by num_groups');
      affine(layer, [channels], layer.args.bool('affine'));
    },
    forward: 'input',
    run: callFunctional('group_norm', ['num_groups', 'weight', 'bias', 'eps']),
  },
  // The second is the older name of the same, for images.
  ...['LocalResponseNorm', 'CrossMapLRN2d'].map(
    (name): Layer => ({
      name,
      signature: 'size, alpha=0.0001, beta=0.75, k=1.0',
      forward: 'input',
      run: (ctx, self, args) =>
        localResponseNorm(ctx, args.tensor('input'), {
          size: setting(self, 'size'),
          alpha: setting(self, 'alpha'),
          beta: setting(self, 'beta'),
          k: setting(self, 'k'),
        }),
    }),
  ),
];
