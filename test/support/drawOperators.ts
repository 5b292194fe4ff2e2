/** Operators with inputs at random, one drawing a kind: what properties of every operator are tried on. */
import { defaultParameters } from '../../src/activations/catalogue';
import { operationOf } from '../../src/activations/operation';
import type { Activation } from '../../src/activations/types';
import {
  binaryFunctions,
  comparisons,
  type OpKind,
  reductions,
  type UnaryFunction,
  unaryFunctions,
} from '../../src/graph/types';
import {
  broadcastingShape,
  type CaseOf,
  count,
  type Draw,
  float,
  type Range,
  truths,
  wholeNumbers,
} from './drawInputs';
import { drawLayer } from './drawLayers';
import { pick } from './evaluate/dense';

const domains: Partial<Record<UnaryFunction, Range>> = {
  log: [0.25, 3],
  sqrt: [0.25, 3],
  rsqrt: [0.25, 3],
  reciprocal: [0.25, 2],
  asin: [-0.875, 0.875],
  erfinv: [-0.875, 0.875],
  acos: [-0.875, 0.875],
  tan: [-1, 1],
};

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
    shapes.push(broadcastingShape(d, shapes[0] ?? []));
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
    return {
      op: { kind: 'compare', function: d.one(comparisons) },
      inputs: [float(shape), float(broadcastingShape(d, shape))],
    };
  },
  where: (d) => {
    const shape = d.sizes(3);
    return { op: { kind: 'where' }, inputs: [truths(d, shape), float(broadcastingShape(d, shape)), float(shape)] };
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
    return { op: { kind: 'expand', shape }, inputs: [float(broadcastingShape(d, shape))] };
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
    const indices = wholeNumbers(d, d.sizes(d.int(1, 2)), pick(shape, dim));
    return { op: { kind: 'gather', dim }, inputs: [float(shape), indices] };
  },
  gather_elements: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    const indices = shape.map((size, i) => (i === dim ? d.int(1, 4) : d.int(1, size)));
    return { op: { kind: 'gather_elements', dim }, inputs: [float(shape), wholeNumbers(d, indices, pick(shape, dim))] };
  },
  scatter_elements: (d) => {
    const shape = d.sizes(2, 2, 4);
    const reduction = d.one(['none', 'add'] as const);
    // Where nothing is added up each place is written once: what two writes leave is not defined.
    const rows = Array.from({ length: count(shape) }, (_, at) => Math.floor(at / pick(shape, 1)));
    const once = { dtype: 'int64', shape, within: [0, 1], data: rows } as const;
    const indices = reduction === 'add' ? wholeNumbers(d, shape, pick(shape, 0)) : once;
    return { op: { kind: 'scatter_elements', dim: 0, reduction }, inputs: [float(shape), indices, float(shape)] };
  },
  scatter_rows: (d) => {
    const [rows = 1, width = 1] = d.sizes(2, 2, 4);
    const reduction = d.one(['none', 'add'] as const);
    const written = d.int(1, rows);
    const once = { ...wholeNumbers(d, [written], rows), data: Array.from({ length: written }, (_, i) => i) };
    const indices = reduction === 'add' ? wholeNumbers(d, [written], rows) : once;
    return {
      op: { kind: 'scatter_rows', reduction },
      inputs: [float([rows, width]), indices, float([written, width])],
    };
  },
  embedding: (d) => {
    const [rows = 1, width = 1] = d.sizes(2, 2, 4);
    const op = { kind: 'embedding', paddingIndex: null } as const;
    return { op, inputs: [wholeNumbers(d, d.sizes(2), rows), float([rows, width])] };
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
  ...drawLayer,
};
