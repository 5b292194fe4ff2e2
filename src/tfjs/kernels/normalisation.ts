/** Normalisation by given statistics, and over neighbouring channels. */
import { itemAt, sizeAt } from '../../graph/access';
import type { ValueId } from '../../graph/types';
import { channelsFirst } from '../layout';
import type { StepView } from '../translation';
import type { RuleTable, StepRule } from './table';

/** `tf.batchNorm`: a layer's own operator where the statistics are one number a channel, else arithmetic. */
const normaliseByStatistics: StepRule = (step) => {
  const { e } = step;
  const rank = step.rank('x');
  const channels = sizeAt(step.shape('x'), -1);
  const names = ['mean', 'variance', 'offset', 'scale'].filter((name) => step.has(name));
  const isRow = (name: string) => step.rank(name) === 1 && itemAt(step.shape(name), 0) === channels;
  const eps = step.number('varianceEpsilon', 1e-3);
  if (rank > 1 && names.every(isRow)) {
    const order = rank === 2 ? [0, 1] : channelsFirst(rank);
    const inputs = ['scale', 'offset', 'mean', 'variance'].map((name) => step.optional(name));
    const op = { kind: 'batch_norm', eps, momentum: null, frozen: true } as const;
    step.give(e.op(op, step.in('x', order), ...inputs), order);
    return;
  }
  const { values, order } = step.align(['x', ...names]);
  const by = new Map(['x', ...names].map((name, i) => [name, itemAt(values, i)]));
  const value = (name: string) => by.get(name) as ValueId;
  const deviation = e.unary('sqrt', e.binaryScalar('add', value('variance'), eps));
  const normal = e.div(e.sub(value('x'), value('mean')), deviation);
  const scaled = by.has('scale') ? e.mul(normal, value('scale')) : normal;
  step.give(by.has('offset') ? e.add(scaled, value('offset')) : scaled, order);
};

/** x · (bias + alpha · Σ x²)^−beta, summed over the channels around: a product with a band of ones. */
const normaliseAcrossChannels = (step: StepView): void => {
  const { e } = step;
  const channels = sizeAt(step.shape('x'), -1);
  const radius = step.integer('depthRadius');
  const band = Array.from({ length: step.boundedCount(channels * channels) }, (_, i) =>
    Number(Math.abs(Math.floor(i / channels) - (i % channels)) <= radius),
  );
  const x = step.read('x');
  const sums = e.matmul(e.mul(x, x), e.constant(band, [channels, channels]));
  const base = e.binaryScalar('add', e.binaryScalar('mul', sums, step.number('alpha')), step.number('bias'));
  step.give(e.mul(x, e.binaryScalar('pow', base, -step.number('beta'))));
};

export const normalisations: RuleTable = { FusedBatchNorm: normaliseByStatistics, LRN: normaliseAcrossChannels };
