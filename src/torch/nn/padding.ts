/** Layers that pad, resize and rearrange. */
import { sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { type PyInstance, type PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { flatten, unflatten } from '../ops/layout';
import { layerFunctions } from './functional/index';
import { channelShuffle, type PadMode, pad, pixelShuffle, pixelUnshuffle } from './functional/padding';
import { type Layer, setting, through } from './layer';

const RANKS = [1, 2, 3] as const;
const TITLES = {
  constant: 'Constant',
  reflect: 'Reflection',
  replicate: 'Replication',
  circular: 'Circular',
} as const;

function padded(ctx: Context, self: PyInstance, x: PyTensor, rank: number, mode: PadMode): PyTensor {
  const padding = self.fields.get('padding') ?? null;
  const pairs = sequence(padding)?.map(Number) ?? new Array<number>(2 * rank).fill(Number(padding));
  return pad(ctx, x, pairs, mode, Number(self.fields.get('value') ?? 0));
}

function padding(rank: number): Layer[] {
  const modes = (['constant', 'reflect', 'replicate', 'circular'] as const).map(
    (mode): Layer => ({
      name: `${TITLES[mode]}Pad${rank}d`,
      signature: mode === 'constant' ? 'padding, value' : 'padding',
      forward: 'input',
      run: (ctx, self, args) => padded(ctx, self, args.tensor('input'), rank, mode),
    }),
  );
  return [
    ...modes,
    {
      name: `ZeroPad${rank}d`,
      signature: 'padding',
      forward: 'input',
      run: (ctx, self, args) => padded(ctx, self, args.tensor('input'), rank, 'constant'),
    },
  ];
}

/** `(('C', 2), ('H', 3))` of a named tensor, or plain sizes. */
function unflattenedSizes(ctx: Context, sizes: PyValue): number[] {
  return ctx.list(sizes).map((each) => Number(each instanceof PyTuple ? each.items[1] : each));
}

export const shapeLayers: readonly Layer[] = [
  ...RANKS.flatMap(padding),
  {
    name: 'Flatten',
    signature: 'start_dim=1, end_dim=-1',
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      const at = (name: string) => {
        const dim = setting(self, name);
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
      const dim = setting(self, 'dim');
      const sizes = unflattenedSizes(ctx, self.fields.get('unflattened_size') ?? null);
      return unflatten(ctx, x, dim < 0 ? dim + x.type.shape.length : dim, sizes);
    },
  },
  {
    name: 'Upsample',
    signature: "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
    forward: 'input',
    run: through('interpolate', ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor']),
  },
  ...(['nearest', 'bilinear'] as const).map(
    (mode): Layer => ({
      name: `Upsampling${mode === 'nearest' ? 'Nearest' : 'Bilinear'}2d`,
      signature: 'size=None, scale_factor=None',
      forward: 'input',
      run: through(`upsample_${mode}`, ['size', 'scale_factor']),
    }),
  ),
  {
    name: 'PixelShuffle',
    signature: 'upscale_factor',
    forward: 'input',
    run: (ctx, self, args) => pixelShuffle(ctx, args.tensor('input'), setting(self, 'upscale_factor')),
  },
  {
    name: 'PixelUnshuffle',
    signature: 'downscale_factor',
    forward: 'input',
    run: (ctx, self, args) => pixelUnshuffle(ctx, args.tensor('input'), setting(self, 'downscale_factor')),
  },
  {
    name: 'ChannelShuffle',
    signature: 'groups',
    forward: 'input',
    run: (ctx, self, args) => channelShuffle(ctx, args.tensor('input'), setting(self, 'groups')),
  },
  {
    name: 'Unfold',
    signature: 'kernel_size, dilation=1, padding=0, stride=1',
    forward: 'input',
    run: through('unfold', ['kernel_size', 'dilation', 'padding', 'stride']),
  },
  {
    name: 'Fold',
    signature: 'output_size, kernel_size, dilation=1, padding=0, stride=1',
    forward: 'input',
    run: through('fold', ['output_size', 'kernel_size', 'dilation', 'padding', 'stride']),
  },
  ...(
    [
      ['CosineSimilarity', 'dim=1, eps=1e-08', 'cosine_similarity', ['dim', 'eps']],
      ['PairwiseDistance', 'p=2.0, eps=1e-06, keepdim=False', 'pairwise_distance', ['p', 'eps', 'keepdim']],
    ] as const
  ).map(
    ([name, signature, fn, fields]): Layer => ({
      name,
      signature,
      forward: 'x1, x2',
      run: (ctx, self, args) => {
        const settings = fields.map((field): [string, PyValue] => [field, self.fields.get(field) ?? null]);
        return ctx.call(layerFunctions.get(fn) ?? null, [args.get('x1'), args.get('x2')], new Map(settings));
      },
    }),
  ),
];
