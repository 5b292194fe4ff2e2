/** Functions that PyTorch offers as `torch.x`, as a method, or both: each is defined once, with its tensor first. */

import type { NativeTable } from '../../python/natives/table';
import { products } from './blas';
import { kinds } from './dtype';
import { picking } from './indexing';
import { joining } from './joining';
import { layout } from './layout';
import { withOut } from './out';
import { pointwise } from './pointwise';
import { reductions } from './reduction';

export const shared: NativeTable = withOut(
  new Map([pointwise, reductions, products, layout, joining, picking, kinds].flatMap((each) => [...each])),
);
