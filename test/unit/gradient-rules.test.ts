import assert from 'node:assert/strict';
import fc from 'fast-check';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { activationRules } from '../../src/activations/differentiation';
import { GraphBuilder } from '../../src/graph/builder';
import { differentiate } from '../../src/graph/differentiate/index';
import { elements } from '../../src/graph/ops/rule';
import type { Op, OpKind, TensorType, UnaryFunction, ValueId } from '../../src/graph/types';
import { type Dense, evaluate } from '../support/evaluate';

/** Draws for one case. */
class Draw {
  constructor(private state: number) {}

  /** Uniform in [0, 1): a linear congruence is random enough for shapes and values. */
  next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state / 2 ** 32;
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  one<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)] as T;
  }

  sizes(count: number, low = 1, high = 3): number[] {
    return Array.from({ length: count }, () => this.int(low, high));
  }
}

interface Input extends TensorType {
  /** Values; drawn where they are missing. */
  readonly data?: readonly number[];
  /** Range to draw from; −2 to 2 where it is missing. */
  readonly within?: readonly [number, number];
}

interface Case {
  readonly op: Op;
  readonly inputs: readonly (Input | null)[];
}

const float = (shape: readonly number[], within?: readonly [number, number]): Input => ({
  dtype: 'float64',
  shape,
  ...(within && { within }),
});

const whole = (shape: readonly number[], below: number, d: Draw): Input => ({
  dtype: 'int64',
  shape,
  data: Array.from({ length: elements(shape) }, () => d.int(0, below - 1)),
});

const domains: Partial<Record<UnaryFunction, readonly [number, number]>> = {
  log: [0.2, 3],
  sqrt: [0.2, 3],
  rsqrt: [0.2, 3],
  reciprocal: [0.3, 2],
  asin: [-0.9, 0.9],
  acos: [-0.9, 0.9],
  tan: [-1, 1],
};

const unaries: readonly UnaryFunction[] =
  'neg abs exp log sqrt rsqrt reciprocal sign floor erf sin cos tan asin acos atan sinh cosh tanh sigmoid'.split(
    ' ',
  ) as UnaryFunction[];

/** A shape that broadcasts with `shape`. */
const beside = (d: Draw, shape: readonly number[]) =>
  shape.slice(d.int(0, shape.length)).map((size) => (d.next() < 0.4 ? 1 : size));

function window(d: Draw, rank: number) {
  const kernel = d.sizes(rank, 1, 3);
  return {
    kernel,
    stride: d.sizes(rank, 1, 2),
    padding: [...kernel, ...kernel].map((size) => d.int(0, Math.floor(size / 2))),
  };
}

/** Padding that is the same at both ends. */
const both = (d: Draw, rank: number, most: number) => {
  const begin = d.sizes(rank, 0, most);
  return [...begin, ...begin];
};

