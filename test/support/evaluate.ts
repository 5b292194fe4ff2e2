import { activationRules } from '../../src/activations/differentiation';
import { GraphBuilder } from '../../src/graph/builder';
import { Emit } from '../../src/graph/differentiate/emit';
import { expansions } from '../../src/graph/differentiate/expand';
import { samples } from '../../src/graph/differentiate/resize';
import { elements } from '../../src/graph/ops/rule';
import type { Graph, Node, Op, TensorType, ValueId } from '../../src/graph/types';
import { adaptivePlaces, OUTSIDE, windowPlaces } from '../../src/graph/windows';

/** A tensor in double precision, row-major. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

type OpOf<K extends Op['kind']> = Extract<Op, { readonly kind: K }>;

const stridesOf = (shape: readonly number[]) => shape.map((_, i) => elements(shape.slice(i + 1)));

/** Coordinates of each element in turn. */
function* places(shape: readonly number[]): Generator<number[]> {
  const at = shape.map(() => 0);
  const count = elements(shape);
  for (let i = 0; i < count; i++) {
    yield at;
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      at[dim] = (at[dim] ?? 0) + 1;
      if ((at[dim] ?? 0) < (shape[dim] ?? 1)) break;
      at[dim] = 0;
    }
  }
}

/** A tensor made element by element. */
function made(shape: readonly number[], body: (at: readonly number[]) => number): Dense {
  const data = new Float64Array(elements(shape));
  let i = 0;
  for (const at of places(shape)) data[i++] = body(at);
  return { shape, data };
}

/** The element at a place, as broadcasting to a larger rank reads it. */
function read({ shape, data }: Dense, at: readonly number[]): number {
  const lead = at.length - shape.length;
  let index = 0;
  for (let dim = 0; dim < shape.length; dim++) {
    const size = shape[dim] ?? 1;
    index = index * size + (size === 1 ? 0 : (at[lead + dim] ?? 0));
  }
  return data[index] ?? Number.NaN;
}

/** Abramowitz and Stegun's series and continued fraction: erf to double precision. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  let [sum, term] = [a, a];
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(x) * 2 * sum * Math.exp(-a * a)) / Math.sqrt(Math.PI);
}

const unaries: Readonly<Record<OpOf<'unary'>['function'], (x: number) => number>> = {
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
  round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  erf,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  not: (x) => (x === 0 ? 1 : 0),
};

const binaries: Readonly<Record<OpOf<'binary'>['function'], (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  floordiv: (a, b) => Math.floor(a / b),
  mod: (a, b) => a - Math.floor(a / b) * b,
  pow: (a, b) => a ** b,
  max: Math.max,
  min: Math.min,
  and: (a, b) => (a && b ? 1 : 0),
  or: (a, b) => (a || b ? 1 : 0),
};

const comparisons: Readonly<Record<OpOf<'compare'>['function'], (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

function reduced({ function: fn, dims: given, keepdim }: OpOf<'reduce'>, x: Dense): Dense {
  const dims = given.length > 0 ? given : x.shape.map((_, i) => i);
  const kept = x.shape.map((size, i) => (dims.includes(i) ? 1 : size));
  const start = { sum: 0, mean: 0, prod: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY }[fn];
  const data = new Float64Array(elements(kept)).fill(start);
  const strides = stridesOf(kept);
  const add = { sum: binaries.add, mean: binaries.add, prod: binaries.mul, max: Math.max, min: Math.min }[fn];
  let i = 0;
  for (const at of places(x.shape)) {
    const target = at.reduce((sum, each, dim) => sum + (dims.includes(dim) ? 0 : each * (strides[dim] ?? 0)), 0);
    data[target] = add(data[target] ?? 0, x.data[i++] ?? 0);
  }
  if (fn === 'mean') for (let j = 0; j < data.length; j++) data[j] = (data[j] ?? 0) / (x.data.length / data.length);
  return { shape: keepdim ? kept : x.shape.filter((_, dim) => !dims.includes(dim)), data };
}

function matmul(a: Dense, b: Dense, shape: readonly number[]): Dense {
  const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a;
  const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b;
  const lead = shape.slice(0, shape.length - (a.shape.length === 1 ? 0 : 1) - (b.shape.length === 1 ? 0 : 1));
  const inner = left.shape.at(-1) ?? 1;
  const whole = made([...lead, left.shape.at(-2) ?? 1, right.shape.at(-1) ?? 1], (at) => {
    const [row = 0, column = 0] = at.slice(-2);
    const batch = at.slice(0, -2);
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += read(left, [...batch, row, k]) * read(right, [...batch, k, column]);
    return sum;
  });
  return { shape, data: whole.data };
}

/** A convolution as its definition says; `place` is the padded input's. */
function conv(op: OpOf<'conv'>, x: Dense, weight: Dense, bias: Dense | null, shape: readonly number[]): Dense {
  const [outputs = 1, width = 1, ...kernel] = weight.shape;
  const per = outputs / op.groups;
  return made(shape, ([n = 0, o = 0, ...at]) => {
    let sum = bias ? (bias.data[o] ?? 0) : 0;
    const group = Math.floor(o / per);
    for (const [c = 0, ...k] of places([width, ...kernel])) {
      const from = k.map(
        (each, d) => (at[d] ?? 0) * (op.stride[d] ?? 1) + each * (op.dilation[d] ?? 1) - (op.padding[d] ?? 0),
      );
      if (from.some((each, d) => each < 0 || each >= (x.shape[d + 2] ?? 0))) continue;
      sum += read(x, [n, group * width + c, ...from]) * read(weight, [o, c, ...k]);
    }
    return sum;
  });
}

