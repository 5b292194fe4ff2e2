/**
 * Padding as layers.
 * `nn.ConstantPad1d`, `nn.ConstantPad2d`, `nn.ConstantPad3d`, `nn.ZeroPad1d`, `nn.ZeroPad2d`, `nn.ZeroPad3d`,
 * `nn.ReflectionPad1d`, `nn.ReflectionPad2d`, `nn.ReflectionPad3d`, `nn.ReplicationPad1d`, `nn.ReplicationPad2d`,
 * `nn.ReplicationPad3d`, `nn.CircularPad1d`, `nn.CircularPad2d`, `nn.CircularPad3d`
 */

import { requireNumber, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import type { PyInstance, PyTensor } from '../../python/values/values';
import { type PadMode, pad } from './functional/padding';
import { type Layer, RANKS } from './layer';

const TITLES = {
  constant: 'Constant',
  reflect: 'Reflection',
  replicate: 'Replication',
  circular: 'Circular',
} as const;

function padInput(ctx: Context, self: PyInstance, x: PyTensor, rank: number, mode: PadMode): PyTensor {
  const padding = self.fields.get('padding') ?? null;
  const pairs =
    sequence(padding)?.map((size) => requireNumber(ctx, size)) ??
    new Array<number>(2 * rank).fill(requireNumber(ctx, padding));
  return pad(ctx, x, pairs, mode, requireNumber(ctx, self.fields.get('value') ?? 0n));
}

function padding(rank: number): Layer[] {
  const modes = (['constant', 'reflect', 'replicate', 'circular'] as const).map(
    (mode): Layer => ({
      name: `${TITLES[mode]}Pad${rank}d`,
      signature: mode === 'constant' ? 'padding, value' : 'padding',
      forward: 'input',
      run: (ctx, self, args) => padInput(ctx, self, args.tensor('input'), rank, mode),
    }),
  );
  return [
    ...modes,
    {
      name: `ZeroPad${rank}d`,
      signature: 'padding',
      forward: 'input',
      run: (ctx, self, args) => padInput(ctx, self, args.tensor('input'), rank, 'constant'),
    },
  ];
}

export const paddingLayers: readonly Layer[] = [...RANKS.flatMap(padding)];
