/**
 * Layers that exporters take apart, put together again as their parts are read: what measures a model, draws its weights
 * anew or rounds them knows layers. The parts that nothing else reads are dropped at the end.
 */
import { activationOfOnnx } from '../activations/onnx';
import { itemAt, sizeAt } from '../graph/access';
import { isSameShape } from '../graph/emit';
import { count } from '../graph/evaluate/elements';
import { isFloating } from '../graph/ops/rule';
import type { Node, Op, ValueId } from '../graph/types';
import type { OnnxOperand } from './operand';
import type { Trace } from './trace';

type MakerOf<K extends Op['kind']> = Node & { readonly op: Extract<Op, { readonly kind: K }> };

function makerOf<K extends Op['kind']>(t: Trace, operand: OnnxOperand, kind: K): MakerOf<K> | undefined {
  const maker = t.makerOf(operand);
  return maker?.op.kind === kind ? (maker as MakerOf<K>) : undefined;
}

function makerOfValue<K extends Op['kind']>(
  t: Trace,
  value: ValueId | null | undefined,
  kind: K,
): MakerOf<K> | undefined {
  const maker = typeof value === 'number' ? t.builder.producerOf(value) : undefined;
  return maker?.op.kind === kind ? (maker as MakerOf<K>) : undefined;
}

/** The storage of a weight seen as a row of this many numbers; undefined where the operand is none. */
function row(t: Trace, operand: OnnxOperand, shape: readonly number[]): ValueId | undefined {
  const { type, weight, known } = operand;
  if (!isFloating(type.dtype) || count(type.shape) !== count(shape)) return undefined;
  const own = weight ?? (known && known.length > 1 ? t.weights.ofConstant({ ...operand, known }) : undefined);
  if (!own) return undefined;
  return isSameShape(type.shape, shape) ? t.weights.valueOf(own) : t.weights.asReshaped(own, shape);
}

/** Both orders of two operands. */
const orders = (a: OnnxOperand, b: OnnxOperand) =>
  [
    [a, b],
    [b, a],
  ] as const;

/** A sum with a layer that has no bias yet is the layer with one. */
export function joinBias(t: Trace, a: OnnxOperand, b: OnnxOperand): OnnxOperand | undefined {
  for (const [made, added] of orders(a, b)) {
    const maker = t.makerOf(made);
    if (!maker || (maker.inputs[2] !== undefined && maker.inputs[2] !== null)) continue;
    const [x = null, weight = null] = maker.inputs;
    const { op } = maker;
    const { shape } = made.type;
    if (op.kind === 'linear' && isSameShape(added.type.shape, shape.slice(-1))) {
      const bias = row(t, added, shape.slice(-1));
      if (bias !== undefined) return t.ofValue(t.builder.emit1(op, x, weight, bias));
    }
    if (op.kind === 'layer_norm' && weight !== null && isSameShape(added.type.shape, op.shape)) {
      const bias = row(t, added, op.shape);
      if (bias !== undefined) return t.ofValue(t.builder.emit1(op, x, weight, bias));
    }
    if ((op.kind === 'conv' || op.kind === 'conv_transpose') && isChannelRow(added.type.shape, shape)) {
      const bias = row(t, added, [sizeAt(shape, 1)]);
      if (bias !== undefined) return t.ofValue(t.builder.emit1(op, x, weight, bias));
    }
  }
  return undefined;
}

/** Whether a shape has one number a channel of x[N,C,…]. */
function isChannelRow(shape: readonly number[], x: readonly number[]): boolean {
  const own = shape.length === x.length && shape[0] === 1 ? shape.slice(1) : shape;
  return own.length === x.length - 1 && own.every((size, i) => size === (i === 0 ? x[1] : 1));
}

/** A product with a layer norm's result that has no weight yet; or the last step of a layer norm. */
export function joinScale(t: Trace, a: OnnxOperand, b: OnnxOperand): OnnxOperand | undefined {
  for (const [made, factor] of orders(a, b)) {
    const norm = makerOf(t, made, 'layer_norm');
    if (norm && !norm.inputs.slice(1).some((input) => input !== null)) {
      const weight = isSameShape(factor.type.shape, norm.op.shape) ? row(t, factor, norm.op.shape) : undefined;
      if (weight !== undefined) return t.ofValue(t.builder.emit1(norm.op, itemAt(norm.inputs, 0), weight, null));
    }
    const inverse = makerOf(t, factor, 'unary');
    if (inverse?.op.function === 'reciprocal') {
      const found = normal(t, made, itemAt(inverse.inputs, 0));
      if (found) return found;
    }
  }
  return undefined;
}

/** (x − mean) / √(variance + ε) over the last dimensions is a layer norm. */
export const joinNormal = (t: Trace, centred: OnnxOperand, deviation: OnnxOperand): OnnxOperand | undefined =>
  deviation.value === undefined ? undefined : normal(t, centred, deviation.value);

