import { outputRange } from '../activations/facts';
import type { Graph } from '../graph/types';
import { lastActivation } from './task';

/** Brings numbers of about mean 0 and deviation 1 to where the model's last activation can reach them. */
export function toReachableRange(graph: Graph): ((x: number) => number) | undefined {
  const last = lastActivation(graph);
  const range = last && outputRange(last);
  if (!range) return undefined;
  const { low, high } = range;
  if (!Number.isFinite(high - low)) return undefined;
  return (x) => Math.max(low, Math.min(high, (low + high) / 2 + (high - low) * (x / 5)));
}
