/** Layers that do something in training alone: TensorFlow.js's dropout and noise, identities in evaluation. */
import { itemAt } from '../../graph/access';
import type { OpAttributes } from '../../graph/types';
import type { RuleTable } from '../kernels/table';
import type { StepView } from '../translation';

type DropoutVariant = OpAttributes['dropout']['variant'];

function noisy(step: StepView, variant: DropoutVariant, p: number): void {
  const { e } = step;
  const order = step.orderOf('x');
  const shape = step.shape('x');
  const given = step.attribute('noiseShape') ?? null;
  const drawn = given === null ? shape : step.numbers('noiseShape');
  if (drawn.length !== shape.length) {
    step.refuseSetting('noiseShape');
  }
  const whole = drawn.every((size, dim) => size === shape[dim]);
  const mask = order.map((dim) => itemAt(drawn, dim));
  const op = { kind: 'dropout', p, variant, ...(whole ? {} : { mask }) } as const;
  step.give(e.op(op, step.in('x', order)), order);
}

export const noises: RuleTable = {
  Dropout: (step) => noisy(step, 'element', step.number('rate')),
  GaussianDropout: (step) => noisy(step, 'gaussian', step.number('rate')),
  GaussianNoise: (step) => noisy(step, 'noise', step.number('stddev')),
  AlphaDropout: (step) => noisy(step, 'raised', step.number('rate')),
};
