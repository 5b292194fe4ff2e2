/** Functions that PyTorch offers as `torch.x`, as a method, or both: each is defined once, with its tensor first. */

import type { NativeTable } from '../../python/natives/table';
import { withComplex } from '../complex/arithmetic';
import { complexFunctions } from '../complex/creation';
import { products } from './blas';
import { combining } from './combining';
import { olderDecompositions } from './decompositions';
import { kinds } from './dtype';
import { picking } from './indexing';
import { integers } from './integers';
import { joining } from './joining';
import { layout } from './layout';
import { withOut } from './out';
import { pointwise } from './pointwise';
import { draws } from './random';
import { reductions } from './reduction';
import { specials } from './special';
import { statistics } from './statistics';
import { uniques } from './unique';
import { writing } from './writing';

/** NumPy's names, which PyTorch takes for its own wherever a function is written in C++. */
const NUMPY_NAMES: ReadonlyMap<string, string> = new Map([
  ['axis', 'dim'],
  ['keepdims', 'keepdim'],
  ['x', 'input'],
  ['a', 'input'],
  ['x1', 'input'],
  ['x2', 'other'],
]);

export const shared: NativeTable = withComplex(
  withOut(
    new Map(
      [
        pointwise,
        integers,
        specials,
        reductions,
        statistics,
        products,
        layout,
        joining,
        combining,
        draws,
        picking,
        uniques,
        writing,
        olderDecompositions,
        kinds,
        complexFunctions,
      ].flatMap((each) => [...each]),
    ),
  ),
);

for (const fn of shared.values()) fn.otherNames = NUMPY_NAMES;
