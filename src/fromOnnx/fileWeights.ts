import type { GivenWeights, Graph } from '../graph/types';

/** The weights of a graph that was read from a file, as those that a checkpoint gives: nothing is drawn at random. */
export function fileWeights({ storages }: Pick<Graph, 'storages'>, name: string): GivenWeights {
  return {
    name,
    values: storages.flatMap(({ initialiser }, storage) =>
      initialiser.kind === 'data' ? [{ storage, data: initialiser.data }] : [],
    ),
  };
}
