/** Whether the backward that an autograd Function brings along is the derivative of its forward. */

import { itemAt } from '../../graph/access';
import type { AppliedFunction } from '../../graph/builder';
import type { Graph, SourceRange, ValueId } from '../../graph/types';
import { ValueFlow } from './flow';
import { valuesAt } from './values';

/** `derivative`; `other`: a straight-through estimator, a surrogate; `unknown`: not of single elements, or not to be read. */
export type BackwardKind = 'derivative' | 'other' | 'unknown';

export interface JudgedFunction {
  readonly name: string;
  /** The call of `apply`. */
  readonly source?: SourceRange | undefined;
  readonly kind: BackwardKind;
  /** Whether its forward hands its input on. */
  readonly isIdentity: boolean;
  /** Whether its forward makes a value. */
  readonly holds: (value: ValueId) => boolean;
}

/** Where slopes are compared: on both sides of the corners that functions have, on none. */
const places: readonly number[] = [-7.37, -4.13, -2.61, -1.37, -0.77, -0.29, 0.31, 0.83, 1.41, 2.47, 3.71, 6.53];
const STEP = 1e-5;
const TOLERANCE = 1e-4;

/** @param graph with all that was computed while it was read, the backward too: it is not pruned yet */
export function judgeFunctions(graph: Graph, applied: readonly AppliedFunction[]): JudgedFunction[] {
  if (applied.length === 0) return [];
  const flow = new ValueFlow(graph);
  return applied.map((one) => ({
    name: one.name,
    source: one.source,
    kind: backwardKind(flow, one),
    isIdentity: one.inputs.includes(one.output),
    holds: (value) => value >= one.first && value < one.end,
  }));
}

function backwardKind(flow: ValueFlow, { inputs, output, backward }: AppliedFunction): BackwardKind {
  const moving = inputs.flatMap((value, i) => (value !== null && flow.dependenceOf(value) === undefined ? [i] : []));
  const [position, more] = moving;
  if (!backward || position === undefined || more !== undefined) return 'unknown';
  const [x, gradient] = [itemAt(inputs, position), backward.gradients[position] ?? null];
  if (x === null || gradient === null) return 'unknown';
  const forward = (shift: number) => valuesAt(flow, output, new Map([[x, places.map((place) => place + shift)]]));
  const passed = (given: number) =>
    valuesAt(
      flow,
      gradient,
      new Map([
        [x, places],
        [backward.given, places.map(() => given)],
      ]),
    );
  const [above, below, once, twice] = [forward(STEP), forward(-STEP), passed(1), passed(2)];
  if (!above || !below || !once || !twice) return 'unknown';
  const isSlope = places.every((_, i) => {
    const slope = (itemAt(above, i) - itemAt(below, i)) / (2 * STEP);
    const near = TOLERANCE * (1 + Math.abs(slope));
    return Math.abs(itemAt(once, i) - slope) <= near && Math.abs(itemAt(twice, i) - 2 * slope) <= 2 * near;
  });
  return isSlope ? 'derivative' : 'other';
}
