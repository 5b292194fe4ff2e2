/** Linear layers and convolutions as functions. */
import type { Context } from '../../../python/natives/context';
import { type Table, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { einsum } from '../../ops/einsum';
import { arithmetic } from '../../ops/operations';
import { apply, elements } from '../../tensor/tensor';
import { reshape } from '../../tensor/views';
import { batched, bothEnds, linear, samePadding } from './operators';

export const convolving: Table = table((define) => {
  define('linear', 'input, weight, bias=None', (ctx, args) =>
    linear(ctx, args.tensor('input'), args.tensor('weight'), args.optionalTensor('bias') ?? null),
  );
  define('bilinear', 'input1, input2, weight, bias=None', (ctx, args) =>
    bilinear(
      ctx,
      args.tensor('input1'),
      args.tensor('input2'),
      args.tensor('weight'),
      args.optionalTensor('bias') ?? null,
    ),
  );
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
      return batched(ctx, args.tensor('input'), rank + 2, (x) =>
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
        batched(ctx, args.tensor('input'), rank + 2, (x) =>
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

/** x₁ᵀ·W·x₂ + b for each output: `weight` is [out, in1, in2]. */
function bilinear(ctx: Context, a: PyTensor, b: PyTensor, weight: PyTensor, bias: PyTensor | null): PyTensor {
  const front = a.type.shape.slice(0, -1);
  const flat = (x: PyTensor) => reshape(ctx, x, [elements(front), x.type.shape.at(-1) ?? 1]);
  const product = einsum(ctx, 'bi,oij,bj->bo', [flat(a), weight, flat(b)]);
  const full = reshape(ctx, product, [...front, weight.type.shape[0] ?? 1]);
  return bias ? arithmetic(ctx, 'add', full, bias) : full;
}
