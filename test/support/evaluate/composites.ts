/** Composite operators by their definitions, number by number. */
import { defaultParameters, findActivation } from '../../../src/activations/catalogue';
import type { ActivationParameters, CellFunction, Op } from '../../../src/graph/types';
import { byRow, type Dense, pick, places, read, tensor, total } from './dense';
import { unaries } from './numbers';

type OpOf<K extends Op['kind']> = Extract<Op, { readonly kind: K }>;
type Optional = Dense | null;

const softplus = (x: number) => Math.log1p(Math.exp(x));

/** The parameters that learned weights stand for, as the authors' code has them; weights in the order of the node's. */
const learnedParameters: Readonly<
  Record<string, (weights: readonly number[], given: ActivationParameters) => ActivationParameters>
> = {
  prelu: (w) => ({ init: pick(w, 0) }),
  smu: (w) => ({ mu: pick(w, 0) }),
  snake: (w) => ({ alpha: pick(w, 0) }),
  swish_beta: (w) => ({ beta: pick(w, 0) }),
  xielu: (w, { beta }) => ({ alpha_p: softplus(pick(w, 0)), alpha_n: Number(beta) + softplus(pick(w, 1)) }),
  star_relu: (w) => ({ scale: pick(w, 0), bias: pick(w, 1) }),
};

/** By the catalogue's reference function, which is held to PyTorch's values on its own. */
export function activation(op: OpOf<'activation'>, x: Dense, weights: readonly Dense[]): Dense {
  const entry = findActivation(op.activation);
  if (!entry) throw new RangeError(`the catalogue has no ${op.activation}`);
  const parameters = { ...defaultParameters(entry), ...op.parameters };
  const { value, row } = entry;
  if (weights.length > 0) {
    const learned = learnedParameters[entry.id];
    if (!learned || !value) throw new RangeError(`${entry.id} has no weights that are known here`);
    // As many as a parameter says lie along dimension 1; other shapes broadcast.
    const at = (weight: Dense, place: readonly number[], i: number) =>
      typeof entry.learned?.[i]?.per === 'object' && weight.data.length > 1
        ? pick(weight.data, pick(place, 1))
        : read(weight, place);
    return tensor(x.shape, (place) =>
      value(read(x, place), {
        ...parameters,
        ...learned(
          weights.map((weight, i) => at(weight, place, i)),
          parameters,
        ),
      }),
    );
  }
  if (value) return tensor(x.shape, (at) => value(read(x, at), parameters));
  if (!row) throw new RangeError(`${entry.id} has no reference`);
  const dim = typeof parameters.dim === 'number' ? parameters.dim : -1;
  return byRow(x, dim < 0 ? dim + x.shape.length : dim, (values) => row(values, parameters));
}

/** softmax(q·kᵀ·scale + mask)·v over the keys that are open to a query; 0 where none is, as PyTorch has it since 2.5. */
export function attention(
  op: OpOf<'attention'>,
  isBool: boolean,
  query: Dense,
  key: Dense,
  value: Dense,
  mask: Optional,
  shape: readonly number[],
): Dense {
  const [keys, width] = [pick(key.shape, key.shape.length - 2), pick(query.shape, query.shape.length - 1)];
  const score = (batch: readonly number[], row: number, column: number): number => {
    if (op.causal && column > row) return Number.NEGATIVE_INFINITY;
    const given = mask ? read(mask, [...batch, row, column]) : isBool ? 1 : 0;
    if (isBool && given === 0) return Number.NEGATIVE_INFINITY;
    const products = Array.from(
      { length: width },
      (_, i) => read(query, [...batch, row, i]) * read(key, [...batch, column, i]),
    );
    return total(products) * op.scale + (isBool ? 0 : given);
  };
  return tensor(shape, (at) => {
    const [batch, row, feature] = [at.slice(0, -2), pick(at, at.length - 2), pick(at, at.length - 1)];
    const scores = Array.from({ length: keys }, (_, column) => score(batch, row, column));
    const largest = Math.max(...scores);
    if (largest === Number.NEGATIVE_INFINITY) return 0;
    const powers = scores.map((each) => Math.exp(each - largest));
    return total(powers.map((each, column) => each * read(value, [...batch, column, feature]))) / total(powers);
  });
}

const mean = (values: readonly number[]) => total(values) / values.length;

/** (x − mean) / √(variance + ε) over all elements that share what `group` says of their place. */
function standardised(x: Dense, eps: number, group: (at: readonly number[]) => string): Dense {
  const members = new Map<string, number[]>();
  for (const at of places(x.shape)) members.set(group(at), [...(members.get(group(at)) ?? []), read(x, at)]);
  const moments = new Map(
    [...members].map(([name, values]) => {
      const centre = mean(values);
      return [name, { centre, variance: mean(values.map((each) => (each - centre) ** 2)) }] as const;
    }),
  );
  return tensor(x.shape, (at) => {
    const { centre, variance } = moments.get(group(at)) ?? { centre: Number.NaN, variance: Number.NaN };
    return (read(x, at) - centre) / Math.sqrt(variance + eps);
  });
}

