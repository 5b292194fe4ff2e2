/**
 * Values of small tensors that follow from known ones: programs compute shapes, counts and constants with tensors and read
 * them (`dataSync`, `arraySync`). What depends on an input, on a draw or on much data has no value here.
 */
import { broadcast_util, type DataId, slice_util, util } from '@tensorflow/tfjs-core';
import type { TapeAttribute } from '../outcome';
import { originOf, type Shaped, type TakenStep, type TensorValues, typeOfData, valuesGiven } from './tape';

const mostElements = 4096;
const mostDepth = 200;

/** The values of a tensor, or undefined where only data would tell. */
export function valuesOf(id: DataId): TensorValues | undefined {
  return find(id, 0);
}

type NumberList = ArrayLike<number>;

function find(id: DataId, depth: number): TensorValues | undefined {
  const given = valuesGiven(id);
  if (given !== undefined) return given;
  const origin = originOf(id);
  const shape = typeOfData(id);
  if (!origin || !shape || depth > mostDepth || util.sizeFromShape(shape.shape) > mostElements) return undefined;
  const compute = Object.hasOwn(kernels, origin.step.name) ? kernels[origin.step.name] : undefined;
  if (origin.step.kind !== 'kernel' || !compute) return undefined;
  const inputs: KnownOperand[] = [];
  for (const held of origin.step.held) {
    const operand = operandOf(held, depth + 1);
    if (!operand) return undefined;
    inputs.push(operand);
  }
  const found = compute(inputs, new Map(origin.step.attributes), shape, origin.index);
  return found && castTo(shape, found);
}

interface KnownOperand extends Shaped {
  readonly values: NumberList;
}

function operandOf(id: DataId, depth: number): KnownOperand | undefined {
  const shape = typeOfData(id);
  const values = find(id, depth);
  if (!shape || !values || shape.dtype === 'string' || shape.dtype === 'complex64') return undefined;
  if (values.length > mostElements) return undefined;
  return { ...shape, values: values as NumberList };
}

function castTo({ dtype }: Shaped, values: NumberList): TensorValues {
  if (dtype === 'int32') return Int32Array.from(values);
  if (dtype === 'bool') return Uint8Array.from(values);
  return Float32Array.from(values);
}

type Compute = (
  inputs: readonly KnownOperand[],
  attributes: ReadonlyMap<string, TapeAttribute>,
  output: Shaped,
  index: number,
) => NumberList | undefined;

const at = (values: NumberList, index: number): number => values[index] as number;

const elementwise =
  (f: (x: number) => number): Compute =>
  ([x]) =>
    x && Array.from(x.values, f);

/** Position in a tensor that is broadcast to `shape`, of the element at `index` there. */
function positionIn(from: readonly number[], shape: readonly number[], index: number): number {
  let [rest, position, stride] = [index, 0, 1];
  for (let dim = 1; dim <= shape.length; dim++) {
    const size = shape[shape.length - dim] as number;
    const own = dim <= from.length ? (from[from.length - dim] as number) : 1;
    const coordinate = rest % size;
    rest = (rest - coordinate) / size;
    if (own > 1) position += coordinate * stride;
    stride *= own;
  }
  return position;
}

const pairwise =
  (f: (a: number, b: number) => number): Compute =>
  ([a, b]) => {
    if (!a || !b) return undefined;
    const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    return Array.from({ length: util.sizeFromShape(shape) }, (_, index) =>
      f(at(a.values, positionIn(a.shape, shape, index)), at(b.values, positionIn(b.shape, shape, index))),
    );
  };

const identity: Compute = ([x]) => x?.values;

const fold =
  (
    start: number,
    f: (sum: number, x: number) => number,
    end: (sum: number, count: number) => number = (sum) => sum,
  ): Compute =>
  ([x], attributes) => {
    if (!x) return undefined;
    const axes = util.parseAxisParam(
      (attributes.get('axis') ?? attributes.get('reductionIndices')) as number[],
      x.shape,
    );
    const kept = x.shape.map((size, dim) => (axes.includes(dim) ? 1 : size));
    const sums = new Array<number>(util.sizeFromShape(kept)).fill(start);
    for (let index = 0; index < x.values.length; index++) {
      const into = positionIn(kept, x.shape, index);
      sums[into] = f(at(sums, into), at(x.values, index));
    }
    return sums.map((sum) => end(sum, x.values.length / sums.length));
  };

