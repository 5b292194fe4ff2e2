/** Composite operators once more in plain ones, which have rules: their backward pass computes the forward one again. */
import type { GraphBuilder } from '../builder';
import type { Op, ValueId } from '../types';
import type { Emit } from './emit';
import type { Expansion } from './rule';

/** An activation in primitives; the catalogue's own definition, handed in because the graph knows no catalogue. */
export type ActivationForward = (
  builder: GraphBuilder,
  op: Extract<Op, { readonly kind: 'activation' }>,
  x: ValueId,
  weight: ValueId | null,
) => ValueId;

type Composite = 'batch_norm' | 'layer_norm' | 'group_norm' | 'attention' | 'recurrent' | 'dropout';

const given = (value: ValueId | null | undefined): value is ValueId => typeof value === 'number';

function required(value: ValueId | null | undefined): ValueId {
  if (!given(value)) throw new RangeError('an operator lacks an input');
  return value;
}

/** (x − mean) / √(variance + ε) over dimensions. */
function standardised(e: Emit, x: ValueId, dims: readonly number[], eps: number): ValueId {
  const centred = e.sub(x, e.reduce('mean', x, dims, true));
  const variance = e.reduce('mean', e.mul(centred, centred), dims, true);
  return e.div(centred, e.unary('sqrt', e.by('add', variance, eps)));
}

/** Scaled and shifted by a weight and a bias that are viewed in `shape`. */
function affine(
  e: Emit,
  x: ValueId,
  shape: readonly number[],
  weight: ValueId | null | undefined,
  bias: ValueId | null | undefined,
): ValueId {
  const scaled = given(weight) ? e.mul(x, e.reshape(weight, shape)) : x;
  return given(bias) ? e.add(scaled, e.reshape(bias, shape)) : scaled;
}

const channelRow = (shape: readonly number[]) => shape.map((size, i) => (i === 1 ? size : 1));

export const expansions: { readonly [K in Composite]: Expansion<K> } = {
  dropout: (_, __, [x]) => [required(x)],

  batch_norm({ eps }, e, [input, weight, bias, mean, variance]) {
    const x = required(input);
    const row = channelRow(e.shape(x));
    if (!given(mean) || !given(variance)) {
      const dims = e.shape(x).flatMap((_, i) => (i === 1 ? [] : [i]));
      return [affine(e, standardised(e, x, dims, eps), row, weight, bias)];
    }
    const deviation = e.unary('sqrt', e.by('add', e.reshape(variance, row), eps));
    return [affine(e, e.div(e.sub(x, e.reshape(mean, row)), deviation), row, weight, bias)];
  },

  layer_norm({ shape, eps }, e, [input, weight, bias]) {
    const x = required(input);
    const rank = e.shape(x).length;
    const dims = shape.map((_, i) => rank - shape.length + i);
    return [affine(e, standardised(e, x, dims, eps), shape, weight, bias)];
  },

  group_norm({ groups, eps }, e, [input, weight, bias]) {
    const x = required(input);
    const shape = e.shape(x);
    const [n = 1] = shape;
    const rows = e.reshape(x, [n, groups, e.count(x) / n / groups]);
    return [affine(e, e.reshape(standardised(e, rows, [2], eps), shape), channelRow(shape), weight, bias)];
  },

  attention({ causal, scale }, e, [query, key, value, mask]) {
    let scores = e.by('mul', e.matmul(required(query), e.transposed(required(key))), scale);
    const closed = () => e.scalar(-1e30, scores);
    if (causal) {
      const [rows = 1, columns = 1] = e.shape(scores).slice(-2);
      const open = Array.from({ length: rows * columns }, (_, i) => (i % columns <= Math.floor(i / columns) ? 1 : 0));
      scores = e.where(e.constant(open, [rows, columns], 'bool'), scores, closed());
    }
    if (given(mask)) scores = e.isFloating(mask) ? e.add(scores, mask) : e.where(mask, scores, closed());
    const last = e.shape(scores).length - 1;
    const powers = e.unary('exp', e.sub(scores, e.reduce('max', scores, [last], true)));
    return [e.matmul(e.div(powers, e.reduce('sum', powers, [last], true)), required(value))];
  },

  recurrent({ cell, reverse }, e, inputs) {
    const [x, weight, recurrence, inputBias, hiddenBias, h0, c0] = inputs;
    const [time = 1, batch = 1, features = 1] = e.shape(required(x));
    const hidden = e.shape(required(recurrence))[1] ?? 1;
    const gates = (e.shape(required(weight))[0] ?? 1) / hidden;
    const linear = (rows: ValueId, matrix: ValueId | null | undefined, bias: ValueId | null | undefined) =>
      e.op({ kind: 'linear' }, rows, required(matrix), bias ?? null);
    const fed = linear(e.reshape(required(x), [time * batch, features]), weight, inputBias);
    const part = (rows: ValueId, gate: number) =>
      gates === 1 ? rows : e.slice(rows, 1, gate * hidden, (gate + 1) * hidden);
    let h = required(h0);
    let c = cell === 'lstm' ? required(c0) : h;
    const outputs: ValueId[] = [];
    for (let i = 0; i < time; i++) {
      const step = reverse ? time - 1 - i : i;
      const own = e.slice(fed, 0, step * batch, (step + 1) * batch);
      const back = linear(h, recurrence, hiddenBias);
      if (cell === 'lstm') {
        const sum = e.add(own, back);
        const open = (gate: number) => e.unary('sigmoid', part(sum, gate));
        c = e.add(e.mul(open(1), c), e.mul(open(0), e.unary('tanh', part(sum, 2))));
        h = e.mul(open(3), e.unary('tanh', c));
      } else if (cell === 'gru') {
        const open = (gate: number) => e.unary('sigmoid', e.add(part(own, gate), part(back, gate)));
        const fresh = e.unary('tanh', e.add(part(own, 2), e.mul(open(0), part(back, 2))));
        h = e.add(fresh, e.mul(open(1), e.sub(h, fresh)));
      } else {
        const sum = e.add(own, back);
        h = cell === 'tanh' ? e.unary('tanh', sum) : e.mul(sum, e.indicator('gt', sum, e.scalar(0, sum)));
      }
      outputs[step] = e.reshape(h, [1, batch, hidden]);
    }
    const all = outputs.length === 1 ? required(outputs[0]) : e.cat(outputs, 0);
    return cell === 'lstm' ? [all, c] : [all];
  },
};
