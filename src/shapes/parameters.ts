import { countParameters, type ParameterCount } from '../graph/swap';
import type { Graph } from '../graph/types';

/** The parameters of a model as its library counts them: TensorFlow.js counts statistics that training moves, too. */
export function parametersOf({
  state,
  storages,
  conventions,
}: Pick<Graph, 'state' | 'storages' | 'conventions'>): ParameterCount {
  const counted =
    conventions === 'tensorflow' ? state.map((entry) => ({ ...entry, kind: 'parameter' as const })) : state;
  return countParameters({ state: counted, storages });
}
