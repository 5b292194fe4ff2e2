/** Another reading of the same model, over the storages of the first. */
import { itemAt } from './access';
import type { Graph, Storage, StorageId, Value, ValueId } from './types';

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Storages that only the other reading has are drawn from streams of their own. No model has so many storages. */
const OWN_STREAMS = 2 ** 23;

/** Which storage of `base` each of the graph's is, where there is one. */
function partners(graph: Graph, base: Graph): Map<StorageId, StorageId> {
  const found = new Map<StorageId, StorageId>();
  const byName = new Map(base.state.map(({ name, storage }) => [name, storage]));
  const named = new Set<StorageId>();
  for (const { name, storage } of graph.state) {
    const partner = byName.get(name);
    named.add(storage);
    if (partner === undefined || found.has(storage)) continue;
    if (isSame(itemAt(graph.storages, storage).type, itemAt(base.storages, partner).type)) found.set(storage, partner);
  }
  const inState = new Set(byName.values());
  const byPlace = new Map(base.storages.map((storage, id) => [storage.value, { storage, id }]));
  graph.storages.forEach(({ type, initialiser, value }, own) => {
    const partner = byPlace.get(value);
    if (named.has(own) || !partner || inState.has(partner.id)) return;
    if (isSame([type, initialiser], [partner.storage.type, partner.storage.initialiser])) found.set(own, partner.id);
  });
  return found;
}

/**
 * The graph with `base`'s storages under their numbers, so that both start from the same weights and what one writes the
 * other reads. Storages are the same by their name in the state; those without one (a random constant that is no buffer)
 * by their place among all that the model makes, which is the same until the readings part. What only this graph has
 * stands behind.
 */
export function withStoragesOf(graph: Graph, base: Graph): Graph {
  const numbers = partners(graph, base);
  const values: Value[] = [...graph.values];
  const readAt = new Map<StorageId, ValueId>();
  for (const [own, id] of numbers) readAt.set(id, itemAt(graph.storages, own).value);
  const storages: Storage[] = base.storages.map((storage, id) => ({
    ...storage,
    value: readAt.get(id) ?? values.push({ type: storage.type }) - 1,
  }));
  graph.storages.forEach((storage, own) => {
    if (numbers.has(own)) return;
    const stream = storage.stream ?? OWN_STREAMS + own;
    numbers.set(own, storages.push({ ...storage, stream }) - 1);
  });
  const renumber = <T extends { readonly storage: StorageId }>(entry: T): T => ({
    ...entry,
    storage: numbers.get(entry.storage) ?? entry.storage,
  });
  return {
    ...graph,
    values,
    storages,
    state: graph.state.map(renumber),
    updates: graph.updates.map(renumber),
  };
}
