/** Normalisations, and dropout, which does nothing in evaluation. */
import { itemAt, sizeAt } from '../../graph/access';
import { isSameShape } from '../../graph/emit';
import { count } from '../../graph/evaluate/elements';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import type { Trace } from '../trace';

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(to - from, 0) }, (_, i) => from + i);

/** Numbers a channel over x[N,C,…]. */
const channels = (t: Trace, row: OnnxOperand, x: OnnxOperand): OnnxOperand =>
  t.reshape(
    row,
    x.type.shape.map((size, i) => (i === 1 ? size : 1)),
  );

/** ONNX's momentum is the share that the running statistics keep, PyTorch's the one that they take. */
const batchNorm: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const eps = attributes.float('epsilon', 1e-5);
  const share = attributes.float('momentum', 0.9);
  const momentum = Number((1 - share).toPrecision(6));
  const [weight, bias] = [call.parameter(1), call.parameter(2)];
  const isTraining = call.opset >= 14 ? attributes.int('training_mode', 0) !== 0 : call.names(1);
  const op = { kind: 'batch_norm', eps, momentum } as const;
  if (!isTraining) return t.op(op, x, weight, bias, call.parameter(3, 'buffer'), call.parameter(4, 'buffer'));
  const y = t.op(op, x, weight, bias, null, null);
  if (!call.names(1)) return y;
  const dims = x.type.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const mean = t.reduce('mean', x, dims);
  const centred = t.sub(x, channels(t, mean, x));
  const variance = t.reduce('mean', t.mul(centred, centred), dims);
  const running = (before: OnnxOperand, now: OnnxOperand) =>
    t.add(t.with('mul', before, share), t.with('mul', now, 1 - share));
  return [y, running(call.input(3), mean), running(call.input(4), variance)];
};

const instanceNorm: OperatorReader = (call) => {
  const x = call.input(0);
  const op = {
    kind: 'group_norm',
    groups: sizeAt(x.type.shape, 1),
    eps: call.attributes.float('epsilon', 1e-5),
  } as const;
  return call.t.op(op, x, call.parameter(1), call.parameter(2));
};

/** Version 18 scales groups, version 21 channels. */
const groupNorm: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const groups = attributes.requiredInt('num_groups');
  const width = sizeAt(x.type.shape, 1);
  if (!(groups >= 1 && width % groups === 0))
    throw call.problem('shape', say('{0} has {1} groups of {2} channels.', call.what, groups, width));
  const op = { kind: 'group_norm', groups, eps: attributes.float('epsilon', 1e-5) } as const;
  if (sizeAt(call.shape(1), 0) === width) return t.op(op, x, call.parameter(1), call.parameter(2));
  const each = (index: number) => {
    const wide = t.expand(t.reshape(call.parameter(index), [groups, 1]), [groups, width / groups]);
    return t.reshape(wide, [width]);
  };
  return t.op(op, x, each(1), each(2));
};

/** x, its mean and 1/√(variance + ε) over the last dimensions. */
function standardise(t: Trace, x: OnnxOperand, dims: readonly number[], eps: number) {
  const mean = t.mean(x, dims);
  const centred = t.sub(x, mean);
  const variance = t.mean(t.mul(centred, centred), dims);
  const inverse = t.unary('reciprocal', t.unary('sqrt', t.with('add', variance, eps)));
  return { normal: t.mul(centred, inverse), mean, inverse };
}

export const layerNorm: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const rank = x.type.shape.length;
  const axis = call.axis(attributes.int('axis', -1));
  const eps = attributes.float('epsilon', 1e-5);
  const shape = x.type.shape.slice(axis);
  const fits = [1, 2].every((i) => !call.optional(i) || isSameShape(call.shape(i), shape));
  if (fits && !call.names(1) && !call.names(2))
    return t.op({ kind: 'layer_norm', shape, eps }, x, call.optionalParameter(1), call.optionalParameter(2));
  const { normal, mean, inverse } = standardise(t, x, range(axis, rank), eps);
  const scaled = t.mul(normal, call.parameter(1));
  return [call.optional(2) ? t.add(scaled, call.parameter(2)) : scaled, mean, inverse];
};

/** x / √(mean x² + ε) · scale. */
export function rmsNorm(call: NodeCall, x: OnnxOperand, scale: OnnxOperand, axis: number, eps: number): OnnxOperand {
  const { t } = call;
  const mean = t.mean(t.mul(x, x), range(axis, x.type.shape.length));
  return t.mul(t.div(x, t.unary('sqrt', t.with('add', mean, eps))), scale);
}

const meanVariance: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const dims = call.axes(attributes.ints('axes') ?? [0, 2, 3]);
  const mean = t.mean(x, dims);
  const squares = t.mean(t.mul(x, x), dims);
  const deviation = t.unary('sqrt', t.sub(squares, t.mul(mean, mean)));
  return t.div(t.sub(x, mean), t.with('add', deviation, 1e-9));
};

/** x / (bias + α/size · Σ x²)^β, the sum over neighbouring channels. */
const localResponse: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const size = attributes.requiredInt('size');
  const { shape } = x.type;
  const [n, c] = [sizeAt(shape, 0), sizeAt(shape, 1)];
  if (!(size >= 1 && size <= 2 ** 20)) throw call.refuseAttribute('size', size);
  const inner = count(shape.slice(2));
  const before = Math.floor((size - 1) / 2);
  const squares = t.reshape(t.mul(x, x), [n, 1, c, inner]);
  const padded = t.pad(squares, [0, 0, before, 0, 0, 0, size - 1 - before, 0]);
  const op = { kind: 'avg_pool', kernel: [size, 1], stride: [1, 1], padding: [0, 0, 0, 0], ceil: false } as const;
  const mean = t.reshape(t.op({ ...op, countIncludePad: true }, padded), shape);
  const scaled = t.with('add', t.with('mul', mean, attributes.float('alpha', 1e-4)), attributes.float('bias', 1));
  return t.div(x, t.with('pow', scaled, attributes.float('beta', 0.75)));
};

const lpNorm: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const dim = call.axis(attributes.int('axis', -1));
  const isFirst = attributes.int('p', 2) === 1;
  const sum = t.reduce('sum', isFirst ? t.unary('abs', x) : t.mul(x, x), [dim], true);
  const norm = isFirst ? sum : t.unary('sqrt', sum);
  // Zeros stay zeros.
  return t.div(x, t.where(t.compare('eq', norm, t.scalar(0, norm)), t.scalar(1, norm), norm));
};

const dropout: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const p = call.opset < 12 ? attributes.float('ratio', 0.5) : call.number(1, 0.5);
  if (call.optional(2) && itemAt(call.data(2), 0) !== 0 && p > 0)
    call.around.note(say('Dropout is read as in evaluation: {0}', call.path));
  const made = t.op({ kind: 'dropout', p: Math.min(Math.max(p, 0), 1), variant: 'element' }, x);
  if (!call.names(1)) return made;
  return [made, t.expand(t.constant([1], [], 'bool'), x.type.shape)];
};

export const normalisations: OperatorTable = {
  BatchNormalization: batchNorm,
  InstanceNormalization: instanceNorm,
  GroupNormalization: groupNorm,
  LayerNormalization: layerNorm,
  RMSNormalization: (call) =>
    rmsNorm(
      call,
      call.input(0),
      call.parameter(1),
      call.axis(call.attributes.int('axis', -1)),
      call.attributes.float('epsilon', 1e-5),
    ),
  MeanVarianceNormalization: meanVariance,
  LRN: localResponse,
  LpNormalization: lpNorm,
  Dropout: dropout,
};
