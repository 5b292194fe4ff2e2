/** Windows over spatial dimensions as gathers from tables of places, for what no pooling operator gives. */
import { firstElements, itemAt } from '../../../graph/access';
import { OUTSIDE, type Sliding, windowPlaces } from '../../../graph/windows';
import type { Context } from '../../../python/natives/context';
import type { PyTensor } from '../../../python/values/values';
import { apply, elements, full, knownTensor } from '../../tensor/tensor';
import { reshape } from '../../tensor/views';

export function outputSizes(input: readonly number[], window: Sliding): number[] {
  return input.map((size, i) => {
    const reach = itemAt(window.dilation, i) * (itemAt(window.kernel, i) - 1) + 1;
    return Math.floor((size + 2 * itemAt(window.padding, i) - reach) / itemAt(window.stride, i)) + 1;
  });
}

/** x[N,C,…] as [N, C, kernel places, windows], with `outside` for places in the padding. */
export function unfold(
  ctx: Context,
  x: PyTensor,
  output: readonly number[],
  window: Sliding,
  outside: number,
): PyTensor {
  return gatherWindows(ctx, x, windowPlaces(x.type.shape.slice(2), output, window), elements(output), outside);
}

/** x[N,C,…] as [N, C, places, windows] by a table of [places, windows]; `outside` where the table has −1. */
export function gatherWindows(
  ctx: Context,
  x: PyTensor,
  places: Int32Array,
  windows: number,
  outside: number,
): PyTensor {
  const [n, c, ...spatial] = firstElements(x.type.shape, 2);
  const count = elements(spatial);
  const padded = places.includes(OUTSIDE);
  const flat = reshape(ctx, x, [n, c, count]);
  const edge = full(ctx, { dtype: x.type.dtype, shape: [n, c, 1] }, outside);
  const source = padded ? apply(ctx, { kind: 'cat', dim: 2 }, flat, edge) : flat;
  const table = knownTensor(
    ctx,
    { dtype: 'int64', shape: [places.length / windows, windows] },
    places.map((place) => (place === OUTSIDE ? count : place)),
  );
  return apply(ctx, { kind: 'gather', dim: 2 }, source, table);
}

/** The adjoint of `unfold` with zeros: x[N, C, kernel places · windows] summed up where windows overlap. */
export function fold(ctx: Context, x: PyTensor, size: readonly number[], window: Sliding): PyTensor {
  const [n, c] = firstElements(x.type.shape, 2);
  const places = windowPlaces(size, outputSizes(size, window), window);
  ctx.meter.elements(elements(size));
  const sources = Array.from({ length: elements(size) }, (): number[] => []);
  places.forEach((place, i) => {
    if (place !== OUTSIDE) sources[place]?.push(i);
  });
  const most = sources.reduce((longest, { length }) => Math.max(longest, length), 1);
  const table = sources.flatMap((list) => Array.from({ length: most }, (_, i) => list[i] ?? places.length));
  const zero = full(ctx, { dtype: x.type.dtype, shape: [n, c, 1] }, 0);
  const source = apply(ctx, { kind: 'cat', dim: 2 }, reshape(ctx, x, [n, c, places.length]), zero);
  const index = knownTensor(ctx, { dtype: 'int64', shape: [elements(size), most] }, table);
  const parts = apply(ctx, { kind: 'gather', dim: 2 }, source, index);
  const summed = apply(ctx, { kind: 'reduce', function: 'sum', dims: [3], keepdim: false }, parts);
  return reshape(ctx, summed, [n, c, ...size]);
}
