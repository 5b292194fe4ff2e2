import type { Graph } from '../graph/types';
import { lastActivation } from './task';

const between0And1 = new Set(['sigmoid', 'hardsigmoid', 'softmax']);
const betweenMinus1And1 = new Set(['tanh', 'hardtanh', 'softsign']);

const clamp = (low: number, x: number) => Math.max(low, Math.min(1, x));

/** Brings numbers of about mean 0 and deviation 1 to where the model's last activation can reach them. */
export function reachable(graph: Graph): ((x: number) => number) | undefined {
  const last = lastActivation(graph) ?? '';
  if (between0And1.has(last)) return (x) => clamp(0, 0.5 + x / 5);
  if (betweenMinus1And1.has(last)) return (x) => clamp(-1, x / 2.5);
  return undefined;
}