/** A transposed convolution: each input element adds its weights to where they reach. */
function convTranspose(
  op: OpOf<'conv_transpose'>,
  x: Dense,
  weight: Dense,
  bias: Dense | null,
  shape: readonly number[],
): Dense {
  const data = new Float64Array(elements(shape));
  const strides = stridesOf(shape);
  const [, per = 1, ...kernel] = weight.shape;
  const inner = (x.shape[1] ?? 1) / op.groups;
  for (const [n = 0, c = 0, ...at] of places(x.shape)) {
    const value = read(x, [n, c, ...at]);
    for (const [o = 0, ...k] of places([per, ...kernel])) {
      const to = k.map(
        (each, d) => (at[d] ?? 0) * (op.stride[d] ?? 1) + each * (op.dilation[d] ?? 1) - (op.padding[d] ?? 0),
      );
      if (to.some((each, d) => each < 0 || each >= (shape[d + 2] ?? 0))) continue;
      const place = [n, Math.floor(c / inner) * per + o, ...to];
      const index = place.reduce((sum, each, d) => sum + each * (strides[d] ?? 0), 0);
      data[index] = (data[index] ?? 0) + value * read(weight, [c, o, ...k]);
    }
  }
  return made(shape, (at) => read({ shape, data }, at) + (bias ? (bias.data[at[1] ?? 0] ?? 0) : 0));
}

