/** What is drawn while the model runs. */
import type { TensorType } from '../../graph/types';
import type { Context } from '../../python/natives/context';
import type { PyTensor, PyValue } from '../../python/values/values';
import { fromInitialiser } from '../tensor/initialiser';
import { cast } from '../tensor/tensor';
import { comparison } from './operations';

/** 1 with probability `p` (a number, or a tensor of this shape), else 0: a uniform number is below p. */
export function bernoulli(ctx: Context, { dtype, shape }: TensorType, p: PyValue): PyTensor {
  const uniform = fromInitialiser(ctx, { dtype: 'float32', shape }, { kind: 'uniform', low: 0, high: 1 });
  return cast(ctx, comparison(ctx, 'lt', uniform, p), dtype);
}
