/** Operators on known tensors: their values are computed while the model is built. */
import { doubleAt, intAt, itemAt, sizeAt } from '../access';
import { isFloating } from '../ops/rule';
import { type Op, ShapeError, type TensorData, type TensorType } from '../types';
import {
  count,
  elementAt,
  type KnownTensor,
  pickElements,
  positions,
  splitAround,
  spreadElements,
  storeElements,
  stridesOf,
  toDoubles,
} from './elements';
import { binary, comparison, integer, reduction, unary } from './numbers';

/** Tensors up to this many elements keep their values while the model is built. */
export const MAX_KNOWN = 1 << 22;

type OpOf<K extends Op['kind']> = Extract<Op, { kind: K }>;

type Folders = {
  readonly [K in Op['kind']]?: (
    op: OpOf<K>,
    inputs: readonly KnownTensor[],
    output: TensorType,
    mostWork: number,
  ) => TensorData | undefined;
};

const folders: Folders = {
  unary(op, [x], { dtype, shape }) {
    const body = unary[op.function];
    return x && storeElements(dtype, count(shape), (i) => body(elementAt(x, i)));
  },
  binary(op, [x, y], output) {
    if (!x || !y) return undefined;
    if (isFloating(output.dtype) || output.dtype === 'bool') return broadcast(output, x, y, binary[op.function]);
    return broadcast(output, x, y, integer(op.function));
  },
  compare(op, [x, y], output) {
    const body = comparison[op.function];
    return x && y && broadcast(output, x, y, (a, b) => Number(body(a, b)));
  },
  where(_, [x, y, z], { dtype, shape }) {
    if (!x || !y || !z) return undefined;
    const [c, a, b] = [spreadElements(x, shape), spreadElements(y, shape), spreadElements(z, shape)];
    return storeElements(dtype, count(shape), (i) => (doubleAt(c, i) ? doubleAt(a, i) : doubleAt(b, i)));
  },
  cast: (_, [x], { dtype, shape }) => x && storeElements(dtype, count(shape), (i) => elementAt(x, i)),
  reshape: (_, [x]) => x?.data,
  expand(_, [x], { dtype, shape }) {
    const spread = x && spreadElements(x, shape);
    return spread && storeElements(dtype, spread.length, (i) => doubleAt(spread, i));
  },
  permute(op, [x], output) {
    const from = stridesOf(x?.type.shape ?? []);
    const strides = op.dims.map((dim) => itemAt(from, dim));
    return x && readStrided(x, output, strides, 0);
  },
  slice(op, [x], output) {
    const from = stridesOf(x?.type.shape ?? []);
    const scaled = from.map((stride, dim) => (dim === op.dim ? stride * op.step : stride));
    return x && readStrided(x, output, scaled, itemAt(from, op.dim) * op.start);
  },
  cat: (op, inputs, output) => concatenate(op.dim, inputs, output),
  pad: (op, [x], output) => x && pad(op, x, output),
  gather: (op, [x, y], output) => x && y && gather(op.dim, x, y, output),
  gather_elements: (op, [x, y], output) => x && y && gatherElements(op.dim, x, y, output),
  scatter_elements: (op, [x, y, z]) => x && y && z && scatterElements(op, x, y, z),
  scatter_rows: (op, [x, y, z]) => x && y && z && scatterRows(op, x, y, z),
  reduce: (op, [x], output) => x && reduce(op, x, output),
  arg: (op, [x], output) => x && topPlaces(x, output, op.dim, op.function === 'max', 1),
  topk: (op, [x], output) => x && topPlaces(x, output, op.dim, op.largest, op.k),
  cumsum: (op, [x], output) => x && cumulativeSum(op.dim, x, output),
  matmul: (_, [x, y], output, mostWork) => (x && y ? product(x, y, output, mostWork) : undefined),
};

/** Whether an operator's values can be computed here from those of its inputs. */
export const isFoldable = ({ kind }: Op): boolean => folders[kind] !== undefined;

/** Multiplications of a product beyond which it is left to the runtime. */
const MAX_WORK = 1 << 26;

/** Values of an operator's output from known inputs; undefined where it is too large or is not folded. */
export function fold(op: Op, inputs: readonly KnownTensor[], output: TensorType): TensorData | undefined {
  return count(output.shape) > MAX_KNOWN ? undefined : evaluate(op, inputs, output, MAX_WORK);
}

/** The same of any size. */
export function evaluate(
  op: Op,
  inputs: readonly KnownTensor[],
  output: TensorType,
  mostWork = Number.POSITIVE_INFINITY,
): TensorData | undefined {
  const folder = folders[op.kind] as NonNullable<Folders['cast']> | undefined;
  return folder?.(op as OpOf<'cast'>, inputs, output, mostWork);
}

