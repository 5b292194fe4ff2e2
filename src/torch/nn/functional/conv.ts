/**
 * Convolutions as functions.
 * `F.conv_tbc`, `F.conv1d`, `F.conv2d`, `F.conv3d`, `F.conv_transpose1d`, `F.conv_transpose2d`, `F.conv_transpose3d`
 */
import { itemAt } from '../../../graph/access';
import { type NativeTable, table } from '../../../python/natives/table';
import { apply } from '../../tensor/tensor';
import { permute } from '../../tensor/views';
import { runBatched } from './batched';

export const convolutions: NativeTable = table((define) => {
  // Time first, then the batch; the kernel has its length first and the outputs last.
  define('conv_tbc', 'input, weight, bias, pad=0', (ctx, args) => {
    const op = { kind: 'conv', stride: [1], dilation: [1], groups: 1, padding: bothEnds([args.int('pad')]) } as const;
    const input = permute(ctx, args.tensor('input'), [1, 2, 0]);
    const weight = permute(ctx, args.tensor('weight'), [2, 1, 0]);
    return permute(ctx, apply(ctx, op, input, weight, args.tensor('bias')), [2, 0, 1]);
  });
  for (const rank of [1, 2, 3]) {
    define(`conv${rank}d`, 'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1', (ctx, args) => {
      const weight = args.tensor('weight');
      const dilation = args.intOrTuple('dilation', rank);
      const padding = args.get('padding');
      const kernel = weight.type.shape.slice(2);
      const stride = args.intOrTuple('stride', rank);
      if (padding === 'same' && stride.some((step) => step !== 1)) {
        ctx.raise('RuntimeError', "padding='same' is not supported for strided convolutions");
      }
      return runBatched(ctx, args.tensor('input'), rank + 2, (x) =>
        apply(
          ctx,
          {
            kind: 'conv',
            stride,
            dilation,
            groups: args.int('groups'),
            padding:
              padding === 'same'
                ? samePadding(kernel, dilation)
                : bothEnds(padding === 'valid' ? kernel.map(() => 0) : args.intOrTuple('padding', rank)),
          },
          x,
          weight,
          args.optionalTensor('bias') ?? null,
        ),
      );
    });
    define(
      `conv_transpose${rank}d`,
      'input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1',
      (ctx, args) =>
        runBatched(ctx, args.tensor('input'), rank + 2, (x) =>
          apply(
            ctx,
            {
              kind: 'conv_transpose',
              stride: args.intOrTuple('stride', rank),
              padding: bothEnds(args.intOrTuple('padding', rank)),
              outputPadding: args.intOrTuple('output_padding', rank),
              dilation: args.intOrTuple('dilation', rank),
              groups: args.int('groups'),
            },
            x,
            args.tensor('weight'),
            args.optionalTensor('bias') ?? null,
          ),
        ),
    );
  }
});

/** Both ends of each dimension alike, as the graph wants them: begins, then ends. */
export function bothEnds(padding: readonly number[]): number[] {
  return [...padding, ...padding];
}

/** `padding='same'`: PyTorch puts the odd one at the end. */
export function samePadding(kernel: readonly number[], dilation: readonly number[]): number[] {
  const total = kernel.map((size, dim) => itemAt(dilation, dim) * (size - 1));
  const begin = total.map((each) => Math.floor(each / 2));
  return [...begin, ...total.map((each, dim) => each - itemAt(begin, dim))];
}
