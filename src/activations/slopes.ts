/** Slopes that several activations share, in graph operators. */
import type { Emit } from '../graph/emit';
import type { ValueId } from '../graph/types';

// Those with a corner inside must have a `backward`: in their definitions both sides of a maximum and a minimum meet at
// it, and each would pass the gradient on. Exact zeros are common: behind a ReLU, a padding, a dropout.

/** The slope where x is positive is 1, elsewhere `slope`. */
export function hingeSlope(e: Emit, x: ValueId, slope: number): ValueId {
  const positive = e.indicator('gt', x, e.scalar(0, x));
  return slope === 0 ? positive : e.binaryScalar('add', e.binaryScalar('mul', positive, 1 - slope), slope);
}

/** 1 between two numbers, at neither. */
export function intervalIndicator(e: Emit, x: ValueId, low: number, high: number): ValueId {
  return e.mul(e.indicator('gt', x, e.scalar(low, x)), e.indicator('lt', x, e.scalar(high, x)));
}

/** One slope where x is positive, another elsewhere. */
export function slopeBySign(e: Emit, x: ValueId, positive: number, elsewhere: ValueId): ValueId {
  return e.where(e.compare('gt', x, e.scalar(0, x)), e.scalar(positive, x), elsewhere);
}
