/** Operators with inputs at random, one drawing a kind: what properties of every operator are tried on. */
import fc from 'fast-check';
import { defaultParameters } from '../../src/activations/catalogue';
import { operationOf } from '../../src/activations/operation';
import type { Activation } from '../../src/activations/types';
import {
  binaryFunctions,
  comparisons,
  type Op,
  type OpKind,
  reductions,
  type TensorType,
  type UnaryFunction,
  unaryFunctions,
} from '../../src/graph/types';
import { pick } from './evaluate/dense';

/** Range that values are drawn from. */
type Range = readonly [low: number, high: number];

export interface Input extends TensorType {
  /** Values; drawn where they are missing. */
  readonly data?: readonly number[];
  readonly within: Range;
}

export interface OperatorCase {
  readonly op: Op;
  readonly inputs: readonly (Input | null)[];
}

type CaseOf<K extends OpKind> = OperatorCase & { readonly op: { readonly kind: K } };

/** Draws of one case, which fast-check makes smaller when it fails. */
export class Draw {
  constructor(private readonly g: fc.GeneratorValue) {}

  int(min: number, max: number): number {
    return this.g(fc.integer, { min, max });
  }

  bool(): boolean {
    return this.g(fc.boolean);
  }

  one<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)] as T;
  }

  sizes(length: number, low = 1, high = 3): number[] {
    return Array.from({ length }, () => this.int(low, high));
  }

  /** Of the elements of tensors, which don't shrink: they are in general position, and smaller ones would not be. */
  seed(): number {
    return this.g(fc.nat);
  }
}

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** A linear congruence, from 0 to 1. */
export function uniform(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Elements in general position: none is near a multiple of 1/64, where functions have their corners, nor near another
 * one of its tensor (up to 64 a unit) or of a tensor with another `which`, so that no small step changes what is larger.
 */
export function elementsOf({ shape, within: [low, high] }: Input, which: number, seed: number): number[] {
  const next = uniform(seed + which);
  const cells = Array.from({ length: Math.floor((high - low) * 64) }, (_, i) => i);
  for (let i = cells.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [cells[i], cells[j]] = [pick(cells, j), pick(cells, i)];
  }
  const first = Math.ceil(low * 64);
  return Array.from({ length: count(shape) }, (_, i) => {
    const offset = 0.1 + 0.1 * which + 0.05 * next();
    return (first + pick(cells, i % cells.length) + offset) / 64;
  });
}

const float = (shape: readonly number[], within: Range = [-2, 2]): Input => ({ dtype: 'float64', shape, within });

const whole = (d: Draw, shape: readonly number[], below: number): Input => ({
  dtype: 'int64',
  shape,
  within: [0, below],
  data: Array.from({ length: count(shape) }, () => d.int(0, below - 1)),
});

const truths = (d: Draw, shape: readonly number[]): Input => ({ ...whole(d, shape, 2), dtype: 'bool' });

const domains: Partial<Record<UnaryFunction, Range>> = {
  log: [0.25, 3],
  sqrt: [0.25, 3],
  rsqrt: [0.25, 3],
  reciprocal: [0.25, 2],
  asin: [-0.875, 0.875],
  acos: [-0.875, 0.875],
  tan: [-1, 1],
};

/** A shape that broadcasts with `shape`. */
const beside = (d: Draw, shape: readonly number[]) =>
  shape.slice(d.int(0, shape.length)).map((size) => (d.bool() ? 1 : size));

/** Padding of the beginnings and the ends, the same at both. */
const mirrored = (begin: readonly number[]) => [...begin, ...begin];

function window(d: Draw) {
  const kernel = d.sizes(2);
  const padding = mirrored(kernel.map((size) => d.int(0, Math.floor(size / 2))));
  return { kernel, stride: d.sizes(2, 1, 2), padding, ceil: d.bool() };
}

const maybe = (d: Draw, ...shapes: readonly (readonly number[])[]): (Input | null)[] =>
  d.bool() ? shapes.map((shape) => float(shape)) : shapes.map(() => null);

/** A case of an activation: what its shape asks for, with weights of its own near their start where it learns any. */
export function drawActivation(d: Draw, entry: Activation): CaseOf<'activation'> {
  const shape: number[] = d.sizes(3, 1, 3);
  const parameters = { ...defaultParameters(entry), ...entry.fixed };
  const dim = d.int(0, 2);
  const hasDim = 'dim' in parameters && !entry.fixed;
  const halved = hasDim ? dim : 2;
  if (entry.shape === 'gated') shape[halved] = 2 * pick(shape, halved);
  const op = operationOf(entry, hasDim ? { dim } : {});
  const learned = d.bool() ? (entry.learned ?? []) : [];
  const channels = pick(shape, 1);
  const weights = learned.map(({ initial, per }) => {
    const start = initial(op.parameters);
    const sizes = per === 'layer' ? [1] : per === 'channel' ? [channels, 1] : [d.one([1, channels])];
    return float(sizes, [start - 0.2, start + 0.2]);
  });
  return { op, inputs: [float(shape), ...weights] };
}

/** Activations are drawn by entry. */
export const drawOperator: { readonly [K in Exclude<OpKind, 'activation'>]: (d: Draw) => CaseOf<K> } = {
  constant: (d) => {
    const type = { dtype: 'float64', shape: d.sizes(1) } as const;
    return { op: { kind: 'constant', data: type.shape.flatMap((size) => Array(size).fill(0.5)), type }, inputs: [] };
  },
  unary: (d) => {
    const fn = d.one(unaryFunctions);
    return { op: { kind: 'unary', function: fn }, inputs: [float(d.sizes(2), domains[fn])] };
  },
  binary: (d) => {
    const fn = d.one(binaryFunctions);
    const shapes = [d.sizes(3)];
    shapes.push(beside(d, shapes[0] ?? []));
    if (d.bool()) shapes.reverse();
    const [a = [], b = []] = shapes;
    // The quotient stays between 2 and 3, or −3 and −2: at whole ones the remainder jumps.
    const dividend: Range = d.bool() ? [2.125, 2.625] : [-2.625, -2.125];
    const ranges: Partial<Record<typeof fn, readonly [Range, Range]>> = {
      div: [
        [-2, 2],
        d.one<Range>([
          [0.5, 2],
          [-2, -0.5],
        ]),
      ],
      pow: [
        [0.5, 2],
        [-2, 2],
      ],
      mod: [dividend, [0.9375, 1.03125]],
      floordiv: [dividend, [0.9375, 1.03125]],
    };
    const [left, right] = ranges[fn] ?? [undefined, undefined];
    return { op: { kind: 'binary', function: fn }, inputs: [float(a, left), float(b, right)] };
  },
  compare: (d) => {
    const shape = d.sizes(2);
    return { op: { kind: 'compare', function: d.one(comparisons) }, inputs: [float(shape), float(beside(d, shape))] };
  },
  where: (d) => {
    const shape = d.sizes(3);
    return { op: { kind: 'where' }, inputs: [truths(d, shape), float(beside(d, shape)), float(shape)] };
  },
  cast: (d) => ({
    op: { kind: 'cast', dtype: d.one(['float32', 'int64', 'bool'] as const) },
    inputs: [float(d.sizes(2))],
  }),
  dropout: (d) => ({
    op: { kind: 'dropout', p: 0.5, variant: d.one(['element', 'channel', 'alpha', 'path'] as const) },
    inputs: [float(d.sizes(3))],
  }),
  reduce: (d) => {
    const dims = [0, 1, 2].filter(() => d.bool());
    return {
      op: { kind: 'reduce', function: d.one(reductions), dims, keepdim: d.bool() },
      inputs: [float(d.sizes(3))],
    };
  },
  reshape: (d) => {
    const [a = 1, b = 1, c = 1] = d.sizes(3);
    return { op: { kind: 'reshape', shape: [c, a * b] }, inputs: [float([a, b, c])] };
  },
  permute: (d) => {
    const dims = d.one([
      [0, 1, 2],
      [2, 0, 1],
      [1, 0, 2],
      [0, 2, 1],
      [1, 2, 0],
    ]);
    return { op: { kind: 'permute', dims }, inputs: [float(d.sizes(3))] };
  },
  expand: (d) => {
    const shape = d.sizes(3);
    return { op: { kind: 'expand', shape }, inputs: [float(beside(d, shape))] };
  },
  slice: (d) => {
    const shape = d.sizes(3, 2, 6);
    const dim = d.int(0, 2);
    const start = d.int(0, pick(shape, dim) - 1);
    const end = d.int(start + 1, pick(shape, dim));
    return { op: { kind: 'slice', dim, start, end, step: d.int(1, 3) }, inputs: [float(shape)] };
  },
  cat: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    const parts = d.sizes(d.int(1, 3)).map((size) => float(shape.map((each, i) => (i === dim ? size : each))));
    return { op: { kind: 'cat', dim }, inputs: parts };
  },
  pad: (d) => {
    const mode = d.one(['constant', 'reflect', 'replicate'] as const);
    const padding = d.sizes(6, mode === 'constant' ? -1 : 0, 2);
    return { op: { kind: 'pad', mode, padding, value: 0.5 }, inputs: [float(d.sizes(3, 3, 4))] };
  },
  gather: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    const indices = whole(d, d.sizes(d.int(1, 2)), pick(shape, dim));
    return { op: { kind: 'gather', dim }, inputs: [float(shape), indices] };
  },
  gather_elements: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    const indices = shape.map((size, i) => (i === dim ? d.int(1, 4) : d.int(1, size)));
    return { op: { kind: 'gather_elements', dim }, inputs: [float(shape), whole(d, indices, pick(shape, dim))] };
  },
  scatter_elements: (d) => {
    const shape = d.sizes(2, 2, 4);
    const reduction = d.one(['none', 'add'] as const);
    // Where nothing is added up each place is written once: what two writes leave is not defined.
    const rows = Array.from({ length: count(shape) }, (_, at) => Math.floor(at / pick(shape, 1)));
    const once = { dtype: 'int64', shape, within: [0, 1], data: rows } as const;
    const indices = reduction === 'add' ? whole(d, shape, pick(shape, 0)) : once;
    return { op: { kind: 'scatter_elements', dim: 0, reduction }, inputs: [float(shape), indices, float(shape)] };
  },
  scatter_rows: (d) => {
    const [rows = 1, width = 1] = d.sizes(2, 2, 4);
    const reduction = d.one(['none', 'add'] as const);
    const written = d.int(1, rows);
    const once = { ...whole(d, [written], rows), data: Array.from({ length: written }, (_, i) => i) };
    const indices = reduction === 'add' ? whole(d, [written], rows) : once;
    return {
      op: { kind: 'scatter_rows', reduction },
      inputs: [float([rows, width]), indices, float([written, width])],
    };
  },
  embedding: (d) => {
    const [rows = 1, width = 1] = d.sizes(2, 2, 4);
    const op = { kind: 'embedding', paddingIndex: null } as const;
    return { op, inputs: [whole(d, d.sizes(2), rows), float([rows, width])] };
  },
  arg: (d) => ({
    op: { kind: 'arg', function: d.one(['max', 'min'] as const), dim: d.int(0, 2), keepdim: d.bool() },
    inputs: [float(d.sizes(3))],
  }),
  topk: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    return { op: { kind: 'topk', k: d.int(1, pick(shape, dim)), dim, largest: d.bool() }, inputs: [float(shape)] };
  },
  cumsum: (d) => ({ op: { kind: 'cumsum', dim: d.int(0, 2) }, inputs: [float(d.sizes(3))] }),
  linear: (d) => {
    const [features = 1, out = 1] = d.sizes(2);
    const x = float([...d.sizes(d.int(0, 2)), features]);
    return { op: { kind: 'linear' }, inputs: [x, float([out, features]), ...maybe(d, [out])] };
  },
  matmul: (d) => {
    const [m = 1, k = 1, n = 1] = d.sizes(3);
    const lead = d.sizes(d.int(0, 2));
    const left = d.int(0, 4) === 0 ? [k] : [...lead, m, k];
    const right = d.int(0, 4) === 0 ? [k] : [...beside(d, lead), k, n];
    return { op: { kind: 'matmul' }, inputs: [float(left), float(right)] };
  },
  conv: (d) => {
    const rank = d.int(1, 2);
    const groups = d.int(1, 2);
    const [inner, outer] = [groups * d.int(1, 2), groups * d.int(1, 2)];
    const op = {
      kind: 'conv',
      stride: d.sizes(rank, 1, 2),
      padding: d.sizes(2 * rank, 0, 2),
      dilation: d.sizes(rank, 1, 2),
      groups,
    } as const;
    const x = float([d.int(1, 2), inner, ...d.sizes(rank, 5, 6)]);
    return { op, inputs: [x, float([outer, inner / groups, ...d.sizes(rank)]), ...maybe(d, [outer])] };
  },
  conv_transpose: (d) => {
    const rank = d.int(1, 2);
    const groups = d.int(1, 2);
    const [inner, per] = [groups * d.int(1, 2), d.int(1, 2)];
    const stride = d.sizes(rank);
    const op = {
      kind: 'conv_transpose',
      stride,
      padding: mirrored(d.sizes(rank, 0, 1)),
      outputPadding: stride.map((step) => d.int(0, step - 1)),
      dilation: d.sizes(rank, 1, 2),
      groups,
    } as const;
    const x = float([d.int(1, 2), inner, ...d.sizes(rank, 2, 3)]);
    return { op, inputs: [x, float([inner, per, ...d.sizes(rank, 2, 3)]), ...maybe(d, [per * groups])] };
  },
  max_pool: (d) => ({
    op: { kind: 'max_pool', ...window(d), dilation: d.sizes(2, 1, 2) },
    inputs: [float([1, 2, ...d.sizes(2, 5, 6)])],
  }),
  avg_pool: (d) => ({
    op: { kind: 'avg_pool', ...window(d), countIncludePad: d.bool() },
    inputs: [float([1, 2, ...d.sizes(2, 4, 6)])],
  }),
  adaptive_pool: (d) => ({
    op: { kind: 'adaptive_pool', function: d.one(['avg', 'max'] as const), output: d.sizes(2, 1, 4) },
    inputs: [float([1, 2, ...d.sizes(2, 3, 6)])],
  }),
  resize: (d) => {
    const from = d.sizes(2, 2, 5);
    const factors = d.bool() ? from.map(() => d.one([0.6, 1.3, 2])) : null;
    const sizes = factors ? from.map((size, i) => Math.floor(size * pick(factors, i))) : d.sizes(2, 1, 7);
    const corners = factors === null && d.bool();
    return {
      op: { kind: 'resize', mode: d.one(['linear', 'cubic'] as const), sizes, factors, corners },
      inputs: [float([1, 2, ...from])],
    };
  },
  batch_norm: (d) => {
    const row = [d.int(1, 3)];
    const statistics = d.bool() ? [float(row), float(row, [0.5, 2])] : [null, null];
    return {
      op: { kind: 'batch_norm', eps: 1e-3, momentum: 0.1 },
      inputs: [float([3, ...row, 2]), ...maybe(d, row, row), ...statistics],
    };
  },
  layer_norm: (d) => {
    const shape = d.sizes(3, 2, 3);
    const over = shape.slice(d.int(0, 2));
    return { op: { kind: 'layer_norm', shape: over, eps: 1e-3 }, inputs: [float(shape), ...maybe(d, over, over)] };
  },
  group_norm: (d) => {
    const groups = d.int(1, 2);
    const channels = groups * d.int(1, 2);
    return {
      op: { kind: 'group_norm', groups, eps: 1e-3 },
      inputs: [float([2, channels, 3]), ...maybe(d, [channels], [channels])],
    };
  },
  attention: (d) => {
    const [rows = 1, columns = 1, width = 1, values = 1] = d.sizes(4);
    const cells = rows * columns;
    const closing = () => Array.from({ length: cells }, () => (d.bool() ? Number.NEGATIVE_INFINITY : d.int(-2, 2) / 2));
    const shape = [rows, columns];
    const mask = d.one([
      () => null,
      () => float(shape),
      () => ({ ...float(shape), data: closing() }),
      () => truths(d, shape),
    ])();
    return {
      op: { kind: 'attention', causal: d.bool(), scale: 0.7, dropout: 0 },
      inputs: [float([2, rows, width]), float([2, columns, width]), float([2, columns, values]), mask],
    };
  },
  recurrent: (d) => {
    const cell = d.one(['lstm', 'gru', 'tanh', 'relu'] as const);
    const [time = 1, batch = 1, features = 1, hidden = 1] = d.sizes(4);
    const gates = { lstm: 4, gru: 3, tanh: 1, relu: 1 }[cell] * hidden;
    const states = [float([batch, hidden]), ...(cell === 'lstm' ? [float([batch, hidden])] : [])];
    const weights = [float([gates, features]), float([gates, hidden]), ...maybe(d, [gates], [gates])];
    return {
      op: { kind: 'recurrent', cell, reverse: d.bool() },
      inputs: [float([time, batch, features]), ...weights, ...states],
    };
  },
};
