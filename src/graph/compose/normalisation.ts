import { inputAt, isGiven, sizeAt } from '../access';
import type { Emit } from '../emit';
import type { Op, ValueId } from '../types';

type OpOf<K extends Op['kind']> = Extract<Op, { readonly kind: K }>;
type Inputs = readonly (ValueId | null)[];

/** The sizes in which a row of one number a channel is added to x[N,C,…]. */
export const channelRow = (shape: readonly number[]): number[] => shape.map((size, i) => (i === 1 ? size : 1));

/** (x − mean) / √(variance + ε) over dimensions, and both statistics in the shape that keeps them; biased variance. */
export function standardise(e: Emit, x: ValueId, dims: readonly number[], eps: number) {
  const mean = e.reduce('mean', x, dims, true);
  const centred = e.sub(x, mean);
  const variance = e.reduce('mean', e.mul(centred, centred), dims, true);
  return { normal: e.div(centred, e.unary('sqrt', e.binaryScalar('add', variance, eps))), mean, variance };
}

/** Scaled by a weight and shifted by a bias, where they are given, both viewed in `shape`. */
export function scaleAndShift(
  e: Emit,
  x: ValueId,
  shape: readonly number[],
  weight?: ValueId | null,
  bias?: ValueId | null,
) {
  const scaled = isGiven(weight) ? e.mul(x, e.reshape(weight, shape)) : x;
  return isGiven(bias) ? e.add(scaled, e.reshape(bias, shape)) : scaled;
}

/** With the batch's own statistics, which come with it. */
export function batchNormOfBatch(e: Emit, { eps }: Pick<OpOf<'batch_norm'>, 'eps'>, inputs: Inputs) {
  const x = inputAt('batch_norm', inputs, 0);
  const dims = e.shape(x).flatMap((_, i) => (i === 1 ? [] : [i]));
  const { normal, mean, variance } = standardise(e, x, dims, eps);
  return { y: scaleAndShift(e, normal, channelRow(e.shape(x)), inputs[1], inputs[2]), mean, variance };
}

/** With the running statistics; a layer that keeps none uses the batch's, in evaluation too. */
export function batchNorm(e: Emit, op: OpOf<'batch_norm'>, inputs: Inputs): ValueId {
  const [, weight, bias, mean, variance] = inputs;
  if (!isGiven(mean) || !isGiven(variance)) return batchNormOfBatch(e, op, inputs).y;
  const x = inputAt('batch_norm', inputs, 0);
  const row = channelRow(e.shape(x));
  const deviation = e.unary('sqrt', e.binaryScalar('add', e.reshape(variance, row), op.eps));
  return scaleAndShift(e, e.div(e.sub(x, e.reshape(mean, row)), deviation), row, weight, bias);
}

export function layerNorm(e: Emit, { shape, eps }: OpOf<'layer_norm'>, inputs: Inputs): ValueId {
  const x = inputAt('layer_norm', inputs, 0);
  const rank = e.shape(x).length;
  const dims = shape.map((_, i) => rank - shape.length + i);
  return scaleAndShift(e, standardise(e, x, dims, eps).normal, shape, inputs[1], inputs[2]);
}

export function groupNorm(e: Emit, { groups, eps }: OpOf<'group_norm'>, inputs: Inputs): ValueId {
  const x = inputAt('group_norm', inputs, 0);
  const shape = e.shape(x);
  const n = sizeAt(shape, 0);
  const rows = e.reshape(x, [n, groups, e.count(x) / n / groups]);
  const normal = e.reshape(standardise(e, rows, [2], eps).normal, shape);
  return scaleAndShift(e, normal, channelRow(shape), inputs[1], inputs[2]);
}
