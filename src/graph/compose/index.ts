/**
 * Composite operators, each defined once in operators that every backend has and that have gradients: what a device
 * without a kernel runs, what training mode changes, and what is differentiated.
 */
import type { Emit } from '../emit';
import type { OpAttributes, OpKind, ValueId } from '../types';
import { attention } from './attention';
import { batchNorm, groupNorm, layerNorm } from './normalisation';
import { recurrentLayer } from './recurrent';

/** The operator once more in others; returns what stands for the outputs. @throws RangeError where an input is missing */
export type Definition<K extends OpKind> = (
  e: Emit,
  op: { readonly kind: K } & OpAttributes[K],
  inputs: readonly (ValueId | null)[],
) => readonly ValueId[];

export type Composite = 'attention' | 'batch_norm' | 'layer_norm' | 'group_norm' | 'recurrent';

/** In evaluation mode. */
export const composites: { readonly [K in Composite]: Definition<K> } = {
  attention: (e, op, inputs) => [attention(e, op, inputs)],
  batch_norm: (e, op, inputs) => [batchNorm(e, op, inputs)],
  layer_norm: (e, op, inputs) => [layerNorm(e, op, inputs)],
  group_norm: (e, op, inputs) => [groupNorm(e, op, inputs)],
  recurrent: recurrentLayer,
};
