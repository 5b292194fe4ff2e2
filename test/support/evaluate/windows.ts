/** Convolutions, pooling and interpolation by their definitions: for each element, what it is made of. */
import type { Op } from '../../../src/graph/types';
import { byRow, type Dense, indexOf, pick, places, read, tensor, total } from './dense';

type OpOf<K extends Op['kind']> = Extract<Op, { readonly kind: K }>;

const isInside = (at: readonly number[], sizes: readonly number[]) =>
  at.every((each, dim) => each >= 0 && each < pick(sizes, dim));

interface Steps {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** The place in the unpadded input that a place in the kernel of a window is. */
const placeOf = (window: readonly number[], k: readonly number[], { stride, padding, dilation }: Steps) =>
  k.map((each, d) => pick(window, d) * pick(stride, d) + each * pick(dilation, d) - pick(padding, d));

const biasOf = (bias: Dense | null, channel: number) => (bias ? pick(bias.data, channel) : 0);

export function conv(op: OpOf<'conv'>, x: Dense, weight: Dense, bias: Dense | null, shape: readonly number[]): Dense {
  const [outputs, width, ...kernel] = weight.shape as [number, number, ...number[]];
  return tensor(shape, (at) => {
    const [n, o, ...window] = at as [number, number, ...number[]];
    const first = Math.floor(o / (outputs / op.groups)) * width;
    let sum = biasOf(bias, o);
    for (let c = 0; c < width; c++)
      for (const k of places(kernel)) {
        const from = placeOf(window, k, op);
        if (isInside(from, x.shape.slice(2))) sum += read(x, [n, first + c, ...from]) * read(weight, [o, c, ...k]);
      }
    return sum;
  });
}

/** Each input element adds its weights to where they reach. */
export function convTranspose(
  op: OpOf<'conv_transpose'>,
  x: Dense,
  weight: Dense,
  bias: Dense | null,
  shape: readonly number[],
): Dense {
  const made = tensor(shape, ([, channel]) => biasOf(bias, channel as number));
  const [, width, ...kernel] = weight.shape as [number, number, ...number[]];
  const inner = pick(x.shape, 1) / op.groups;
  for (const at of places(x.shape)) {
    const [n, c, ...window] = at as [number, number, ...number[]];
    for (let o = 0; o < width; o++)
      for (const k of places(kernel)) {
        const to = placeOf(window, k, op);
        if (!isInside(to, shape.slice(2))) continue;
        const index = indexOf(shape, [n, Math.floor(c / inner) * width + o, ...to]);
        made.data[index] = pick(made.data, index) + read(x, at) * read(weight, [c, o, ...k]);
      }
  }
  return made;
}

const largest = (values: readonly number[]) => Math.max(...values);

export function maxPool(op: OpOf<'max_pool'>, x: Dense, shape: readonly number[]): Dense {
  return tensor(shape, ([n, c, ...window]) =>
    largest(
      Array.from(places(op.kernel), (k) => placeOf(window, k, op))
        .filter((from) => isInside(from, x.shape.slice(2)))
        .map((from) => read(x, [n as number, c as number, ...from])),
    ),
  );
}

/** Where the first of a window's largest elements stands among all elements. */
export function maxPoolPlaces(op: OpOf<'max_pool_places'>, x: Dense, shape: readonly number[]): Dense {
  return tensor(shape, ([n, c, ...window]) => {
    const inside = Array.from(places(op.kernel), (k) => placeOf(window, k, op)).filter((from) =>
      isInside(from, x.shape.slice(2)),
    );
    const all = inside.map((from) => indexOf(x.shape, [n as number, c as number, ...from]));
    const values = all.map((index) => pick(x.data, index));
    return pick(all, values.indexOf(largest(values)));
  });
}

/** Padding counts as zeros where it is included; what lies beyond it never counts. */
export function avgPool(op: OpOf<'avg_pool'>, x: Dense, shape: readonly number[]): Dense {
  const sizes = x.shape.slice(2);
  const rank = sizes.length;
  const dilation = sizes.map(() => 1);
  const begins = op.padding.slice(0, rank);
  const padded = sizes.map((size, d) => pick(begins, d) + size + pick(op.padding, rank + d));
  return tensor(shape, ([n, c, ...window]) => {
    const all = Array.from(places(op.kernel), (k) => placeOf(window, k, { ...op, dilation }));
    const inside = all.filter((from) => isInside(from, sizes));
    const counted = all.filter((from) =>
      isInside(
        from.map((each, d) => each + pick(begins, d)),
        padded,
      ),
    );
    const sum = total(inside.map((from) => read(x, [n as number, c as number, ...from])));
    return sum / (op.countIncludePad ? counted.length : inside.length);
  });
}

/** Window i of o reaches from ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉. */
export function adaptivePool({ function: fn }: OpOf<'adaptive_pool'>, x: Dense, shape: readonly number[]): Dense {
  const [sizes, counts] = [x.shape.slice(2), shape.slice(2)];
  return tensor(shape, ([n, c, ...window]) => {
    const begin = sizes.map((size, d) => Math.floor((pick(window, d) * size) / pick(counts, d)));
    const end = sizes.map((size, d) => Math.ceil(((pick(window, d) + 1) * size) / pick(counts, d)));
    const values = Array.from(places(end.map((each, d) => each - pick(begin, d))), (k) =>
      read(x, [n as number, c as number, ...k.map((each, d) => each + pick(begin, d))]),
    );
    return fn === 'max' ? largest(values) : total(values) / values.length;
  });
}

/** Keys' convolution kernel (1981) with PyTorch's a = −0.75. */
function keys(distance: number): number {
  const [a, s] = [-0.75, Math.abs(distance)];
  if (s <= 1) return (a + 2) * s ** 3 - (a + 3) * s ** 2 + 1;
  return s < 2 ? a * s ** 3 - 5 * a * s ** 2 + 8 * a * s - 4 * a : 0;
}

const tent = (distance: number) => Math.max(0, 1 - Math.abs(distance));

/** Each element is a sum of all samples, weighted by the kernel at their distance; those at the edge go on outwards. */
export function resize(op: OpOf<'resize'>, x: Dense): Dense {
  return op.sizes.reduce((value, count, d) => {
    const size = pick(value.shape, d + 2);
    const given = op.factors?.[d];
    const step = given === undefined ? size / count : 1 / given;
    const placeOfOutput = (i: number) => {
      if (op.corners) return count === 1 ? 0 : (i * (size - 1)) / (count - 1);
      if (op.edges) return i * step;
      const place = (i + 0.5) * step - 0.5;
      return op.mode === 'linear' ? Math.max(place, 0) : place;
    };
    const kernel = op.mode === 'linear' ? tent : keys;
    return byRow(value, d + 2, (row) =>
      Array.from({ length: count }, (_, i) => {
        let sum = 0;
        for (let at = -3; at < size + 3; at++)
          sum += kernel(placeOfOutput(i) - at) * pick(row, Math.min(Math.max(at, 0), size - 1));
        return sum;
      }),
    );
  }, x);
}
