/** What ONNX Runtime's optimiser writes, `com.microsoft`. */
import { itemAt, sizeAt } from '../../graph/access';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import { activation, activations } from './activation';
import { rmsNorm } from './normalisation';
import { gemm, multiply } from './products';
import { convolve } from './windows';

const tanhGelu: OperatorReader = (call) => {
  const { t } = call;
  const x = call.optional(1) ? t.add(call.input(0), call.parameter(1)) : call.input(0);
  return activation(t, 'Gelu', x, { approximate: 'tanh' });
};

const quickGelu: OperatorReader = (call) => {
  const alpha = call.attributes.float('alpha', 1.702);
  return activation(call.t, 'Swish', call.input(0), { alpha });
};

const fusedMatmul: OperatorReader = (call) => {
  const { t, attributes } = call;
  const operand = (index: number, letter: string) => {
    const x = call.input(index);
    const { length } = x.type.shape;
    // The first of the last two dimensions stands in front of the batch.
    const isApart = length > 2 && attributes.int(`transBatch${letter}`, 0) !== 0;
    const dims = [...x.type.shape.keys()];
    const whole = isApart ? t.permute(x, [...dims.slice(1, -1), 0, length - 1]) : x;
    return attributes.int(`trans${letter}`, 0) ? t.transpose(whole) : whole;
  };
  const product = multiply(call, operand(0, 'A'), operand(1, 'B'));
  const alpha = attributes.float('alpha', 1);
  return alpha === 1 ? product : t.with('mul', product, alpha);
};

/** What is fused behind a product: an activation by its name, with its numbers. */
function fusedActivation(call: NodeCall, x: OnnxOperand): OnnxOperand {
  const name = call.attributes.text('activation', '');
  if (name === '') return x;
  const read = activations[name];
  if (!read) throw call.refuse(say('its activation is {0}', name));
  const numbers = call.attributes.floats('activation_params');
  if (numbers && numbers.length > 0) throw call.refuse(say('its activations have parameters'));
  return itemAt([read(call.with([x], name))].flat(), 0);
}

/** Layer norm of a sum. Its outputs: the norm, two statistics of training, the sum. */
const skipLayerNorm: OperatorReader = (call) => {
  const { t, attributes } = call;
  const parts = [call.input(0), call.input(1), ...(call.optional(4) ? [call.parameter(4)] : [])];
  const sum = parts.reduce((total, each) => t.add(total, each));
  const shape = sum.type.shape.slice(-1);
  const op = { kind: 'layer_norm', shape, eps: attributes.float('epsilon', 1e-12) } as const;
  const made = t.op(op, sum, call.parameter(2), call.optionalParameter(3));
  if (call.names(1) || call.names(2)) throw call.refuse(say('its statistics are read'));
  return [made, made, made, sum];
};

const simplifiedNorm: OperatorReader = (call) => {
  const { attributes } = call;
  const x = call.input(0);
  const axis = call.axis(attributes.int('axis', -1));
  return rmsNorm(call, x, call.parameter(1), axis, attributes.float('epsilon', 1e-5));
};

const skipSimplified: OperatorReader = (call) => {
  const { t, attributes } = call;
  const parts = [call.input(0), call.input(1), ...(call.optional(3) ? [call.parameter(3)] : [])];
  const sum = parts.reduce((total, each) => t.add(total, each));
  const made = rmsNorm(call, sum, call.parameter(2), sum.type.shape.length - 1, attributes.float('epsilon', 1e-12));
  return [made, made, made, sum];
};

/** Attention of one input whose weight makes queries, keys and values at once. */
const attention: OperatorReader = (call) => {
  const { t, attributes } = call;
  if (call.inputs.slice(3).some((each) => each) || call.names(1)) throw call.refuse(say('it has a mask or a past'));
  const heads = attributes.requiredInt('num_heads');
  const fed = t.add(multiply(call, call.input(0), call.input(1)), call.parameter(2));
  const [n, length, width] = [0, 1, 2].map((dim) => sizeAt(fed.type.shape, dim)) as [number, number, number];
  const own = width / 3;
  const part = (index: number) => {
    const piece = t.slice(fed, 2, index * own, (index + 1) * own);
    return t.permute(t.reshape(piece, [n, length, heads, own / heads]), [0, 2, 1, 3]);
  };
  const scale = attributes.float('scale', 0) || 1 / Math.sqrt(own / heads);
  const causal = attributes.int('unidirectional', 0) !== 0;
  const made = t.op({ kind: 'attention', causal, scale, dropout: 0 }, part(0), part(1), part(2), null);
  return t.reshape(t.permute(made, [0, 2, 1, 3]), [n, length, own]);
};

const multiHead: OperatorReader = (call) => {
  const { t, attributes } = call;
  if (call.inputs.slice(3).some((each) => each) || call.names(1)) throw call.refuse(say('it has a mask or a past'));
  const heads = attributes.requiredInt('num_heads');
  const [query, key, value] = [0, 1, 2].map((index) => {
    const x = call.input(index);
    const [n, length, width] = [0, 1, 2].map((dim) => sizeAt(x.type.shape, dim)) as [number, number, number];
    return t.permute(t.reshape(x, [n, length, heads, width / heads]), [0, 2, 1, 3]);
  }) as [OnnxOperand, OnnxOperand, OnnxOperand];
  const scale = attributes.float('scale', 0) || 1 / Math.sqrt(t.lastSize(query));
  const causal = attributes.int('unidirectional', 0) !== 0;
  const made = t.op({ kind: 'attention', causal, scale, dropout: 0 }, query, key, value, null);
  const [n, , length, width] = made.type.shape as [number, number, number, number];
  return t.reshape(t.permute(made, [0, 2, 1, 3]), [n, length, heads * width]);
};

export const microsoft: OperatorTable = {
  Gelu: (call) => activation(call.t, 'Gelu', call.input(0)),
  FastGelu: tanhGelu,
  QuickGelu: quickGelu,
  BiasGelu: (call) => activation(call.t, 'Gelu', call.t.add(call.input(0), call.parameter(1))),
  FusedMatMul: fusedMatmul,
  FusedGemm: (call) => fusedActivation(call, gemm(call)),
  FusedConv: (call) => {
    const made = convolve(call);
    return fusedActivation(call, call.optional(3) ? call.t.add(made, call.input(3)) : made);
  },
  SkipLayerNormalization: skipLayerNorm,
  SimplifiedLayerNormalization: simplifiedNorm,
  SkipSimplifiedLayerNormalization: skipSimplified,
  Attention: attention,
  MultiHeadAttention: multiHead,
};
