/** Products of matrices, with and without weights. */
import { sizeAt } from '../../graph/access';
import { isFloating } from '../../graph/ops/rule';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import { joinAttention } from '../layers';
import type { OnnxOperand } from '../operand';
import type { Trace } from '../trace';
import { einsum } from './einsum';

/**
 * The weight [out,in] of a linear layer whose product is with `right` [in,out]: a matrix of the file, or one that is
 * computed of it alone.
 */
function weightOf(call: NodeCall, right: OnnxOperand): OnnxOperand | undefined {
  const { t } = call;
  if (right.type.shape.length !== 2 || !isFloating(right.type.dtype)) return undefined;
  if (right.weight && right.value === undefined) return t.ofValue(t.weights.asTransposed(right.weight));
  const own = call.asWeight(right);
  const maker = t.makerOf(own);
  if (maker?.op.kind === 'permute') {
    const [from] = maker.inputs;
    if (typeof from === 'number' && t.builder.storageOf(from) !== undefined) return t.ofValue(from);
  }
  return own.value !== undefined && t.builder.storageOf(own.value) !== undefined ? t.transpose(own) : undefined;
}

/** x·W, as a linear layer where W is a weight. */
export function multiply(call: NodeCall, x: OnnxOperand, right: OnnxOperand): OnnxOperand {
  const { t } = call;
  const weight = x.type.shape.length > 0 && x.known === undefined ? weightOf(call, right) : undefined;
  if (weight) return t.op({ kind: 'linear' }, x, weight, null);
  return joinAttention(t, x, right) ?? t.matmul(x, right);
}

const scaleBy = (t: Trace, x: OnnxOperand, factor: number): OnnxOperand =>
  factor === 1 ? x : t.with('mul', x, factor);

export function gemm(call: NodeCall): OnnxOperand {
  const { t, attributes } = call;
  const [alpha, beta] = [attributes.float('alpha', 1), attributes.float('beta', 1)];
  const a = attributes.int('transA', 0) ? t.transpose(call.input(0)) : call.input(0);
  const given = call.input(1);
  const isTurned = attributes.int('transB', 0) !== 0;
  const bias = call.optional(2);
  const isLayer = a.known === undefined && isFloating(a.type.dtype);
  if (isLayer && alpha === 1) {
    const weight = isTurned ? call.parameter(1) : (weightOf(call, given) ?? t.transpose(given));
    const isRow = bias?.type.shape.length === 1 && sizeAt(bias.type.shape, 0) === sizeAt(weight.type.shape, 0);
    if (isRow && beta === 1) return t.op({ kind: 'linear' }, a, weight, call.parameter(2));
    const product = t.op({ kind: 'linear' }, a, weight, null);
    return bias ? t.add(product, scaleBy(t, bias, beta)) : product;
  }
  const product = scaleBy(t, t.matmul(a, isTurned ? t.transpose(given) : given), alpha);
  return bias ? t.add(product, scaleBy(t, bias, beta)) : product;
}

/** Whole numbers are multiplied in float64, which is exact to 2⁵³. */
const matmul: OperatorReader = (call) => {
  const { t } = call;
  const [a, b] = [call.input(0), call.input(1)];
  if (isFloating(a.type.dtype)) return multiply(call, a, b);
  return t.cast(t.matmul(t.cast(a, 'float64'), t.cast(b, 'float64')), a.type.dtype);
};

/** softmax(q·kᵀ·scale + mask)·v over heads, as opset 23 has it. */
const attention: OperatorReader = (call) => {
  const { t, attributes } = call;
  const isUnusual = attributes.float('softcap', 0) !== 0 || attributes.has('left_window_size');
  if (isUnusual) throw call.refuse(say('it bounds its scores, or where it looks'));
  if (call.inputs.slice(4).some((input) => input) || [1, 2, 3].some((i) => call.names(i)))
    throw call.refuse(say('it has a past, or gives its scores'));
  const heads = (index: number, count: number) => {
    const x = call.input(index);
    const { shape } = x.type;
    if (shape.length === 4) return x;
    const [n, length, width] = [sizeAt(shape, 0), sizeAt(shape, 1), sizeAt(shape, 2)];
    return t.permute(t.reshape(x, [n, length, count, width / count]), [0, 2, 1, 3]);
  };
  const [queries, keys] = [attributes.int('q_num_heads', 0), attributes.int('kv_num_heads', 0)];
  const query = heads(0, queries);
  const [key, value] = [1, 2].map((i) => shareHeads(t, heads(i, keys), sizeAt(query.type.shape, 1))) as [
    OnnxOperand,
    OnnxOperand,
  ];
  const scale = attributes.float('scale', 1 / Math.sqrt(t.lastSize(query)));
  const causal = attributes.int('is_causal', 0) !== 0;
  const mask = call.optional(3) ?? null;
  const made = t.op({ kind: 'attention', causal, scale, dropout: 0 }, query, key, value, mask);
  if (call.shape().length === 4) return made;
  const [n, count, length, width] = made.type.shape as [number, number, number, number];
  return t.reshape(t.permute(made, [0, 2, 1, 3]), [n, length, count * width]);
};

/** Heads that several queries share, repeated. */
function shareHeads(t: Trace, x: OnnxOperand, heads: number): OnnxOperand {
  const [n, own, ...rest] = x.type.shape as [number, number, ...number[]];
  if (own === heads) return x;
  const wide = t.expand(t.reshape(x, [n, own, 1, ...rest]), [n, own, heads / own, ...rest]);
  return t.reshape(wide, [n, heads, ...rest]);
}

export const products: OperatorTable = {
  MatMul: matmul,
  Gemm: gemm,
  Einsum: (call) => einsum(call.t, call.attributes.text('equation', ''), call.all, (reason) => call.refuse(reason)),
  Attention: attention,
};
