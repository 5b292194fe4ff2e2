import type { GivenWeights, Graph } from './types';

/** The weights of a graph whose storages begin with a file's values, as a checkpoint gives them; undefined: it has none. */
export function storedWeights({ storages, weightsFile }: Graph): GivenWeights | undefined {
  if (weightsFile === undefined) return undefined;
  const values = storages.flatMap(({ initialiser }, storage) =>
    initialiser.kind === 'data' ? [{ storage, data: initialiser.data }] : [],
  );
  return { name: weightsFile, values };
}
