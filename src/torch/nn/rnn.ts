/** Recurrent layers and cells. */
import { say } from '../../language/say';
import { type NativeArguments, sequence as sequenceOf } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { native, property } from '../../python/natives/native';
import { type PyInstance, PyList, PySlice, PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { cat, stack } from '../ops/joining';
import { arithmetic, unary } from '../ops/operations';
import { getItem } from '../tensor/indexing';
import { full, knownTensor, sizeOf, tensorOf } from '../tensor/tensor';
import { reshape, select, slice, transpose, unsqueeze } from '../tensor/views';
import { dropout, dropRate } from './functional/dropout';
import { linear } from './functional/linear';
import { pad } from './functional/padding';
import { type Build, FACTORY, fanIn, field, type Layer, setting } from './layer';
import { selfOf } from './moduleFields';
import { pack, unpack } from './utils/rnn';

export type Cell = 'lstm' | 'gru' | 'tanh' | 'relu';

const GATES: Readonly<Record<Cell, number>> = { lstm: 4, gru: 3, tanh: 1, relu: 1 };

/** The parameters of one direction of one layer. */
interface Weights {
  readonly input: PyTensor;
  readonly hidden: PyTensor;
  readonly inputBias: PyTensor | null;
  readonly hiddenBias: PyTensor | null;
  readonly projection: PyTensor | null;
}

interface State {
  readonly hidden: PyTensor;
  readonly cell: PyTensor | null;
}

/** One step, as PyTorch's cells compute it. */
function step(ctx: Context, cell: Cell, x: PyTensor, state: State, weights: Weights): State {
  const fromInput = linear(ctx, x, weights.input, weights.inputBias);
  const fromHidden = linear(ctx, state.hidden, weights.hidden, weights.hiddenBias);
  const size = sizeOf(fromInput, -1) / GATES[cell];
  const part = (gates: PyTensor, index: number) => slice(ctx, gates, 1, index * size, (index + 1) * size);
  const sigmoid = (gate: PyTensor) => unary(ctx, 'sigmoid', gate);
  const tanh = (gate: PyTensor) => unary(ctx, 'tanh', gate);
  const add = (a: PyTensor, b: PyTensor) => arithmetic(ctx, 'add', a, b);
  const mul = (a: PyTensor, b: PyTensor) => arithmetic(ctx, 'mul', a, b);
  if (cell === 'lstm') {
    const gates = add(fromInput, fromHidden);
    const [enter, forget, out] = [part(gates, 0), part(gates, 1), part(gates, 3)].map(sigmoid);
    const before = state.cell;
    if (!enter || !forget || !out || !before) throw new RangeError('an LSTM has four gates and a cell state');
    const after = add(mul(forget, before), mul(enter, tanh(part(gates, 2))));
    const hidden = mul(out, tanh(after));
    return { hidden: weights.projection ? linear(ctx, hidden, weights.projection, null) : hidden, cell: after };
  }
  if (cell === 'gru') {
    const reset = sigmoid(add(part(fromInput, 0), part(fromHidden, 0)));
    const update = sigmoid(add(part(fromInput, 1), part(fromHidden, 1)));
    const fresh = tanh(add(part(fromInput, 2), mul(reset, part(fromHidden, 2))));
    const kept = mul(update, arithmetic(ctx, 'sub', state.hidden, fresh));
    return { hidden: add(fresh, kept), cell: null };
  }
  const sum = add(fromInput, fromHidden);
  return { hidden: cell === 'tanh' ? tanh(sum) : arithmetic(ctx, 'max', sum, 0n), cell: null };
}

/** A whole sequence x[T,N,I]: one node, or step by step where there is a projection. */
function sequence(
  ctx: Context,
  cell: Cell,
  x: PyTensor,
  state: State,
  weights: Weights,
  reverse: boolean,
): { readonly output: PyTensor; readonly last: State } {
  const length = sizeOf(x, 0);
  if (weights.projection) {
    const outputs: PyTensor[] = [];
    let now = state;
    for (let i = 0; i < length; i++) {
      const at = reverse ? length - 1 - i : i;
      now = step(ctx, cell, select(ctx, x, 0, at), now, weights);
      outputs[at] = now.hidden;
    }
    return { output: stack(ctx, outputs, 0), last: now };
  }
  const { input, hidden, inputBias, hiddenBias } = weights;
  const operands = [x, input, hidden, inputBias, hiddenBias, state.hidden, state.cell];
  const [all, cells] = ctx.emit(
    { kind: 'recurrent', cell, reverse },
    operands.map((each) => each?.value ?? null),
  );
  if (all === undefined) throw new RangeError('a recurrent layer has an output');
  const output = tensorOf(ctx, all);
  const last = select(ctx, output, 0, reverse ? 0 : length - 1);
  return { output, last: { hidden: last, cell: cells === undefined ? null : tensorOf(ctx, cells) } };
}

/** The same for sequences that end before the others do: those of one length at a time, zero behind their ends. */
function sequenceByLength(
  ctx: Context,
  cell: Cell,
  x: PyTensor,
  lengths: readonly number[] | undefined,
  { state, weights, reverse }: { readonly state: State; readonly weights: Weights; readonly reverse: boolean },
): { output: PyTensor; last: State } {
  const time = sizeOf(x, 0);
  if (!lengths || lengths.every((length) => length === time)) return sequence(ctx, cell, x, state, weights, reverse);
  const groups = [...new Set(lengths)].map((length) => ({
    length,
    at: lengths.flatMap((each, n) => (each === length ? [n] : [])),
  }));
  const take = (from: PyTensor, dim: number, at: readonly number[]): PyTensor =>
    getItem(
      ctx,
      from,
      new PyTuple([
        ...new Array<PyValue>(dim).fill(new PySlice(null, null, null)),
        knownTensor(ctx, { dtype: 'int64', shape: [at.length] }, at),
      ]),
    );
  const parts = groups.map(({ length, at }) => {
    const own = { hidden: take(state.hidden, 0, at), cell: state.cell && take(state.cell, 0, at) };
    const made = sequence(ctx, cell, take(slice(ctx, x, 0, 0, length), 1, at), own, weights, reverse);
    return { output: pad(ctx, made.output, [0, 0, 0, 0, 0, time - length], 'constant', 0), last: made.last };
  });
  const places = groups.flatMap(({ at }) => at);
  const back = places.map((_, n) => places.indexOf(n));
  const join = (tensors: readonly PyTensor[], dim: number): PyTensor => take(cat(ctx, tensors, dim), dim, back);
  const cells = parts.flatMap(({ last }) => last.cell ?? []);
  return {
    output: join(
      parts.map(({ output }) => output),
      1,
    ),
    last: {
      hidden: join(
        parts.map(({ last }) => last.hidden),
        0,
      ),
      cell: cells.length > 0 ? join(cells, 0) : null,
    },
  };
}

function weightsOf(ctx: Context, self: PyInstance, suffix: string): Weights {
  const named = (name: string) => field(ctx, self, `${name}${suffix}`);
  const [input, hidden] = [named('weight_ih'), named('weight_hh')];
  if (!input || !hidden) return ctx.error('unsupported', say('A recurrent layer has lost its weights'));
  return {
    input,
    hidden,
    inputBias: named('bias_ih'),
    hiddenBias: named('bias_hh'),
    projection: named('weight_hr'),
  };
}

/** First states, zeros where none are given: [layers · directions, N, size], and for LSTM the cells'. */
function firstStates(ctx: Context, given: PyValue, cell: Cell, zero: (projected: boolean) => PyTensor): State {
  if (given === null) return { hidden: zero(true), cell: cell === 'lstm' ? zero(false) : null };
  const [hidden, cells] = cell === 'lstm' ? (sequenceOf(given) ?? [given]) : [given];
  if (!(hidden instanceof PyTensor) || (cell === 'lstm' && !(cells instanceof PyTensor))) {
    return ctx.raise(
      'TypeError',
      cell === 'lstm' ? 'LSTM expects its state as a tuple (h_0, c_0)' : 'expected a tensor as hx',
    );
  }
  return { hidden, cell: cells instanceof PyTensor ? cells : null };
}

/** @throws RuntimeError where a state is not of the size that the layer and its input ask for */
function checkState(ctx: Context, { type }: PyTensor, wanted: PyTensor, isBatched: boolean, what: string): void {
  const expected = wanted.type.shape.filter((_, axis) => isBatched || axis !== 1);
  // A single sequence may have its state with a batch of one.
  if (type.shape.join() === expected.join() || type.shape.join() === wanted.type.shape.join()) return;
  ctx.raise('RuntimeError', `Expected ${what} size (${expected.join(', ')}), got [${type.shape.join(', ')}]`);
}

function run(ctx: Context, self: PyInstance, args: NativeArguments, cell: Cell): PyValue {
  const packed = unpack(args.get('input'));
  const given = packed?.padded ?? args.tensor('input');
  const isBatched = given.type.shape.length === 3;
  const batchFirst = isBatched && !packed && self.fields.get('batch_first') === true;
  let x = isBatched ? (batchFirst ? transpose(ctx, given, 0, 1) : given) : unsqueeze(ctx, given, 1);
  const size = setting(self, 'input_size');
  if (x.type.shape[2] !== size) {
    ctx.raise('RuntimeError', `input.size(-1) must be equal to input_size. Expected ${size}, got ${x.type.shape[2]}`);
  }
  const directions = self.fields.get('bidirectional') === true ? 2 : 1;
  const layers = setting(self, 'num_layers');
  const [hiddenSize, projected] = [setting(self, 'hidden_size'), Number(self.fields.get('proj_size') ?? 0)];
  const batch = sizeOf(x, 1);
  const zero = (small: boolean) =>
    full(
      ctx,
      { dtype: 'float32', shape: [layers * directions, batch, small && projected ? projected : hiddenSize] },
      0,
    );
  const first = firstStates(ctx, args.get('hx'), cell, zero);
  checkState(ctx, first.hidden, zero(true), isBatched, cell === 'lstm' ? 'hidden[0]' : 'hidden');
  if (first.cell) checkState(ctx, first.cell, zero(false), isBatched, 'hidden[1]');
  const at = (states: PyTensor, index: number) => {
    const one = select(ctx, states, 0, index);
    return one.type.shape.length === 1 ? unsqueeze(ctx, one, 0) : one;
  };
  const p = layers > 1 ? dropRate(ctx, self, setting(self, 'dropout')) : 0;
  const last: State[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const outputs = Array.from({ length: directions }, (_, direction) => {
      const index = layer * directions + direction;
      const state = { hidden: at(first.hidden, index), cell: first.cell && at(first.cell, index) };
      const weights = weightsOf(ctx, self, `_l${layer}${direction ? '_reverse' : ''}`);
      const made = sequenceByLength(ctx, cell, x, packed?.lengths, { state, weights, reverse: direction === 1 });
      last.push(made.last);
      return made.output;
    });
    x = directions === 2 ? cat(ctx, outputs, 2) : (outputs[0] ?? x);
    if (p > 0 && layer < layers - 1) x = dropout(ctx, x, p, 'element');
  }
  const output = isBatched ? (batchFirst ? transpose(ctx, x, 0, 1) : x) : select(ctx, x, 1, 0);
  const joined = (states: readonly (PyTensor | null)[]) => {
    const all = stack(
      ctx,
      states.flatMap((each) => each ?? []),
      0,
    );
    return isBatched ? all : select(ctx, all, 1, 0);
  };
  const hidden = joined(last.map((each) => each.hidden));
  const shown = packed ? pack(ctx, { ...packed, padded: output }) : output;
  if (cell !== 'lstm') return new PyTuple([shown, hidden]);
  return new PyTuple([shown, new PyTuple([hidden, joined(last.map((each) => each.cell))])]);
}

/** Parameters of one direction, in PyTorch's order. */
function parameters(
  layer: Build,
  suffix: string,
  cell: Cell,
  input: number,
  hidden: number,
  projected: number,
): PyList {
  const before = new Set(layer.self.fields.keys());
  const gates = GATES[cell] * hidden;
  const drawn = fanIn(hidden);
  const bias = layer.args.bool('bias');
  layer.parameter(`weight_ih${suffix}`, [gates, input], drawn);
  layer.parameter(`weight_hh${suffix}`, [gates, projected || hidden], drawn);
  if (bias) for (const name of ['bias_ih', 'bias_hh']) layer.parameter(`${name}${suffix}`, [gates], drawn);
  if (projected) layer.parameter(`weight_hr${suffix}`, [projected, hidden], drawn);
  return new PyList([...layer.self.fields.keys()].filter((name) => !before.has(name)));
}

/** RNN's non-linearity; the others have no choice. */
function cellOf(self: PyInstance, fixed: 'lstm' | 'gru' | null): Cell {
  return fixed ?? (self.fields.get('nonlinearity') === 'relu' ? 'relu' : 'tanh');
}

function checkNonlinearity(layer: Build): void {
  const name = layer.args.string('nonlinearity');
  if (name !== 'tanh' && name !== 'relu')
    layer.ctx.raise('ValueError', `Unknown nonlinearity '${name}'. Select from 'tanh' or 'relu'.`);
}

function layerOf(name: string, fixed: 'lstm' | 'gru' | null): Layer {
  const own = fixed === null ? "nonlinearity='tanh', " : '';
  const end = fixed === 'lstm' ? ', proj_size=0' : '';
  return {
    name,
    bases: ['RNNBase'],
    signature: `input_size, hidden_size, num_layers=1, ${own}bias=True, batch_first=False, dropout=0.0, bidirectional=False${end}, ${FACTORY}`,
    build: (layer) => {
      const { args, self } = layer;
      if (fixed === null) checkNonlinearity(layer);
      const projected = fixed === 'lstm' ? args.int('proj_size') : 0;
      const [input, hidden] = [args.int('input_size'), args.int('hidden_size')];
      const directions = args.bool('bidirectional') ? 2 : 1;
      const names: PyValue[] = [];
      for (let index = 0; index < args.int('num_layers'); index++) {
        for (let direction = 0; direction < directions; direction++) {
          const size = index === 0 ? input : (projected || hidden) * directions;
          const suffix = `_l${index}${direction ? '_reverse' : ''}`;
          names.push(parameters(layer, suffix, cellOf(self, fixed), size, hidden, projected));
        }
      }
      self.fields.set('mode', fixed?.toUpperCase() ?? `RNN_${args.string('nonlinearity').toUpperCase()}`);
      self.fields.set('_all_weights', new PyList(names));
      self.fields.set('proj_size', BigInt(projected));
    },
    forward: 'input, hx=None',
    run: (ctx, self, args) => run(ctx, self, args, cellOf(self, fixed)),
    members: {
      flatten_parameters: native('self', () => null),
      all_weights: property((ctx, value) => {
        const self = selfOf(value);
        const rows = ctx.list(self.fields.get('_all_weights') ?? null);
        return new PyList(
          rows.map((row) => new PyList(ctx.list(row).map((name) => self.fields.get(String(name)) ?? null))),
        );
      }),
    },
  };
}

function cellLayer(name: string, fixed: 'lstm' | 'gru' | null): Layer {
  const own = fixed === null ? ", nonlinearity='tanh'" : '';
  return {
    name,
    bases: ['RNNCellBase'],
    signature: `input_size, hidden_size, bias=True${own}, ${FACTORY}`,
    build: (layer) => {
      if (fixed === null) checkNonlinearity(layer);
      const [input, hidden] = [layer.args.int('input_size'), layer.args.int('hidden_size')];
      parameters(layer, '', cellOf(layer.self, fixed), input, hidden, 0);
      if (!layer.args.bool('bias')) for (const bias of ['bias_ih', 'bias_hh']) layer.none(bias);
    },
    forward: 'input, hx=None',
    run: (ctx, self, args) => {
      const given = args.tensor('input');
      const isBatched = given.type.shape.length === 2;
      const raised = (tensor: PyTensor) => (isBatched ? tensor : unsqueeze(ctx, tensor, 0));
      const x = raised(given);
      const zero = () => full(ctx, { dtype: 'float32', shape: [sizeOf(x, 0), setting(self, 'hidden_size')] }, 0);
      const cell = cellOf(self, fixed);
      const hx = args.get('hx');
      const first = firstStates(ctx, hx, cell, zero);
      const state = hx === null ? first : { hidden: raised(first.hidden), cell: first.cell && raised(first.cell) };
      const next = step(ctx, cell, x, state, weightsOf(ctx, self, ''));
      const lowered = (tensor: PyTensor) => (isBatched ? tensor : reshape(ctx, tensor, tensor.type.shape.slice(1)));
      if (!next.cell) return lowered(next.hidden);
      return new PyTuple([lowered(next.hidden), lowered(next.cell)]);
    },
  };
}

export const recurrentLayers: readonly Layer[] = [
  layerOf('RNN', null),
  layerOf('LSTM', 'lstm'),
  layerOf('GRU', 'gru'),
  cellLayer('RNNCell', null),
  cellLayer('LSTMCell', 'lstm'),
  cellLayer('GRUCell', 'gru'),
];
