/**
 * Recurrent layers. The graph's own operator is PyTorch's, so gates are put in its order as the weights are read; what it
 * lacks (a GRU that resets before its product, other activations) is written out step by step.
 */
import { entryOf } from '../../activations/catalogue';
import { activationOfOnnx } from '../../activations/onnx';
import { itemAt, itemOr, sizeAt } from '../../graph/access';
import { positions, stridesOf } from '../../graph/evaluate/elements';
import type { OpAttributes } from '../../graph/types';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import { table } from '../table';
import { activation } from './activation';

type Operator = 'LSTM' | 'GRU' | 'RNN';

/** Where each of PyTorch's gates stands in ONNX's order. */
const ORDER: Readonly<Record<Operator, readonly number[]>> = {
  // ONNX: input, output, forget, cell. PyTorch: input, forget, cell, output.
  LSTM: [0, 2, 3, 1],
  // ONNX: update, reset, new. PyTorch: reset, update, new.
  GRU: [1, 0, 2],
  RNN: [0],
};

const USUAL: Readonly<Record<Operator, readonly string[]>> = {
  LSTM: ['Sigmoid', 'Tanh', 'Tanh'],
  GRU: ['Sigmoid', 'Tanh'],
  RNN: ['Tanh'],
};

/** Steps that are written out. */
const MOST_STEPS = 512;

interface Direction {
  readonly index: number;
  readonly reverse: boolean;
  readonly activations: readonly string[];
}

/** One direction's part of a weight, gates in PyTorch's order: rows `first` to `first + gates·hidden` of x[D,R,…]. */
function part(
  call: NodeCall,
  index: number,
  direction: number,
  first: number,
  hidden: number,
  suffix: string,
): OnnxOperand {
  const { t } = call;
  const given = call.input(index);
  const { shape } = given.type;
  const order = ORDER[call.node.operator as Operator];
  const rows = order.flatMap((gate) => table(hidden, (i) => first + gate * hidden + i));
  const rest = shape.slice(2);
  const weight = call.weightOf(given);
  if (!weight) return t.pick(t.reshape(t.slice(given, 0, direction, direction + 1), shape.slice(1)), 0, rows);
  const strides = stridesOf(shape);
  const inner = positions(rest, strides.slice(2));
  const places = rows.flatMap((row) =>
    Array.from(inner, (at) => direction * itemAt(strides, 0) + row * itemAt(strides, 1) + at),
  );
  return t.ofValue(t.weights.derive(weight, suffix, [rows.length, ...rest], Int32Array.from(places)));
}

function directionsOf(call: NodeCall): Direction[] {
  const { attributes } = call;
  const operator = call.node.operator as Operator;
  const name = attributes.text('direction', 'forward');
  const reverse = name === 'bidirectional' ? [false, true] : [name === 'reverse'];
  const usual = USUAL[operator];
  const given = attributes.texts('activations');
  const all = given && given.length > 0 ? given : reverse.flatMap(() => usual);
  return reverse.map((each, index) => ({
    index,
    reverse: each,
    activations: usual.map((word, i) => itemOr(all, index * usual.length + i, word)),
  }));
}

function refuseOthers(call: NodeCall): void {
  const { attributes } = call;
  if (attributes.has('clip')) throw call.refuse(say('it clips its gates'));
  if (attributes.int('input_forget', 0) !== 0) throw call.refuse(say('it couples its gates (input_forget)'));
  if (call.optional(7)) throw call.refuse(say('it has peepholes'));
  if (attributes.has('activation_alpha') || attributes.has('activation_beta'))
    throw call.refuse(say('its activations have parameters'));
}

/** The cell of the graph's own operator; undefined where it has none like it. */
function cellOf(call: NodeCall, { activations }: Direction): OpAttributes['recurrent']['cell'] | undefined {
  const operator = call.node.operator as Operator;
  const isUsual = USUAL[operator].every((word, i) => word === activations[i]);
  if (operator === 'LSTM') return isUsual ? 'lstm' : undefined;
  if (operator === 'GRU') return isUsual && call.attributes.int('linear_before_reset', 0) !== 0 ? 'gru' : undefined;
  if (isUsual) return entryOf('tanh').id as 'tanh';
  return activations[0] === 'Relu' ? (entryOf('relu').id as 'relu') : undefined;
}