function broadcast(
  { dtype, shape }: TensorType,
  a: KnownTensor,
  b: KnownTensor,
  body: (a: number, b: number) => number,
): TensorData {
  const [x, y] = [spreadElements(a, shape), spreadElements(b, shape)];
  return storeElements(dtype, count(shape), (i) => body(doubleAt(x, i), doubleAt(y, i)));
}

function readStrided(
  x: KnownTensor,
  { dtype, shape }: TensorType,
  strides: readonly number[],
  offset: number,
): TensorData {
  return pickElements(dtype, x.data, positions(shape, strides, offset));
}

function concatenate(dim: number, inputs: readonly KnownTensor[], { dtype, shape }: TensorType): TensorData {
  const { outer, inner } = splitAround(shape, dim);
  const result: number[] = new Array(count(shape));
  let next = 0;
  for (let block = 0; block < outer; block++) {
    for (const input of inputs) {
      const length = sizeAt(input.type.shape, dim) * inner;
      for (let i = 0; i < length; i++) result[next++] = elementAt(input, block * length + i);
    }
  }
  return storeElements(dtype, next, (i) => itemAt(result, i));
}

function pad(op: OpOf<'pad'>, x: KnownTensor, { dtype, shape }: TensorType): TensorData {
  const own = x.type.shape;
  const strides = stridesOf(own);
  const outside = -1;
  const source = (at: number, size: number): number => {
    if (at >= 0 && at < size) return at;
    if (op.mode === 'replicate') return Math.min(Math.max(at, 0), size - 1);
    if (op.mode === 'reflect') return at < 0 ? -at : 2 * (size - 1) - at;
    return outside;
  };
  let places = [0];
  shape.forEach((size, dim) => {
    const along = Array.from({ length: size }, (_, i) => source(i - itemAt(op.padding, dim), itemAt(own, dim)));
    places = places.flatMap((place) =>
      along.map((each) => (place === outside || each === outside ? outside : place + each * itemAt(strides, dim))),
    );
  });
  return storeElements(dtype, places.length, (i) =>
    places[i] === outside ? op.value : elementAt(x, itemAt(places, i)),
  );
}

/** An index from the end counts backwards. @throws ShapeError in PyTorch's words for one that is outside */
function wrapIndex(index: number, size: number, dim: number): number {
  if (index < -size || index >= size) {
    throw new ShapeError(`index ${index} is out of bounds for dimension ${dim} with size ${size}`);
  }
  return index < 0 ? index + size : index;
}

function gather(dim: number, x: KnownTensor, indices: KnownTensor, { dtype, shape }: TensorType): TensorData {
  const { size, inner } = splitAround(x.type.shape, dim);
  const picks = count(indices.type.shape);
  return storeElements(dtype, count(shape), (i) => {
    const pick = wrapIndex(elementAt(indices, Math.floor(i / inner) % picks), size, dim);
    return elementAt(x, (Math.floor(i / (inner * picks)) * size + pick) * inner + (i % inner));
  });
}

/** For each index, the place in `x` that it names. */
function places(dim: number, x: KnownTensor, indices: KnownTensor): Int32Array {
  const strides = stridesOf(x.type.shape);
  const step = itemAt(strides, dim);
  const others = positions(
    indices.type.shape,
    strides.map((stride, i) => (i === dim ? 0 : stride)),
  );
  return others.map((place, i) => place + wrapIndex(elementAt(indices, i), sizeAt(x.type.shape, dim), dim) * step);
}

function gatherElements(dim: number, x: KnownTensor, indices: KnownTensor, { dtype }: TensorType): TensorData {
  const from = places(dim, x, indices);
  return storeElements(dtype, from.length, (i) => elementAt(x, itemAt(from, i)));
}

function scatterElements(
  op: OpOf<'scatter_elements'>,
  x: KnownTensor,
  indices: KnownTensor,
  updates: KnownTensor,
): TensorData {
  const result = Array.from(x.data);
  places(op.dim, x, indices).forEach((place, i) => {
    result[place] = elementAt(updates, i) + (op.reduction === 'add' ? itemAt(result, place) : 0);
  });
  return storeElements(x.type.dtype, result.length, (i) => itemAt(result, i));
}

