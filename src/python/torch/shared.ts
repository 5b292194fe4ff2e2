/** Functions that PyTorch offers as `torch.x`, as a method, or both: each is defined once, with its tensor first. */
import { joining } from './joining';
import { kinds } from './kinds';
import { layout } from './layout';
import { picking } from './picking';
import { pointwise } from './pointwise';
import { products } from './products';
import { reductions } from './reductions';
import type { Table } from './table';

export const shared: Table = new Map(
  [pointwise, reductions, products, layout, joining, picking, kinds].flatMap((each) => [...each]),
);
