import type { Extraction, ModelCandidate } from '../extract/extract';
import type { Graph } from '../graph/types';

/** A graph that may be judged as the user's model. */
export interface CertainModel {
  readonly graph: Graph;
  /** The code builds it with the arguments that it was read with: no defaults stand for them. */
  readonly isBuilt: boolean;
}

/** A model as it was read; undefined where it can't be, or where we chose what it is made with. */
export function certainModel(extraction: Extraction, candidate: Pick<ModelCandidate, 'of'>): CertainModel | undefined {
  if (!extraction.ok || extraction.argumentOrigin?.isGuess) return undefined;
  const { graph, argumentOrigin } = extraction;
  return { graph, isBuilt: candidate.of !== undefined || argumentOrigin?.source !== undefined };
}
