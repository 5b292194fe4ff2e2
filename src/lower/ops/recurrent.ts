import type { OpAttributes, ValueId } from '../../graph/types';
import type { Lowerer, Scope } from '../scope';
import { int, text, texts } from '../sink';

/** Where each of ONNX's gates stands in PyTorch's order. */
const ORDER: Readonly<Record<OpAttributes['recurrent']['cell'], readonly number[]>> = {
  // input, output, forget, cell
  lstm: [0, 3, 1, 2],
  // update, reset, new
  gru: [1, 0, 2],
  tanh: [0],
  relu: [0],
};

const OPERATORS = { lstm: 'LSTM', gru: 'GRU', tanh: 'RNN', relu: 'RNN' } as const;

type Inputs = readonly (ValueId | null)[];

function slice(scope: Scope, x: string, axis: number, start: number, end: number): string {
  const { sink } = scope;
  return sink.emit('Slice', [x, sink.sizes([start]), sink.sizes([end]), sink.sizes([axis]), sink.sizes([1])]);
}

/** Rows of a weight or bias gate by gate, in ONNX's order. */
function reordered(scope: Scope, value: ValueId | null | undefined, order: readonly number[]): string {
  const name = scope.name(value);
  if (order.length === 1) return name;
  const size = (scope.shape(value)[0] ?? 1) / order.length;
  const parts = order.map((gate) => slice(scope, name, 0, gate * size, (gate + 1) * size));
  return scope.sink.emit('Concat', parts, { axis: int(0) });
}

function zeros(scope: Scope, count: number): string {
  return scope.sink.constant(new Float32Array(count), 'float32', [count]);
}

/** ONNX's own operator. Its outputs have a dimension for the directions. */
function native(scope: Scope, op: OpAttributes['recurrent'], inputs: Inputs, hidden: number): string[] {
  const { sink } = scope;
  const [x, weight, recurrence, inputBias, hiddenBias, h0, c0] = inputs;
  const order = ORDER[op.cell];
  const [time = 1, batch = 1] = scope.shape(x);
  const one = (name: string, shape: readonly number[]) => scope.reshape(name, [1, ...shape]);
  const both = [inputBias, hiddenBias].map((bias) =>
    bias === null || bias === undefined ? zeros(scope, order.length * hidden) : reordered(scope, bias, order),
  );
  const operands = [
    scope.name(x),
    one(reordered(scope, weight, order), scope.shape(weight)),
    one(reordered(scope, recurrence, order), scope.shape(recurrence)),
    one(sink.emit('Concat', both, { axis: int(0) }), [2 * order.length * hidden]),
    '',
    one(scope.name(h0), [batch, hidden]),
  ];
  if (op.cell === 'lstm') operands.push(one(scope.name(c0), [batch, hidden]));
  const [all = '', , cells = ''] = sink.emitMany(OPERATORS[op.cell], operands, op.cell === 'lstm' ? 3 : 1, {
    hidden_size: int(hidden),
    direction: text(op.reverse ? 'reverse' : 'forward'),
    ...(op.cell === 'gru' ? { linear_before_reset: int(1) } : {}),
    ...(op.cell === 'relu' ? { activations: texts(['Relu']) } : {}),
  });
  const output = scope.reshape(all, [time, batch, hidden]);
  return op.cell === 'lstm' ? [output, scope.reshape(cells, [batch, hidden])] : [output];
}

/** Step by step in plain operators: the GPU has no recurrent ones. All inputs are multiplied at once. */
function unrolled(scope: Scope, op: OpAttributes['recurrent'], inputs: Inputs, hidden: number): string[] {
  const { sink } = scope;
  const [x, weight, recurrence, inputBias, hiddenBias, h0, c0] = inputs;
  const [time = 1, batch = 1, features = 1] = scope.shape(x);
  const gates = ORDER[op.cell].length;
  const dense = (rows: string, matrix: ValueId | null | undefined, bias: ValueId | null | undefined) => {
    const operands = [rows, scope.name(matrix)];
    if (bias !== null && bias !== undefined) operands.push(scope.name(bias));
    return sink.emit('Gemm', operands, { transB: int(1) });
  };
  const fromInput = dense(scope.reshape(scope.name(x), [time * batch, features]), weight, inputBias);
  let h = scope.name(h0);
  let c = op.cell === 'lstm' ? scope.name(c0) : '';
  const outputs: string[] = [];
  for (let i = 0; i < time; i++) {
    const at = op.reverse ? time - 1 - i : i;
    const own = slice(scope, fromInput, 0, at * batch, (at + 1) * batch);
    const fed = dense(h, recurrence, hiddenBias);
    const part = (name: string, gate: number) =>
      gates === 1 ? name : slice(scope, name, 1, gate * hidden, (gate + 1) * hidden);
    const add = (a: string, b: string) => sink.emit('Add', [a, b]);
    const mul = (a: string, b: string) => sink.emit('Mul', [a, b]);
    if (op.cell === 'lstm') {
      const sum = add(own, fed);
      const sigmoid = (gate: number) => sink.emit('Sigmoid', [part(sum, gate)]);
      c = add(mul(sigmoid(1), c), mul(sigmoid(0), sink.emit('Tanh', [part(sum, 2)])));
      h = mul(sigmoid(3), sink.emit('Tanh', [c]));
    } else if (op.cell === 'gru') {
      const sigmoid = (gate: number) => sink.emit('Sigmoid', [add(part(own, gate), part(fed, gate))]);
      const fresh = sink.emit('Tanh', [add(part(own, 2), mul(sigmoid(0), part(fed, 2)))]);
      h = add(fresh, mul(sigmoid(1), sink.emit('Sub', [h, fresh])));
    } else h = sink.emit(op.cell === 'tanh' ? 'Tanh' : 'Relu', [add(own, fed)]);
    outputs[at] = scope.reshape(h, [1, batch, hidden]);
  }
  const all = time === 1 ? (outputs[0] ?? '') : sink.emit('Concat', outputs, { axis: int(0) });
  return op.cell === 'lstm' ? [all, c] : [all];
}

export const recurrent: Lowerer<'recurrent'> = (scope, op, node) => {
  const hidden = scope.shape(node.inputs[2])[1] ?? 1;
  return (scope.sink.device === 'wasm' ? native : unrolled)(scope, op, node.inputs, hidden);
};
