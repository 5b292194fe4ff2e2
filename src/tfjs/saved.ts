import type { Graph, Storage } from '../graph/types';
import { readLayersWeights } from '../weights/layersModel';
import { decode, type NamedTensor } from '../weights/tensor';

/** Where the bytes of a saved model's files are. */
export type BytesBeside = (model: string, path: string) => Promise<Uint8Array | undefined>;

/**
 * The graph with the weights of the saved models that it was made of, as far as the names and shapes of its own fit.
 * @param files texts of the saved models, by the path that the code gives
 * @returns how many of its weights stand in a file, too
 */
export async function withSavedWeights(
  graph: Graph,
  files: ReadonlyMap<string, string>,
  bytesBeside: BytesBeside,
): Promise<{ graph: Graph; found: number }> {
  const saved = new Map<string, NamedTensor>();
  for (const [path, text] of files) {
    for (const tensor of await readLayersWeights(text, (each) => bytesBeside(path, each)))
      saved.set(tensor.name, tensor);
  }
  if (saved.size === 0) return { graph, found: 0 };
  const storages: Storage[] = [...graph.storages];
  let found = 0;
  for (const { name, storage } of graph.state) {
    // A model that is loaded twice has names of its own the second time: `dense_Dense1_1/kernel`.
    const tensor = saved.get(name) ?? saved.get(name.replace(/_\d+(?=\/|$)/g, ''));
    const own = storages[storage];
    if (!tensor || !own || String(tensor.shape) !== String(own.type.shape)) continue;
    storages[storage] = { ...own, initialiser: { kind: 'data', data: decode(tensor) } };
    found += 1;
  }
  return { graph: { ...graph, storages }, found };
}
