/** How every measure of `compare/measures/` is taken, in the order in which it is done: first the forward pass's part of `cost`. */
import type { MeasureName } from '../../compare/measures/index';
import { compression } from './compression';
import { cost, forwardPass } from './cost';
import { drift } from './drift';
import { gradient } from './gradient';
import { learning } from './learning';
import type { PassMeasure, StepMeasure } from './measure';
import { signal } from './signal';
import { similarity } from './similarity';

export { forwardPass };
/** Those that read the first step of training. */
export const stepMeasures = { signal, similarity, gradient } satisfies Partial<Record<MeasureName, StepMeasure>>;
/** Their part of the user's time. */
export const stepShare = 0.2;

export const passMeasures: Readonly<Record<Exclude<MeasureName, keyof typeof stepMeasures>, PassMeasure>> = {
  cost,
  compression,
  drift,
  learning,
};