function scatterRows(op: OpOf<'scatter_rows'>, x: KnownTensor, indices: KnownTensor, updates: KnownTensor): TensorData {
  const result = Array.from(x.data);
  const { size, inner } = splitAround(x.type.shape, 0);
  indices.data.forEach((index: number, row: number) => {
    const start = wrapIndex(index, size, 0) * inner;
    for (let i = 0; i < inner; i++) {
      result[start + i] =
        elementAt(updates, row * inner + i) + (op.reduction === 'add' ? itemAt(result, start + i) : 0);
    }
  });
  return storeElements(x.type.dtype, result.length, (i) => itemAt(result, i));
}

function reduce(op: OpOf<'reduce'>, x: KnownTensor, output: TensorType): TensorData {
  const { shape } = x.type;
  const dims = op.dims.length === 0 ? shape.map((_, i) => i) : op.dims;
  const { start, step } = reduction[op.function];
  const totals = new Float64Array(count(output.shape)).fill(start);
  const kept = stridesOf(shape.map((size, dim) => (dims.includes(dim) ? 1 : size)));
  const groups = positions(
    shape,
    kept.map((stride, dim) => (dims.includes(dim) ? 0 : stride)),
  );
  const given = toDoubles(x.data);
  for (let i = 0; i < groups.length; i++) {
    const group = intAt(groups, i);
    totals[group] = step(doubleAt(totals, group), doubleAt(given, i));
  }
  const divisor = op.function === 'mean' ? count(dims.map((dim) => sizeAt(shape, dim))) : 1;
  return storeElements(output.dtype, totals.length, (i) => itemAt(totals, i) / divisor);
}

/** The first `k` places along a dimension, in order of the values there. */
function topPlaces(x: KnownTensor, output: TensorType, dim: number, largest: boolean, k: number): TensorData {
  const { outer, size, inner } = splitAround(x.type.shape, dim);
  const result = new Int32Array(outer * k * inner);
  const sign = largest ? -1 : 1;
  for (let block = 0; block < outer; block++) {
    for (let lane = 0; lane < inner; lane++) {
      const value = (i: number) => elementAt(x, (block * size + i) * inner + lane);
      const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => sign * (value(a) - value(b)) || a - b);
      for (let i = 0; i < k; i++) result[(block * k + i) * inner + lane] = itemAt(order, i);
    }
  }
  return storeElements(output.dtype, result.length, (i) => itemAt(result, i));
}

function cumulativeSum(dim: number, x: KnownTensor, { dtype, shape }: TensorType): TensorData {
  const { outer, size, inner } = splitAround(shape, dim);
  const totals = Float64Array.from(x.data);
  for (let block = 0; block < outer; block++) {
    for (let i = 1; i < size; i++) {
      for (let lane = 0; lane < inner; lane++) {
        const place = (block * size + i) * inner + lane;
        totals[place] = itemAt(totals, place) + itemAt(totals, place - inner);
      }
    }
  }
  return storeElements(dtype, totals.length, (i) => itemAt(totals, i));
}

function product(
  a: KnownTensor,
  b: KnownTensor,
  { dtype, shape }: TensorType,
  mostWork: number,
): TensorData | undefined {
  const left = a.type.shape.length === 1 ? [1, ...a.type.shape] : a.type.shape;
  const right = b.type.shape.length === 1 ? [...b.type.shape, 1] : b.type.shape;
  const [m, k, n] = [sizeAt(left, -2), sizeAt(left, -1), sizeAt(right, -1)];
  if (count(shape) * k > mostWork) return undefined;
  const batch = shape.slice(0, shape.length - Number(a.type.shape.length > 1) - Number(b.type.shape.length > 1));
  const starts = (own: readonly number[], block: number): Int32Array => {
    const sizes = own.slice(0, -2);
    const missing = batch.length - sizes.length;
    const strides = stridesOf(sizes);
    return positions(
      batch,
      batch.map((_, dim) => (dim < missing || sizes[dim - missing] === 1 ? 0 : itemAt(strides, dim - missing) * block)),
    );
  };
  const [x, y] = [starts(left, m * k), starts(right, k * n)];
  const [p, q] = [toDoubles(a.data), toDoubles(b.data)];
  const sums = new Float64Array(count(shape));
  // Row by row of the right one, so that neighbours in memory are read one after the other; each sum's terms keep their order.
  for (let block = 0; block < x.length; block++) {
    const [from, to] = [intAt(x, block), intAt(y, block)];
    for (let i = 0; i < m; i++) {
      const row = sums.subarray((block * m + i) * n, (block * m + i + 1) * n);
      for (let j = 0; j < k; j++) {
        const factor = doubleAt(p, from + i * k + j);
        const start = to + j * n;
        for (let at = 0; at < n; at++) row[at] = (row[at] as number) + factor * (q[start + at] as number);
      }
    }
  }
  return storeElements(dtype, sums.length, (i) => doubleAt(sums, i));
}
