import { isGiven, sizeAt } from '../../graph/access';
import { composites } from '../../graph/compose/index';
import { elements } from '../../graph/ops/rule';
import type { ValueId } from '../../graph/types';
import type { Lowerers, LoweringScope } from '../scope';
import { float, int } from '../sink';
import { lowerComposite } from './definition';

/** A weight or bias per channel, or a constant where the layer has none. */
function channelParameter(
  scope: LoweringScope,
  value: ValueId | null | undefined,
  channels: number,
  otherwise: number,
): string {
  if (value !== null && value !== undefined) return scope.name(value);
  return scope.sink.constant(new Float32Array(channels).fill(otherwise), 'float32', [channels]);
}

/** Scales and shifts x[N,C,…] by weight[C] and bias[C], where they are given. */
function scaleAndShift(
  scope: LoweringScope,
  x: string,
  rank: number,
  weight: ValueId | null,
  bias: ValueId | null,
): string {
  const broadcast = (value: ValueId) => {
    const shape = [1, ...scope.shape(value), ...new Array<number>(Math.max(rank - 2, 0)).fill(1)];
    return scope.reshape(scope.name(value), shape);
  };
  let y = x;
  if (weight !== null) y = scope.sink.emit('Mul', [y, broadcast(weight)]);
  if (bias !== null) y = scope.sink.emit('Add', [y, broadcast(bias)]);
  return y;
}

const withoutStatistics = lowerComposite(composites.batch_norm);

export const normalisations: Lowerers<'batch_norm' | 'layer_norm' | 'group_norm'> = {
  /** With running statistics; a layer that keeps none uses the batch's, in evaluation too. */
  batch_norm(scope, op, node) {
    const [x, weight, bias, mean, variance] = node.inputs;
    const shape = scope.shape(x);
    const channels = sizeAt(shape, 1);
    if (!isGiven(mean) || !isGiven(variance)) return withoutStatistics(scope, op, node);
    // WebGPU's kernel takes the last dimension of a matrix for a spatial one.
    const isMatrix = shape.length === 2;
    const normal = scope.sink.emit(
      'BatchNormalization',
      [
        isMatrix ? scope.reshape(scope.name(x), [...shape, 1]) : scope.name(x),
        channelParameter(scope, weight, channels, 1),
        channelParameter(scope, bias, channels, 0),
        scope.name(mean),
        scope.name(variance),
      ],
      { epsilon: float(op.eps) },
    );
    return isMatrix ? scope.reshape(normal, shape) : normal;
  },

  layer_norm(scope, op, node) {
    const [x, weight, bias] = node.inputs;
    const { sink } = scope;
    const count = elements(op.shape);
    const scale =
      weight === null || weight === undefined
        ? sink.constant(new Float32Array(count).fill(1), 'float32', op.shape)
        : scope.name(weight);
    const inputs = [scope.name(x), scale];
    if (bias !== null && bias !== undefined) inputs.push(scope.name(bias));
    return sink.emit('LayerNormalization', inputs, { axis: int(-op.shape.length), epsilon: float(op.eps) });
  },

  /** ONNX's GroupNormalization falls apart into CPU operators: one instance norm over x[N,groups,…] does the same. */
  group_norm(scope, op, node) {
    const [x, weight, bias] = node.inputs;
    const shape = scope.shape(x);
    const n = sizeAt(shape, 0);
    const size = elements(shape) / (n * op.groups);
    const grouped = scope.reshape(scope.name(x), [n, op.groups, size]);
    const normal = scope.sink.emit(
      'InstanceNormalization',
      [grouped, channelParameter(scope, null, op.groups, 1), channelParameter(scope, null, op.groups, 0)],
      { epsilon: float(op.eps) },
    );
    return scaleAndShift(scope, scope.reshape(normal, shape), shape.length, weight ?? null, bias ?? null);
  },
};
