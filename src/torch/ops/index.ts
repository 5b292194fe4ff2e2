/** Functions that PyTorch offers as `torch.x`, as a method, or both: each is defined once, with its tensor first. */

import type { NativeTable } from '../../python/natives/table';
import { withComplex } from '../complex/arithmetic';
import { complexFunctions } from '../complex/creation';
import { acceptNumpyNames } from '../numpyNames';
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

acceptNumpyNames(shared);
