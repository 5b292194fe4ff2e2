/** Where the windows of pooling and unfolding stand in their input. */
import { itemAt } from './access';

/** Windows over the spatial dimensions of x[N,C,…], padding on both sides. */
export interface Sliding {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** Of the beginnings. */
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** Stands for a place in the padding. */
export const OUTSIDE = -1;

/** Row-major steps between neighbours in each dimension. */
function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, dim) => shape.slice(dim + 1).reduce((product, size) => product * size, 1));
}

const elements = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Places of windows in the order [kernel places, windows]: each kernel and window dimension adds what `along` says. */
function tabulate(
  kernel: readonly number[],
  output: readonly number[],
  input: readonly number[],
  /** The coordinate in a dimension, of a place in its kernel and a window; undefined outside. */
  coordinate: (dim: number, at: number, window: number) => number | undefined,
): Int32Array {
  const strides = stridesOf(input);
  const [places, windows] = [elements(kernel), elements(output)];
  // What a dimension adds, by its place and its window; NaN outside.
  const tables = input.map((_, dim) =>
    Float64Array.from({ length: itemAt(kernel, dim) * itemAt(output, dim) }, (__, i) => {
      const found = coordinate(dim, Math.floor(i / itemAt(output, dim)), i % itemAt(output, dim));
      return found === undefined ? Number.NaN : found * itemAt(strides, dim);
    }),
  );
  const [kernelStrides, outputStrides] = [stridesOf(kernel), stridesOf(output)];
  const result = new Int32Array(places * windows);
  for (let place = 0; place < places; place++) {
    for (let window = 0; window < windows; window++) {
      let sum = 0;
      for (let dim = 0; dim < input.length; dim++) {
        const at = Math.floor(place / itemAt(kernelStrides, dim)) % itemAt(kernel, dim);
        const which = Math.floor(window / itemAt(outputStrides, dim)) % itemAt(output, dim);
        sum += itemAt(itemAt(tables, dim), at * itemAt(output, dim) + which);
      }
      result[place * windows + window] = Number.isNaN(sum) ? OUTSIDE : sum;
    }
  }
  return result;
}

/** For each place in the kernel and each window, in that order, the row-major place in the input; −1 in the padding. */
export function windowPlaces(input: readonly number[], output: readonly number[], window: Sliding): Int32Array {
  const { kernel, stride, padding, dilation } = window;
  return tabulate(kernel, output, input, (dim, at, which) => {
    const found = which * itemAt(stride, dim) + at * itemAt(dilation, dim) - itemAt(padding, dim);
    return found >= 0 && found < itemAt(input, dim) ? found : undefined;
  });
}

/**
 * The places of adaptive windows, as `windowPlaces` gives them: window i of o covers ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉, so that
 * some are wider than others; −1 where one has fewer places than the widest.
 */
export function adaptivePlaces(input: readonly number[], output: readonly number[]): Int32Array {
  const begin = (dim: number, i: number) => Math.floor((i * itemAt(input, dim)) / itemAt(output, dim));
  const end = (dim: number, i: number) => Math.ceil(((i + 1) * itemAt(input, dim)) / itemAt(output, dim));
  const kernel = input.map((_, dim) => {
    let widest = 0;
    for (let i = 0; i < itemAt(output, dim); i++) widest = Math.max(widest, end(dim, i) - begin(dim, i));
    return widest;
  });
  return tabulate(kernel, output, input, (dim, at, which) => {
    const found = begin(dim, which) + at;
    return found < end(dim, which) ? found : undefined;
  });
}
