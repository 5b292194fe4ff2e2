/** Products of known tensors that are as large as a model's: convolutions, linear layers, matrices. */
import { doubleAt, floatAt, intAt, itemAt, sizeAt } from '../access';
import type { Op, TensorData, TensorType } from '../types';
import { count, type KnownTensor, storeElements, stridesOf } from './elements';

type OpOf<K extends Op['kind']> = Extract<Op, { readonly kind: K }>;
type WindowSteps = Pick<OpOf<'conv'>, 'stride' | 'padding' | 'dilation'>;

/** What lies outside of the input. */
const OUTSIDE = -1;

const floats = ({ data }: KnownTensor): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data));

/** Rows of sums, each with its bias, in the precision of the output. */
function store(
  { dtype }: TensorType,
  sums: Float64Array,
  bias: KnownTensor | undefined,
  channelOf: (i: number) => number,
) {
  const added = bias && floats(bias);
  return storeElements(dtype, sums.length, (i) => itemAt(sums, i) + (added ? floatAt(added, channelOf(i)) : 0));
}

/** out[row, column] += Σ a[row, k]·b[k, column], over rows that lie in order. */
function addProduct(
  sums: Float64Array,
  start: number,
  a: { readonly data: Float32Array; readonly offset: number },
  b: Float32Array,
  [rows, inner, columns]: readonly [number, number, number],
): void {
  for (let row = 0; row < rows; row++) {
    const out = start + row * columns;
    for (let k = 0; k < inner; k++) {
      const factor = floatAt(a.data, a.offset + row * inner + k);
      if (factor === 0) continue;
      const from = k * columns;
      for (let column = 0; column < columns; column++) {
        sums[out + column] = (sums[out + column] as number) + factor * (b[from + column] as number);
      }
    }
  }
}

/** x[…,in]·weight[out,in]ᵀ + bias. */
export function linear(
  x: KnownTensor,
  weight: KnownTensor,
  bias: KnownTensor | undefined,
  output: TensorType,
): TensorData {
  const [outputs, width] = [sizeAt(weight.type.shape, 0), sizeAt(weight.type.shape, 1)];
  const [a, w] = [floats(x), floats(weight)];
  const rows = count(output.shape) / outputs;
  const sums = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += floatAt(a, row * width + k) * floatAt(w, o * width + k);
      sums[row * outputs + o] = sum;
    }
  }
  return store(output, sums, bias, (i) => i % outputs);
}

/** For each place of a window's kernel, where each window reads from one channel: row-major, `OUTSIDE` in the padding. */
function windowPlaces(
  window: WindowSteps,
  kernel: readonly number[],
  from: readonly number[],
  windows: readonly number[],
): Int32Array {
  const strides = stridesOf(from);
  const own = stridesOf(kernel);
  const steps = stridesOf(windows);
  const total = count(windows);
  const taps = count(kernel);
  const result = new Int32Array(taps * total).fill(OUTSIDE);
  for (let k = 0; k < taps; k++) {
    for (let at = 0; at < total; at++) {
      let place = 0;
      for (let dim = 0; dim < from.length; dim++) {
        const step = Math.floor(at / itemAt(steps, dim)) % itemAt(windows, dim);
        const tap = Math.floor(k / itemAt(own, dim)) % itemAt(kernel, dim);
        const coordinate =
          step * itemAt(window.stride, dim) + tap * itemAt(window.dilation, dim) - itemAt(window.padding, dim);
        if (coordinate < 0 || coordinate >= itemAt(from, dim)) {
          place = OUTSIDE;
          break;
        }
        place += coordinate * itemAt(strides, dim);
      }
      result[k * total + at] = place;
    }
  }
  return result;
}

