/** `F.pixel_shuffle`, `F.pixel_unshuffle`, `F.channel_shuffle`. */
import { firstElements } from '../../../graph/access';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { elements, sizeOf } from '../../tensor/tensor';
import { permute, reshape } from '../../tensor/views';

export function pixelShuffle(ctx: Context, x: PyTensor, factor: number): PyTensor {
  const [c, h, w] = [sizeOf(x, -3), sizeOf(x, -2), sizeOf(x, -1)];
  const front = x.type.shape.slice(0, -3);
  const out = c / factor ** 2;
  if (!Number.isInteger(out)) {
    ctx.raise(
      'RuntimeError',
      `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${c} is not divisible by ${factor ** 2}`,
    );
  }
  const split = reshape(ctx, x, [elements(front), out, factor, factor, h, w]);
  return reshape(ctx, permute(ctx, split, [0, 1, 4, 2, 5, 3]), [...front, out, h * factor, w * factor]);
}

export function pixelUnshuffle(ctx: Context, x: PyTensor, factor: number): PyTensor {
  const [c, h, w] = [sizeOf(x, -3), sizeOf(x, -2), sizeOf(x, -1)];
  const front = x.type.shape.slice(0, -3);
  const [rows, columns] = [h / factor, w / factor];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    ctx.raise(
      'RuntimeError',
      `pixel_unshuffle expects height and width to be divisible by downscale_factor, but input's are ${h} and ${w} and the factor is ${factor}`,
    );
  }
  const split = reshape(ctx, x, [elements(front), c, rows, factor, columns, factor]);
  return reshape(ctx, permute(ctx, split, [0, 1, 3, 5, 2, 4]), [...front, c * factor ** 2, rows, columns]);
}

export function channelShuffle(ctx: Context, x: PyTensor, groups: number): PyTensor {
  const [n, c, ...spatial] = firstElements(x.type.shape, 2);
  if (c % groups !== 0) {
    ctx.raise(
      'RuntimeError',
      `Number of channels must be divisible by groups. Got ${c} channels and ${groups} groups.`,
    );
  }
  const split = reshape(ctx, x, [n, groups, c / groups, ...spatial]);
  const order = [0, 2, 1, ...spatial.map((_, i) => i + 3)];
  return reshape(ctx, permute(ctx, split, order), x.type.shape);
}

export const pixelShuffles: NativeTable = table((define) => {
  define('pixel_shuffle', 'input, upscale_factor', (ctx, args) =>
    pixelShuffle(ctx, args.tensor('input'), args.int('upscale_factor')),
  );
  define('pixel_unshuffle', 'input, downscale_factor', (ctx, args) =>
    pixelUnshuffle(ctx, args.tensor('input'), args.int('downscale_factor')),
  );
  define('channel_shuffle native_channel_shuffle', 'input, groups', (ctx, args) =>
    channelShuffle(ctx, args.tensor('input'), args.int('groups')),
  );
});
