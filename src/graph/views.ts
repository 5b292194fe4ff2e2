/** Weights that are read in another layout than the one that they are stored in. */
import { isGiven } from './access';
import type { Graph, Node, Op, StorageId, ValueId } from './types';

/** What lays the same elements out otherwise. */
const layouts = new Set<Op['kind']>(['permute', 'reshape']);

/**
 * The storage whose elements a value has, all of them and nothing else: TensorFlow.js stores kernels [kh, kw, in, out], and
 * the graph's convolutions read [out, in, kh, kw].
 */
export function storageBehind(
  graph: Pick<Graph, 'storages'>,
  makers: ReadonlyMap<ValueId, Node>,
  value: ValueId,
): StorageId | undefined {
  let at = value;
  for (;;) {
    const storage = graph.storages.findIndex((each) => each.value === at);
    if (storage >= 0) return storage;
    const maker = makers.get(at);
    const [input] = maker?.inputs ?? [];
    if (!maker || !layouts.has(maker.op.kind) || !isGiven(input)) return undefined;
    at = input;
  }
}
