/** Where the units of a layer lie in what it makes. */
import { itemAt } from './access';
import type { Graph, Node, Op, ValueId } from './types';

const channelsFirst = new Set<Op['kind']>([
  'conv',
  'conv_transpose',
  'batch_norm',
  'group_norm',
  'max_pool',
  'avg_pool',
  'adaptive_pool',
  'resize',
]);
const channelsLast = new Set<Op['kind']>(['linear', 'layer_norm', 'embedding', 'attention', 'recurrent', 'matmul']);

/** The node that makes each value. */
export function makersOf(graph: Graph): Map<ValueId, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/**
 * The dimension of a value along which units lie: channels of images, features of the rest. The layer that made it
 * says where they are.
 */
export function unitsOf(graph: Graph, makers: ReadonlyMap<ValueId, Node>, value: ValueId): number {
  const rank = itemAt(graph.values, value).type.shape.length;
  const maker = makers.get(value);
  if (!maker) return Math.min(1, Math.max(0, rank - 1));
  const { op, inputs } = maker;
  if (channelsFirst.has(op.kind)) return 1;
  if (channelsLast.has(op.kind)) return rank - 1;
  const from = inputs.find((input) => input !== null && graph.values[input]?.type.shape.length === rank);
  if (typeof from !== 'number') return Math.min(1, Math.max(0, rank - 1));
  const before = unitsOf(graph, makers, from);
  return op.kind === 'permute' ? op.dims.indexOf(before) : before;
}
