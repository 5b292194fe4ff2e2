/** What layers with a batch dimension share. */
import type { Context } from '../../../python/natives/context';
import type { PyTensor } from '../../../python/values/values';
import { reshape } from '../../tensor/views';

/** Adds the batch dimension that `body` needs, and takes it away again: PyTorch's layers accept both. */
export function runBatched(ctx: Context, x: PyTensor, rank: number, body: (x: PyTensor) => PyTensor): PyTensor {
  if (x.type.shape.length !== rank - 1) return body(x);
  const result = body(reshape(ctx, x, [1, ...x.type.shape]));
  return reshape(ctx, result, result.type.shape.slice(1));
}
