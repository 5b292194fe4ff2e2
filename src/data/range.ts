import { outputRange } from '../activations/facts';
import type { Graph } from '../graph/types';
import { lastActivation } from './task';

/** Brings numbers of about mean 0 and deviation 1 to where the model's last activation can reach them. */
export function reachable(graph: Graph): ((x: number) => number) | undefined {
  const last = lastActivation(graph);
  const { low, high } = (last && outputRange(last)) ?? {
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  };
  if (!Number.isFinite(high - low)) return undefined;
  return (x) => Math.max(low, Math.min(high, (low + high) / 2 + ((high - low) / 5) * x));
}
