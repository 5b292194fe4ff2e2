/** Weights drawn anew to suit the activation that follows them. */
import { inputAt, isGiven, itemAt } from './access';
import { activationsOf } from './activations';
import { elements } from './ops/rule';
import type { Graph, Node, Op, Storage, StorageId, ValueId } from './types';
import { makersOf } from './units';
import { storageBehind } from './views';

/** What a signal goes through unchanged in kind between a layer's product and its activation. */
const between = new Set<Op['kind']>([
  'batch_norm',
  'group_norm',
  'layer_norm',
  'dropout',
  'reshape',
  'permute',
  'cast',
]);
const products = new Set<Op['kind']>(['conv', 'conv_transpose', 'linear']);

/** The weight of the layer whose output an activation bends, as the layer reads it. */
interface LayerWeight {
  readonly storage: StorageId;
  /** [out, in, …], whatever the layout that it is stored in. */
  readonly shape: readonly number[];
}

function weightBefore(graph: Graph, makers: ReadonlyMap<ValueId, Node>, input: ValueId): LayerWeight | undefined {
  let value: ValueId | null | undefined = input;
  for (;;) {
    const maker: Node | undefined = isGiven(value) ? makers.get(value) : undefined;
    if (!maker) return undefined;
    if (products.has(maker.op.kind)) {
      const weight = inputAt(maker.op.kind, maker.inputs, 1);
      const storage = storageBehind(graph, makers, weight);
      if (storage === undefined || !graph.storages[storage]?.trainable) return undefined;
      return { storage, shape: itemAt(graph.values, weight).type.shape };
    }
    if (!between.has(maker.op.kind)) return undefined;
    value = maker.inputs[0];
  }
}

/** The weight of the layer whose output an activation bends; undefined where it is none, or one among several. */
export function storageBefore(graph: Graph, makers: ReadonlyMap<ValueId, Node>, input: ValueId): StorageId | undefined {
  return weightBefore(graph, makers, input)?.storage;
}

/**
 * The same graph whose layers before some activations begin with N(0, gain²/fan_in), as
 * `torch.nn.init.kaiming_normal_` draws them, so that each keeps the size of its signal.
 * @param outputs of activations
 * @param gainOf the gain of an activation; undefined for one that has none
 */
export function withGain(
  graph: Graph,
  outputs: readonly ValueId[],
  gainOf: (op: Extract<Op, { kind: 'activation' }>) => number | undefined,
): Graph {
  const makers = makersOf(graph);
  const storages: Storage[] = [...graph.storages];
  const among = new Set(outputs);
  for (const { op, input, output } of activationsOf(graph)) {
    if (!among.has(output)) continue;
    const [gain, weight] = [gainOf(op), weightBefore(graph, makers, input)];
    if (gain === undefined || !weight) continue;
    const storage = itemAt(storages, weight.storage);
    const fanIn = elements(weight.shape.slice(1));
    storages[weight.storage] = {
      ...storage,
      initialiser: { kind: 'normal', mean: 0, deviation: gain / Math.sqrt(fanIn) },
    };
  }
  return { ...graph, storages };
}
