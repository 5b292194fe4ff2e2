/**
 * Recurrent layers. The graph's own operator has PyTorch's order of gates, in which the weights are put as they are read.
 */
import { entryOf } from '../../activations/catalogue';
import { activationOfOnnx } from '../../activations/onnx';
import { itemAt, itemOr, sizeAt } from '../../graph/access';
import { positions, stridesOf } from '../../graph/evaluate/elements';
import type { CellFunction, Op } from '../../graph/types';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import { table } from '../table';

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

/** Functions of cells that need no numbers. */
const FUNCTIONS: readonly string[] = ['Sigmoid', 'Tanh', 'Relu', 'Softsign', 'Softplus'];

type Recurrent = Extract<Op, { readonly kind: 'recurrent' }>;

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

/** ONNX's own numbers for it, which are Keras's. */
const HARD_SIGMOID = { alpha: 0.2, beta: 0.5 };

function refuseOthers(call: NodeCall): void {
  const { attributes } = call;
  if (attributes.has('clip')) throw call.refuse(say('it clips its gates'));
  if (attributes.int('input_forget', 0) !== 0) throw call.refuse(say('it couples its gates (input_forget)'));
  if (call.optional(7)) throw call.refuse(say('it has peepholes'));
  // Of the functions that are read HardSigmoid alone has parameters, which may say what it has by itself.
  const isUsual = (name: string, usual: number) =>
    (attributes.floats(name) ?? []).every((each) => Math.abs(each - usual) < 1e-6);
  if (!isUsual('activation_alpha', HARD_SIGMOID.alpha) || !isUsual('activation_beta', HARD_SIGMOID.beta))
    throw call.refuse(say('its activations have parameters'));
}

/** ONNX's recurrent operators take the names of functions in any case. */
const isSameName = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

/** A function of a cell by its name in ONNX's list; HardSigmoid has ONNX's own numbers there, which are Keras's. */
function cellFunction(call: NodeCall, name: string): CellFunction {
  if (isSameName(name, entryOf('hardsigmoid').spellings.onnx?.operator)) return 'hard';
  const word = FUNCTIONS.find((each) => isSameName(name, each));
  const found = word === undefined ? undefined : activationOfOnnx(word);
  if (!found) throw call.refuse(say('its activations are {0}', name));
  return found;
}

/** The graph's own operator. */
function cellOf(call: NodeCall, { activations, reverse }: Direction): Recurrent {
  const operator = call.node.operator as Operator;
  const usual = USUAL[operator];
  const functionAt = (index: number): CellFunction | undefined =>
    activations[index] === usual[index] ? undefined : cellFunction(call, itemAt(activations, index));
  if (operator === 'RNN') {
    if (activations[0] === 'Relu') return { kind: 'recurrent', cell: entryOf('relu').id as 'relu', reverse };
    const activation = functionAt(0);
    return { kind: 'recurrent', cell: entryOf('tanh').id as 'tanh', reverse, ...(activation && { activation }) };
  }
  const [gate, activation] = [functionAt(0), functionAt(1)];
  if (operator === 'LSTM' && activations[1] !== activations[2])
    throw call.refuse(say('its activations are {0}', activations.join(', ')));
  const others = { reverse, ...(gate && { gate }), ...(activation && { activation }) };
  if (operator === 'LSTM') return { kind: 'recurrent', cell: 'lstm', ...others };
  const isAfter = call.attributes.int('linear_before_reset', 0) !== 0;
  return { kind: 'recurrent', cell: 'gru', ...others, ...(!isAfter && { resetFirst: true }) };
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
    const outputs = t.emit(cellOf(call, direction), inputs);
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

export const recurrences: OperatorTable = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
