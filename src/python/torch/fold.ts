import type {
  BinaryFunction,
  Comparison,
  DType,
  Op,
  Reduction,
  TensorData,
  TensorType,
  UnaryFunction,
} from '../../graph/types';

/** Tensors up to this many elements keep their values while the model is built. */
export const MAX_KNOWN = 1 << 18;

interface Known {
  readonly type: TensorType;
  readonly data: TensorData;
}

const unary: Partial<Record<UnaryFunction, (x: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  // PyTorch rounds halves to even.
  round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  not: (x) => Number(!x),
};

const binary: Record<BinaryFunction, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  max: Math.max,
  min: Math.min,
  and: (a, b) => Number(a && b),
  or: (a, b) => Number(a || b),
};

const comparison: Record<Comparison, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

const reduction: Record<Reduction, (items: readonly number[]) => number> = {
  sum: (items) => items.reduce((a, b) => a + b, 0),
  mean: (items) => items.reduce((a, b) => a + b, 0) / items.length,
  prod: (items) => items.reduce((a, b) => a * b, 1),
  max: (items) => items.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  min: (items) => items.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
};

/** Values of an operator's output from known inputs; undefined where it is too large or is not folded. */
export function fold(op: Op, inputs: readonly Known[], output: TensorType): TensorData | undefined {
  const [x, y, z] = inputs;
  const count = size(output.shape);
  if (!x || count > MAX_KNOWN) return undefined;
  switch (op.kind) {
    case 'unary': {
      const body = unary[op.function];
      return body && stored(output.dtype, count, (i) => body(at(x, i)));
    }
    case 'binary':
      return y && broadcast(output, x, y, binary[op.function]);
    case 'compare':
      return y && broadcast(output, x, y, (a, b) => Number(comparison[op.function](a, b)));
    case 'where': {
      if (!y || !z) return undefined;
      const [c, a, b] = [reader(x, output.shape), reader(y, output.shape), reader(z, output.shape)];
      return stored(output.dtype, count, (i) => (c(i) ? a(i) : b(i)));
    }
    case 'cast':
      return stored(output.dtype, count, (i) => at(x, i));
    case 'reshape':
      return x.data;
    case 'expand': {
      const read = reader(x, output.shape);
      return stored(output.dtype, count, read);
    }
    case 'permute': {
      const from = strides(x.type.shape);
      const moved = op.dims.map((dim) => from[dim] ?? 0);
      return stored(output.dtype, count, (i) => at(x, offset(i, output.shape, moved)));
    }
    case 'slice': {
      const from = strides(x.type.shape);
      const start = (from[op.dim] ?? 0) * op.start;
      const scaled = from.map((stride, dim) => (dim === op.dim ? stride * op.step : stride));
      return stored(output.dtype, count, (i) => at(x, start + offset(i, output.shape, scaled)));
    }
    case 'cat':
      return concatenated(op.dim, inputs, output);
    case 'gather': {
      if (!y) return undefined;
      const inner = size(x.type.shape.slice(op.dim + 1));
      const length = x.type.shape[op.dim] ?? 0;
      const picks = size(y.type.shape);
      return stored(output.dtype, count, (i) => {
        const pick = at(y, Math.floor(i / inner) % picks);
        const outer = Math.floor(i / (inner * picks));
        return at(x, (outer * length + (pick < 0 ? pick + length : pick)) * inner + (i % inner));
      });
    }
    case 'reduce':
      return reduced(op, x, output);
    default:
      return undefined;
  }
}

function reduced(op: Extract<Op, { kind: 'reduce' }>, x: Known, output: TensorType): TensorData {
  const rank = x.type.shape.length;
  const dims = op.dims.length === 0 ? x.type.shape.map((_, i) => i) : op.dims;
  const keptShape = x.type.shape.map((each, dim) => (dims.includes(dim) ? 1 : each));
  const kept = strides(keptShape).map((stride, dim) => (dims.includes(dim) ? 0 : stride));
  const groups = Array.from({ length: size(output.shape) }, (): number[] => []);
  for (let i = 0; i < size(x.type.shape); i++) {
    groups[rank === 0 ? 0 : offset(i, x.type.shape, kept)]?.push(at(x, i));
  }
  return stored(output.dtype, groups.length, (i) => reduction[op.function](groups[i] ?? []));
}

function concatenated(dim: number, inputs: readonly Known[], output: TensorType): TensorData {
  const outer = size(output.shape.slice(0, dim));
  const result: number[] = [];
  for (let block = 0; block < outer; block++) {
    for (const input of inputs) {
      const length = size(input.type.shape.slice(dim));
      for (let i = 0; i < length; i++) result.push(at(input, block * length + i));
    }
  }
  return result;
}

function broadcast(output: TensorType, a: Known, b: Known, body: (a: number, b: number) => number): TensorData {
  const [x, y] = [reader(a, output.shape), reader(b, output.shape)];
  return stored(output.dtype, size(output.shape), (i) => body(x(i), y(i)));
}

/** Reads a tensor by the flat index of the shape that it is broadcast to. */
function reader(tensor: Known, shape: readonly number[]): (index: number) => number {
  const missing = shape.length - tensor.type.shape.length;
  const own = strides(tensor.type.shape);
  const stretched = shape.map((_, dim) => (tensor.type.shape[dim - missing] === 1 ? 0 : (own[dim - missing] ?? 0)));
  return (index) => at(tensor, offset(index, shape, stretched));
}

function stored(dtype: DType, count: number, body: (index: number) => number): TensorData {
  const settle =
    dtype === 'float32'
      ? Math.fround
      : dtype === 'bool'
        ? (x: number) => Number(x !== 0)
        : dtype.includes('float')
          ? (x: number) => x
          : Math.trunc;
  return Array.from({ length: count }, (_, i) => settle(body(i)));
}

function at(tensor: Known, index: number): number {
  return tensor.data[index] ?? Number.NaN;
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, each) => product * each, 1);
}

function strides(shape: readonly number[]): number[] {
  return shape.map((_, dim) => size(shape.slice(dim + 1)));
}

/** Where the element with this flat index of `shape` lies under other strides. */
function offset(index: number, shape: readonly number[], strides: readonly number[]): number {
  let rest = index;
  let result = 0;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    const length = shape[dim] ?? 1;
    result += (rest % length) * (strides[dim] ?? 0);
    rest = Math.floor(rest / length);
  }
  return result;
}
