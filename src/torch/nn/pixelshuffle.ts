/** `nn.PixelShuffle`, `nn.PixelUnshuffle`, `nn.ChannelShuffle`. */

import { channelShuffle, pixelShuffle, pixelUnshuffle } from './functional/pixelshuffle';
import { type Layer, setting } from './layer';

export const pixelShuffleLayers: readonly Layer[] = [
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
];
