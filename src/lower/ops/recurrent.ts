import { itemAt, sizeAt } from '../../graph/access';
import { composites } from '../../graph/compose/index';
import type { OpAttributes, ValueId } from '../../graph/types';
import type { Lowerer, LoweringScope } from '../scope';
import { int, text, texts } from '../sink';
import { lowerComposite } from './definition';

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

function slice(scope: LoweringScope, x: string, axis: number, start: number, end: number): string {
  const { sink } = scope;
  return sink.emit('Slice', [x, sink.sizes([start]), sink.sizes([end]), sink.sizes([axis]), sink.sizes([1])]);
}

/** Rows of a weight or bias gate by gate, in ONNX's order. */
function reorderGates(scope: LoweringScope, value: ValueId | null | undefined, order: readonly number[]): string {
  const name = scope.name(value);
  if (order.length === 1) return name;
  const size = sizeAt(scope.shape(value), 0) / order.length;
  const parts = order.map((gate) => slice(scope, name, 0, gate * size, (gate + 1) * size));
  return scope.sink.emit('Concat', parts, { axis: int(0) });
}

function zeros(scope: LoweringScope, count: number): string {
  return scope.sink.constant(new Float32Array(count), 'float32', [count]);
}

/** ONNX's own operator. Its outputs have a dimension for the directions. */
function native(scope: LoweringScope, op: OpAttributes['recurrent'], inputs: Inputs): string[] {
  const { sink } = scope;
  const [x, weight, recurrence, inputBias, hiddenBias, h0, c0] = inputs;
  const hidden = sizeAt(scope.shape(recurrence), 1);
  const order = ORDER[op.cell];
  const [time, batch] = [sizeAt(scope.shape(x), 0), sizeAt(scope.shape(x), 1)];
  const one = (name: string, shape: readonly number[]) => scope.reshape(name, [1, ...shape]);
  const both = [inputBias, hiddenBias].map((bias) =>
    bias === null || bias === undefined ? zeros(scope, order.length * hidden) : reorderGates(scope, bias, order),
  );
  const operands = [
    scope.name(x),
    one(reorderGates(scope, weight, order), scope.shape(weight)),
    one(reorderGates(scope, recurrence, order), scope.shape(recurrence)),
    one(sink.emit('Concat', both, { axis: int(0) }), [2 * order.length * hidden]),
    '',
    one(scope.name(h0), [batch, hidden]),
  ];
  if (op.cell === 'lstm') operands.push(one(scope.name(c0), [batch, hidden]));
  const made = sink.emitMany(OPERATORS[op.cell], operands, op.cell === 'lstm' ? 3 : 1, {
    hidden_size: int(hidden),
    direction: text(op.reverse ? 'reverse' : 'forward'),
    ...(op.cell === 'gru' ? { linear_before_reset: int(1) } : {}),
    ...(op.cell === 'relu' ? { activations: texts(['Relu']) } : {}),
  });
  const output = scope.reshape(itemAt(made, 0), [time, batch, hidden]);
  return op.cell === 'lstm' ? [output, scope.reshape(itemAt(made, 2), [batch, hidden])] : [output];
}

const unrolled = lowerComposite(composites.recurrent);

/** The GPU has no recurrent operators. */
export const lowerRecurrent: Lowerer<'recurrent'> = (scope, op, node) =>
  scope.sink.device === 'wasm' ? native(scope, op, node.inputs) : unrolled(scope, op, node);