const recurrent: OperatorReader = (call) => {
  const { t, attributes } = call;
  refuseOthers(call);
  const operator = call.node.operator as Operator;
  const isBatchFirst = attributes.int('layout', 0) !== 0;
  const x = isBatchFirst ? t.permute(call.input(0), [1, 0, 2]) : call.input(0);
  const [time, batch] = [sizeAt(x.type.shape, 0), sizeAt(x.type.shape, 1)];
  const hidden = sizeAt(call.shape(2), 2);
  const gates = ORDER[operator].length;
  if (call.shape(1)[1] !== gates * hidden || call.shape(2)[1] !== gates * hidden)
    throw call.problem(
      'shape',
      say('{0} has weights of the sizes {1} and {2}.', call.what, call.shape(1), call.shape(2)),
    );
  if (call.optional(4) && call.ints(4).some((length) => length !== time))
    throw call.refuse(say('its sequences have different lengths'));
  const directions = directionsOf(call);
  const state = (index: number, direction: number): OnnxOperand => {
    const given = call.optional(index);
    if (!given) return t.full(0, [batch, hidden], x.type.dtype);
    const first = isBatchFirst ? t.permute(given, [1, 0, 2]) : given;
    return t.reshape(t.slice(first, 0, direction, direction + 1), [batch, hidden]);
  };
  const made = directions.map((direction) => {
    const { index, reverse } = direction;
    const suffix = directions.length > 1 ? `[${index}]` : '';
    const bias = (first: number, word: string) =>
      call.optional(3) ? part(call, 3, index, first, hidden, `${suffix}.${word}`) : null;
    const [weight, recurrence] = [part(call, 1, index, 0, hidden, suffix), part(call, 2, index, 0, hidden, suffix)];
    const inputs = [x, weight, recurrence, bias(0, 'input'), bias(gates * hidden, 'hidden'), state(5, index)];
    if (operator === 'LSTM') inputs.push(state(6, index));
    const cell = cellOf(call, direction);
    const outputs = cell ? t.emit({ kind: 'recurrent', cell, reverse }, inputs) : unroll(call, direction, inputs);
    const y = itemAt(outputs, 0);
    const end = reverse ? 0 : time - 1;
    return { y, last: t.reshape(t.slice(y, 0, end, end + 1), [batch, hidden]), cell: outputs[1] };
  });
  const apart = (parts: readonly OnnxOperand[], shape: readonly number[], dim: number) =>
    t.cat(
      parts.map((each) => t.reshape(each, shape)),
      dim,
    );
  const y = apart(
    made.map((each) => each.y),
    [time, 1, batch, hidden],
    1,
  );
  const ends = (parts: readonly OnnxOperand[]) => {
    const all = apart(parts, [1, batch, hidden], 0);
    return isBatchFirst ? t.permute(all, [1, 0, 2]) : all;
  };
  const outputs = [isBatchFirst ? t.permute(y, [2, 0, 1, 3]) : y, ends(made.map(({ last }) => last))];
  const cells = made.flatMap(({ cell }) => cell ?? []);
  if (operator === 'LSTM' && call.names(2)) outputs.push(ends(cells));
  return outputs;
};

/** A cell's activation, by its name in ONNX's list. */
function bend(call: NodeCall, name: string | undefined, x: OnnxOperand): OnnxOperand {
  const word = Object.keys(WORDS).find((each) => each.toLowerCase() === name?.toLowerCase());
  if (word === undefined || !activationOfOnnx(WORDS[word] ?? word))
    throw call.refuse(say('its activations are {0}', name));
  return activation(call.t, WORDS[word] ?? word, x);
}

const WORDS: Readonly<Record<string, string>> = {
  Sigmoid: 'Sigmoid',
  Tanh: 'Tanh',
  Relu: 'Relu',
  Softsign: 'Softsign',
  Softplus: 'Softplus',
};

/** Step by step; gates stand in PyTorch's order. */
function unroll(
  call: NodeCall,
  { reverse, activations }: Direction,
  inputs: readonly (OnnxOperand | null)[],
): OnnxOperand[] {
  const { t } = call;
  const operator = call.node.operator as Operator;
  const [x, weight, recurrence, biasIn, biasBack, h0, c0] = inputs as [
    OnnxOperand,
    OnnxOperand,
    OnnxOperand,
    OnnxOperand | null,
    OnnxOperand | null,
    OnnxOperand,
    OnnxOperand | undefined,
  ];
  const [time, batch, features] = x.type.shape as [number, number, number];
  if (time > MOST_STEPS) throw call.refuse(say('it has {0} steps', time));
  const hidden = sizeAt(recurrence.type.shape, 1);
  const linear = (rows: OnnxOperand, matrix: OnnxOperand, bias: OnnxOperand | null) =>
    t.op({ kind: 'linear' }, rows, matrix, bias);
  const fed = linear(t.reshape(x, [time * batch, features]), weight, biasIn);
  const cut = (rows: OnnxOperand, gate: number, dim: number) => t.slice(rows, dim, gate * hidden, (gate + 1) * hidden);
  const [outer, inner, last] = activations;
  let [h, c] = [h0, c0];
  const outputs: OnnxOperand[] = [];
  for (let i = 0; i < time; i++) {
    const step = reverse ? time - 1 - i : i;
    const own = t.slice(fed, 0, step * batch, (step + 1) * batch);
    if (operator === 'RNN') h = bend(call, outer, t.add(own, linear(h, recurrence, biasBack)));
    else if (operator === 'LSTM' && c) {
      const sum = t.add(own, linear(h, recurrence, biasBack));
      const open = (gate: number) => bend(call, outer, cut(sum, gate, 1));
      c = t.add(t.mul(open(1), c), t.mul(open(0), bend(call, inner, cut(sum, 2, 1))));
      h = t.mul(open(3), bend(call, last, c));
    } else {
      const back = (rows: OnnxOperand, gate: number) =>
        linear(rows, cut(recurrence, gate, 0), biasBack && cut(biasBack, gate, 0));
      const open = (gate: number) => bend(call, outer, t.add(cut(own, gate, 1), back(h, gate)));
      const [reset, update] = [open(0), open(1)];
      const isAfter = call.attributes.int('linear_before_reset', 0) !== 0;
      const remembered = isAfter ? t.mul(reset, back(h, 2)) : back(t.mul(reset, h), 2);
      const fresh = bend(call, inner, t.add(cut(own, 2, 1), remembered));
      h = t.add(fresh, t.mul(update, t.sub(h, fresh)));
    }
    outputs[step] = t.reshape(h, [1, batch, hidden]);
  }
  return [t.cat(outputs, 0), ...(c ? [c] : [])];
}

export const recurrences: OperatorTable = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
