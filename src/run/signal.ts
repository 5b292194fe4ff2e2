/** The signal that flows through the layers: reduced to three numbers a layer where it is, so that only they come back. */
import type { LayerSignal } from '../compare/report';
import { GraphBuilder } from '../graph/builder';
import type { Graph, TensorData, ValueId } from '../graph/types';

interface Layer {
  readonly path: string;
  readonly call: number;
  readonly count: number;
}

export interface SignalGraph {
  /** The model with one more output, of shape [layers × 3]. */
  readonly graph: Graph;
  readonly layers: readonly Layer[];
}

/** What the names of the added nodes begin with. */
const prefix = 'activation-lens.signal';

/** Whether a lowered node belongs to the model rather than to its statistics. */
export const isModelNode = (name: string): boolean => !name.startsWith(prefix);

/** The name of the added output: mean, deviation and share of zeros of every layer, one after the other. */
export const signalOutput = prefix;

/** The mean of all elements, in two steps: GPU kernels add up one output's elements in a row. */
function mean(builder: GraphBuilder, value: ValueId): ValueId {
  const rank = builder.type(value).shape.length;
  const inner = rank > 2 ? [rank - 2, rank - 1] : rank === 2 ? [1] : [];
  const rows = inner.length
    ? builder.emit1({ kind: 'reduce', function: 'mean', dims: inner, keepdim: false }, value)
    : value;
  return builder.emit1({ kind: 'reduce', function: 'mean', dims: [], keepdim: false }, rows);
}

function statistics(builder: GraphBuilder, value: ValueId): ValueId[] {
  const average = mean(builder, value);
  const centred = builder.emit1({ kind: 'binary', function: 'sub' }, value, average);
  const square = builder.emit1({ kind: 'binary', function: 'mul' }, centred, centred);
  const deviation = builder.emit1({ kind: 'unary', function: 'sqrt' }, mean(builder, square));
  const zero = builder.emit1({ kind: 'constant', data: [0], type: { dtype: 'float32', shape: [] } });
  const isZero = builder.emit1({ kind: 'compare', function: 'eq' }, value, zero);
  const zeros = mean(builder, builder.emit1({ kind: 'cast', dtype: 'float32' }, isZero));
  return [average, deviation, zeros].map((one) => builder.emit1({ kind: 'reshape', shape: [1] }, one));
}

/** Joins numbers in steps of a few: a shader binds no more buffers than that. */
function join(builder: GraphBuilder, parts: readonly ValueId[]): ValueId {
  let row = [...parts];
  while (row.length > 1) {
    const next: ValueId[] = [];
    for (let i = 0; i < row.length; i += 6) {
      const group = row.slice(i, i + 6);
      const [only] = group;
      next.push(group.length === 1 && only !== undefined ? only : builder.emit1({ kind: 'cat', dim: 0 }, ...group));
    }
    row = next;
  }
  const [joined] = row;
  if (joined === undefined) throw new RangeError('there is nothing to join');
  return joined;
}

/** Adds the statistics of every activation's output to a graph; null where it has no activation. */
export function signalGraph(graph: Graph): SignalGraph | null {
  const builder = GraphBuilder.from(graph);
  const layers: Layer[] = [];
  const numbers: ValueId[] = [];
  for (const { op, outputs, path, call } of graph.nodes) {
    const [output] = outputs;
    if (op.kind !== 'activation' || output === undefined) continue;
    const { shape } = builder.type(output);
    builder.origin = { path: `${prefix}.${path}`, call };
    layers.push({ path, call, count: shape.reduce((product, size) => product * size, 1) });
    numbers.push(...statistics(builder, output));
  }
  if (layers.length === 0) return null;
  const outputs = [...graph.outputs, { name: signalOutput, value: join(builder, numbers) }];
  const { name, inputs, state, updates } = graph;
  return { graph: builder.finish({ name, inputs, outputs, state, updates }), layers };
}

/** Names the numbers that came back. */
export function readSignal(layers: readonly Layer[], numbers: TensorData): LayerSignal[] {
  return layers.map((layer, i) => ({
    ...layer,
    mean: numbers[3 * i] ?? Number.NaN,
    deviation: numbers[3 * i + 1] ?? Number.NaN,
    zeros: numbers[3 * i + 2] ?? Number.NaN,
  }));
}
