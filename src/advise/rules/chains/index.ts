import type { Rule } from '../../rule';
import { noNonlinearity } from './no-nonlinearity';

/** What follows on what inside of a model. */
export const chainRules: readonly Rule[] = [noNonlinearity];
