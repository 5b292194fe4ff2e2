/**
 * Activations that are one operator, or few, on the device at opset 21. All others are expressed through the
 * catalogue's `forward`. WebGPU placements are those that ONNX Runtime's log shows.
 */
import { dimension } from '../../activations/along';
import type { ActivationId } from '../../activations/catalogue';
import { ALPHA, SCALE } from '../../activations/entries/selu';
import { elements } from '../../graph/ops/rule';
import type { ActivationParameters } from '../../graph/types';
import type { LoweringSink } from '../sink';
import { float, int, text } from '../sink';

export interface NativeInput {
  readonly sink: LoweringSink;
  readonly x: string;
  readonly parameters: ActivationParameters;
  readonly rank: number;
  /** What it learns, and their shapes. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Returns null where these parameters have no operator. */
export type NativeActivation = (input: NativeInput) => string | null;

/** A numeric parameter; the catalogue's entries hand over all of theirs, so a missing one is a mistake of ours. */
function number(parameters: ActivationParameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new RangeError(`the parameter ${name} is missing`);
  return value;
}

function softmaxAxis({ parameters, rank }: NativeInput): number {
  return dimension(rank, parameters.dim);
}

function clip(sink: LoweringSink, x: string, low: number, high: number): string {
  return sink.emit('Clip', [x, sink.scalar(low), sink.scalar(high)]);
}

/** x − max − log Σ exp(x − max): ONNX's LogSoftmax runs on the CPU, and ReduceLogSumExp overflows on WebGPU. */
function logSoftmax(input: NativeInput): string {
  const { sink, x } = input;
  const axis = softmaxAxis(input);
  if (sink.device === 'wasm') return sink.emit('LogSoftmax', [x], { axis: int(axis) });
  const axes = sink.sizes([axis]);
  const shifted = sink.emit('Sub', [x, sink.emit('ReduceMax', [x, axes], { keepdims: int(1) })]);
  const total = sink.emit('ReduceSum', [sink.emit('Exp', [shifted]), axes], { keepdims: int(1) });
  return sink.emit('Sub', [shifted, sink.emit('Log', [total])]);
}

/** ONNX's Shrink, which the GPU lacks. */
function shrink({ sink, x, parameters }: NativeInput, bias: number): string | null {
  if (sink.device !== 'wasm') return null;
  return sink.emit('Shrink', [x], { lambd: float(number(parameters, 'lambd')), bias: float(bias) });
}

/** PReLU's slope broadcasts over [N,C,…]: ONNX aligns shapes at the end, so channels need trailing ones. */
function prelu({ sink, x, rank, weights: [slope] }: NativeInput): string | null {
  if (!slope) return null;
  const count = elements(slope.shape);
  const trailing = Math.max(rank - 2, 0);
  if (count === 1 || trailing === 0) return sink.emit('PRelu', [x, slope.name]);
  const behind = new Array<number>(trailing).fill(1);
  return sink.emit('PRelu', [x, sink.emit('Reshape', [slope.name, sink.sizes([count, ...behind])])]);
}

/** By the catalogue's ids. */
export const nativeActivations: { readonly [Id in ActivationId]?: NativeActivation } = {
  identity: ({ x }) => x,
  relu: ({ sink, x }) => sink.emit('Relu', [x]),
  relu6: ({ sink, x }) => clip(sink, x, 0, 6),
  hardtanh: ({ sink, x, parameters }) => clip(sink, x, number(parameters, 'min_val'), number(parameters, 'max_val')),
  leaky_relu: ({ sink, x, parameters }) =>
    sink.emit('LeakyRelu', [x], { alpha: float(number(parameters, 'negative_slope')) }),
  prelu,
  rrelu: ({ sink, x, parameters }) =>
    sink.emit('LeakyRelu', [x], { alpha: float((number(parameters, 'lower') + number(parameters, 'upper')) / 2) }),
  elu: ({ sink, x, parameters }) => sink.emit('Elu', [x], { alpha: float(number(parameters, 'alpha')) }),
  selu: ({ sink, x }) =>
    sink.device === 'wasm'
      ? sink.emit('Selu', [x], { alpha: float(ALPHA), gamma: float(SCALE) })
      : sink.emit('Mul', [sink.emit('Elu', [x], { alpha: float(ALPHA) }), sink.scalar(SCALE)]),
  /** max(0, x) + min(0, α·(exp(x/α) − 1)) = α·Elu(x/α) for α > 0. */
  celu({ sink, x, parameters }) {
    const alpha = number(parameters, 'alpha');
    if (alpha <= 0) return null;
    if (alpha === 1) return sink.emit('Elu', [x], { alpha: float(1) });
    const scaled = sink.emit('Elu', [sink.emit('Div', [x, sink.scalar(alpha)])], { alpha: float(1) });
    return sink.emit('Mul', [scaled, sink.scalar(alpha)]);
  },
  gelu: ({ sink, x, parameters }) =>
    sink.emit('Gelu', [x], { approximate: text(parameters.approximate === 'tanh' ? 'tanh' : 'none') }),
  /** ONNX has Swish from opset 24; the runtime's own QuickGelu with α = 1 is one kernel on WebGPU. */
  silu: ({ sink, x }) =>
    sink.device === 'webgpu'
      ? sink.emit('QuickGelu', [x], { alpha: float(1) }, 'com.microsoft')
      : sink.emit('Mul', [x, sink.emit('Sigmoid', [x])]),
  quick_gelu: ({ sink, x }) =>
    sink.device === 'webgpu' ? sink.emit('QuickGelu', [x], { alpha: float(1.702) }, 'com.microsoft') : null,
  mish: ({ sink, x }) => sink.emit('Mish', [x]),
  hardswish: ({ sink, x }) => sink.emit('HardSwish', [x]),
  hardsigmoid: ({ sink, x }) => sink.emit('HardSigmoid', [x], { alpha: float(1 / 6), beta: float(0.5) }),
  sigmoid: ({ sink, x }) => sink.emit('Sigmoid', [x]),
  tanh: ({ sink, x }) => sink.emit('Tanh', [x]),
  /** PyTorch turns linear above `threshold`; from 15 on that differs by less than float32 can tell. */
  softplus({ sink, x, parameters }) {
    if (number(parameters, 'threshold') < 15) return null;
    const beta = number(parameters, 'beta');
    if (beta === 1) return sink.emit('Softplus', [x]);
    const scaled = sink.emit('Softplus', [sink.emit('Mul', [x, sink.scalar(beta)])]);
    return sink.emit('Div', [scaled, sink.scalar(beta)]);
  },
  logsigmoid: ({ sink, x }) => sink.emit('Neg', [sink.emit('Softplus', [sink.emit('Neg', [x])])]),
  softsign: ({ sink, x }) =>
    sink.device === 'wasm'
      ? sink.emit('Softsign', [x])
      : sink.emit('Div', [x, sink.emit('Add', [sink.emit('Abs', [x]), sink.scalar(1)])]),
  threshold: ({ sink, x, parameters }) =>
    number(parameters, 'value') === 0
      ? sink.emit('ThresholdedRelu', [x], { alpha: float(number(parameters, 'threshold')) })
      : null,
  softmax: (input) => input.sink.emit('Softmax', [input.x], { axis: int(softmaxAxis(input)) }),
  softmin: (input) =>
    input.sink.emit('Softmax', [input.sink.emit('Neg', [input.x])], { axis: int(softmaxAxis(input)) }),
  softmax2d: (input) => input.sink.emit('Softmax', [input.x], { axis: int(softmaxAxis(input)) }),
  log_softmax: logSoftmax,
  hardshrink: (input) => shrink(input, 0),
  softshrink: (input) => shrink(input, number(input.parameters, 'lambd')),
};
