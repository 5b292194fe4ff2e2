/** The activations of a graph as layers, and what counts as one unit of each. */
import type { LayerPlace } from '../compare/report';
import type { Graph, Node, Op, ValueId } from '../graph/types';

export type ActivationOp = Extract<Op, { kind: 'activation' }>;

export interface Layer {
  /** Index into `Graph.nodes`. */
  readonly node: number;
  readonly op: ActivationOp;
  readonly place: LayerPlace;
  readonly input: ValueId;
  readonly weight: ValueId | null;
  readonly output: ValueId;
  /** The dimension along which units lie: channels of images, features of the rest. */
  readonly units: number;
  /** Elements of the output. */
  readonly count: number;
}

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

/** Follows a value back to the layer that made it, which says where its channels are. */
function unitsOf(graph: Graph, makers: ReadonlyMap<ValueId, Node>, value: ValueId): number {
  const rank = graph.values[value]?.type.shape.length ?? 0;
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

/** All activations, in the order in which they run. */
export function activationLayers(graph: Graph): Layer[] {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let index = 0;
  return graph.nodes.flatMap(({ op, inputs, outputs, path, call, source }, node) => {
    const [input, output] = [inputs[0], outputs[0]];
    if (op.kind !== 'activation' || typeof input !== 'number' || output === undefined) return [];
    const count = graph.values[output]?.type.shape.reduce((product, size) => product * size, 1) ?? 0;
    const units = unitsOf(graph, makers, input);
    const place = { index: index++, path, call, ...(source && { line: source.line + 1 }) };
    return [{ node, op, place, input, weight: inputs[1] ?? null, output, units, count }];
  });
}
