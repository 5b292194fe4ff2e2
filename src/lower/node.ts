import type { Node, OpKind } from '../graph/types';
import { activation } from './ops/activation';
import { convolutions } from './ops/convolution';
import { elementwise } from './ops/elementwise';
import { products } from './ops/linear';
import { normalisations } from './ops/normalisation';
import { picks } from './ops/picking';
import { pools } from './ops/pooling';
import { orders } from './ops/reduction';
import { shapes } from './ops/shape';
import type { Family, Lowerer, Scope } from './scope';
import { LoweringError } from './scope';

const lowerers: Family<OpKind> = {
  activation,
  ...convolutions,
  ...products,
  ...normalisations,
  ...pools,
  ...elementwise,
  ...shapes,
  ...orders,
  ...picks,
};

/** Emits one node's operators and binds its output. */
export function lowerNode(scope: Scope, node: Node): void {
  const [output] = node.outputs;
  if (output === undefined || node.outputs.length !== 1) throw new LoweringError(node, 'has not exactly one output');
  // The table pairs each kind with its own attributes; TypeScript can't follow that through the union.
  const lower = lowerers[node.op.kind] as Lowerer<OpKind>;
  scope.bind(output, lower(scope, node.op as never, node));
}
