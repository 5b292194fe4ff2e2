import type { ParameterSpec } from './types';

/** Overwrites the input: the same values, less memory. */
export const inplace: ParameterSpec = { name: 'inplace', default: false, numeric: false };

/** PyTorch's `dim=None`: a rule of its own, deprecated. */
export const dim: ParameterSpec = { name: 'dim', default: 'None', numeric: false, integer: true };
