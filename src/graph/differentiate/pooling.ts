import { firstElements, itemAt, sizeAt } from '../access';
import type { Emit } from '../emit';
import { elements } from '../ops/rule';
import type { OpAttributes, ValueId } from '../types';
import { adaptivePlaces, OUTSIDE, type Sliding, windowPlaces } from '../windows';
import { convInput } from './convolution';
import { samples } from './resize';
import type { Backward, GradientRules } from './rule';

type Pooling = OpAttributes['max_pool'];

const LOWEST = -3.4028234663852886e38;

/** Sends each window's gradient to its first largest element, as PyTorch does. */
function toLargest({ e, x, g }: Backward, places: Int32Array): ValueId {
  const [n, c, ...spatial] = firstElements(e.shape(x), 2);
  const count = elements(spatial);
  const windows = elements(e.shape(g).slice(2));
  const kernel = places.length / windows;
  const { dtype } = e.type(x);
  const flat = e.reshape(x, [n, c, count]);
  const edge = e.full(LOWEST, { dtype, shape: [n, c, 1] });
  const source = places.includes(OUTSIDE) ? e.op({ kind: 'cat', dim: 2 }, flat, edge) : flat;
  const table = e.constant(
    places.map((place) => (place === OUTSIDE ? count : place)),
    [kernel, windows],
    'int64',
  );
  const seen = e.op({ kind: 'gather', dim: 2 }, source, table);
  const largest = e.op({ kind: 'arg', function: 'max', dim: 2, keepdim: true }, seen);
  const wide = e.expand(e.reshape(table, [1, 1, kernel, windows]), [n, c, kernel, windows]);
  const chosen = e.reshape(e.op({ kind: 'gather_elements', dim: 2 }, wide, largest), [n, c, windows]);
  const zeros = e.full(0, { dtype, shape: [n, c, count] });
  const op = { kind: 'scatter_elements', dim: 2, reduction: 'add' } as const;
  return e.reshape(e.op(op, zeros, chosen, e.reshape(g, [n, c, windows])), e.shape(x));
}

/**
 * `toLargest` by the places that a pool of ONNX tells, where it tells them: it takes no padding as wide as the kernel, which
 * a rounded-up window with a dilation may need.
 */
function toToldPlaces({ e, x, g }: Backward, op: Pooling): ValueId | undefined {
  const { padding, kernel, stride, dilation } = op;
  const [input, output] = [e.shape(x).slice(2), e.shape(g).slice(2)];
  const isWide = kernel.some((size, dim) => {
    const reach = (itemAt(output, dim) - 1) * itemAt(stride, dim) + itemAt(dilation, dim) * (size - 1) + 1;
    const begin = itemAt(padding, dim);
    const end = Math.max(reach - itemAt(input, dim) - begin, itemAt(padding, kernel.length + dim));
    return Math.max(begin, end) >= size;
  });
  if (isWide) return undefined;
  const places = e.op({ ...op, kind: 'max_pool_places' }, x);
  const windows = [elements(e.shape(g))];
  const zeros = e.full(0, { dtype: e.type(x).dtype, shape: [elements(e.shape(x))] });
  const add = { kind: 'scatter_elements', dim: 0, reduction: 'add' } as const;
  return e.reshape(e.op(add, zeros, e.reshape(places, windows), e.reshape(g, windows)), e.shape(x));
}

/** Whether windows lie side by side and cover everything: no element is in two of them, none in none. */
function tiles(input: readonly number[], output: readonly number[], window: Sliding): boolean {
  return input.every((size, dim) => {
    const kernel = itemAt(window.kernel, dim);
    const plain = window.stride[dim] === kernel && window.padding[dim] === 0 && window.dilation[dim] === 1;
    return plain && size === kernel * itemAt(output, dim);
  });
}

/** `toLargest` for windows side by side: each element looks at its own window, and nothing is gathered or scattered. */
function toLargestOfTile({ e, x, y, g }: Backward, kernel: readonly number[]): ValueId {
  const [n, c] = firstElements(e.shape(x), 2);
  const output = e.shape(y).slice(2);
  const split = [n, c, ...output.flatMap((count, dim) => [count, itemAt(kernel, dim)])];
  const whole = [n, c, ...output.flatMap((count) => [count, 1])];
  const inside = output.map((_, dim) => 3 + 2 * dim);
  const places = Float32Array.from({ length: elements(kernel) }, (_, i) => i);
  const order = e.constant(places, [1, 1, ...kernel.flatMap((size) => [1, size])], e.type(x).dtype);
  const isLargest = e.compare('eq', e.reshape(x, split), e.reshape(y, whole));
  const place = e.where(isLargest, order, e.scalar(places.length, x));
  const first = e.reduce('min', place, inside, true);
  return e.reshape(e.mul(e.indicator('eq', place, first), e.reshape(g, whole)), e.shape(x));
}

