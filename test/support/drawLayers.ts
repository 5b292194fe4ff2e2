/** Layers with inputs at random. */
import { broadcastingShape, type CaseOf, type Draw, float, maybe, mirror, truths } from './drawInputs';
import { pick } from './evaluate/dense';

function window(d: Draw) {
  const kernel = d.sizes(2);
  const padding = mirror(kernel.map((size) => d.int(0, Math.floor(size / 2))));
  return { kernel, stride: d.sizes(2, 1, 2), padding, ceil: d.bool() };
}

type LayerKind =
  | 'linear'
  | 'matmul'
  | 'conv'
  | 'conv_transpose'
  | 'max_pool'
  | 'max_pool_places'
  | 'avg_pool'
  | 'adaptive_pool'
  | 'resize'
  | 'batch_norm'
  | 'layer_norm'
  | 'group_norm'
  | 'attention'
  | 'recurrent';

/** Layers: what is computed with weights, over windows or along features. */
export const drawLayer: { readonly [K in LayerKind]: (d: Draw) => CaseOf<K> } = {
  linear: (d) => {
    const [features = 1, out = 1] = d.sizes(2);
    const x = float([...d.sizes(d.int(0, 2)), features]);
    return { op: { kind: 'linear' }, inputs: [x, float([out, features]), ...maybe(d, [out])] };
  },
  matmul: (d) => {
    const [m = 1, k = 1, n = 1] = d.sizes(3);
    const lead = d.sizes(d.int(0, 2));
    const left = d.int(0, 4) === 0 ? [k] : [...lead, m, k];
    const right = d.int(0, 4) === 0 ? [k] : [...broadcastingShape(d, lead), k, n];
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
      padding: mirror(d.sizes(rank, 0, 1)),
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
  max_pool_places: (d) => ({
    op: { kind: 'max_pool_places', ...window(d), dilation: d.sizes(2, 1, 2), ceil: false },
    inputs: [float([2, 2, ...d.sizes(2, 5, 6)])],
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
