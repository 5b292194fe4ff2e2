import { firstOutput } from '../../src/activations/row';
import type { Activation } from '../../src/activations/types';
import type { ActivationParameters } from '../../src/graph/types';

/** An activation as a curve over one x. */
export interface ActivationCurve {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
  /** Outputs in the row, for activations that act on a whole row. */
  readonly row?: number;
  /** x is the gate of the value 1, for activations of pairs. */
  readonly gate?: true;
}

const rowLength = 4;

/**
 * The curve to draw. Of an activation along a dimension: the first of four outputs while its input moves and the others
 * stay at 0. Of a gated activation: the output for the value 1 while its gate moves.
 */
export function curveOf(activation: Activation, parameters: ActivationParameters): ActivationCurve | undefined {
  const { value, derivative, row } = activation;
  if (value) {
    const f = (x: number) => value(x, parameters);
    return { value: f, slope: derivative ? (x) => derivative(x, parameters) : (x) => difference(f, x) };
  }
  if (!row) return undefined;
  if (activation.shape === 'gated') {
    const f = firstOutput(row, (x) => [1, x], parameters);
    return { value: f, slope: (x) => difference(f, x), gate: true };
  }
  const rest = Array.from({ length: rowLength - 1 }, () => 0);
  const f = firstOutput(row, (x) => [x, ...rest], parameters);
  return { value: f, slope: (x) => difference(f, x), row: rowLength };
}

/** Central difference; its error is of the order of the step squared, far below what a plot shows. */
function difference(f: (x: number) => number, x: number): number {
  const step = 1e-6;
  return (f(x + step) - f(x - step)) / (2 * step);
}

/** What is drawn: wide enough for every bend of the catalogue's functions, ReLU6's cap included. */
export const domain = { from: -6, to: 7 } as const;