/** By a matrix with a column for each window. */
export function conv(
  op: OpOf<'conv'>,
  x: KnownTensor,
  weight: KnownTensor,
  bias: KnownTensor | undefined,
  output: TensorType,
): TensorData {
  const [samples, channels, ...from] = x.type.shape as [number, number, ...number[]];
  const [outputs, width, ...kernel] = weight.type.shape as [number, number, ...number[]];
  const windows = output.shape.slice(2);
  const [taps, total, size] = [count(kernel), count(windows), count(from)];
  const [a, w] = [floats(x), floats(weight)];
  const perGroup = outputs / op.groups;
  // Where each window is one place and each place a window, the channels are the columns.
  const isPlain = taps === 1 && total === size && op.stride.every((step) => step === 1);
  const places = isPlain ? new Int32Array(0) : windowPlaces(op, kernel, from, windows);
  const copied = new Float32Array(isPlain ? 0 : width * taps * total);
  const sums = new Float64Array(samples * outputs * total);
  for (let n = 0; n < samples; n++) {
    for (let group = 0; group < op.groups; group++) {
      const begin = (n * channels + group * width) * size;
      for (let c = 0; c < width && !isPlain; c++) {
        const start = begin + c * size;
        for (let i = 0; i < places.length; i++) {
          const place = intAt(places, i);
          copied[c * places.length + i] = place === OUTSIDE ? 0 : floatAt(a, start + place);
        }
      }
      const columns = isPlain ? a.subarray(begin, begin + width * size) : copied;
      const first = group * perGroup;
      const rows = { data: w, offset: first * width * taps };
      addProduct(sums, (n * outputs + first) * total, rows, columns, [perGroup, width * taps, total]);
    }
  }
  return store(output, sums, bias, (i) => Math.floor(i / total) % outputs);
}

/** Each element of the input adds its weights to where they reach. */
export function convTranspose(
  op: OpOf<'conv_transpose'>,
  x: KnownTensor,
  weight: KnownTensor,
  bias: KnownTensor | undefined,
  output: TensorType,
): TensorData {
  const [samples, channels, ...windows] = x.type.shape as [number, number, ...number[]];
  const [, width, ...kernel] = weight.type.shape as [number, number, ...number[]];
  const to = output.shape.slice(2);
  const [taps, total, size] = [count(kernel), count(windows), count(to)];
  // A transposed convolution writes where a convolution reads.
  const places = windowPlaces(op, kernel, to, windows);
  const [a, w] = [floats(x), floats(weight)];
  const outputs = width * op.groups;
  const sums = new Float64Array(samples * outputs * size);
  for (let n = 0; n < samples; n++) {
    for (let c = 0; c < channels; c++) {
      const group = Math.floor(c / (channels / op.groups));
      for (let o = 0; o < width; o++) {
        const start = (n * outputs + group * width + o) * size;
        for (let k = 0; k < taps; k++) {
          const factor = floatAt(w, (c * width + o) * taps + k);
          for (let at = 0; at < total; at++) {
            const place = intAt(places, k * total + at);
            if (place === OUTSIDE) continue;
            sums[start + place] = itemAt(sums, start + place) + factor * floatAt(a, (n * channels + c) * total + at);
          }
        }
      }
    }
  }
  return store(output, sums, bias, (i) => Math.floor(i / size) % outputs);
}

/** x[N,C,…] with running statistics: one factor and one summand a channel. */
export function batchNorm(
  { eps }: OpOf<'batch_norm'>,
  [x, weight, bias, mean, variance]: readonly (KnownTensor | undefined)[],
  output: TensorType,
): TensorData | undefined {
  if (!x || !mean || !variance) return undefined;
  const [channels, inner] = [sizeAt(x.type.shape, 1), count(x.type.shape.slice(2))];
  const factors = Float64Array.from({ length: channels }, (_, c) => {
    return (weight ? itemAt(weight.data, c) : 1) / Math.sqrt(itemAt(variance.data, c) + eps);
  });
  const a = floats(x);
  return storeElements(output.dtype, a.length, (i) => {
    const c = Math.floor(i / inner) % channels;
    return (floatAt(a, i) - itemAt(mean.data, c)) * doubleAt(factors, c) + (bias ? itemAt(bias.data, c) : 0);
  });
}

/** How many products an operator adds up: what it costs. */
export function workOf(op: Op, inputs: readonly (KnownTensor | undefined)[], output: TensorType): number {
  const made = count(output.shape);
  const [x, weight] = inputs;
  switch (op.kind) {
    case 'conv':
      return weight ? made * count(weight.type.shape.slice(1)) : made;
    case 'conv_transpose':
      return x && weight ? count(x.type.shape) * count(weight.type.shape.slice(1)) : made;
    case 'linear':
      return weight ? made * sizeAt(weight.type.shape, 1) : made;
    case 'matmul':
      return x && x.type.shape.length > 0 ? made * sizeAt(x.type.shape, -1) : made;
    case 'max_pool':
    case 'avg_pool':
      return made * count(op.kernel);
    default:
      return inputs.reduce((most, input) => Math.max(most, input ? count(input.type.shape) : 0), made);
  }
}