/** Windows of x[N,C,…] by a table of places: reduced to one number each. */
function pooled(
  x: Dense,
  shape: readonly number[],
  table: Int32Array,
  fn: (values: number[], window: number) => number,
): Dense {
  const count = elements(x.shape.slice(2));
  const windows = elements(shape.slice(2));
  const kernel = table.length / windows;
  const data = new Float64Array(elements(shape));
  for (let plane = 0; plane < data.length / windows; plane++) {
    for (let window = 0; window < windows; window++) {
      const values: number[] = [];
      for (let k = 0; k < kernel; k++) {
        const place = table[k * windows + window] ?? OUTSIDE;
        if (place !== OUTSIDE) values.push(x.data[plane * count + place] ?? Number.NaN);
      }
      data[plane * windows + window] = fn(values, window);
    }
  }
  return { shape, data };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Elements that an average divides by, window by window, where padding counts. */
function padded(op: OpOf<'avg_pool'>, input: readonly number[], output: readonly number[]): number[] {
  return Array.from(places(output), (at) =>
    at.reduce((product, each, d) => {
      const begin = each * (op.stride[d] ?? 1) - (op.padding[d] ?? 0);
      const end = Math.min(begin + (op.kernel[d] ?? 1), (input[d] ?? 1) + (op.padding[d] ?? 0));
      return product * (end - begin);
    }, 1),
  );
}

function along(x: Dense, dim: number, matrix: readonly number[], rows: number): Dense {
  const size = x.shape[dim] ?? 1;
  const shape = x.shape.map((each, i) => (i === dim ? rows : each));
  return made(shape, (at) => {
    let sum = 0;
    for (let i = 0; i < size; i++)
      sum +=
        (matrix[(at[dim] ?? 0) * size + i] ?? 0) *
        read(
          x,
          at.map((each, d) => (d === dim ? i : each)),
        );
    return sum;
  });
}

/** One node's outputs; composite operators are evaluated by their definitions in plain ones. */
function evaluated(
  graph: Graph,
  node: Node,
  input: (index: number) => Dense,
  optional: (index: number) => Dense | null,
): Dense[] {
  const { op } = node;
  const shape = graph.values[node.outputs[0] ?? -1]?.type.shape ?? [];
  const x = () => input(0);
  switch (op.kind) {
    case 'constant':
      return [{ shape, data: Float64Array.from(op.data) }];
    case 'unary':
      return [{ shape, data: x().data.map(unaries[op.function]) }];
    case 'binary':
      return [made(shape, (at) => binaries[op.function](read(x(), at), read(input(1), at)))];
    case 'compare':
      return [made(shape, (at) => Number(comparisons[op.function](read(x(), at), read(input(1), at))))];
    case 'where':
      return [made(shape, (at) => (read(x(), at) ? read(input(1), at) : read(input(2), at)))];
    case 'cast':
      return [
        {
          shape,
          data:
            op.dtype === 'bool'
              ? x().data.map((each) => (each ? 1 : 0))
              : op.dtype.includes('int')
                ? x().data.map(Math.trunc)
                : x().data,
        },
      ];
    case 'reduce':
      return [reduced(op, x())];
    case 'reshape':
      return [{ shape, data: x().data }];
    case 'permute':
      return [
        made(shape, (at) =>
          read(
            x(),
            op.dims.map((_, i) => at[op.dims.indexOf(i)] ?? 0),
          ),
        ),
      ];
    case 'expand':
      return [made(shape, (at) => read(x(), at))];
    case 'slice':
      return [
        made(shape, (at) =>
          read(
            x(),
            at.map((each, d) => (d === op.dim ? op.start + each * op.step : each)),
          ),
        ),
      ];
    case 'cat': {
      const parts = node.inputs.map((_, i) => input(i));
      return [
        made(shape, (at) => {
          let place = at[op.dim] ?? 0;
          for (const part of parts) {
            const size = part.shape[op.dim] ?? 0;
            if (place < size)
              return read(
                part,
                at.map((each, d) => (d === op.dim ? place : each)),
              );
            place -= size;
          }
          return Number.NaN;
        }),
      ];
    }
    case 'pad':
      return [
        made(shape, (at) => {
          const from = at.map((each, d) => each - (op.padding[d] ?? 0));
          const sizes = x().shape;
          if (op.mode === 'constant' && from.some((each, d) => each < 0 || each >= (sizes[d] ?? 0))) return op.value;
          const inside = from.map((each, d) => {
            const last = (sizes[d] ?? 1) - 1;
            if (op.mode === 'replicate') return Math.min(Math.max(each, 0), last);
            return each < 0 ? -each : each > last ? 2 * last - each : each;
          });
          return read(x(), inside);
        }),
      ];
    case 'gather': {
      const rank = input(1).shape.length;
      return [
        made(shape, (at) => {
          const index = read(input(1), at.slice(op.dim, op.dim + rank));
          return read(x(), [...at.slice(0, op.dim), index, ...at.slice(op.dim + rank)]);
        }),
      ];
    }
    case 'embedding':
      return [made(shape, (at) => read(input(1), [read(x(), at.slice(0, -1)), at.at(-1) ?? 0]))];
    case 'gather_elements':
      return [
        made(shape, (at) =>
          read(
            x(),
            at.map((each, d) => (d === op.dim ? read(input(1), at) : each)),
          ),
        ),
      ];
    case 'scatter_elements':
    case 'scatter_rows': {
      const data = Float64Array.from(x().data);
      const strides = stridesOf(shape);
      const [indices, updates] = [input(1), input(2)];
      for (const at of places(updates.shape)) {
        const isRow = op.kind === 'scatter_rows';
        const dim = op.kind === 'scatter_rows' ? 0 : op.dim;
        const to = at.map((each, d) => (d === dim ? read(indices, isRow ? [at[0] ?? 0] : at) : each));
        const index = to.reduce((sum, each, d) => sum + each * (strides[d] ?? 0), 0);
        data[index] = (op.reduction === 'add' ? (data[index] ?? 0) : 0) + read(updates, at);
      }
      return [{ shape, data }];
    }
    case 'arg': {
      const size = x().shape[op.dim] ?? 1;
      return [
        made(shape, (at) => {
          const place = op.keepdim ? [...at] : [...at.slice(0, op.dim), 0, ...at.slice(op.dim)];
          let best = 0;
          const value = (i: number) =>
            read(
              x(),
              place.map((each, d) => (d === op.dim ? i : each)),
            );
          for (let i = 1; i < size; i++)
            if (op.function === 'max' ? value(i) > value(best) : value(i) < value(best)) best = i;
          return best;
        }),
      ];
    }
    case 'cumsum':
      return [
        made(shape, (at) => {
          let sum = 0;
          for (let i = 0; i <= (at[op.dim] ?? 0); i++)
            sum += read(
              x(),
              at.map((each, d) => (d === op.dim ? i : each)),
            );
          return sum;
        }),
      ];
    case 'matmul':
      return [matmul(x(), input(1), shape)];
    case 'linear': {
      const weight = input(1);
      const turned = made([weight.shape[1] ?? 1, weight.shape[0] ?? 1], ([i = 0, j = 0]) => read(weight, [j, i]));
      const product = matmul(x(), turned, shape);
      const bias = optional(2);
      return [bias ? made(shape, (at) => read(product, at) + read(bias, at)) : product];
    }
    case 'conv':
      return [conv(op, x(), input(1), optional(2), shape)];
    case 'conv_transpose':
      return [convTranspose(op, x(), input(1), optional(2), shape)];
    case 'max_pool':
      return [
        pooled(x(), shape, windowPlaces(x().shape.slice(2), shape.slice(2), op), (values) => Math.max(...values)),
      ];
    case 'avg_pool': {
      const table = windowPlaces(x().shape.slice(2), shape.slice(2), { ...op, dilation: op.kernel.map(() => 1) });
      const counts = padded(op, x().shape.slice(2), shape.slice(2));
      return [
        pooled(
          x(),
          shape,
          table,
          (values, i) => total(values) / (op.countIncludePad ? (counts[i] ?? 1) : values.length),
        ),
      ];
    }
    case 'adaptive_pool': {
      const table = adaptivePlaces(x().shape.slice(2), shape.slice(2));
      const fn =
        op.function === 'max'
          ? (values: number[]) => Math.max(...values)
          : (values: number[]) => total(values) / values.length;
      return [pooled(x(), shape, table, fn)];
    }
    case 'resize':
      return [
        op.sizes.reduce((value, size, d) => {
          const from = value.shape[d + 2] ?? 1;
          return along(value, d + 2, samples(from, size, op.mode, op.corners, op.factors?.[d]), size);
        }, x()),
      ];
    default:
      return defined(graph, node, op, optional);
  }
}

/** A composite operator by its definition. */
function defined(graph: Graph, node: Node, op: Op, optional: (index: number) => Dense | null): Dense[] {
  const builder = new GraphBuilder();
  const type = (value: ValueId): TensorType => graph.values[value]?.type ?? { dtype: 'float32', shape: [] };
  const inputs = node.inputs.map((value) => (value === null ? null : builder.input(type(value))));
  const outputs =
    op.kind === 'activation'
      ? [activationRules.forward(builder, op, inputs[0] ?? 0, inputs[1] ?? null)]
      : (
          expansions[op.kind as keyof typeof expansions] as (
            op: Op,
            e: Emit,
            inputs: readonly (ValueId | null)[],
          ) => readonly ValueId[]
        )(op, new Emit(builder), inputs);
  const inner = builder.finish({ name: op.kind, inputs: [], outputs: [], state: [] });
  const known = new Map<ValueId, Dense>();
  inputs.forEach((value, i) => {
    const given = optional(i);
    if (value !== null && given) known.set(value, given);
  });
  evaluate(inner, known);
  return outputs.map((value) => known.get(value) ?? { shape: [], data: new Float64Array(1) });
}

/** Evaluates a graph in double precision, slowly and by the definitions. `known` has its inputs and storages, and gets the rest. */
export function evaluate(graph: Graph, known: Map<ValueId, Dense>): void {
  for (const node of graph.nodes) {
    const optional = (index: number): Dense | null => {
      const value = node.inputs[index];
      return value === null || value === undefined ? null : (known.get(value) ?? null);
    };
    const input = (index: number): Dense => {
      const found = optional(index);
      if (!found) throw new RangeError(`${node.op.kind} lacks its input ${index}`);
      return found;
    };
    const outputs = evaluated(graph, node, input, optional);
    for (const [i, value] of node.outputs.entries())
      known.set(value, outputs[i] ?? { shape: [], data: new Float64Array() });
  }
}