const draws: Partial<Record<OpKind, (d: Draw) => Case>> = {
  unary: (d) => {
    const fn = d.one(unaries);
    return { op: { kind: 'unary', function: fn }, inputs: [float(d.sizes(2), domains[fn])] };
  },
  binary: (d) => {
    const fn = d.one(['add', 'sub', 'mul', 'div', 'pow', 'max', 'min', 'mod'] as const);
    const shape = d.sizes(3);
    const within: readonly [number, number] = ['div', 'pow', 'mod'].includes(fn) ? [0.5, 2] : [-2, 2];
    const pair = [float(shape, within), float(beside(d, shape), within)];
    return { op: { kind: 'binary', function: fn }, inputs: d.next() < 0.5 ? pair : pair.reverse() };
  },
  where: (d) => {
    const shape = d.sizes(3);
    return {
      op: { kind: 'where' },
      inputs: [{ ...whole(shape, 2, d), dtype: 'bool' }, float(beside(d, shape)), float(shape)],
    };
  },
  reduce: (d) => {
    const shape = d.sizes(3, 1, 3);
    const dims = [0, 1, 2].filter(() => d.next() < 0.5);
    const fn = d.one(['sum', 'mean', 'max', 'min', 'prod'] as const);
    return { op: { kind: 'reduce', function: fn, dims, keepdim: d.next() < 0.5 }, inputs: [float(shape)] };
  },
  reshape: (d) => {
    const [a, b, c] = d.sizes(3) as [number, number, number];
    return { op: { kind: 'reshape', shape: [c, a * b] }, inputs: [float([a, b, c])] };
  },
  permute: (d) => ({
    op: {
      kind: 'permute',
      dims: d.one([
        [2, 0, 1],
        [1, 0, 2],
        [0, 2, 1],
      ]),
    },
    inputs: [float(d.sizes(3))],
  }),
  expand: (d) => {
    const shape = d.sizes(3);
    return { op: { kind: 'expand', shape }, inputs: [float(beside(d, shape))] };
  },
  slice: (d) => {
    const shape = d.sizes(3, 2, 6);
    const dim = d.int(0, 2);
    const size = shape[dim] ?? 1;
    const start = d.int(0, size - 1);
    return {
      op: { kind: 'slice', dim, start, end: d.int(start + 1, size), step: d.int(1, 3) },
      inputs: [float(shape)],
    };
  },
  cat: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    const parts = Array.from({ length: d.int(1, 3) }, () =>
      float(shape.map((size, i) => (i === dim ? d.int(1, 3) : size))),
    );
    return { op: { kind: 'cat', dim }, inputs: parts };
  },
  pad: (d) => {
    const shape = d.sizes(3, 3, 4);
    const mode = d.one(['constant', 'reflect', 'replicate'] as const);
    const padding = [...d.sizes(3, mode === 'constant' ? -1 : 0, 2), ...d.sizes(3, mode === 'constant' ? -1 : 0, 2)];
    return { op: { kind: 'pad', mode, padding, value: 0.5 }, inputs: [float(shape)] };
  },
  gather: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    return { op: { kind: 'gather', dim }, inputs: [float(shape), whole(d.sizes(d.int(1, 2)), shape[dim] ?? 1, d)] };
  },
  gather_elements: (d) => {
    const shape = d.sizes(3);
    const dim = d.int(0, 2);
    const indices = shape.map((size, i) => (i === dim ? d.int(1, 4) : size));
    return { op: { kind: 'gather_elements', dim }, inputs: [float(shape), whole(indices, shape[dim] ?? 1, d)] };
  },
  scatter_elements: (d) => {
    const shape = d.sizes(2, 2, 4);
    const reduction = d.one(['none', 'add'] as const);
    // Each place is written once: what two writes leave is not defined.
    const data = Array.from({ length: elements(shape) }, (_, at) => Math.floor(at / (shape[1] ?? 1)));
    return {
      op: { kind: 'scatter_elements', dim: 0, reduction },
      inputs: [float(shape), { dtype: 'int64', shape, data }, float(shape)],
    };
  },
  scatter_rows: (d) => {
    const [rows = 1, width = 1] = d.sizes(2, 2, 4);
    const reduction = d.one(['none', 'add'] as const);
    const count = d.int(1, rows);
    const data = Array.from({ length: count }, (_, i) => (reduction === 'add' ? d.int(0, rows - 1) : i));
    return {
      op: { kind: 'scatter_rows', reduction },
      inputs: [float([rows, width]), { dtype: 'int64', shape: [count], data }, float([count, width])],
    };
  },
  embedding: (d) => {
    const [rows = 1, width = 1] = d.sizes(2, 2, 4);
    return {
      op: { kind: 'embedding', paddingIndex: null },
      inputs: [whole(d.sizes(2), rows, d), float([rows, width])],
    };
  },
  cumsum: (d) => ({ op: { kind: 'cumsum', dim: d.int(0, 2) }, inputs: [float(d.sizes(3))] }),
  linear: (d) => {
    const [features = 1, out = 1] = d.sizes(2);
    const bias = d.next() < 0.5 ? float([out]) : null;
    return {
      op: { kind: 'linear' },
      inputs: [float([...d.sizes(d.int(0, 2)), features]), float([out, features]), bias],
    };
  },
  matmul: (d) => {
    const [m = 1, k = 1, n = 1] = d.sizes(3);
    const lead = d.sizes(d.int(0, 2));
    const left = d.next() < 0.2 ? [k] : [...lead, m, k];
    const right = d.next() < 0.2 ? [k] : [...beside(d, lead), k, n];
    return { op: { kind: 'matmul' }, inputs: [float(left), float(right)] };
  },
  conv: (d) => {
    const rank = d.int(1, 2);
    const groups = d.int(1, 2);
    const [inner, outer] = [groups * d.int(1, 2), groups * d.int(1, 2)];
    const op = {
      kind: 'conv' as const,
      stride: d.sizes(rank, 1, 2),
      padding: [...d.sizes(2 * rank, 0, 2)],
      dilation: d.sizes(rank, 1, 2),
      groups,
    };
    const bias = d.next() < 0.5 ? float([outer]) : null;
    return {
      op,
      inputs: [
        float([d.int(1, 2), inner, ...d.sizes(rank, 5, 6)]),
        float([outer, inner / groups, ...d.sizes(rank, 1, 3)]),
        bias,
      ],
    };
  },
  conv_transpose: (d) => {
    const rank = d.int(1, 2);
    const groups = d.int(1, 2);
    const [inner, per] = [groups * d.int(1, 2), d.int(1, 2)];
    const stride = d.sizes(rank, 1, 3);
    const op = {
      kind: 'conv_transpose' as const,
      stride,
      padding: both(d, rank, 1),
      outputPadding: stride.map((step) => d.int(0, step - 1)),
      dilation: d.sizes(rank, 1, 2),
      groups,
    };
    const bias = d.next() < 0.5 ? float([per * groups]) : null;
    return {
      op,
      inputs: [float([d.int(1, 2), inner, ...d.sizes(rank, 3, 4)]), float([inner, per, ...d.sizes(rank, 2, 3)]), bias],
    };
  },
  max_pool: (d) => {
    const { kernel, stride, padding } = window(d, 2);
    const begin = padding.slice(0, 2);
    return {
      op: {
        kind: 'max_pool',
        kernel,
        stride,
        padding: [...begin, ...begin],
        dilation: d.sizes(2, 1, 2),
        ceil: d.next() < 0.5,
      },
      inputs: [float([d.int(1, 2), 2, ...d.sizes(2, 5, 7)])],
    };
  },
  avg_pool: (d) => {
    const { kernel, stride, padding } = window(d, 2);
    const begin = padding.slice(0, 2);
    return {
      op: {
        kind: 'avg_pool',
        kernel,
        stride,
        padding: [...begin, ...begin],
        ceil: d.next() < 0.5,
        countIncludePad: d.next() < 0.5,
      },
      inputs: [float([d.int(1, 2), 2, ...d.sizes(2, 4, 7)])],
    };
  },
  adaptive_pool: (d) => ({
    op: { kind: 'adaptive_pool', function: d.one(['avg', 'max'] as const), output: d.sizes(2, 1, 4) },
    inputs: [float([1, 2, ...d.sizes(2, 3, 6)])],
  }),
  resize: (d) => ({
    op: {
      kind: 'resize',
      mode: d.one(['linear', 'cubic'] as const),
      sizes: d.sizes(2, 1, 7),
      factors: null,
      corners: d.next() < 0.5,
    },
    inputs: [float([1, 2, ...d.sizes(2, 2, 5)])],
  }),
  batch_norm: (d) => {
    const channels = d.int(1, 3);
    const row = [channels];
    const statistics = d.next() < 0.5 ? [float(row), float(row, [0.5, 2])] : [null, null];
    const affine = d.next() < 0.5 ? [float(row), float(row)] : [null, null];
    return {
      op: { kind: 'batch_norm', eps: 1e-3, momentum: 0.1 },
      inputs: [float([3, channels, 2]), ...affine, ...statistics],
    };
  },
  layer_norm: (d) => {
    const shape = d.sizes(3, 2, 3);
    const over = shape.slice(d.int(1, 2));
    const affine = d.next() < 0.5 ? [float(over), float(over)] : [null, null];
    return { op: { kind: 'layer_norm', shape: over, eps: 1e-3 }, inputs: [float(shape), ...affine] };
  },
  group_norm: (d) => {
    const groups = d.int(1, 2);
    const channels = groups * d.int(1, 2);
    const affine = d.next() < 0.5 ? [float([channels]), float([channels])] : [null, null];
    return { op: { kind: 'group_norm', groups, eps: 1e-3 }, inputs: [float([2, channels, 3]), ...affine] };
  },
  attention: (d) => {
    const [rows = 1, columns = 1, width = 1, values = 1] = d.sizes(4);
    const mask = d.next() < 0.5 ? float([rows, columns]) : null;
    return {
      op: { kind: 'attention', causal: d.next() < 0.5, scale: 0.7, dropout: 0 },
      inputs: [float([2, rows, width]), float([2, columns, width]), float([2, columns, values]), mask],
    };
  },
  recurrent: (d) => {
    const cell = d.one(['lstm', 'gru', 'tanh', 'relu'] as const);
    const [time = 1, batch = 1, features = 1, hidden = 1] = d.sizes(4);
    const gates = { lstm: 4, gru: 3, tanh: 1, relu: 1 }[cell] * hidden;
    const bias = d.next() < 0.5 ? [float([gates]), float([gates])] : [null, null];
    const states = [float([batch, hidden]), ...(cell === 'lstm' ? [float([batch, hidden])] : [])];
    return {
      op: { kind: 'recurrent', cell, reverse: d.next() < 0.5 },
      inputs: [float([time, batch, features]), float([gates, features]), float([gates, hidden]), ...bias, ...states],
    };
  },
  activation: (d) => {
    const entry = d.one([...catalogue.values()].filter(({ shape, id }) => shape !== 'gated' && id !== 'glu'));
    const rowwise = entry.shape !== 'elementwise';
    const parameters = { ...defaultParameters(entry), ...(rowwise ? { dim: d.int(0, 1) } : {}) };
    return { op: { kind: 'activation', activation: entry.id, parameters }, inputs: [float(d.sizes(2, 2, 3)), null] };
  },
};

