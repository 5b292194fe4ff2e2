/** Pooling and interpolation of known tensors, by PyTorch's definitions. */
import { itemAt, sizeAt } from '../access';
import type { Op, TensorData, TensorType } from '../types';
import { count, elementAt, type KnownTensor, splitAround, storeElements, stridesOf } from './elements';

type OpOf<K extends Op['kind']> = Extract<Op, { readonly kind: K }>;

/** The part of a dimension that a window covers: places from `start`, `count` of them, `step` apart. */
interface WindowSpan {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** For each element of the output, what a window of the input comes to. */
function pool(
  x: KnownTensor,
  output: TensorType,
  spanOf: (dim: number, index: number) => WindowSpan,
  combine: (values: readonly number[], spans: readonly WindowSpan[], places: readonly number[]) => number,
): TensorData {
  const sizes = x.type.shape.slice(2);
  const windows = output.shape.slice(2);
  const [inner, area] = [count(windows), count(sizes)];
  const [strides, steps] = [stridesOf(sizes), stridesOf(windows)];
  const spans = windows.map((size, dim) => Array.from({ length: size }, (_, i) => spanOf(dim, i)));
  return storeElements(output.dtype, count(output.shape), (i) => {
    const base = Math.floor(i / inner) * area;
    const own = spans.map((each, dim) =>
      itemAt(each, Math.floor((i % inner) / itemAt(steps, dim)) % itemAt(windows, dim)),
    );
    let places = [base];
    own.forEach(({ start, count: length, step }, dim) => {
      const stride = itemAt(strides, dim);
      places = places.flatMap((place) => Array.from({ length }, (_, j) => place + (start + j * step) * stride));
    });
    return combine(
      places.map((place) => elementAt(x, place)),
      own,
      places,
    );
  });
}

const maximumOf = (values: readonly number[]): number =>
  values.reduce((most, each) => (each > most || Number.isNaN(each) ? each : most), Number.NEGATIVE_INFINITY);
const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

const maximumSpans =
  (op: OpOf<'max_pool' | 'max_pool_places'>, x: KnownTensor) =>
  (dim: number, index: number): WindowSpan => {
    const step = itemAt(op.dilation, dim);
    const first = index * itemAt(op.stride, dim) - itemAt(op.padding, dim);
    const skipped = first < 0 ? Math.ceil(-first / step) : 0;
    const start = first + skipped * step;
    const room = Math.ceil((sizeAt(x.type.shape, dim + 2) - start) / step);
    return { start, step, count: Math.max(Math.min(itemAt(op.kernel, dim) - skipped, room), 0) };
  };

export const maxPool = (op: OpOf<'max_pool'>, x: KnownTensor, output: TensorType): TensorData =>
  pool(x, output, maximumSpans(op, x), maximumOf);

export const maxPoolPlaces = (op: OpOf<'max_pool_places'>, x: KnownTensor, output: TensorType): TensorData =>
  pool(x, output, maximumSpans(op, x), (values, _, places) => itemAt(places, values.indexOf(maximumOf(values))));

/** Padding counts as zeros where it is included; what lies beyond it never counts. */
export function avgPool(op: OpOf<'avg_pool'>, x: KnownTensor, output: TensorType): TensorData {
  const rank = op.kernel.length;
  const sizeOf = (dim: number) => sizeAt(x.type.shape, dim + 2);
  const bounds = (dim: number, index: number) => {
    const first = index * itemAt(op.stride, dim) - itemAt(op.padding, dim);
    const end = Math.min(first + itemAt(op.kernel, dim), sizeOf(dim) + itemAt(op.padding, rank + dim));
    return { first, end };
  };
  const counted = new Map<WindowSpan, number>();
  const spanOf = (dim: number, index: number): WindowSpan => {
    const { first, end } = bounds(dim, index);
    const start = Math.max(first, 0);
    const span = { start, step: 1, count: Math.max(Math.min(end, sizeOf(dim)) - start, 0) };
    counted.set(span, end - first);
    return span;
  };
  return pool(x, output, spanOf, (values, spans) => {
    const whole = spans.reduce((product, span) => product * (counted.get(span) ?? span.count), 1);
    return sum(values) / (op.countIncludePad ? whole : values.length);
  });
}

/** Window i of o reaches from ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉. */
export function adaptivePool(op: OpOf<'adaptive_pool'>, x: KnownTensor, output: TensorType): TensorData {
  const spanOf = (dim: number, index: number): WindowSpan => {
    const [size, windows] = [sizeAt(x.type.shape, dim + 2), sizeAt(output.shape, dim + 2)];
    const start = Math.floor((index * size) / windows);
    return { start, step: 1, count: Math.ceil(((index + 1) * size) / windows) - start };
  };
  return pool(x, output, spanOf, (values) => (op.function === 'max' ? maximumOf(values) : sum(values) / values.length));
}

/** Keys' kernel (1981) with PyTorch's a = −0.75, for the four samples around a place. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (s: number) => ((a + 2) * s - (a + 3)) * s * s + 1;
  const far = (s: number) => ((a * s - 5 * a) * s + 8 * a) * s - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** One dimension after the other: each element is a weighted sum of the samples around its place. */
export function resize(op: OpOf<'resize'>, x: KnownTensor): TensorData {
  let at = x;
  op.sizes.forEach((length, spatial) => {
    const dim = spatial + 2;
    const { outer, size, inner } = splitAround(at.type.shape, dim);
    const factor = op.factors?.[spatial];
    const scale = op.corners ? (length > 1 ? (size - 1) / (length - 1) : 0) : factor ? 1 / factor : size / length;
    const taps = Array.from({ length }, (_, i) => {
      const exact = op.corners || op.edges ? i * scale : (i + 0.5) * scale - 0.5;
      const place = op.mode === 'linear' ? Math.max(exact, 0) : exact;
      const first = Math.floor(place);
      const weights = op.mode === 'linear' ? [1 - (place - first), place - first] : cubicWeights(place - first);
      const begin = op.mode === 'linear' ? first : first - 1;
      return weights.map((weight, j) => ({ weight, from: Math.min(Math.max(begin + j, 0), size - 1) }));
    });
    const shape = at.type.shape.map((each, i) => (i === dim ? length : each));
    const before = at;
    const data = storeElements(at.type.dtype, outer * length * inner, (i) => {
      const lane = i % inner;
      const block = Math.floor(i / (inner * length));
      return itemAt(taps, Math.floor(i / inner) % length).reduce(
        (total, { weight, from }) => total + weight * elementAt(before, (block * size + from) * inner + lane),
        0,
      );
    });
    at = { type: { ...at.type, shape }, data };
  });
  return at.data;
}
