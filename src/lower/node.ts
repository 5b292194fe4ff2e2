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

/** Operators that pick and move elements: what was rounded stays so. */
const MOVING: ReadonlySet<OpKind> = new Set<OpKind>([
  'constant',
  'reshape',
  'permute',
  'expand',
  'slice',
  'cat',
  'pad',
  'dropout',
  'gather',
  'gather_elements',
  'embedding',
]);

/** Operators that ONNX Runtime has in float64, too; of functions of one number, these. */
const DOUBLE: ReadonlySet<OpKind> = new Set<OpKind>([
  ...MOVING,
  'linear',
  'matmul',
  'binary',
  'compare',
  'where',
  'cast',
  'reduce',
  'scatter_elements',
  'scatter_rows',
  'arg',
  'topk',
  'cumsum',
]);
const DOUBLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'neg',
  'abs',
  'exp',
  'log',
  'sqrt',
  'reciprocal',
  'floor',
  'ceil',
]);

const isDouble = ({ op }: Node): boolean =>
  DOUBLE.has(op.kind) || (op.kind === 'unary' && DOUBLE_FUNCTIONS.has(op.function));

/** Emits one node's operators and binds its outputs. */
export function lowerNode(scope: LoweringScope, node: Node): void {
  // The table pairs each kind with its own attributes; TypeScript can't follow that through the union.
  const lower = lowerers[node.op.kind] as Lowerer<OpKind>;
  const inDouble = node.inputs.some((input) => input !== null && scope.dtype(input) === 'float64');
  const through = inDouble && !isDouble(node) ? scope.single : scope;
  const made = lower(through, node.op as never, node);
  const tensors = (typeof made === 'string' ? [made] : made).map((name, i) => {
    const output = node.outputs[i];
    if (output === undefined) return name;
    const { dtype } = scope.type(output);
    const whole = through === scope ? name : scope.cast(name, through.dtype(output), scope.dtype(output));
    return MOVING.has(node.op.kind) ? whole : scope.round(whole, dtype);
  });
  if (tensors.length < node.outputs.length) {
    throw new LoweringError(node, say('has {0} outputs, of which {1} were made', node.outputs.length, tensors.length));
  }
  for (const [i, output] of node.outputs.entries()) scope.bind(output, itemAt(tensors, i));
}
