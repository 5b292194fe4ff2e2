/**
 * Names of weights in TensorFlow.js: `dense_Dense1/kernel`, a layer and what the weight is to it. Layers without a name
 * of their own are numbered as a process makes them, so the same model is saved under other numbers each time.
 */

/** A weight of a model or of a file. */
export interface WeightShape {
  readonly name: string;
  readonly shape: readonly number[];
}

const layerOf = (name: string) => name.slice(0, Math.max(0, name.lastIndexOf('/')));
const roleOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Layers with their weights, in the order in which they first appear. */
const groupByLayer = <T extends WeightShape>(weights: readonly T[]) => groupBy(weights, ({ name }) => layerOf(name));

/** A layer's name without numbers: `dense_Dense`, for Keras's `dense_2` `dense`. */
const kindOf = (layer: string) => layer.replace(/_?\d+(?=\/|$)/g, '');

const signatureOf = (_: string, weights: readonly WeightShape[]) =>
  weights
    .map(({ name, shape }) => `${roleOf(name)} ${shape}`)
    .sort()
    .join(', ');

/** TensorFlow 2.2 puts the name of a recurrent layer's cell between: `lstm/lstm_cell/kernel`. */
const dropCell = (name: string) => name.replace(/[^/]+\/(?=[^/]*$)/, '');

/** How names of a file were found to be those of a model. */
export type LayerOrder = 'kind' | 'shape';

/** A way to read a file's names. */
export interface Naming<T> {
  /** By the model's names. */
  readonly found: ReadonlyMap<string, T>;
  /** What the layers were matched by; absent: by their names. */
  readonly order?: LayerOrder;
}

/**
 * Ways to read the names of a file for a model: as they are, as TensorFlow.js's own `loadWeights` does, then the layers of a
 * kind one after the other, then those with weights of the same shapes, where all are matched so.
 */
export function layerNamings<T extends WeightShape>(tensors: readonly T[], state: readonly WeightShape[]): Naming<T>[] {
  const names = new Set(state.map(({ name }) => name));
  const plain = tensors.map(
    (tensor) => [names.has(tensor.name) ? tensor.name : dropCell(tensor.name), tensor] as const,
  );
  const byName = new Map(plain.filter(([name]) => names.has(name)));
  const byShape = matchInOrder(tensors, state, signatureOf);
  const isWhole = byShape.size === state.length && byShape.size === tensors.length;
  return [
    { found: byName },
    { found: matchInOrder(tensors, state, kindOf), order: 'kind' },
    ...(isWhole ? [{ found: byShape, order: 'shape' } as const] : []),
  ];
}

/** The layers of a file that are alike for those of the model that are, in their order. */
function matchInOrder<T extends WeightShape>(
  tensors: readonly T[],
  state: readonly WeightShape[],
  likeness: (layer: string, weights: readonly WeightShape[]) => string,
): Map<string, T> {
  const grouped = groupBy(groupByLayer(tensors), ([layer, weights]) => likeness(layer, weights));
  const found = new Map<string, T>();
  for (const [layer, weights] of groupByLayer(state)) {
    const [, saved = []] = grouped.get(likeness(layer, weights))?.shift() ?? [];
    for (const { name } of weights) {
      const tensor = saved.find((each) => roleOf(each.name) === roleOf(name));
      if (tensor) found.set(name, tensor);
    }
  }
  return found;
}
