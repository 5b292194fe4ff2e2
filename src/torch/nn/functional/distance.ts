/** `F.cosine_similarity` and `F.pairwise_distance`. */
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { arithmetic, reduce } from '../../ops/operations';
import { vectorNorm } from '../../ops/reduction';

/** x₁·x₂ of vectors of length one; lengths below `eps` count as `eps`. */
function cosineSimilarity(ctx: Context, a: PyTensor, b: PyTensor, dim: number, eps: number): PyTensor {
  const axis = dim < 0 ? dim + Math.max(a.type.shape.length, b.type.shape.length) : dim;
  const unit = (x: PyTensor) => {
    const own = axis - (Math.max(a.type.shape.length, b.type.shape.length) - x.type.shape.length);
    return arithmetic(ctx, 'div', x, arithmetic(ctx, 'max', vectorNorm(ctx, x, 2, [own], true), eps));
  };
  return reduce(ctx, 'sum', arithmetic(ctx, 'mul', unit(a), unit(b)), [axis]);
}

export const distances: NativeTable = table((define) => {
  define('cosine_similarity', 'x1, x2, dim=1, eps=1e-08', (ctx, args) =>
    cosineSimilarity(ctx, args.tensor('x1'), args.tensor('x2'), args.int('dim'), args.float('eps')),
  );
  define('pairwise_distance', 'x1, x2, p=2.0, eps=1e-06, keepdim=False', (ctx, args) => {
    const difference = arithmetic(ctx, 'add', arithmetic(ctx, 'sub', args.get('x1'), args.get('x2')), args.get('eps'));
    return vectorNorm(ctx, difference, args.float('p'), [difference.type.shape.length - 1], args.bool('keepdim'));
  });
});
