import { itemAt } from '../graph/access';
import type { Node, OpKind } from '../graph/types';
import { say } from '../language/say';
import { activation } from './ops/activation';
import { convolutions } from './ops/convolution';
import { elementwise } from './ops/elementwise';
import { products } from './ops/linear';
import { normalisations } from './ops/normalisation';
import { picks } from './ops/picking';
import { pools } from './ops/pooling';
import { lowerRecurrent } from './ops/recurrent';
import { orders } from './ops/reduction';
import { shapes } from './ops/shape';
import type { Lowerer, Lowerers, LoweringScope } from './scope';
import { LoweringError } from './scope';

const lowerers: Lowerers<OpKind> = {
  activation,
  recurrent: lowerRecurrent,
  ...convolutions,
  ...products,
  ...normalisations,
  ...pools,
  ...elementwise,
  ...shapes,
  ...orders,
  ...picks,
};

/** Emits one node's operators and binds its outputs. */
export function lowerNode(scope: LoweringScope, node: Node): void {
  // The table pairs each kind with its own attributes; TypeScript can't follow that through the union.
  const lower = lowerers[node.op.kind] as Lowerer<OpKind>;
  const made = lower(scope, node.op as never, node);
  const tensors = typeof made === 'string' ? [made] : made;
  if (tensors.length < node.outputs.length) {
    throw new LoweringError(node, say('has {0} outputs, of which {1} were made', node.outputs.length, tensors.length));
  }
  for (const [i, output] of node.outputs.entries()) scope.bind(output, itemAt(tensors, i));
}
