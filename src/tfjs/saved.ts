import type { Graph, Storage } from '../graph/types';
import { say } from '../language/say';
import { shortName } from '../source/path';
import { readLayersWeights, readShards, shardsOf } from '../weights/layersModel';
import { decode, type NamedTensor } from '../weights/tensor';

/** Where the bytes of a saved model's files are. */
export type BytesBeside = (model: string, path: string) => Promise<Uint8Array | undefined>;

/**
 * The graph with the weights of the saved models that it was made of, as far as the names and shapes of its own fit; a note
 * says how many that are.
 * @param files texts of the saved models, by the path that the code gives; none for a model that loads none
 * @throws WeightsError
 */
export async function withSavedWeights(
  graph: Graph,
  files: ReadonlyMap<string, string>,
  bytesBeside: BytesBeside,
): Promise<Graph> {
  const [path] = files.keys();
  if (path === undefined) return graph;
  const { storages, found } = await savedStorages(graph, files, bytesBeside);
  const message =
    found < graph.state.length
      ? say('{0} of {1} weights are those of the saved model; the others are drawn', found, graph.state.length)
      : say('The weights are those of the saved model');
  const isWhole = found === graph.state.length && found > 0;
  return { ...graph, storages, notes: [...graph.notes, { message }], ...(isWhole && { weightsFile: shortName(path) }) };
}

/** A graph's storages, and how many of its weights stand in a file. */
async function savedStorages(
  graph: Graph,
  files: ReadonlyMap<string, string>,
  bytesBeside: BytesBeside,
): Promise<{ readonly storages: readonly Storage[]; readonly found: number }> {
  const saved = new Map<string, NamedTensor>();
  for (const [path, text] of files) {
    const shards = await readShards(shardsOf(text), (each) => bytesBeside(path, each));
    for (const tensor of readLayersWeights(text, shards)) saved.set(tensor.name, tensor);
  }
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
  return { storages, found };
}