/** Scaled and shifted; `own` is the place of an element in weight and bias. */
function affine(x: Dense, weight: Optional, bias: Optional, own: (at: readonly number[]) => readonly number[]): Dense {
  const one = (given: Optional, at: readonly number[], otherwise: number) => (given ? read(given, own(at)) : otherwise);
  return tensor(x.shape, (at) => read(x, at) * one(weight, at, 1) + one(bias, at, 0));
}

const channelOf = (at: readonly number[]) => [pick(at, 1)];

export function batchNorm(
  { eps }: OpOf<'batch_norm'>,
  x: Dense,
  [weight, bias, centre, variance]: readonly Optional[],
) {
  const normal =
    centre && variance
      ? tensor(
          x.shape,
          (at) => (read(x, at) - read(centre, channelOf(at))) / Math.sqrt(read(variance, channelOf(at)) + eps),
        )
      : standardised(x, eps, (at) => `${pick(at, 1)}`);
  return affine(normal, weight ?? null, bias ?? null, channelOf);
}

export function layerNorm({ eps, shape }: OpOf<'layer_norm'>, x: Dense, weight: Optional, bias: Optional): Dense {
  const lead = x.shape.length - shape.length;
  const normal = standardised(x, eps, (at) => at.slice(0, lead).join());
  return affine(normal, weight, bias, (at) => at.slice(lead));
}

export function groupNorm({ eps, groups }: OpOf<'group_norm'>, x: Dense, weight: Optional, bias: Optional): Dense {
  const width = pick(x.shape, 1) / groups;
  const normal = standardised(x, eps, (at) => `${pick(at, 0)},${Math.floor(pick(at, 1) / width)}`);
  return affine(normal, weight, bias, channelOf);
}

const { sigmoid, tanh } = unaries;

/** A function inside a cell, by the catalogue's reference. */
function cellFunction(fn: CellFunction): (x: number) => number {
  if (fn === 'hard') return (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1);
  const entry = findActivation(fn.activation);
  const { value } = entry ?? {};
  if (!entry || !value) throw new RangeError(`${fn.activation} is no function of one number`);
  const parameters = { ...defaultParameters(entry), ...fn.parameters };
  return (x) => value(x, parameters);
}

/** One sample after the other, one step after the other, by PyTorch's formulas of LSTM, GRU and RNN. */
export function recurrent(op: OpOf<'recurrent'>, inputs: readonly Optional[]): Dense[] {
  const [x, weight, recurrence, inputBias, hiddenBias, h0, c0, mask, keep] = inputs as readonly [
    Dense,
    Dense,
    Dense,
    Optional,
    Optional,
    Dense,
    Dense?,
    Dense?,
    Dense?,
  ];
  const { cell, reverse, resetFirst } = op;
  const bend = op.activation ? cellFunction(op.activation) : cell === 'relu' ? (v: number) => Math.max(v, 0) : tanh;
  const open = op.gate ? cellFunction(op.gate) : sigmoid;
  const [time, batch] = x.shape as [number, number];
  const hidden = pick(recurrence.shape, 1);
  const state = tensor([time, batch, hidden], () => Number.NaN);
  const last = tensor([batch, hidden], () => Number.NaN);
  /** Row `gate·hidden + unit` of W·v + b. */
  const row = (matrix: Dense, bias: Optional, v: readonly number[], gate: number, unit: number) => {
    const at = gate * hidden + unit;
    return total(v.map((each, i) => each * read(matrix, [at, i]))) + (bias ? read(bias, [at]) : 0);
  };
  for (let n = 0; n < batch; n++) {
    const start = (given: Dense | undefined) =>
      Array.from({ length: hidden }, (_, i) => (given ? read(given, [n, i]) : 0));
    let [h, c] = [start(h0), start(c0)];
    for (let step = 0; step < time; step++) {
      const t = reverse ? time - 1 - step : step;
      const now = Array.from({ length: pick(x.shape, 2) }, (_, i) => read(x, [t, n, i]));
      const [old, memory] = [h, c];
      const before = old.map((each, i) => (keep ? each * read(keep, [n, i]) : each));
      const fed = (gate: number, i: number) => row(weight, inputBias, now, gate, i);
      const back = (gate: number, i: number) => row(recurrence, hiddenBias, before, gate, i);
      const both = (gate: number, i: number) => fed(gate, i) + back(gate, i);
      if (cell === 'lstm') {
        c = memory.map((each, i) => open(both(1, i)) * each + open(both(0, i)) * bend(both(2, i)));
        h = c.map((each, i) => open(both(3, i)) * bend(each));
      } else if (cell === 'gru') {
        const reset = before.map((each, i) => open(both(0, i)) * each);
        h = before.map((each, i) => {
          const update = open(both(1, i));
          const kept = resetFirst ? row(recurrence, hiddenBias, reset, 2, i) : open(both(0, i)) * back(2, i);
          const fresh = bend(fed(2, i) + kept);
          return (1 - update) * fresh + update * each;
        });
      } else h = before.map((_, i) => bend(both(0, i)));
      if (mask && read(mask, [t, n]) === 0) [h, c] = [old, memory];
      state.data.set(h, (t * batch + n) * hidden);
    }
    last.data.set(c, n * hidden);
  }
  return cell === 'lstm' ? [state, last] : [state];
}
