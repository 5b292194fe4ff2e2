/** Windows over spatial dimensions as gathers from tables of places, for what no pooling operator gives. */
import type { Context } from '../native';
import type { PyTensor } from '../values';
import { positions, stridesOf } from './fold/elements';
import { apply, elements, known, uniformly } from './tensor';
import { reshape } from './views';

/** Windows over the spatial dimensions of x[N,C,…], padding on both sides. */
export interface Sliding {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

const OUTSIDE = -1;

export function outputSizes(input: readonly number[], window: Sliding): number[] {
  return input.map((size, i) => {
    const reach = (window.dilation[i] ?? 1) * ((window.kernel[i] ?? 1) - 1) + 1;
    return Math.floor((size + 2 * (window.padding[i] ?? 0) - reach) / (window.stride[i] ?? 1)) + 1;
  });
}

/** For each place in the kernel and each window, in that order, the row-major place in the input; −1 in the padding. */
export function windowPlaces(input: readonly number[], output: readonly number[], window: Sliding): Int32Array {
  const strides = stridesOf(input);
  // Kernel dimensions first, then the windows'.
  const shape = [...window.kernel, ...output];
  const coordinates = input.map((_, dim) => {
    const along = new Array<number>(2 * input.length).fill(0);
    along[dim] = window.dilation[dim] ?? 1;
    along[input.length + dim] = window.stride[dim] ?? 1;
    return positions(shape, along, -(window.padding[dim] ?? 0));
  });
  return new Int32Array(elements(shape)).map((_, i) => {
    let place = 0;
    for (const [dim, at] of coordinates.entries()) {
      const coordinate = at[i] ?? 0;
      if (coordinate < 0 || coordinate >= (input[dim] ?? 0)) return OUTSIDE;
      place += coordinate * (strides[dim] ?? 0);
    }
    return place;
  });
}

/**
 * The places of adaptive windows, as `windowPlaces` gives them: window i of o covers ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉, so that
 * some are wider than others; −1 where one has fewer places than the widest.
 */
export function adaptivePlaces(input: readonly number[], output: readonly number[]): Int32Array {
  const strides = stridesOf(input);
  const bounds = input.map((size, dim) => {
    const count = output[dim] ?? 1;
    return Array.from({ length: count }, (_, i) => [
      Math.floor((i * size) / count),
      Math.ceil(((i + 1) * size) / count),
    ]);
  });
  const kernel = bounds.map((spans) => Math.max(...spans.map(([from = 0, to = 0]) => to - from)));
  const coordinates = [...kernel, ...output].map((_, dim, shape) =>
    positions(
      shape,
      shape.map((__, i) => (i === dim ? 1 : 0)),
      0,
    ),
  );
  return new Int32Array(elements(kernel) * elements(output)).map((_, i) => {
    let place = 0;
    for (const [dim, spans] of bounds.entries()) {
      const [from = 0, to = 0] = spans[coordinates[input.length + dim]?.[i] ?? 0] ?? [];
      const at = from + (coordinates[dim]?.[i] ?? 0);
      if (at >= to) return OUTSIDE;
      place += at * (strides[dim] ?? 0);
    }
    return place;
  });
}

/** x[N,C,…] as [N, C, kernel places, windows], with `outside` for places in the padding. */
export function unfolded(
  ctx: Context,
  x: PyTensor,
  output: readonly number[],
  window: Sliding,
  outside: number,
): PyTensor {
  return gathered(ctx, x, windowPlaces(x.type.shape.slice(2), output, window), elements(output), outside);
}

/** x[N,C,…] as [N, C, places, windows] by a table of [places, windows]; `outside` where the table has −1. */
export function gathered(ctx: Context, x: PyTensor, places: Int32Array, windows: number, outside: number): PyTensor {
  const [n = 1, c = 1, ...spatial] = x.type.shape;
  const count = elements(spatial);
  const padded = places.includes(OUTSIDE);
  const flat = reshape(ctx, x, [n, c, count]);
  const edge = uniformly(ctx, { dtype: x.type.dtype, shape: [n, c, 1] }, outside);
  const source = padded ? apply(ctx, { kind: 'cat', dim: 2 }, flat, edge) : flat;
  const table = known(
    ctx,
    { dtype: 'int64', shape: [places.length / windows, windows] },
    places.map((place) => (place === OUTSIDE ? count : place)),
  );
  return apply(ctx, { kind: 'gather', dim: 2 }, source, table);
}

/** The adjoint of `unfolded` with zeros: x[N, C, kernel places · windows] summed up where windows overlap. */
export function folded(ctx: Context, x: PyTensor, size: readonly number[], window: Sliding): PyTensor {
  const [n = 1, c = 1] = x.type.shape;
  const places = windowPlaces(size, outputSizes(size, window), window);
  const sources = Array.from({ length: elements(size) }, (): number[] => []);
  places.forEach((place, i) => {
    if (place !== OUTSIDE) sources[place]?.push(i);
  });
  const most = Math.max(1, ...sources.map(({ length }) => length));
  const table = sources.flatMap((list) => Array.from({ length: most }, (_, i) => list[i] ?? places.length));
  const zero = uniformly(ctx, { dtype: x.type.dtype, shape: [n, c, 1] }, 0);
  const source = apply(ctx, { kind: 'cat', dim: 2 }, reshape(ctx, x, [n, c, places.length]), zero);
  const index = known(ctx, { dtype: 'int64', shape: [elements(size), most] }, table);
  const parts = apply(ctx, { kind: 'gather', dim: 2 }, source, index);
  const summed = apply(ctx, { kind: 'reduce', function: 'sum', dims: [3], keepdim: false }, parts);
  return reshape(ctx, summed, [n, c, ...size]);
}
