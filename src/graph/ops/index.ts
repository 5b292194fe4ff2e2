import type { Op, OpKind, TensorType } from '../types';
import { algebra } from './algebra';
import { convolution } from './convolution';
import { elementwise } from './elementwise';
import { layout } from './layout';
import { normalisation } from './normalisation';
import { picking } from './picking';
import { reduction } from './reduction';
import type { InputTypes, TypeRules } from './rule';

const rules: TypeRules<OpKind> = {
  ...convolution,
  ...normalisation,
  ...algebra,
  ...elementwise,
  ...layout,
  ...reduction,
  ...picking,
};

/**
 * Types of the operator's outputs.
 * @throws ShapeError quoting PyTorch's own condition when the inputs don't fit.
 */
export function inferTypes(op: Op, inputs: InputTypes): TensorType[] {
  // Each rule takes the attributes of its own kind, which `op` carries: the table is keyed by that kind.
  const rule = rules[op.kind] as (attributes: Op, inputs: InputTypes) => TensorType[];
  return rule(op, inputs);
}
