import type { Graph, StorageId, ValueId } from './types';

/** The graph without what nothing reads: values tried while the model was built, models made and dropped. */
export function prune(graph: Graph): Graph {
  const needed = new Set<ValueId>([...graph.outputs, ...graph.updates].map(({ value }) => value));
  const nodes = [...graph.nodes]
    .reverse()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const input of node.inputs) if (input !== null) needed.add(input);
      return true;
    })
    .reverse();
  const kept = new Set<StorageId>(graph.state.map(({ storage }) => storage));
  graph.storages.forEach((storage, id) => {
    if (needed.has(storage.value)) kept.add(id);
  });
  const order = [...kept].sort((a, b) => a - b);
  const renumbered = new Map(order.map((id, index) => [id, index]));
  const newId = (id: StorageId): StorageId => renumbered.get(id) ?? id;
  return {
    ...graph,
    nodes,
    storages: order.flatMap((id) => graph.storages[id] ?? []),
    state: graph.state.map((entry) => ({ ...entry, storage: newId(entry.storage) })),
    ...(graph.decided && { decided: graph.decided.filter((id) => kept.has(id)).map(newId) }),
    updates: graph.updates.filter(({ storage }) => kept.has(storage)).map((u) => ({ ...u, storage: newId(u.storage) })),
  };
}
