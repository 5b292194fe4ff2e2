/** Layers that the guest records as one step, by their classes. */
import type { RuleTable } from '../kernels/table';
import { dense } from './dense';
import { noises } from './noise';
import { normalisations } from './normalisation';
import { recurrents } from './recurrent';

export const layers: RuleTable = { ...dense, ...normalisations, ...noises, ...recurrents };