/** Largest difference of a gradient from central differences of the evaluated graph, relative to the largest of them. */
function difference({ op, inputs }: Case, d: Draw): { readonly error: number; readonly about: string } {
  const builder = new GraphBuilder();
  const ids = inputs.map((input) => (input === null ? null : builder.input(input)));
  const given = new Map<ValueId, Dense>();
  inputs.forEach((input, i) => {
    const id = ids[i];
    if (input === null || typeof id !== 'number') return;
    const [low, high] = input.within ?? [-2, 2];
    const data = input.data ?? Array.from({ length: elements(input.shape) }, () => low + d.next() * (high - low));
    given.set(id, { shape: input.shape, data: Float64Array.from(data) });
  });
  const outputs = builder.emit(op, ids);
  let loss: ValueId | undefined;
  for (const output of outputs) {
    const type = builder.type(output);
    const data = Array.from({ length: elements(type.shape) }, () => d.next() - 0.5);
    const weights = builder.emit1({ kind: 'constant', data, type });
    const weighted = builder.emit1({ kind: 'binary', function: 'mul' }, output, weights);
    const sum = builder.emit1({ kind: 'reduce', function: 'sum', dims: [], keepdim: false }, weighted);
    loss = loss === undefined ? sum : builder.emit1({ kind: 'binary', function: 'add' }, loss, sum);
  }
  assert.ok(loss !== undefined);
  const end = loss;
  const wanted = ids.filter((id): id is number => typeof id === 'number' && builder.type(id).dtype === 'float64');
  const graph = builder.finish({ name: op.kind, inputs: [], outputs: [{ name: 'loss', value: end }], state: [] });
  const forward = { ...graph, nodes: [...graph.nodes], values: [...graph.values] };
  const { builder: after, gradients } = differentiate(forward, end, wanted, {
    ...activationRules,
    products: d.next() < 0.5,
  });
  const known = new Map(given);
  evaluate(after.finish({ name: op.kind, inputs: [], outputs: [], state: [] }), known);

  const value = (changed: ValueId, data: Float64Array): number => {
    const trial = new Map(given);
    const before = given.get(changed);
    if (before) trial.set(changed, { ...before, data });
    evaluate(forward, trial);
    return trial.get(end)?.data[0] ?? Number.NaN;
  };
  let [error, scale] = [0, 1e-2];
  let about = '';
  for (const id of wanted) {
    const { data } = given.get(id) ?? { data: new Float64Array() };
    const gradient = gradients.get(id);
    const found = gradient === undefined ? undefined : known.get(gradient)?.data;
    for (let i = 0; i < data.length; i++) {
      const step = 1e-5;
      const moved = (by: number) => data.map((each, at) => (at === i ? each + by : each));
      const slope = (value(id, moved(step)) - value(id, moved(-step))) / (2 * step);
      const own = found === undefined ? 0 : (found[i] ?? Number.NaN);
      scale = Math.max(scale, Math.abs(slope));
      if (!(Math.abs(own - slope) <= error)) {
        error = Math.abs(own - slope);
        about = `input ${ids.indexOf(id)} at ${i}: ${own}, by differences ${slope}`;
      }
    }
  }
  return { error: error / scale, about };
}

describe('the gradient of every operator, against finite differences', () => {
  for (const [kind, draw] of Object.entries(draws)) {
    it(kind, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (seed) => {
          const d = new Draw(seed);
          d.next();
          const one = draw(d);
          const { error, about } = difference(one, d);
          assert.ok(error <= 1e-6, `${JSON.stringify(one.op)}: ${about}`);
        }),
        { numRuns: 40, seed: 7 },
      );
    });
  }
});