function normal(t: Trace, centred: OnnxOperand, deviation: ValueId | null): OnnxOperand | undefined {
  const root = makerOfValue(t, deviation, 'unary');
  const sum = root?.op.function === 'sqrt' ? makerOfValue(t, root.inputs[0], 'binary') : undefined;
  if (sum?.op.function !== 'add') return undefined;
  for (const [variance, eps] of [sum.inputs, sum.inputs.toReversed()]) {
    const epsilon = makerOfValue(t, eps, 'constant');
    const mean = makerOfValue(t, variance, 'reduce');
    if (epsilon?.op.data.length !== 1 || mean?.op.function !== 'mean' || !mean.op.keepdim) continue;
    const squared = squareOf(t, mean.inputs[0]);
    const [own, other] = [centreOf(t, centred.value), centreOf(t, squared)];
    if (
      !own ||
      !other ||
      own.x !== other.x ||
      !isSameShape(own.dims, mean.op.dims) ||
      !isSameShape(own.dims, other.dims)
    )
      continue;
    const { shape } = t.builder.type(own.x);
    const first = shape.length - own.dims.length;
    if (!own.dims.every((dim, i) => dim === first + i)) continue;
    const op = {
      kind: 'layer_norm',
      shape: shape.slice(first),
      eps: shortEpsilon(itemAt(epsilon.op.data, 0)),
    } as const;
    return t.ofValue(t.builder.emit1(op, own.x, null, null));
  }
  return undefined;
}

/** What people write: single precision makes 1e−5 a longer number. */
const shortEpsilon = (value: number): number => Number(value.toPrecision(6));

/** The value whose square this is. */
function squareOf(t: Trace, value: ValueId | null | undefined): ValueId | null | undefined {
  const maker = makerOfValue(t, value, 'binary');
  if (maker?.op.function === 'mul' && maker.inputs[0] === maker.inputs[1]) return maker.inputs[0];
  const exponent = maker?.op.function === 'pow' ? makerOfValue(t, maker.inputs[1], 'constant') : undefined;
  return exponent?.op.data.length === 1 && exponent.op.data[0] === 2 ? maker?.inputs[0] : undefined;
}

/** x and the dimensions of x − mean(x). */
function centreOf(t: Trace, value: ValueId | null | undefined): { x: ValueId; dims: readonly number[] } | undefined {
  const difference = makerOfValue(t, value, 'binary');
  if (difference?.op.function !== 'sub') return undefined;
  const [x, other] = difference.inputs;
  const mean = makerOfValue(t, other, 'reduce');
  if (mean?.op.function !== 'mean' || !mean.op.keepdim || mean.inputs[0] !== x || typeof x !== 'number')
    return undefined;
  return { x, dims: mean.op.dims };
}

/** The logarithm of a softmax is an activation of its own, which does not lose small numbers. */
export function joinLog(t: Trace, x: OnnxOperand): OnnxOperand | undefined {
  const maker = makerOf(t, x, 'activation');
  const softmax = activationOfOnnx('Softmax');
  if (!maker || maker.op.activation !== softmax?.activation) return undefined;
  const found = activationOfOnnx('LogSoftmax', { axis: Number(maker.op.parameters.dim) });
  return found && t.ofValue(t.builder.emit1({ kind: 'activation', ...found }, itemAt(maker.inputs, 0)));
}

/**
 * softmax(q·kᵀ·scale + mask)·v is attention, whose weights are no activation that one would exchange.
 * @param weights what the values are multiplied with
 */
export function joinAttention(t: Trace, weights: OnnxOperand, value: OnnxOperand): OnnxOperand | undefined {
  const softmax = makerOf(t, weights, 'activation');
  if (softmax?.op.activation !== activationOfOnnx('Softmax')?.activation) return undefined;
  const rank = weights.type.shape.length;
  const { dim } = softmax?.op.parameters ?? {};
  if (!softmax || rank < 3 || value.type.shape.length !== rank || (dim !== rank - 1 && dim !== -1)) return undefined;
  const found = scoresOf(t, softmax.inputs[0], null);
  if (!found) return undefined;
  const { query, key, scale, mask } = found;
  const inputs = [query, key, value.value ?? t.valueOf(value), mask];
  return t.ofValue(t.builder.emit1({ kind: 'attention', causal: false, scale, dropout: 0 }, ...inputs));
}

interface ScoreParts {
  readonly query: ValueId;
  readonly key: ValueId;
  readonly scale: number;
  readonly mask: ValueId | null;
}

/** What scores are made of: a product, perhaps scaled, to which a mask may be added. */
function scoresOf(t: Trace, value: ValueId | null | undefined, mask: ValueId | null): ScoreParts | undefined {
  const product = makerOfValue(t, value, 'matmul');
  if (product) {
    const [query, turned] = product.inputs;
    const rank = typeof query === 'number' ? t.builder.type(query).shape.length : 0;
    if (typeof query !== 'number' || typeof turned !== 'number' || t.builder.type(turned).shape.length !== rank)
      return undefined;
    return { query, key: t.valueOf(t.transpose(t.ofValue(turned))), scale: 1, mask };
  }
  const maker = makerOfValue(t, value, 'binary');
  if (!maker) return undefined;
  const [a, b] = maker.inputs;
  const factor = numberOf(t, b) ?? (maker.op.function === 'mul' ? numberOf(t, a) : undefined);
  if (factor !== undefined && (maker.op.function === 'mul' || maker.op.function === 'div')) {
    const scale = maker.op.function === 'mul' ? factor : 1 / factor;
    const found = scoresOf(t, numberOf(t, b) === undefined ? b : a, null);
    // A mask that is scaled as well is another one.
    return found && found.mask === null ? { ...found, scale: found.scale * scale, mask } : undefined;
  }
  if (maker.op.function !== 'add' || mask !== null) return undefined;
  for (const [scores, added] of [maker.inputs, maker.inputs.toReversed()]) {
    const found = typeof added === 'number' ? scoresOf(t, scores, added) : undefined;
    if (found) return found;
  }
  return undefined;
}

function numberOf(t: Trace, value: ValueId | null | undefined): number | undefined {
  const data = makerOfValue(t, value, 'constant')?.op.data;
  return data?.length === 1 ? data[0] : undefined;
}
