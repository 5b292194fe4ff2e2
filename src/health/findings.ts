/** What follows from the measures of a model as it stands. */
import type { Graph, StorageValues } from '../graph/types';
import { type HealthFinding, type HealthMeasures, severities } from './report';
import { findEightBits } from './rules/eightBits';
import { findAlike, findGradient, findNoGradient, findNotFinite, findSignal } from './rules/flow';
import { findDead, findSaturated } from './rules/units';
import { findFirstLoss, findScale, findZeros } from './rules/weights';
import { HealthView } from './view';

const rules = [
  findNotFinite,
  findDead,
  findSaturated,
  findZeros,
  findSignal,
  findAlike,
  findGradient,
  findNoGradient,
  findFirstLoss,
  findScale,
  findEightBits,
];

/**
 * What to say of a model, the worst first; nothing for a healthy one.
 * @param graph the reading that the layers are of
 * @param given weights instead of the initial ones
 */
export function findingsOf(
  measures: HealthMeasures,
  graph: Graph,
  given: readonly StorageValues[] = [],
): HealthFinding[] {
  const view = new HealthView(measures, graph, given);
  const found = rules.flatMap((rule) => rule(view));
  return severities.flatMap((severity) => found.filter((each) => each.severity === severity));
}
