import { type ComparePlan, mostRounds } from '../../src/compare/report';
import type { CandidateOption, DeviceChoice } from '../../src/protocol/compare';
import { chosenOptions } from './candidates';
import { type CompareState, drawsWeights, type ModelMessage, seed } from './state';

export const candidateOf = ({ activation, parameters }: CandidateOption) => ({ activation, parameters });

/**
 * What the worker is asked for.
 * @param more of the plan, in place of what the state says
 */
export function orderOf(state: CompareState, model: ModelMessage, more: Partial<ComparePlan>, device: DeviceChoice) {
  const { weights } = model;
  const plan = {
    sites: [...state.sites],
    candidates: chosenOptions(state).map(candidateOf),
    seed,
    budget: state.budget ?? model.budget,
    rounds: mostRounds,
    ...(drawsWeights(state) && { reinitialise: true }),
    ...(state.half && { half: true }),
    ...more,
  };
  return {
    type: 'compare' as const,
    graph: model.graph,
    ...(model.batched && { batched: model.batched }),
    ...(model.training && { training: model.training }),
    file: model.file,
    plan,
    ...(weights?.uri && {
      checkpoint: {
        uri: weights.uri,
        name: weights.label,
        ...(weights.beside && { beside: weights.beside }),
        ...(model.part && { part: model.part }),
      },
    }),
    ...(model.text !== undefined && { text: model.text }),
    ...(more.learning && state.data && { data: state.data }),
    ...(device !== 'auto' && { backend: device }),
  };
}
