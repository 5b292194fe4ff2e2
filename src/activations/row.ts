import { itemAt } from '../graph/access';
import type { ActivationParameters } from '../graph/types';

/** The first output of a row of activations, as its inputs follow x. */
export function firstOutput(
  row: (row: readonly number[], parameters: ActivationParameters) => readonly number[],
  inputs: (x: number) => readonly number[],
  parameters: ActivationParameters,
): (x: number) => number {
  return (x) => itemAt(row(inputs(x), parameters), 0);
}
