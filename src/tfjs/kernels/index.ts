/** Every kernel of tfjs-core that becomes nodes of a graph; the others are refused by their names. */
import { convolutions } from './convolution';
import { elementwise } from './elementwise';
import { images } from './images';
import { makers } from './making';
import { normalisations } from './normalisation';
import { picks } from './picking';
import { products } from './products';
import { reductions } from './reduction';
import { shapes } from './shape';
import type { RuleTable } from './table';

export const kernels: RuleTable = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...picks,
  ...convolutions,
  ...products,
  ...normalisations,
  ...images,
  ...makers,
};