/** Elements of `x` in a new order: `source` gives the coordinates that an element of the output is taken from. */
function moveElements(
  x: KnownOperand,
  output: readonly number[],
  source: (coordinates: number[]) => number[],
): number[] {
  const strides = util.computeStrides(x.shape);
  return Array.from({ length: util.sizeFromShape(output as number[]) }, (_, index) => {
    const coordinates = util.indexToLoc(index, output.length, util.computeStrides(output as number[]));
    return at(x.values, util.locToIndex(source(coordinates), x.shape.length, strides));
  });
}

function joinValues(inputs: readonly KnownOperand[], axis: number, output: readonly number[]): number[] {
  return Array.from({ length: util.sizeFromShape(output as number[]) }, (_, index) => {
    const coordinates = util.indexToLoc(index, output.length, util.computeStrides(output as number[]));
    for (const part of inputs) {
      const size = part.shape[axis] as number;
      const place = coordinates[axis] as number;
      if (place < size) {
        return at(part.values, util.locToIndex(coordinates, part.shape.length, util.computeStrides(part.shape)));
      }
      coordinates[axis] = place - size;
    }
    return Number.NaN;
  });
}

const kernels: Record<string, Compute> = {
  Identity: identity,
  Reshape: identity,
  ExpandDims: identity,
  Cast: ([x], _, { dtype }) =>
    x &&
    Array.from(x.values, (value) =>
      dtype === 'int32' ? Math.trunc(value) : dtype === 'bool' ? Number(value !== 0) : value,
    ),
  Fill: (_, attributes, { shape }) => {
    const value = attributes.get('value');
    return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
      ? new Array<number>(util.sizeFromShape(shape)).fill(Number(value))
      : undefined;
  },
  Eye: (_, __, { shape: [rows = 0, columns = 0] }) =>
    Array.from({ length: rows * columns }, (_, index) => Number(Math.floor(index / columns) === index % columns)),
  ZerosLike: elementwise(() => 0),
  OnesLike: elementwise(() => 1),
  Range: (_, attributes, { shape: [length = 0] }) =>
    Array.from({ length }, (_, index) => Number(attributes.get('start')) + index * Number(attributes.get('step'))),
  LinSpace: (_, attributes, { shape: [length = 0] }) => {
    const [start, stop] = [Number(attributes.get('start')), Number(attributes.get('stop'))];
    return Array.from({ length }, (_, index) => start + (index * (stop - start)) / Math.max(length - 1, 1));
  },
  Abs: elementwise(Math.abs),
  Ceil: elementwise(Math.ceil),
  Cos: elementwise(Math.cos),
  Exp: elementwise(Math.exp),
  Floor: elementwise(Math.floor),
  Log: elementwise(Math.log),
  Log1p: elementwise(Math.log1p),
  LogicalNot: elementwise((x) => Number(x === 0)),
  Neg: elementwise((x) => -x),
  Reciprocal: elementwise((x) => 1 / x),
  Relu: elementwise((x) => Math.max(x, 0)),
  Round: elementwise((x) => {
    const down = Math.floor(x);
    if (x - down !== 0.5) return Math.round(x);
    return down % 2 === 0 ? down : down + 1;
  }),
  Rsqrt: elementwise((x) => 1 / Math.sqrt(x)),
  Sigmoid: elementwise((x) => 1 / (1 + Math.exp(-x))),
  Sign: elementwise(Math.sign),
  Sin: elementwise(Math.sin),
  Sqrt: elementwise(Math.sqrt),
  Square: elementwise((x) => x * x),
  Tanh: elementwise(Math.tanh),
  ClipByValue: ([x], attributes) => {
    const [low, high] = [Number(attributes.get('clipValueMin')), Number(attributes.get('clipValueMax'))];
    return x && Array.from(x.values, (value) => Math.min(Math.max(value, low), high));
  },
  Add: pairwise((a, b) => a + b),
  Sub: pairwise((a, b) => a - b),
  Multiply: pairwise((a, b) => a * b),
  RealDiv: pairwise((a, b) => a / b),
  FloorDiv: pairwise((a, b) => Math.floor(a / b)),
  Mod: pairwise((a, b) => a - b * Math.floor(a / b)),
  Pow: pairwise((a, b) => a ** b),
  Maximum: pairwise(Math.max),
  Minimum: pairwise(Math.min),
  SquaredDifference: pairwise((a, b) => (a - b) ** 2),
  Equal: pairwise((a, b) => Number(a === b)),
  NotEqual: pairwise((a, b) => Number(a !== b)),
  Less: pairwise((a, b) => Number(a < b)),
  LessEqual: pairwise((a, b) => Number(a <= b)),
  Greater: pairwise((a, b) => Number(a > b)),
  GreaterEqual: pairwise((a, b) => Number(a >= b)),
  LogicalAnd: pairwise((a, b) => Number(a !== 0 && b !== 0)),
  LogicalOr: pairwise((a, b) => Number(a !== 0 || b !== 0)),
  Sum: fold(0, (sum, x) => sum + x),
  Mean: fold(
    0,
    (sum, x) => sum + x,
    (sum, count) => sum / count,
  ),
  Prod: fold(1, (sum, x) => sum * x),
  Max: fold(Number.NEGATIVE_INFINITY, Math.max),
  Min: fold(Number.POSITIVE_INFINITY, Math.min),
  All: fold(1, (sum, x) => Number(sum !== 0 && x !== 0)),
  Any: fold(0, (sum, x) => Number(sum !== 0 || x !== 0)),
  Select: ([condition, t, e], _, { shape }) =>
    condition &&
    t &&
    e &&
    Array.from({ length: util.sizeFromShape(shape) }, (_, index) => {
      const chosen =
        condition.shape.length === 1 ? Math.floor(index / (t.values.length / condition.values.length)) : index;
      return at(at(condition.values, chosen) ? t.values : e.values, index);
    }),
  Concat: (inputs, attributes, { shape }) =>
    joinValues(inputs, util.parseAxisParam(attributes.get('axis') as number, shape)[0] as number, shape),
  Pack: (inputs, attributes, { shape }) => {
    const axis = util.parseAxisParam(attributes.get('axis') as number, shape)[0] as number;
    const grown = inputs.map((part) => ({
      ...part,
      shape: [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)],
    }));
    return joinValues(grown, axis, shape);
  },
  Unpack: ([x], attributes, { shape }, index) => {
    if (!x) return undefined;
    const axis = util.parseAxisParam(attributes.get('axis') as number, x.shape)[0] as number;
    return moveElements(x, shape, (coordinates) => [...coordinates.slice(0, axis), index, ...coordinates.slice(axis)]);
  },
  Slice: ([x], attributes, { shape }) => {
    if (!x) return undefined;
    const [begin] = slice_util.parseSliceParams(
      x as never,
      attributes.get('begin') as number[],
      attributes.get('size') as number[],
    ) as [number[], number[]];
    return moveElements(x, shape, (coordinates) => coordinates.map((each, dim) => each + (begin[dim] as number)));
  },
  Transpose: ([x], attributes, { shape }) => {
    const order = attributes.get('perm') as readonly number[];
    return (
      x &&
      moveElements(x, shape, (coordinates) => {
        const source = new Array<number>(order.length).fill(0);
        order.forEach((dim, each) => {
          source[dim] = coordinates[each] as number;
        });
        return source;
      })
    );
  },
  Tile: ([x], _, { shape }) =>
    x && moveElements(x, shape, (coordinates) => coordinates.map((each, dim) => each % (x.shape[dim] as number))),
  Reverse: ([x], attributes, { shape }) => {
    if (!x) return undefined;
    const axes = util.parseAxisParam(attributes.get('dims') as number[], x.shape);
    return moveElements(x, shape, (coordinates) =>
      coordinates.map((each, dim) => (axes.includes(dim) ? (x.shape[dim] as number) - 1 - each : each)),
    );
  },
  GatherV2: ([x, indices], attributes, { shape }) => {
    if (!x || !indices || Number(attributes.get('batchDims') ?? 0) !== 0) return undefined;
    const axis = util.parseAxisParam(attributes.get('axis') as number, x.shape)[0] as number;
    const rank = indices.shape.length;
    return moveElements(x, shape, (coordinates) => {
      const index = util.locToIndex(coordinates.slice(axis, axis + rank), rank, util.computeStrides(indices.shape));
      return [...coordinates.slice(0, axis), at(indices.values, index), ...coordinates.slice(axis + rank)];
    });
  },
  OneHot: ([indices], attributes, { shape }) => {
    const depth = shape[shape.length - 1] as number;
    const [on, off] = [Number(attributes.get('onValue') ?? 1), Number(attributes.get('offValue') ?? 0)];
    return (
      indices &&
      Array.from({ length: util.sizeFromShape(shape) }, (_, index) =>
        at(indices.values, Math.floor(index / depth)) === index % depth ? on : off,
      )
    );
  },
};

/** Whether a step could be followed by hand, whatever its inputs. */
export const canFollow = (step: TakenStep): boolean => step.kind === 'kernel' && Object.hasOwn(kernels, step.name);
