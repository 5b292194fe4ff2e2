import type { ActivationId } from '../../activations/catalogue';
import { isGiven, itemAt, sizeAt } from '../../graph/access';
import { composites } from '../../graph/compose/index';
import type { CellFunction, Graph, OpAttributes, ValueId } from '../../graph/types';
import type { Attributes } from '../lowered';
import type { Lowerer, LoweringScope } from '../scope';
import { floats, int, text, texts } from '../sink';
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

/** A function of ONNX's recurrent operators, with the numbers that it takes. */
interface OnnxCellFunction {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}

/** By the catalogue's ids; functions without parameters. */
const FUNCTIONS: { readonly [Id in ActivationId]?: OnnxCellFunction } = {
  tanh: { name: 'Tanh' },
  sigmoid: { name: 'Sigmoid' },
  relu: { name: 'Relu' },
  softsign: { name: 'Softsign' },
};

const oneFunction = (fn: CellFunction): OnnxCellFunction | undefined =>
  fn === 'hard' ? { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 } : FUNCTIONS[fn.activation as ActivationId];

/** The attributes that set a cell's functions; undefined where ONNX lacks one. */
function functionsOf({ cell, activation, gate }: OpAttributes['recurrent']): Attributes | undefined {
  const bend = activation ? oneFunction(activation) : { name: cell === 'relu' ? 'Relu' : 'Tanh' };
  const open = gate ? oneFunction(gate) : { name: 'Sigmoid' };
  const all = { lstm: [open, bend, bend], gru: [open, bend], tanh: [bend], relu: [bend] }[cell];
  const known = all.filter((fn) => fn !== undefined);
  if (known.length < all.length) return undefined;
  const numbers = (key: 'alpha' | 'beta') => known.flatMap((fn) => fn[key] ?? []);
  const [alphas, betas] = [numbers('alpha'), numbers('beta')];
  return {
    activations: texts(known.map(({ name }) => name)),
    ...(alphas.length > 0 ? { activation_alpha: floats(alphas) } : {}),
    ...(betas.length > 0 ? { activation_beta: floats(betas) } : {}),
  };
}

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
function native(scope: LoweringScope, op: OpAttributes['recurrent'], functions: Attributes, inputs: Inputs): string[] {
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
    ...(op.cell === 'gru' ? { linear_before_reset: int(op.resetFirst ? 0 : 1) } : {}),
    ...functions,
  });
  const output = scope.reshape(itemAt(made, 0), [time, batch, hidden]);
  return op.cell === 'lstm' ? [output, scope.reshape(itemAt(made, 2), [batch, hidden])] : [output];
}

/** Whether a value is 1 throughout: a mask of dropout is, in evaluation. */
function isOnes({ nodes }: Graph, value: ValueId): boolean {
  for (let at = value; ; ) {
    const maker = nodes.find(({ outputs }) => outputs.includes(at));
    if (maker?.op.kind === 'constant') return Array.from(maker.op.data).every((each) => each === 1);
    const [input] = maker?.inputs ?? [];
    if (!maker || !/^(?:dropout|expand|reshape)$/.test(maker.op.kind) || !isGiven(input)) return false;
    at = input;
  }
}

const unrolled = lowerComposite(composites.recurrent);

/** The GPU has no recurrent operators, and ONNX's cells take only some functions and no masks. */
export const lowerRecurrent: Lowerer<'recurrent'> = (scope, op, node) => {
  const plain = node.inputs.slice(7).every((input) => !isGiven(input) || isOnes(scope.graph, input));
  const functions = plain && scope.sink.device === 'wasm' ? functionsOf(op) : undefined;
  return functions ? native(scope, op, functions, node.inputs) : unrolled(scope, op, node);
};