/** What PyTorch divides each window's sum by. */
function divisors(
  input: readonly number[],
  output: readonly number[],
  window: Omit<Sliding, 'dilation'> & { readonly countIncludePad: boolean },
): number[] {
  const along = input.map((size, dim) =>
    Array.from({ length: itemAt(output, dim) }, (_, i) => {
      const pad = itemAt(window.padding, dim);
      const start = i * itemAt(window.stride, dim) - pad;
      const end = Math.min(start + itemAt(window.kernel, dim), size + pad);
      return window.countIncludePad ? end - start : Math.min(end, size) - Math.max(start, 0);
    }),
  );
  return along.reduce((outer, inner) => outer.flatMap((a) => inner.map((b) => a * b)), [1]);
}

/** x multiplied along a dimension by a matrix of [rows, size of the dimension]. */
export function multiplyAlong(e: Emit, x: ValueId, dim: number, matrix: readonly number[], rows: number): ValueId {
  const shape = e.shape(x);
  const size = sizeAt(shape, dim);
  const flat = e.reshape(x, [elements(shape.slice(0, dim)), size, elements(shape.slice(dim + 1))]);
  const made = e.matmul(e.constant(Float32Array.from(matrix), [1, rows, size], e.type(x).dtype), flat);
  return e.reshape(made, [...shape.slice(0, dim), rows, ...shape.slice(dim + 1)]);
}

/** The transpose of a matrix [rows, columns]. */
export function transposeMatrix(matrix: readonly number[], rows: number, columns: number): number[] {
  return Array.from({ length: matrix.length }, (_, i) => itemAt(matrix, (i % rows) * columns + Math.floor(i / rows)));
}

/** The weights of an adaptive average along one dimension: [output, size]. */
function averages(size: number, output: number): number[] {
  const matrix = new Array<number>(output * size).fill(0);
  for (let row = 0; row < output; row++) {
    const [begin, end] = [Math.floor((row * size) / output), Math.ceil(((row + 1) * size) / output)];
    matrix.fill(1 / (end - begin), row * size + begin, row * size + end);
  }
  return matrix;
}

export const poolingRules: GradientRules<'max_pool' | 'max_pool_places' | 'avg_pool' | 'adaptive_pool' | 'resize'> = {
  max_pool(op, at) {
    const [input, output] = [at.e.shape(at.x).slice(2), at.e.shape(at.g).slice(2)];
    const chosen = () =>
      tiles(input, output, op) ? toLargestOfTile(at, op.kernel) : toLargest(at, windowPlaces(input, output, op));
    return [() => (at.onGpu ? undefined : toToldPlaces(at, op)) ?? chosen()];
  },

  // Places are whole numbers.
  max_pool_places: () => [null],

  avg_pool(op, { e, x, g, onGpu }) {
    return [
      () => {
        const [, channels, ...input] = firstElements(e.shape(x), 2);
        const output = e.shape(g).slice(2);
        const { dtype } = e.type(x);
        const counts = divisors(input, output, op);
        const shared = e.mul(
          g,
          e.constant(
            Float32Array.from(counts, (count) => 1 / count),
            [1, 1, ...output],
            dtype,
          ),
        );
        const ones = e.full(1, { dtype, shape: [channels, 1, ...op.kernel] });
        const dilation = op.kernel.map(() => 1);
        // Windows that rounding up put over the end reach into padding that is not there.
        const reach = output.map((count, dim) => (count - 1) * itemAt(op.stride, dim) + itemAt(op.kernel, dim));
        const begin = op.kernel.map((_, dim) => itemAt(op.padding, dim));
        const end = reach.map((each, dim) => Math.max(each - itemAt(input, dim) - itemAt(begin, dim), 0));
        return convInput(
          { e, g: shared, onGpu },
          ones,
          { ...op, padding: [...begin, ...end], dilation, groups: channels },
          input,
        );
      },
    ];
  },

  adaptive_pool({ function: fn }, at) {
    const { e, x, g } = at;
    const [input, output] = [e.shape(x).slice(2), e.shape(g).slice(2)];
    if (fn === 'max') return [() => toLargest(at, adaptivePlaces(input, output))];
    return [
      () =>
        input.reduce((gradient, size, dim) => {
          const count = itemAt(output, dim);
          return size === count
            ? gradient
            : multiplyAlong(e, gradient, dim + 2, transposeMatrix(averages(size, count), count, size), size);
        }, g),
    ];
  },

  resize(op, { e, x, g }) {
    const input = e.shape(x).slice(2);
    return [
      () =>
        input.reduce((gradient, size, dim) => {
          const count = op.sizes[dim] ?? size;
          const matrix = samples(size, count, op.mode, op.corners, op.edges ?? false, op.factors?.[dim]);
          return multiplyAlong(e, gradient, dim + 2, transposeMatrix(matrix, count, size), size);
        }, g),
    ];
  },
};
