/** Weights that are zero everywhere: what they scale gives the same for every input, and lets no gradient through. */
import { isGiven } from '../graph/access';
import type { Graph, Node, Op, StorageId, StorageValues, ValueId } from '../graph/types';
import { makersOf } from '../graph/units';
import { storageBehind } from '../graph/views';

export interface ZeroWeight {
  readonly storage: StorageId;
  /** In the state dict: `head.weight`. */
  readonly name: string;
  /** Index into `Graph.nodes`: what it scales. */
  readonly node: number;
  /**
   * What comes of the zeros: the model's output; a summand or a factor beside something else, as at the end of a residual
   * branch; or the input of another layer.
   */
  readonly becomes: 'output' | 'branch' | 'inside';
}

/** Which inputs of an operator scale what it makes. */
const scaling: Partial<Record<Op['kind'], readonly number[]>> = {
  linear: [1],
  conv: [1],
  conv_transpose: [1],
  batch_norm: [1],
  layer_norm: [1],
  group_norm: [1],
  matmul: [0, 1],
};

const carriers = new Set<Op['kind']>(['reshape', 'permute', 'expand', 'slice', 'cast', 'dropout', 'cat', 'pad']);
const norms = new Set<Op['kind']>(['batch_norm', 'layer_norm', 'group_norm']);

/** @param given weights instead of the initial ones */
export function zeroWeights(graph: Graph, given: readonly StorageValues[] = []): ZeroWeight[] {
  const known = new Map(given.map(({ storage, data }) => [storage, data]));
  const isZero = (id: StorageId): boolean => {
    const storage = graph.storages[id];
    if (!storage?.trainable) return false;
    const data = known.get(id) ?? (storage.initialiser.kind === 'data' ? storage.initialiser.data : undefined);
    if (data) return data.length > 0 && data.every((value) => value === 0);
    return storage.initialiser.kind === 'constant' && storage.initialiser.value === 0;
  };
  const zero = new Set(graph.storages.flatMap((_, id) => (isZero(id) ? [id] : [])));
  if (zero.size === 0) return [];
  const names = new Map(graph.state.map(({ name, storage }) => [storage, name]));
  const makers = makersOf(graph);
  const walk = new Consumers(graph);
  const found = new Map<StorageId, ZeroWeight>();
  graph.nodes.forEach((node, index) => {
    for (const value of scalingInputs(node)) {
      const storage = storageBehind(graph, makers, value);
      const [output] = node.outputs;
      if (storage === undefined || !zero.has(storage) || found.has(storage) || output === undefined) continue;
      found.set(storage, {
        storage,
        name: names.get(storage) ?? node.path,
        node: index,
        becomes: walk.becomes(output),
      });
    }
  });
  return [...found.values()];
}

function scalingInputs({ op, inputs }: Node): ValueId[] {
  const places = op.kind === 'binary' && op.function === 'mul' ? [0, 1] : (scaling[op.kind] ?? []);
  return places.map((place) => inputs[place]).filter(isGiven);
}

/** Who reads what in a graph. */
class Consumers {
  private readonly readers = new Map<ValueId, Node[]>();
  private readonly outputs: ReadonlySet<ValueId>;
  private readonly still: ReadonlySet<ValueId>;

  constructor(graph: Graph) {
    this.outputs = new Set(graph.outputs.map(({ value }) => value));
    const still = new Set(graph.storages.map(({ value }) => value));
    for (const node of graph.nodes) {
      if (node.inputs.every((input) => !isGiven(input) || still.has(input)))
        for (const output of node.outputs) still.add(output);
      for (const input of new Set(node.inputs))
        if (isGiven(input)) this.readers.set(input, [...(this.readers.get(input) ?? []), node]);
    }
    this.still = still;
  }

  becomes(value: ValueId): ZeroWeight['becomes'] {
    const seen = new Set<ValueId>();
    const open = [value];
    let isOutput = false;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      isOutput ||= this.outputs.has(at);
      for (const { op, inputs, outputs } of this.readers.get(at) ?? []) {
        if (op.kind === 'binary') {
          if (inputs.some((input) => isGiven(input) && input !== at && !this.still.has(input))) return 'branch';
        } else if (op.kind === 'activation' || op.kind === 'unary') {
          // At the end it only says what the output means; before a layer the zeros are inside.
        } else if (!carriers.has(op.kind) && !norms.has(op.kind) && op.kind !== 'reduce') return 'inside';
        for (const output of outputs) open.push(output);
      }
    }
    return isOutput ? 'output' : 'inside';
  }
}
