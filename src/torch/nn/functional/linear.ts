/** `F.linear` and `F.bilinear`. */

import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { einsum } from '../../ops/einsum';
import { arithmetic } from '../../ops/operations';
import { apply, elements, sizeOf } from '../../tensor/tensor';
import { reshape } from '../../tensor/views';

export const linears: NativeTable = table((define) => {
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
});

/** x₁ᵀ·W·x₂ + b for each output: `weight` is [out, in1, in2]. */
function bilinear(ctx: Context, a: PyTensor, b: PyTensor, weight: PyTensor, bias: PyTensor | null): PyTensor {
  const front = a.type.shape.slice(0, -1);
  const flat = (x: PyTensor) => reshape(ctx, x, [elements(front), sizeOf(x, -1)]);
  const product = einsum(ctx, 'bi,oij,bj->bo', [flat(a), weight, flat(b)]);
  const full = reshape(ctx, product, [...front, sizeOf(weight, 0)]);
  return bias ? arithmetic(ctx, 'add', full, bias) : full;
}

export function linear(ctx: Context, x: PyTensor, weight: PyTensor, bias: PyTensor | null): PyTensor {
  return apply(ctx, { kind: 'linear' }, x, weight, bias);
}
